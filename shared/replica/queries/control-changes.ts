/** What acts of control and review do, in the field's own terms. */
import type { Change } from '../../api/rows.ts'
import { fieldByCode, placeOf } from '../../model/fields.ts'
import { formatDot, formatOpId, type DotRef, type OpRef } from '../../model/ids.ts'
import { auditNumber, jobNumber, sizeOf } from '../../model/rights.ts'
import type { Placed } from '../../judge/past.ts'
import type { ControlEffect, Effect, ReviewEffect } from '../../op/effect.ts'
import type { Core } from '../core.ts'
import type { Revocable } from '../imprint-said.ts'
import { detailOf } from './asked.ts'
import { nameOf, rightName, titleOf } from './naming.ts'

export function controlChange(core: Core, effect: ControlEffect): Change {
  switch (effect.type) {
    case 'genesis':
      return { what: 'founded', name: effect.siteName }
    case 'admit':
      return { what: 'admitted', name: effect.name, role: effect.role }
    case 'setRole':
      return { what: 'role-set', name: nameOf(core, effect.actor), role: effect.role }
    case 'cut':
      return { what: 'cut', name: nameOf(core, effect.actor), reason: effect.reason }
    case 'request':
      return { what: 'requested', action: effect.action, detail: detailOf(core, effect) }
    case 'withdraw':
      return { what: 'withdrew', request: formatOpId(effect.request) }
    case 'decide':
      return decided(core, effect.request, effect)
    case 'mint':
    case 'transfer':
    case 'spend':
    case 'reclaim':
      return rightChange(core, effect)
    case 'sign':
      return { what: 'signed-off' }
    case 'handover':
      return { what: 'handed-over', name: nameOf(core, effect.actor) }
    case 'policy':
      return { what: 'policy-set' }
    case 'checkpoint':
      return { what: 'checkpoint', ops: effect.ops }
    case 'snapshot':
      return { what: 'snapshot', size: effect.size }
    case 'ruleVersion':
      return { what: 'rules-raised', version: effect.version }
  }
}

function decided(core: Core, request: OpRef, effect: Extract<Effect, { type: 'decide' }>): Change {
  const asked = core.control().requests.all.get(formatOpId(request))
  return {
    what: 'decided',
    request: formatOpId(request),
    action: asked?.ask.action ?? 'close',
    accept: effect.accept,
    audit_number: effect.number && auditNumber(effect.number),
    reason: effect.reason,
  }
}

function rightChange(
  core: Core,
  effect: Extract<ControlEffect, { type: 'mint' | 'transfer' | 'spend' | 'reclaim' }>,
): Change {
  const right = rightName(core, effect.right)
  if (effect.type === 'reclaim') return { what: 'reclaimed', right, name: nameOf(core, effect.actor) }
  const amount = sizeOf(effect.share)
  const ranges = effect.share.spans.map(({ from, to }) => [from, to] as const)
  if (effect.type !== 'spend') {
    const what = effect.type === 'mint' ? 'given' : 'passed'
    return { what, right, amount, ranges, name: nameOf(core, effect.to) }
  }
  const [first] = effect.share.spans
  const isNumber = right.of === 'job-number' && effect.record !== null && first
  const number = isNumber ? jobNumber({ year: first.year, count: first.from }) : null
  const purpose = isNumber || effect.record === null ? null : titleOf(core, effect.record).title || null
  return { what: 'spent', right, amount, number, purpose }
}

/** `op`: the act itself, for what it names is found in its past. */
export function reviewChange(core: Core, op: Placed, effect: ReviewEffect): Change {
  switch (effect.type) {
    case 'adopt':
      return { what: 'adopted', op: formatOpId(effect.op), author: nameOf(core, effect.op.actor) }
    case 'dismiss': {
      const { op: named, reason } = effect
      return { what: 'dismissed', op: formatOpId(named), author: nameOf(core, named.actor), reason }
    }
    case 'revoke':
      return revoked(core, core.judging.targetsOf(op, effect)[0] ?? null, effect.dot, effect.reason)
    case 'parcel':
      if (effect.of === 'part') return { what: 'parcel-handed-in', parcel: effect.parcel }
      return {
        what: effect.reason === null ? 'parcel-taken' : 'parcel-dismissed',
        parcel: effect.parcel,
        items: effect.items.length,
      }
  }
}

function revoked(core: Core, target: Placed | null, dot: DotRef, reason: string): Change {
  const named = target && core.judging.revocableOf(target.no).find(([index]) => index === dot.index)
  return { what: 'revoked', dot: formatDot(dot), field: named ? fieldOf(core, named) : '', reason }
}

/** The field that was changed; of a child's field, that of the child. */
function fieldOf({ records }: Core, [, record, field, sub]: Revocable): string {
  const { kind } = records.byNumber(record)
  const place = sub === 0 ? null : placeOf(kind, field, sub)
  return (place?.of === 'child' ? place.sub.name : fieldByCode(kind, field)?.name) ?? ''
}
