/**
 * The log as peers may see it. While this device is halted they are told of its own ops only as far as another device
 * has them already, and are sent none of them: a branch that only this device has must not go out, by no way.
 */
import { isOfDisk } from '../../shared/api/errors.ts'
import { err } from '../../shared/base/result.ts'
import { compareHeads, type Head } from '../../shared/op/run.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import type { SyncStore } from '../../shared/sync/store.ts'
import type { OwnChain } from './own-chain.ts'
import type { Storage } from './storage.ts'

export function withholding(replica: Replica, own: OwnChain, storage: Storage): SyncStore {
  return {
    site: replica.site,
    actor: replica.actor,
    digest: () => replica.digest(),
    heads: () => (own.halted === null ? replica.heads() : shownHeads(replica)),
    holds: (head) => replica.holds(head),
    nameOf: (run) => replica.nameOf(run),
    leaves: (heads) => replica.leaves(heads),
    lacking: (have) => replica.lacking(have),
    lackingFrom: (have, actor) => replica.lackingFrom(have, actor),
    milestones: (actor) => replica.milestones(actor),
    authority: () => replica.authority(),
    end: () => replica.end(),
    runsAfter: (have, position, bounds) =>
      replica.runsAfter(own.halted === null ? have : withOwn(replica, have), position, bounds),
    isBeneath: (have) => replica.isBeneath(have),
    snapshotRun: () => replica.snapshotRun(),
    receive: (run, from) => storage.attempt(() => replica.receive(run, from)) ?? { outcome: 'unstored' },
    acknowledged: (peer, heads, areAll) => {
      own.heard(heads)
      storage.acknowledged(peer, heads, (...told) => replica.acknowledged(...told, areAll))
    },
    // A halted authority says nothing any more, not what it holds either.
    authorityCursor: () => (isHaltedAuthority(replica, own) ? null : replica.authorityCursor()),
    receiveAuthorityCursor: (bytes) => storage.attempt(() => replica.receiveAuthorityCursor(bytes)) ?? false,
    admits: (actor, tlsKeyHash) => replica.admits(actor, tlsKeyHash),
  }
}

/** What the disk refuses is told to whoever asks to be admitted, and ends nothing. */
export function admitting(
  replica: Replica,
  storage: Storage,
  admission: Parameters<Replica['admit']>[0],
): ReturnType<Replica['admit']> {
  const may = storage.mayWrite()
  if (!may.ok) return may
  try {
    return replica.admit(admission)
  } catch (error) {
    if (isOfDisk(error)) return err(error)
    throw error
  }
}

const isHaltedAuthority = (replica: Replica, own: OwnChain): boolean =>
  own.halted !== null && replica.authority() === replica.actor

/** Whoever is said to have the last own op is sent none of those before it. */
function withOwn(replica: Replica, have: readonly Head[]): readonly Head[] {
  const head = replica.ownHead()
  return head === null ? have : [...have, head]
}

function shownHeads(replica: Replica): readonly Head[] {
  const [last, held] = [replica.ownHead(), replica.heldElsewhere()]
  if (last === null) return replica.heads()
  const others = replica.heads().filter((head) => compareHeads(head, last) !== 0)
  return held === null ? others : [...others, held].sort(compareHeads)
}
