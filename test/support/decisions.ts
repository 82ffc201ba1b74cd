/** What a log says of requests and decisions, read from its ops alone and not from any view of them. */
import { formatOpId, type OpId } from '../../shared/model/ids.ts'
import { auditNumber } from '../../shared/model/rights.ts'
import { parseOp } from '../../shared/op/op.ts'
import type { Sql } from '../../shared/replica/ports.ts'

export type Decisions = {
  readonly requests: readonly OpId[]
  /** How often each request was answered. */
  readonly answers: ReadonlyMap<string, number>
  /** Audit numbers in the order in which they were given, with repetitions, should there be any. */
  readonly numbers: readonly string[]
  /** Every number that was minted for another device, the same way. */
  readonly minted: readonly number[]
}

export function decisionsIn(sql: Sql): Decisions {
  const requests: OpId[] = []
  const answers = new Map<OpId, number>()
  const numbers: string[] = []
  const minted: number[] = []
  for (const { bytes } of sql
    .prepare('SELECT bytes FROM op ORDER BY lamport, no')
    .all<{ bytes: Uint8Array }>()) {
    const op = parseOp(bytes)
    if (!op.ok) throw new Error(op.error)
    for (const effect of op.value.effects) {
      if (effect.type === 'request') requests.push(formatOpId(op.value))
      if (effect.type === 'mint')
        minted.push(...effect.share.spans.flatMap(({ from, to }) => range(from, to)))
      if (effect.type !== 'decide') continue
      const request = formatOpId(effect.request)
      answers.set(request, (answers.get(request) ?? 0) + 1)
      if (effect.number) numbers.push(auditNumber(effect.number))
    }
  }
  return { requests, answers, numbers, minted }
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)
