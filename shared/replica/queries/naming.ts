/** Names and values as answers show them. */
import { formatDot, shortActor, type ActorId, type RecordId } from '../../model/ids.ts'
import { jobNumber, parseRight } from '../../model/rights.ts'
import { valuesOf } from '../../merge/register.ts'
import type { FieldValue, Judgement, Reason, RightName } from '../../api/rows.ts'
import { reasonText } from '../../api/messages/reasons.ts'
import type { ReasonOf } from '../../judge/reason.ts'
import type { Core } from '../core.ts'
import { idBytes } from '../interner.ts'
import { JUDGEMENTS } from '../judging.ts'
import type { LiveEntry } from '../record-state.ts'

export const nameOf = (core: Core, actor: ActorId): string =>
  core.control().member(actor)?.name ?? shortActor(actor)

export type Titled = { readonly title: string; readonly reference: string | null }

/** What a list calls a record; empty where it does not stand here. */
export function titleOf(core: Core, record: RecordId): Titled {
  const row = core.sql
    .prepare('SELECT title, reference FROM board JOIN record ON record.no = board.record WHERE record.id = ?')
    .get<Titled>(idBytes(record))
  return row ?? { title: '', reference: null }
}

/** The human number of a job: of several the one that counts. */
export function numberOf(core: Core, record: RecordId): string | null {
  const [first] = core.control().numbersOf(record)
  return first ? jobNumber(first.number) : null
}

export function rightName(core: Core, right: string): RightName {
  const parsed = parseRight(right)
  if (!parsed) return { right, of: 'unknown', about: null }
  const { of } = parsed
  if (of === 'stock') return { right, of, about: titleOf(core, parsed.item).title || null }
  return { right, of, about: of === 'decide' ? parsed.zone : null }
}

/** The distinct values of a register, each with who set it; said twice under one dot by a forked device, it is of the earlier time. */
export function fieldValues(core: Core, live: readonly LiveEntry[]): FieldValue[] {
  const byTime = live.toSorted((a, b) => a.wall - b.wall)
  return valuesOf(byTime).map(({ dot, value, wall }) => ({
    dot: formatDot(dot),
    value,
    author: dot.actor,
    name: nameOf(core, dot.actor),
    wall,
  }))
}

export const judgementOf = (code: number): Judgement => JUDGEMENTS[code] ?? 'held'

/** The stored reason of an op, with its English sentence. */
export function reasonOf(stored: string | null): Reason | null {
  return stored === null ? null : reasonSaid(JSON.parse(stored) as ReasonOf)
}

export const reasonSaid = ({ code, params }: ReasonOf): Reason => madeReason(code, params)

export const madeReason = (code: string, params: Reason['params'] = {}): Reason => ({
  code,
  params,
  text: reasonText('en', code, params),
})
