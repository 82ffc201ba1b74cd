/** What a request asks for besides its record: only the keys of its action stand. */
import type { RequestDetail } from '../../api/rows.ts'
import { fieldByName, subByName } from '../../model/fields.ts'
import type { ChildId, RecordId } from '../../model/ids.ts'
import { stockRight } from '../../model/rights.ts'
import { shownValue } from '../../merge/register.ts'
import type { Ask } from '../../op/effect.ts'
import type { Core } from '../core.ts'
import { cellOf } from '../fold.ts'
import { nameOf, rightName } from './naming.ts'

export function detailOf(core: Core, ask: Ask): RequestDetail {
  switch (ask.action) {
    case 'close':
    case 'reopen':
      return {}
    case 'numbers':
      return { right: rightName(core, ask.right), amount: ask.amount }
    case 'stock':
      return { right: rightName(core, stockRight(ask.record)), amount: ask.amount }
    case 'role':
      return { actor: ask.actor, name: nameOf(core, ask.actor), role: ask.role }
    case 'cut':
      return { actor: ask.actor, name: nameOf(core, ask.actor), reason: ask.reason }
    case 'check':
      return { attachment: ask.child, name: attachmentName(core, ask.record, ask.child) }
  }
}

function attachmentName(core: Core, record: RecordId, child: ChildId): string {
  const row = core.records.find(record)
  const field = row && fieldByName(row.kind, 'attachments')
  const sub = field && subByName(field, 'name')
  if (!row || !field || !sub) return ''
  const live = core.fold.live(cellOf(row.no, { record, field: field.code, child, sub: sub.code }))
  return String(shownValue(live) ?? '')
}
