/**
 * Runs to send: consecutive ops of one branch of an actor's chain, in an order in which causes go first, each ending at a known signature.
 * Ops that came in a run whose end still waits for its causes have no signature of their own; they are sent together
 * with what waits, for otherwise an author could see to it that nobody passes on what others then build upon.
 */
import type { Bytes } from '../base/bytes.ts'
import { LIMITS } from '../op/limits.ts'
import type { ActorId } from '../model/ids.ts'
import type { Head, Run } from '../op/run.ts'
import type { SyncStore } from '../sync/store.ts'
import type { Core } from './core.ts'
import { coverageOf, heldOf } from './coverage.ts'
import type { Line } from './lines.ts'

type Row = { no: number; seq: number; bytes: Bytes; signature: Bytes | null }
type Draft = { actor: ActorId; first: number; ops: Bytes[]; signature: Bytes | null; last: number }

/** Rows read at a time while looking for what a peer lacks. */
const SCAN = 512

export function runsAfter(
  core: Core,
  have: readonly Head[],
  from: number,
  bounds: Parameters<SyncStore['runsAfter']>[2],
): ReturnType<SyncStore['runsAfter']> {
  const sent = sentTo(core, have)
  const runs: Run[] = []
  let position = from
  let room = { ops: bounds.ops, bytes: bounds.bytes }
  for (;;) {
    const next = nextLacking(core, sent, position)
    if (!next) return { runs, position: Math.max(position, core.log.lastNumber), end: true }
    const { line } = next
    const run = runFrom(core, line, heldOf({ upTo: sent }, line) + 1, bounds)
    if (!run) {
      sent.set(line, Number.MAX_SAFE_INTEGER)
      continue
    }
    const size = run.ops.reduce((sum, bytes) => sum + bytes.length, 0)
    if (runs.length > 0 && (run.ops.length > room.ops || size > room.bytes))
      return { runs, position: next.no - 1, end: false }
    runs.push(run)
    sent.set(line, run.first + run.ops.length - 1)
    position = next.no
    room = { ops: room.ops - run.ops.length, bytes: room.bytes - size }
    if (room.ops <= 0 || room.bytes <= 0) return { runs, position, end: position >= core.log.lastNumber }
  }
}

/** How far the peer has every line. Of an actor in whom it is ahead nothing is sent: it may have all that is here. */
function sentTo(core: Core, have: readonly Head[]): Map<Line, number> {
  const { upTo, ahead } = coverageOf(core.log, have)
  for (const actor of ahead.keys())
    for (const line of core.log.lines.of(actor)) upTo.set(line, Number.MAX_SAFE_INTEGER)
  return upTo
}

/** The first op behind `position`, in order of arrival, that is beyond what was sent of its line. */
function nextLacking(
  core: Core,
  sent: ReadonlyMap<Line, number>,
  position: number,
): { readonly no: number; readonly line: Line } | null {
  const { lines } = core.log
  let from = position
  for (;;) {
    const rows = core.sql
      .prepare('SELECT no, line, seq FROM op WHERE no > ? ORDER BY no LIMIT ?')
      .all<{ no: number; line: number; seq: number }>(from, SCAN)
    const found = rows.find((row) => row.seq > (sent.get(lines.byNumber(row.line)) ?? 0))
    if (found) return { no: found.no, line: lines.byNumber(found.line) }
    const last = rows.at(-1)
    if (!last || rows.length < SCAN) return null
    from = last.no
  }
}

/**
 * The run that begins at a seq of a line: as far as its ops stood together in the log, and on to a signature.
 * Ops of the line that lie further on would go before their causes; they wait for their own turn.
 * Null where no signature vouches for them.
 */
function runFrom(
  core: Core,
  line: Line,
  first: number,
  bounds: { readonly ops: number; readonly bytes: number },
): Run | null {
  const { no, actor } = line
  const most = Math.min(LIMITS.runOps, Math.max(1, bounds.ops))
  const rows = core.sql
    .prepare(
      'SELECT no, seq, bytes, signature FROM op WHERE actor = ? AND seq >= ? AND line = ? ORDER BY seq LIMIT ?',
    )
    .all<Row>(core.log.actors.find(actor), first, no, LIMITS.runOps)
  const draft: Draft = { actor, first, ops: [], signature: null, last: 0 }
  let bytes = 0
  let before: number | null = null
  for (const row of rows) {
    // What was dropped cannot be sent, and what is behind it would not be taken.
    if (row.seq !== first + draft.ops.length) break
    const together =
      (before === null || row.no === before + 1) &&
      draft.ops.length < most &&
      bytes + row.bytes.length <= bounds.bytes
    if (draft.last > 0 && draft.last === draft.ops.length && !together) break
    if (bytes + row.bytes.length > LIMITS.runBytes) break
    draft.ops.push(row.bytes)
    bytes += row.bytes.length
    before = row.no
    if (!row.signature) continue
    draft.signature = row.signature
    draft.last = draft.ops.length
  }
  return finished(draft) ?? (before === core.log.lines.tip(line).op ? withTail(core, line, draft) : null)
}

/** Begins with the op of the authority's chain that names the last snapshot whose file is here; null: there is none. */
export function snapshotRun(core: Core): Run | null {
  const { snapshots } = core.control().membership
  const last = snapshots.findLast(({ file }) => core.files.keeps(file))
  if (!last) return null
  const { line, seq } = core.log.placeOf(last.op.no)
  return runFrom(core, line, seq, { ops: LIMITS.runOps, bytes: LIMITS.runBytes })
}

/** What waits here: each run ends at the first signature behind its beginning. What none vouches for is in no run. */
export function* waitingRuns({ inbox }: Core): Generator<Run> {
  for (const tail of inbox.tails()) {
    const [first] = tail
    const last = tail.at(-1)
    if (first && last?.signature)
      yield {
        actor: first.op.actor,
        first: first.op.seq,
        ops: tail.map(({ bytes }) => bytes),
        signature: last.signature,
      }
  }
}

function finished({ actor, first, ops, signature, last }: Draft): Run | null {
  return signature && { actor, first, ops: ops.slice(0, last), signature }
}

/** The ops up to the end of a line, and what waits behind them. */
function withTail({ log, inbox }: Core, line: Line, { actor, first, ops }: Draft): Run | null {
  const tail = inbox.tail(log.lines.tip(line).hash)
  const whole = [...ops, ...tail.map(({ bytes }) => bytes)]
  const size = whole.reduce((sum, bytes) => sum + bytes.length, 0)
  const signature = tail.at(-1)?.signature
  if (!signature || whole.length > LIMITS.runOps || size > LIMITS.runBytes) return null
  return { actor, first, ops: whole, signature }
}
