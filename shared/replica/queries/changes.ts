/** What an op does, in the field's own terms; the screen makes sentences of it. */
import type { Change } from '../../api/rows.ts'
import type { ChildId, DotRef } from '../../model/ids.ts'
import { fieldByCode, placeOf } from '../../model/fields.ts'
import { shownValue } from '../../merge/register.ts'
import type { Effect, Scalar } from '../../op/effect.ts'
import { childAt } from '../../op/identity.ts'
import { changedRecord, isData, isReview } from '../../op/op.ts'
import type { Core } from '../core.ts'
import { cellOf } from '../fold.ts'
import type { RecordRow } from '../interner.ts'
import type { JudgedOp } from '../judging.ts'
import { controlChange, reviewChange } from './control-changes.ts'
import { withdrawnChange } from './withdrawn.ts'

const EXCERPT = 120
/** The longest line that a person may type. */
const LINE = 500

/** The changes of an op; only those of one record where `record` is given. */
export function changesOf(core: Core, op: JudgedOp, record: string | null): Change[] {
  return changesIn(core, op, (effect) => {
    return record === null || !isData(effect) || (changedRecord(effect) ?? record) === record
  })
}

/** The changes of some of an op's effects. */
export function changesIn(core: Core, op: JudgedOp, isMeant: (effect: Effect) => boolean): Change[] {
  return op.effects.flatMap((effect, index) => {
    if (!isMeant(effect)) return []
    return changeOf(core, op, effect, { actor: op.actor, seq: op.seq, index }) ?? []
  })
}

function changeOf(core: Core, op: JudgedOp, effect: Effect, dot: DotRef): Change | null {
  if (effect.type === 'unknown') return { what: 'unknown', code: effect.code }
  if (isData(effect)) return withdrawnChange(core, op.no, dot.index, effect) ?? dataChange(core, effect, dot)
  return isReview(effect) ? reviewChange(core, op, effect) : controlChange(core, effect)
}

type Data = Extract<Effect, { type: 'create' | 'import' | 'child' | 'drop' } | { at: unknown }>

function dataChange(core: Core, effect: Data, dot: DotRef): Change | null {
  if (effect.type === 'create') return { what: 'created', kind: effect.kind, imported: null }
  if (effect.type === 'import')
    return { what: 'created', kind: effect.kind, imported: `${effect.source}: ${effect.key}` }
  const row = core.records.find('at' in effect ? effect.at.record : effect.record)
  if (!row) return null
  if (effect.type === 'child' || effect.type === 'drop') return childChange(core, row, effect, dot)
  return addressedChange(core, row, effect)
}

function childChange(
  core: Core,
  row: RecordRow,
  effect: Extract<Effect, { type: 'child' | 'drop' }>,
  dot: DotRef,
): Change {
  const field = fieldByCode(row.kind, effect.field)?.name ?? String(effect.field)
  if (effect.type === 'drop') return { what: 'child-removed', field, child: effect.child }
  return { what: 'child-added', field, child: childAt(core.sha256, dot) }
}

function addressedChange(core: Core, row: RecordRow, effect: Extract<Data, { at: unknown }>): Change | null {
  const place = placeOf(row.kind, effect.at.field, effect.at.sub)
  const field = place?.of === 'child' ? place.sub.name : (place?.field.name ?? String(effect.at.field))
  const { child } = effect.at
  switch (effect.type) {
    case 'assign':
      return {
        what: 'set',
        field,
        child,
        value: shortened(effect.value),
        settles: Math.max(0, effect.over.length - 1),
      }
    case 'draft':
      return { what: 'set', field, child, value: effect.value, settles: 0 }
    case 'insert':
      return child === null
        ? { what: 'added', field, key: effect.key }
        : tick(core, row, 'ticked', effect.at.field, child)
    case 'remove':
      return child === null
        ? { what: 'removed', field, key: '' }
        : tick(core, row, 'unticked', effect.at.field, child)
    case 'text':
      return (
        child && {
          what: 'text',
          child,
          excerpt: core.texts.plain(cellOf(row.no, effect.at)).slice(0, EXCERPT),
        }
      )
    case 'count':
      return { what: 'counted', field, amount: effect.amount }
    case 'session':
      return null
  }
}

/** Everything that a person typed is shown whole; a thumbnail is not for reading. */
const shortened = (value: Scalar): Scalar =>
  typeof value === 'string' && value.length > LINE ? value.slice(0, LINE) : value

function tick(
  core: Core,
  row: RecordRow,
  what: 'ticked' | 'unticked',
  field: number,
  child: ChildId,
): Change {
  const live = core.fold.live(cellOf(row.no, { record: row.id, field, child, sub: 1 }))
  return { what, child, text: String(shownValue(live) ?? '') }
}
