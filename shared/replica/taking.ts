/**
 * Takes the checked ops of a received run into the log, or into the inbox where their causes are missing. All of it
 * happens inside one transaction that the caller opens: of a run that is refused nothing stays.
 */
import { equalBytes } from '../base/bytes.ts'
import type { ActorId } from '../model/ids.ts'
import type { Cause } from '../op/op.ts'
import type { Core } from './core.ts'
import type { Arrival } from './log.ts'

/** Thrown so that the transaction is undone: what an op claims of its causes, which are all here, does not hold. */
export class Unsound extends Error {}

/** A run that need not wait needs no room in the inbox; of any other there is room for all or it is dropped. */
export function hasRoom({ inbox, log }: Core, arrivals: readonly Arrival[]): boolean {
  if (inbox.hasRoom(arrivals)) return true
  const isHere = ({ actor, seq, hash }: Cause): boolean => log.has(actor, seq, hash) === 'same'
  return arrivals.every(({ op }) => op.causes.every(isHere))
}

export function take(core: Core, arrivals: readonly Arrival[], from: ActorId): void {
  for (const arrival of arrivals) takeOne(core, arrival, from)
  // Nobody sends what turns out unsound only now, so nobody is blamed: it is dropped.
  core.inbox.drain((arrival) => void admit(core, arrival))
}

function takeOne(core: Core, arrival: Arrival, from: ActorId): void {
  if (!isBranch(core, arrival) && core.log.missingCause(arrival.op) !== null) {
    core.inbox.add(arrival, from)
    return
  }
  const unsound = admit(core, arrival)
  if (unsound) throw new Unsound(unsound)
}

/** Through the door, where it goes on from what is here. */
function admit(core: Core, arrival: Arrival): string | null {
  if (!isBranch(core, arrival)) return core.door.admit(arrival, core.site)
  keepBranch(core, arrival)
  return null
}

function isBranch({ log }: Core, { op }: Arrival): boolean {
  const head = log.head(op.actor)
  if (!head || op.seq > head.seq + 1) return false
  return op.seq <= head.seq || !equalBytes(op.prev, head.hash)
}

/** Two signed ops under one seq: evidence of a fork, kept whatever comes of it. */
function keepBranch({ sql, log }: Core, { op, hash, bytes, signature }: Arrival): void {
  if (!signature) return
  sql
    .prepare('INSERT OR IGNORE INTO fork (actor, seq, hash, bytes, signature) VALUES (?, ?, ?, ?, ?)')
    .run(log.actors.numberOf(op.actor), op.seq, hash, bytes, signature)
}
