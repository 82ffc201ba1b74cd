/**
 * The authority's answers: from a waiting request and the state it sees, to a decision; pure. The policy closes
 * what is finished: every task ticked, and no open conflict in a field that the closing would freeze.
 */
import type { Action } from '../op/codes.ts'

export type RequestFacts = {
  readonly action: Action
  readonly closed: boolean
  readonly openTasks: number
  /** Names of frozen fields in conflict. */
  readonly conflicts: readonly string[]
}

/** Codes of the catalogue, for a person to read. */
export type PolicyReason = 'open-tasks' | 'open-conflicts' | 'already-closed' | 'already-open'

export type Answer = { readonly accept: true } | { readonly accept: false; readonly reason: PolicyReason }

export function decideByPolicy(facts: RequestFacts): Answer {
  const problem = impossibility(facts)
  if (problem) return { accept: false, reason: problem }
  if (facts.action === 'reopen') return { accept: true }
  if (facts.openTasks > 0) return { accept: false, reason: 'open-tasks' }
  if (facts.conflicts.length > 0) return { accept: false, reason: 'open-conflicts' }
  return { accept: true }
}

/** What no authority can grant, by policy or by hand. */
export function impossibility(facts: Pick<RequestFacts, 'action' | 'closed'>): PolicyReason | null {
  if (facts.action === 'close' && facts.closed) return 'already-closed'
  return facts.action === 'reopen' && !facts.closed ? 'already-open' : null
}
