/** Forked histories: copies of one device that write apart, all the ops that came of it, and their causal past by hash. */
import { toHex, type Bytes } from '../../shared/base/bytes.ts'
import { formatOpId, type ActorId } from '../../shared/model/ids.ts'
import { parseOp, type Cause } from '../../shared/op/op.ts'
import type { Run } from '../../shared/op/run.ts'
import { craft } from './crafting.ts'
import { pull, type Device } from './replicas.ts'

/** One op as its author signed it. */
export type SignedOp = {
  readonly actor: ActorId
  readonly seq: number
  readonly prev: Bytes
  readonly causes: readonly Cause[]
  readonly lamport: number
  readonly hash: Bytes
  readonly bytes: Bytes
  readonly signature: Bytes
}

/** Writes an op that stands at the door whatever judgement says of it; `mark` keeps twins apart. */
export function writeOn(device: Device, mark: number): void {
  const received = craft(device, [{ type: 'create', kind: 'case' }], { wall: mark })
  if (received.outcome !== 'stored' || received.committed !== 1) throw new Error(JSON.stringify(received))
}

export type Move = { readonly who: number; readonly from: number; readonly writes: boolean }

/** Plays moves on devices: each writes an op of one, or lets one hear all that another holds. */
export function play(devices: readonly Device[], moves: readonly Move[]): void {
  moves.forEach(({ who, from, writes }, i) => {
    const device = devices[who % devices.length]
    const other = devices[from % devices.length]
    if (!device || !other) return
    if (writes) writeOn(device, i + 1)
    else if (device !== other) pull(device, other)
  })
}

/** Every op that its author still holds (others may have it without a signature of its own), causes first. */
export function opsOf(devices: readonly Device[]): SignedOp[] {
  const ops = new Map<string, SignedOp>()
  for (const { sql } of devices) {
    const rows = sql
      .prepare('SELECT hash, bytes, signature FROM op WHERE signature IS NOT NULL ORDER BY lamport')
      .all<{ hash: Bytes; bytes: Bytes; signature: Bytes }>()
    for (const row of rows) {
      const parsed = parseOp(row.bytes)
      if (!parsed.ok) throw new Error(parsed.error)
      const { actor, seq, prev, causes, lamport } = parsed.value
      ops.set(toHex(row.hash), { actor, seq, prev, causes, lamport, ...row })
    }
  }
  return [...ops.values()].sort((a, b) => a.lamport - b.lamport)
}

/** By hash: the hashes of all ops in the causal past of each, itself included; told from the ops alone. */
export function pastsOf(ops: readonly SignedOp[]): Map<string, ReadonlySet<string>> {
  const names = new Map(ops.map((op) => [nameOf(op), toHex(op.hash)]))
  const byHash = new Map(ops.map((op) => [toHex(op.hash), op]))
  const pasts = new Map<string, ReadonlySet<string>>()
  const pastOf = (hash: string): ReadonlySet<string> => {
    const known = pasts.get(hash)
    const op = byHash.get(hash)
    if (known || !op) return known ?? new Set()
    const before = [toHex(op.prev), ...op.causes.map((cause) => names.get(nameOf(cause)) ?? '')]
    const past = new Set([hash, ...before.flatMap((one) => [...pastOf(one)])])
    pasts.set(hash, past)
    return past
  }
  for (const op of ops) pastOf(toHex(op.hash))
  return pasts
}

const nameOf = ({ actor, seq, hash }: Cause): string =>
  `${formatOpId({ actor, seq })}:${toHex(hash.subarray(0, 16))}`

/** The ops as runs in an order that `dice` draws, some of them joined with the op before in their chain. */
export function runsOf(ops: readonly SignedOp[], dice: () => number): Run[] {
  const runs: { run: Run; last: string }[] = []
  for (const op of ops) {
    const before = op.seq > 1 ? runs.find(({ last }) => last === toHex(op.prev)) : undefined
    if (before && dice() < 0.5) {
      before.run = { ...before.run, ops: [...before.run.ops, op.bytes], signature: op.signature }
      before.last = toHex(op.hash)
    } else
      runs.push({
        run: { actor: op.actor, first: op.seq, ops: [op.bytes], signature: op.signature },
        last: toHex(op.hash),
      })
  }
  const drawn = runs.map(({ run }) => ({ run, at: dice() }))
  return drawn.sort((a, b) => a.at - b.at).map(({ run }) => run)
}

/** Gives the runs in their order, and offers again what an admission was missing for. */
export function deliver(to: Device, runs: readonly Run[]): void {
  let left = runs
  while (left.length > 0) {
    const waiting = left.filter((run) => {
      const received = to.replica.receive(run, to.replica.actor)
      if (received.outcome === 'refused') throw new Error(received.reason)
      return received.outcome === 'unadmitted'
    })
    if (waiting.length === left.length) throw new Error('nobody admits these authors')
    left = waiting
  }
}
