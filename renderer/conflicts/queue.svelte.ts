/**
 * The conflict queue's state: what is open, what the supervisor has chosen so far, and what was settled.
 * Choices are drafts of this screen. Applying sends all of them as one op, so that either the whole batch
 * is settled or nothing is; a choice whose values moved on is dropped and marked, never applied blindly.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { FieldValue, Value } from '../../shared/api/rows.ts'
import { ok, type Result } from '../../shared/base/result.ts'
import {
  chosenValue,
  dotsOf,
  keyOf,
  resolutionOf,
  stillStands,
  withWriters,
  type Choice,
  type Conflict,
  type ConflictKey,
} from './conflict.ts'
import { pickBy, type Rule } from './rules.ts'
import {
  EMPTY_SELECTION,
  extend,
  extendTo,
  follow,
  selectAll,
  selectNone,
  step,
  stepTo,
  toggle,
  type Selection,
} from './selection.ts'

/** One op takes at most this many choices. */
export const BATCH_LIMIT = 250

export type Chosen = { readonly conflict: Conflict; readonly choice: Choice; readonly value: Value }
export type Settlement = { readonly op: string; readonly count: number }

export class ConflictQueue {
  conflicts = $state.raw<readonly Conflict[]>([])
  isLoaded = $state(false)
  selection = $state.raw<Selection>(EMPTY_SELECTION)
  choices = $state.raw<ReadonlyMap<ConflictKey, Choice>>(new Map())
  /** Chosen before, but the values changed since: to be looked at again. */
  moved = $state.raw<ReadonlySet<ConflictKey>>(new Set())
  /** How many fields this screen has settled since it was opened. */
  settled = $state(0)
  isApplying = $state(false)
  failure = $state.raw<ErrorBody | null>(null)
  /** The last settlement of this screen, as long as it can be taken back. */
  last = $state.raw<Settlement | null>(null)

  readonly keys = $derived(this.conflicts.map(keyOf))
  readonly byKey = $derived(new Map(this.conflicts.map((conflict) => [keyOf(conflict), conflict])))
  readonly chosen = $derived(this.#chosen())
  readonly current = $derived(
    this.selection.cursor === null ? undefined : this.byKey.get(this.selection.cursor),
  )
  readonly left = $derived(this.conflicts.length - this.chosen.length)
  readonly total = $derived(this.conflicts.length + this.settled)
  /**
   * What a rule is applied to: the selection; else what nothing is chosen for yet, so that a rule for the rest
   * leaves careful choices alone; else everything.
   */
  readonly scope = $derived(this.#scope())

  readonly #api: DeskApi
  /** Who wrote the values of what this screen settled: an undo sets them anew, but wrote none of them. */
  readonly #written = new Map<ConflictKey, readonly FieldValue[]>()

  constructor(api: DeskApi) {
    this.#api = api
  }

  /** Follows the node's queue until the returned function is called. */
  open(): () => void {
    return this.#api.watch('conflicts', {}, (answer) => {
      if (answer.ok) this.receive(answer.value.conflicts)
      else this.failure = answer.error
    })
  }

  receive(conflicts: readonly Conflict[]): void {
    const before = this.keys
    this.conflicts = conflicts.map((conflict) => withWriters(conflict, this.#written.get(keyOf(conflict))))
    this.isLoaded = true
    this.selection = follow(this.selection, before, this.keys)
    this.#dropStale()
  }

  choose(key: ConflictKey, nth: number): boolean {
    const value = this.byKey.get(key)?.values[nth - 1]
    if (!value) return false
    this.#set([[key, { how: 'pick', dot: value.dot, rule: null }]])
    return true
  }

  merge(key: ConflictKey, value: Value): void {
    const conflict = this.byKey.get(key)
    if (conflict) this.#set([[key, { how: 'merge', value, over: dotsOf(conflict) }]])
  }

  /** Applies a rule to the scope and says how many it chose; what it does not fit stays as it is. */
  applyRule(rule: Rule): { readonly chosen: number; readonly skipped: number } {
    const scope = this.scope
    const drafts = scope.flatMap((conflict): [ConflictKey, Choice][] => {
      const value = pickBy(rule, conflict)
      return value ? [[keyOf(conflict), { how: 'pick', dot: value.dot, rule: rule.rule }]] : []
    })
    this.#set(drafts)
    return { chosen: drafts.length, skipped: scope.length - drafts.length }
  }

  /** Takes back the drafts of the selection, or of the row the keyboard stands on. */
  clear(): void {
    const keys = this.selection.selected.size > 0 ? this.selection.selected : new Set([this.selection.cursor])
    this.choices = new Map([...this.choices].filter(([key]) => !keys.has(key)))
  }

  clearOne(key: ConflictKey): void {
    this.choices = new Map([...this.choices].filter(([other]) => other !== key))
  }

  clearAll(): void {
    this.choices = new Map()
    this.moved = new Set()
  }

  /** Settles everything chosen, up to the limit of one op. */
  async apply(): Promise<Settlement | null> {
    const batch = this.chosen.slice(0, BATCH_LIMIT)
    if (batch.length === 0 || this.isApplying) return null
    this.isApplying = true
    this.failure = null
    const choices = batch.map(({ conflict, choice }) => resolutionOf(conflict, choice))
    const answer = await this.#api.do('conflict.resolve', { choices })
    this.isApplying = false
    if (!answer.ok) {
      this.failure = answer.error
      await this.#refresh()
      return null
    }
    return this.#settle({ op: answer.value.op, count: batch.length }, batch)
  }

  /** Puts the last settlement back into the queue, as one new op; the number of fields that came back. */
  async undo(): Promise<Result<number, ErrorBody> | null> {
    const last = this.last
    if (!last) return null
    this.last = null
    const answer = await this.#api.do('conflict.restore', { op: last.op })
    if (!answer.ok) return answer
    this.settled = Math.max(0, this.settled - answer.value.restored)
    return ok(answer.value.restored)
  }

  step(by: number): void {
    this.selection = step(this.selection, this.keys, by)
  }
  extend(by: number): void {
    this.selection = extend(this.selection, this.keys, by)
  }
  stepTo(key: ConflictKey): void {
    this.selection = stepTo(this.selection, key)
  }
  /** The focus came into a row by itself (a click, the tab key): the cursor goes with it. */
  enter(key: ConflictKey): void {
    if (this.selection.cursor !== key) this.stepTo(key)
  }
  extendTo(key: ConflictKey): void {
    this.selection = extendTo(this.selection, this.keys, key)
  }
  toggle(key: ConflictKey): void {
    this.selection = toggle(this.selection, key)
  }
  selectAll(): void {
    this.selection = selectAll(this.selection, this.keys)
  }
  selectNone(): void {
    this.selection = selectNone(this.selection)
  }

  #scope(): readonly Conflict[] {
    const { selected } = this.selection
    if (selected.size > 0) return this.conflicts.filter((conflict) => selected.has(keyOf(conflict)))
    const open = this.conflicts.filter((conflict) => !this.choices.has(keyOf(conflict)))
    return open.length > 0 ? open : this.conflicts
  }

  #chosen(): readonly Chosen[] {
    return this.conflicts.flatMap((conflict) => {
      const choice = this.choices.get(keyOf(conflict))
      const value = choice && chosenValue(conflict, choice)
      return choice && value !== undefined ? [{ conflict, choice, value }] : []
    })
  }

  #set(drafts: readonly (readonly [ConflictKey, Choice])[]): void {
    this.choices = new Map([...this.choices, ...drafts])
    const chosen = new Set(drafts.map(([key]) => key))
    this.moved = new Set([...this.moved].filter((key) => !chosen.has(key)))
  }

  #settle(settlement: Settlement, batch: readonly Chosen[]): Settlement {
    const done = new Set(batch.map(({ conflict }) => keyOf(conflict)))
    for (const { conflict } of batch) this.#written.set(keyOf(conflict), conflict.values)
    this.choices = new Map([...this.choices].filter(([key]) => !done.has(key)))
    this.receive(this.conflicts.filter((conflict) => !done.has(keyOf(conflict))))
    this.selection = selectNone(this.selection)
    this.settled += settlement.count
    this.last = settlement
    return settlement
  }

  async #refresh(): Promise<void> {
    const answer = await this.#api.query('conflicts', {})
    if (answer.ok) this.receive(answer.value.conflicts)
  }

  #dropStale(): void {
    const kept = new Map<ConflictKey, Choice>()
    const moved = new Set([...this.moved].filter((key) => this.byKey.has(key)))
    for (const [key, choice] of this.choices) {
      const conflict = this.byKey.get(key)
      if (!conflict) continue
      if (stillStands(conflict, choice)) kept.set(key, choice)
      else moved.add(key)
    }
    this.choices = kept
    this.moved = moved
  }
}
