/**
 * Takes the checked ops of a received run into the log, or into the inbox where their causes are missing. All of it
 * happens inside one transaction that the caller opens: of a run that is refused nothing stays. Which branch of its
 * author's chain an op goes on with, or begins, is told by the op before it alone.
 */
import type { ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import type { Core } from './core.ts'
import type { Arrival } from './log.ts'

/** Thrown so that the transaction is undone: what an op claims of its causes, which are all here, does not hold. */
export class Unsound extends Error {}

/** A run that need not wait needs no room in the inbox; of any other there is room for all or it is dropped. */
export function hasRoom({ inbox, log }: Core, arrivals: readonly Arrival[], from: ActorId): boolean {
  if (inbox.hasRoom(arrivals, from)) return true
  const [first] = arrivals
  if (!first || log.missingCause(first.op)) return false
  return arrivals.every(({ op }) => op.causes.every((cause) => log.find(cause)))
}

export function take(core: Core, arrivals: readonly Arrival[], from: ActorId): void {
  const came: Arrival[] = []
  for (const arrival of arrivals) {
    const missing = core.log.missingCause(arrival.op)
    if (missing) {
      core.inbox.add(arrival, missing, from)
      continue
    }
    const unsound = core.door.admit(arrival, core.site)
    if (unsound) throw new Unsound(unsound)
    came.push(arrival)
  }
  release(core, came)
}

/**
 * Takes in what waited for these alone, as much as fits into a turn; more is left for another. Nobody sends what turns
 * out unsound only now, so nobody is blamed: it is dropped, and what waits for it waits on.
 */
export function release(core: Core, came: readonly Arrival[] = []): void {
  core.inbox.release(came, LIMITS.releaseOps, (arrival) => void core.door.admit(arrival, core.site))
}
