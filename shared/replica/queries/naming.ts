/** Names and values as answers show them. */
import { formatDot, shortActor, type ActorId } from '../../model/ids.ts'
import { valuesOf } from '../../merge/register.ts'
import type { FieldValue, Judgement, Reason } from '../../api/queries.ts'
import { reasonText } from '../../api/messages/reasons.ts'
import type { Core } from '../core.ts'
import { JUDGEMENTS } from '../judging.ts'
import type { LiveEntry } from '../record-state.ts'

export const nameOf = (core: Core, actor: ActorId): string =>
  core.control().members.get(actor)?.name ?? shortActor(actor)

/** The distinct values of a register, each with who set it. */
export function fieldValues(core: Core, live: readonly LiveEntry[]): FieldValue[] {
  const walls = new Map(live.map((entry) => [formatDot(entry.dot), entry.wall]))
  return valuesOf(live).map((entry) => ({
    dot: formatDot(entry.dot),
    value: entry.value,
    author: entry.dot.actor,
    name: nameOf(core, entry.dot.actor),
    wall: walls.get(formatDot(entry.dot)) ?? 0,
  }))
}

export const judgementOf = (code: number): Judgement => JUDGEMENTS[code] ?? 'held'

/** The stored reason of an op, with its English sentence. */
export function reasonOf(stored: string | null): Reason | null {
  if (stored === null) return null
  const { code, params } = JSON.parse(stored) as Omit<Reason, 'text'>
  return { code, params, text: reasonText('en', code, params) }
}

export const madeReason = (code: string, params: Reason['params'] = {}): Reason => ({
  code,
  params,
  text: reasonText('en', code, params),
})
