/** Settling conflicts: ordinary assignments that supersede every value seen, many of them in one op, all or none. */
import { err, ok, type Result } from '../base/result.ts'
import { formatDot, type OpRef, type RecordId } from '../model/ids.ts'
import { valuesOf } from '../merge/register.ts'
import { fieldByCode } from '../model/fields.ts'
import type { Address, Effect, Scalar } from '../op/effect.ts'
import type { Composer } from './composer.ts'
import { freezes, setField, target, type Target } from './editing.ts'
import type { Reading } from './reading.ts'
import { refuse, type Refusal } from './refusal.ts'

export type Choice = {
  readonly record: RecordId
  readonly child: string | undefined
  readonly field: string
  /** A dot of one of the values, or a value of one's own. */
  readonly pick: string | null
  readonly value: Scalar
}

/** How many conflicts the op settles; a choice that no longer fits refuses all. */
export function resolveConflicts(
  composer: Composer,
  reading: Reading,
  choices: readonly Choice[],
): Result<number, Refusal> {
  const settled = new Set<string>()
  for (const choice of choices) {
    if (settled.has(placeOf(choice))) return err(refuse('stale-choice', { field: choice.field }))
    settled.add(placeOf(choice))
    const at = target(reading, choice.record, choice.child, choice.field, ['register'])
    if (!at.ok) return at
    const value = chosenValue(reading, at.value, choice)
    if (!value.ok) return value
    const problem = setField(composer, reading, at.value, value.value)
    if (problem) return err(problem)
  }
  return ok(choices.length)
}

/** Settled twice in one op, a conflict would come out as a new one. */
const placeOf = ({ record, child, field }: Choice): string => `${record}/${child ?? ''}/${field}`

function chosenValue(reading: Reading, at: Target, choice: Choice): Result<Scalar, Refusal> {
  const live = reading.live(at.at)
  if (valuesOf(live).length < 2) return err(refuse('no-such-conflict', { field: choice.field }))
  if (choice.pick === null) return ok(choice.value)
  const picked = live.find((entry) => formatDot(entry.dot) === choice.pick)
  return picked ? ok(picked.value) : err(refuse('stale-choice', { field: choice.field }))
}

type Assign = Extract<Effect, { type: 'assign' }>

/**
 * Takes a settlement back, as a new op: each field that still holds just what it set holds again, side by side,
 * the values that it had superseded. A field that moved on since is left as it is.
 */
export function restoreConflicts(
  composer: Composer,
  reading: Reading,
  settlement: OpRef,
): Result<number, Refusal> {
  let restored = 0
  reading.effectsOf(settlement).forEach((effect, index) => {
    if (effect.type !== 'assign' || effect.over.length < 2) return
    const set = formatDot({ ...settlement, index })
    const live = reading.live(effect.at)
    if (live.length !== 1 || live.some((entry) => formatDot(entry.dot) !== set)) return
    if (isFrozen(reading, effect.at)) return
    restored += restoreField(composer, reading, effect, live[0]?.dot ?? null)
  })
  return restored > 0 ? ok(restored) : err(refuse('no-such-conflict', { field: '' }))
}

function isFrozen(reading: Reading, at: Address): boolean {
  const kind = reading.kindOf(at.record)
  const field = kind && fieldByCode(kind, at.field)
  return !field || freezes(reading, at.record, field) !== null
}

/** Several values set by one op are concurrent: none of them had seen another. */
function restoreField(
  composer: Composer,
  reading: Reading,
  { at, over }: Assign,
  settled: Assign['over'][number] | null,
): number {
  const values = new Set<Scalar>()
  for (const dot of over) {
    const before = reading.effectsOf(dot)[dot.index]
    if (before?.type === 'assign') values.add(before.value)
  }
  const superseded = settled ? [settled] : []
  for (const [i, value] of [...values].entries()) {
    composer.add({ type: 'assign', at, value, over: i === 0 ? superseded : [] })
  }
  return values.size > 0 ? 1 : 0
}
