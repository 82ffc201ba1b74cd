/** What a checkpoint took in, told by a replica that holds nothing else: how it is judged there it is judged for good. */
import { toHex, type Bytes } from '../../shared/base/bytes.ts'
import { formatOpId } from '../../shared/model/ids.ts'
import type { Checkpoint } from '../../shared/judge/membership.ts'
import type { Core } from '../../shared/replica/core.ts'
import { countUnder } from '../../shared/replica/frontier.ts'
import { OP_COLUMNS, type OpRow } from '../../shared/replica/log.ts'
import { coreOf } from '../support/crafting.ts'
import type { Device } from '../support/replicas.ts'
import { asWritten, readingFrom } from './delivery.ts'
import type { Signed } from './histories.ts'

/** What is wrong with each checkpoint in force here, in a sentence each; adoptions aside, which are new facts. */
export function unfinal(ops: readonly Signed[], device: Device): string[] {
  const core = coreOf(device)
  return core.control().membership.checkpoints.flatMap((checkpoint) => {
    const known = ops.filter((op) => core.log.knowsNo(checkpoint.op.no, numberOf(core, op)))
    return readingFrom(known, asWritten, (replica, reader) => [
      ...wrongStatement(core, checkpoint, replica.status().state_hash, coreOf(reader)),
      ...rejudged(core, checkpoint, coreOf(reader)),
    ])
  })
}

function numberOf(core: Core, { actor, seq, hash }: Signed): number {
  const found = core.log.find({ actor, seq, hash })
  if (!found) throw new Error('every op of the history is here')
  return found.op
}

function* wrongStatement(core: Core, checkpoint: Checkpoint, hash: string, there: Core): Generator<string> {
  const id = formatOpId(checkpoint.op)
  const last = there.control().membership.checkpoints.at(-1)
  if (!last || formatOpId(last.op) !== id) yield `${id} is in force here, and not where it came from`
  if (hash !== toHex(checkpoint.stateHash)) yield `${id}: its frontier gives another state`
  if (checkpoint.ops !== countUnder(core.log, checkpoint.op.no)) yield `${id}: other ops are under it`
}

function* rejudged(core: Core, { op }: Checkpoint, there: Core): Generator<string> {
  const rows = there.sql
    .prepare(`SELECT op.hash, ${OP_COLUMNS} FROM op ORDER BY op.no`)
    .all<OpRow & { hash: Bytes }>()
  for (const row of rows) {
    const then = there.judging.fromRow(row)
    const found = core.log.find({ actor: then.actor, seq: then.seq, hash: row.hash })
    const now = found && core.judging.byNumber(found.op)
    if (!now || core.control().membership.finalBy(now)?.no !== op.no) continue
    const [before, after] = [there.judging.byItself(then), core.judging.byItself(now)]
    if (JSON.stringify(before) !== JSON.stringify(after))
      yield `${formatOpId(now)} under ${formatOpId(op)} was ${JSON.stringify(before)}, is ${JSON.stringify(after)}`
  }
}
