/**
 * The authority's answers: from a waiting request and the state it sees, to a decision; pure. The policy closes what is
 * finished, gives out numbers and stock within bounds, and leaves to a person what only a person may judge.
 */

export type ClosingFacts = {
  readonly action: 'close' | 'reopen'
  readonly closed: boolean
  /** Does its making count? That of a cut device may have fallen. */
  readonly stands: boolean
  readonly openTasks: number
  /** Names of frozen fields in conflict. */
  readonly conflicts: readonly string[]
  /** Persons that must still sign off. */
  readonly missingSignOffs: number
}

/** Codes of the catalogue, for a person to read. */
export type PolicyReason =
  | 'rests-on'
  | 'open-tasks'
  | 'open-conflicts'
  | 'already-closed'
  | 'already-open'
  | 'too-many'
  | 'against-retention'

/** `wait`: not now, and not by this policy: what is missing may still come, or a person decides. */
export type Answer =
  | { readonly accept: true }
  | { readonly accept: false; readonly reason: PolicyReason }
  | { readonly accept: 'wait' }

const WAIT: Answer = { accept: 'wait' }
const YES: Answer = { accept: true }

export function decideClosing(facts: ClosingFacts): Answer {
  const problem = impossibility(facts)
  if (problem) return { accept: false, reason: problem }
  if (facts.action === 'reopen') return YES
  if (facts.openTasks > 0) return { accept: false, reason: 'open-tasks' }
  if (facts.conflicts.length > 0) return { accept: false, reason: 'open-conflicts' }
  return facts.missingSignOffs > 0 ? WAIT : YES
}

/** What no authority can grant, by policy or by hand. */
export function impossibility(
  facts: Pick<ClosingFacts, 'action' | 'closed' | 'stands'>,
): 'already-closed' | 'already-open' | 'rests-on' | null {
  if (facts.action === 'close' && facts.closed) return 'already-closed'
  if (facts.action === 'close' && !facts.stands) return 'rests-on'
  return facts.action === 'reopen' && !facts.closed ? 'already-open' : null
}

/** More numbers at once than a device can use in months: somebody typed a nought too many. */
const MOST_JOB_NUMBERS = 1000
const MOST_AUDIT_NUMBERS = 200

/** Numbers are given as asked; who may admit or decide is for a person to say. */
export function decideNumbers(right: string, amount: number, supervisor: boolean): Answer {
  if (right === 'job-number') return amount <= MOST_JOB_NUMBERS ? YES : { accept: false, reason: 'too-many' }
  if (right !== 'audit-number' || !supervisor) return WAIT
  return amount <= MOST_AUDIT_NUMBERS ? YES : { accept: false, reason: 'too-many' }
}

/** What lies at the authority is given; what must be bought or fetched back is for a person. */
export const decideStock = (held: number, amount: number): Answer => (amount <= held ? YES : WAIT)

export const decideCheck = (allowed: boolean): Answer =>
  allowed ? YES : { accept: false, reason: 'against-retention' }
