/** Attachments as the retention policy sees them, and the revoking of those that must go. */
import type { AttachmentFacts } from '../authority/retention.ts'
import { toHex } from '../base/bytes.ts'
import { mustGo } from '../authority/retention.ts'
import { shownValue } from '../merge/register.ts'
import { fieldByName } from '../model/fields.ts'
import type { ChildId, DotRef, RecordId } from '../model/ids.ts'
import type { ReviewEffect } from '../op/effect.ts'
import type { Core } from './core.ts'
import { RecordState, type ChildState } from './record-state.ts'

type Made = { record: number; op: number; idx: number; id: Uint8Array }

/** Looked at in one piece of work. */
const SLICE = 50

export function attachmentFacts(
  core: Core,
  record: RecordId,
  child: ChildId,
  now: number,
): AttachmentFacts | null {
  const row = core.records.find(record)
  const found =
    row && new RecordState(core.sql, core.log, row).children('attachments').find(({ id }) => id === child)
  return found ? factsOf(found, now) : null
}

const factsOf = (child: ChildState, now: number): AttachmentFacts => ({
  size: Number(shownValue(child.live('size')) ?? 0),
  mime: String(shownValue(child.live('mime')) ?? ''),
  age: now - child.wall,
})

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
    const shown = shownChild(core, made)
    const reason = shown && mustGo(policy, factsOf(shown, now))
    if (reason) return { at: made.op - 1, effect: { type: 'revoke', dot: dotOf(core, made), reason } }
  }
  return { at: rows.length < SLICE ? null : (rows.at(-1)?.op ?? null), effect: null }
}

function attachmentsBehind(core: Core, from: number): Made[] {
  const field = fieldByName('job', 'attachments')?.code ?? 0
  return core.sql
    .prepare(
      `SELECT child.record, child.op, child.idx, child.id FROM child JOIN op ON op.no = child.op AND op.judgement = 0
       WHERE child.field = ? AND child.op > ? ORDER BY child.op LIMIT ?`,
    )
    .all<Made>(field, from, SLICE)
}

function shownChild(core: Core, { record, id }: Made): ChildState | null {
  const state = new RecordState(core.sql, core.log, core.records.byNumber(record))
  return state.children('attachments').find((child) => child.id === toHex(id)) ?? null
}

function dotOf(core: Core, { op, idx }: Made): DotRef {
  const { actor, seq } = core.judging.byNumber(op)
  return { actor, seq, index: idx }
}
