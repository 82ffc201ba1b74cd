/** Attachments as the retention policy sees them, and the revoking of those that must go. */
import type { AttachmentFacts } from '../authority/retention.ts'
import { toHex } from '../base/bytes.ts'
import { mustGo } from '../authority/retention.ts'
import { fieldByName, subByName } from '../model/fields.ts'
import type { ChildId, DotRef, RecordId } from '../model/ids.ts'
import type { ReviewEffect, Scalar } from '../op/effect.ts'
import type { Core } from './core.ts'

type Made = { record: number; op: number; idx: number; id: Uint8Array }

/** The same in every kind that has attachments. */
const MAP = fieldByName('job', 'attachments')

/** Ops looked at in one piece of work. */
const SLICE = 50

export function attachmentFacts(
  core: Core,
  record: RecordId,
  child: ChildId,
  now: number,
): AttachmentFacts | null {
  const row = core.records.find(record)
  const field = row && fieldByName(row.kind, 'attachments')
  if (!row || !field) return null
  const made = core.origins.ofChild(row.no, field.code, child).find(({ accepted }) => accepted)
  return made && isShown(core, row.no, child) ? factsOf(core, made.no, child, now) : null
}

/** As the op that made it says: nobody makes another's attachment go by what he says of it later. */
function factsOf(core: Core, op: number, id: ChildId, now: number): AttachmentFacts {
  const { effects, wall } = core.judging.byNumber(op)
  const said = (name: 'size' | 'mime'): Scalar => {
    const sub = MAP && subByName(MAP, name)?.code
    const given = effects.find(
      (one) =>
        one.type === 'assign' && one.at.child === id && one.at.field === MAP?.code && one.at.sub === sub,
    )
    return given?.type === 'assign' ? given.value : null
  }
  return { size: Number(said('size') ?? 0), mime: String(said('mime') ?? ''), age: now - wall }
}

/** Looks through the attachments made by ops behind `from`: where it came to (null: at the end), and one that must go. */
export function nextToGo(
  core: Core,
  from: number,
  now: number,
): { readonly at: number | null; readonly effect: ReviewEffect | null } {
  const policy = core.control().membership.retention
  if (!policy) return { at: null, effect: null }
  const rows = attachmentsBehind(core, from)
  for (const made of rows) {
    const child = toHex(made.id) as ChildId
    const reason = isShown(core, made.record, child) && mustGo(policy, factsOf(core, made.op, child, now))
    if (reason) return { at: made.op - 1, effect: { type: 'revoke', dot: dotOf(core, made), reason } }
  }
  return { at: rows.at(-1)?.op ?? null, effect: null }
}

/** Of the next ops, all that each of them made. */
function attachmentsBehind(core: Core, from: number): Made[] {
  const field = MAP?.code ?? 0
  return core.sql
    .prepare(
      `SELECT record, op, idx, id FROM child WHERE field = ? AND op IN (
         SELECT DISTINCT child.op FROM child JOIN op ON op.no = child.op AND op.judgement = 0
         WHERE child.field = ? AND child.op > ? ORDER BY child.op LIMIT ?
       ) ORDER BY op, idx`,
    )
    .all<Made>(field, field, from, SLICE)
}

function isShown(core: Core, record: number, child: ChildId): boolean {
  const state = core.states.of(record)
  return state.children('attachments').some(({ id }) => id === child)
}

function dotOf(core: Core, { op, idx }: Made): DotRef {
  const { actor, seq } = core.judging.byNumber(op)
  return { actor, seq, index: idx }
}
