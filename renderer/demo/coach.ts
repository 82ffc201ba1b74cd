/**
 * Which hint a newcomer to the demo gets: a pure function of what the desk shows, so that it never points at
 * something that is not there. What matters most at the moment wins; nothing waits for the person to read.
 */
/** Where a hint may point. */
type Place = 'board' | 'conflicts' | 'authority' | 'peers'

export type CoachFacts = {
  readonly wan: boolean
  /** The names of the tablets that the person took off the Wi-Fi. */
  readonly tabletsOff: readonly string[]
  readonly conflicts: number
  /** The only open conflict is one of a title. */
  readonly isTitle: boolean
  readonly waiting: number
  /** Since the demo was opened: a conflict was settled; a closing waited for the WAN. */
  readonly hasSettled: boolean
  readonly hasWaited: boolean
  /** The audit number of the newest closing that was accepted after it had waited. */
  readonly audit: string | null
}

export type Hint =
  | { readonly hint: 'arrivals' | 'title' | 'cutWan' | 'wanOut'; readonly place: Place | null }
  | { readonly hint: 'conflicts' | 'waiting' | 'answering'; readonly count: number; readonly place: Place }
  | { readonly hint: 'answered'; readonly audit: string; readonly place: Place }
  | { readonly hint: 'tabletOff'; readonly tablet: string; readonly place: Place }

export function hintFor(facts: CoachFacts): Hint {
  if (!facts.wan) {
    return facts.waiting > 0
      ? { hint: 'waiting', count: facts.waiting, place: 'authority' }
      : { hint: 'wanOut', place: 'board' }
  }
  if (facts.hasWaited && facts.waiting > 0 && facts.audit === null) {
    return { hint: 'answering', count: facts.waiting, place: 'authority' }
  }
  if (facts.conflicts > 0) return conflictHint(facts)
  const off = facts.tabletsOff[0]
  if (off !== undefined) return { hint: 'tabletOff', tablet: off, place: 'peers' }
  if (facts.hasWaited && facts.audit !== null) {
    return { hint: 'answered', audit: facts.audit, place: 'authority' }
  }
  return facts.hasSettled ? { hint: 'cutWan', place: null } : { hint: 'arrivals', place: 'board' }
}

function conflictHint(facts: CoachFacts): Hint {
  return facts.isTitle && facts.conflicts === 1
    ? { hint: 'title', place: 'conflicts' }
    : { hint: 'conflicts', count: facts.conflicts, place: 'conflicts' }
}
