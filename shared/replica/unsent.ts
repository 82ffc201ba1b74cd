/** Of this device's own chain: how far another device is known to hold it, and what only this one has. */
import type { Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import { CAUSE_HASH_BYTES } from '../op/op.ts'
import type { Head } from '../op/run.ts'
import type { Core } from './core.ts'
import { idBytes } from './interner.ts'

/** The last own op; null before the first. Another branch of its chain was not written by this device. */
export function ownHead({ log, self }: Core): Head | null {
  const head = log.head(self)
  return head && { actor: self, seq: head.seq, hash: head.hash.subarray(0, CAUSE_HASH_BYTES) }
}

/** The last own op that some other member holds; null while none does. */
export function heldElsewhere(core: Core): Head | null {
  const seq = heldSeq(core)
  if (seq === 0) return null
  const hash = core.log.hashAt(core.self, seq)
  invariant(hash, 'every own op up to the last is here')
  return { actor: core.self, seq, hash: hash.subarray(0, CAUSE_HASH_BYTES) }
}

/** The bytes of the own ops behind that, oldest first. */
export function unsentOps(core: Core): Bytes[] {
  const [own] = core.log.lines.of(core.self)
  const inLog = own
    ? core.sql
        .prepare('SELECT bytes FROM op WHERE actor = ? AND line = ? AND seq > ? ORDER BY seq')
        .all<{ bytes: Bytes }>(core.log.actors.find(core.self), own.no, heldSeq(core))
    : []
  return [...inLog, ...behindGap(core)].map(({ bytes }) => bytes)
}

/** What was saved from a damaged file and lies behind own ops that are lost: nobody sent it, so nobody has it. */
function behindGap({ sql, self }: Core): { bytes: Bytes }[] {
  const id = idBytes(self)
  return sql
    .prepare('SELECT bytes FROM inbox WHERE actor = ? AND sender = ? ORDER BY seq')
    .all<{ bytes: Bytes }>(id, id)
}

/** Who holds an op holds all before it, so the last one is found by halving; and who names one in an op held it. */
function heldSeq(core: Core): number {
  let held = seenByOthers(core)
  let beyond = (core.log.head(core.self)?.seq ?? 0) + 1
  while (beyond - held > 1) {
    const seq = (held + beyond) >> 1
    if (isHeld(core, seq)) held = seq
    else beyond = seq
  }
  return held
}

/** The last own op that some other member, not cut, had seen when it wrote what is here of it. */
function seenByOthers({ log, self, control }: Core): number {
  const [own] = log.lines.of(self)
  if (!own) return 0
  const others = log.lines
    .all()
    .filter(({ actor }) => actor !== self && control().member(actor)?.cut === null)
    .map((line) => log.contexts.seen({ line, seq: log.lines.tip(line).seq }, own))
  return Math.max(0, ...others)
}

function isHeld({ log, acks, self }: Core, seq: number): boolean {
  const [own] = log.lines.of(self)
  return own !== undefined && acks.holders({ actor: self, seq, no: log.numberOn(own, seq) }).length > 0
}
