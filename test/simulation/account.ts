/** Accounts for every op of a log: visible, superseded by a named op, in review, or held. What is none is lost. */
import { formatDot, formatOpId, type DotRef } from '../../shared/model/ids.ts'
import type { Effect } from '../../shared/op/effect.ts'
import { isControl, isData, isReview } from '../../shared/op/op.ts'
import type { Core } from '../../shared/replica/core.ts'
import { OP_COLUMNS, type OpRow } from '../../shared/replica/log.ts'
import type { JudgedOp } from '../../shared/replica/judging.ts'
import { coreOf } from '../support/crafting.ts'
import { breaches, happenings } from '../laws/invariants.ts'
import { must, REACH, type Device } from '../support/replicas.ts'

export type Account = {
  readonly ops: number
  readonly late: number
  readonly rejected: number
  readonly superseded: number
  readonly conflicts: number
  /** How often what came about. */
  readonly happened: Readonly<Record<string, number>>
  /** What is wrong with rights, answers and closings; must be empty. */
  readonly breaches: readonly string[]
  /** Ops that nothing accounts for; must be empty. */
  readonly lost: readonly string[]
}

export function accountFor(device: Device): Account {
  const core = coreOf(device)
  const rows = core.sql.prepare(`SELECT ${OP_COLUMNS} FROM op ORDER BY no`).all<OpRow>()
  const ops = rows.map((row) => ({ row, op: core.judging.fromRow(row) }))
  const accepted = ops.filter(({ row }) => row.judgement === 0).map(({ op }) => op)
  const ledger = new Ledger(core, accepted)
  const inReview = new Set(must(device.replica.query('review', {}, REACH)).items.map((item) => item.op))
  const lost: string[] = []
  for (const { row, op } of ops) {
    const id = formatOpId(op)
    const found =
      row.judgement === 0 ? ledger.lostOf(op) : row.judgement === 3 || inReview.has(id) ? [] : ['set aside']
    lost.push(...found.map((what) => `${id} ${what}`))
  }
  return {
    ops: rows.length,
    late: rows.filter((row) => row.judgement === 1).length,
    rejected: rows.filter((row) => row.judgement === 2).length,
    superseded: ledger.superseded,
    conflicts: must(device.replica.query('conflicts', {}, REACH)).conflicts.length,
    happened: Object.fromEntries([...happenings(core)].sort(([a], [b]) => (a < b ? -1 : 1))),
    breaches: breaches(core),
    lost,
  }
}

class Ledger {
  superseded = 0
  readonly #core: Core
  readonly #named = new Set<string>()
  readonly #live = new Set<string>()
  readonly #texts = new Set<string>()

  constructor(core: Core, accepted: readonly JudgedOp[]) {
    this.#core = core
    for (const op of accepted) for (const effect of op.effects) this.#note(effect)
    for (const row of core.sql.prepare('SELECT op, idx FROM value').all<{ op: number; idx: number }>())
      this.#live.add(`${row.op}.${row.idx}`)
    for (const row of core.sql.prepare('SELECT op, idx FROM text_update').all<{ op: number; idx: number }>())
      this.#texts.add(`${row.op}.${row.idx}`)
  }

  lostOf(op: JudgedOp): string[] {
    return op.effects.flatMap((effect, index) => {
      const dot = { actor: op.actor, seq: op.seq, index }
      const found = this.#isThere(op, effect, dot) || this.#isRevoked(op, effect, index)
      return found ? [] : [`${effect.type} ${index}`]
    })
  }

  #note(effect: Effect): void {
    if (effect.type === 'assign') for (const dot of effect.over) this.#named.add(formatDot(dot))
    if (effect.type === 'remove') for (const dot of effect.dots) this.#named.add(formatDot(dot))
  }

  #isThere(op: JudgedOp, effect: Effect, dot: DotRef): boolean {
    const here = `${op.no}.${dot.index}`
    switch (effect.type) {
      case 'assign':
      case 'insert':
      case 'count':
        return this.#live.has(here) || this.#isNamed(dot)
      case 'draft':
        return this.#live.has(here)
      case 'text':
        return this.#texts.has(here) || this.#isSealed(op)
      case 'create':
      case 'import':
        return this.#core.sql.prepare('SELECT 1 AS n FROM creation WHERE op = ?').get(op.no) !== undefined
      case 'child':
        return (
          this.#core.sql
            .prepare('SELECT 1 AS n FROM child WHERE op = ? AND idx = ?')
            .get(op.no, dot.index) !== undefined
        )
      default:
        return (
          isControl(effect) ||
          isReview(effect) ||
          effect.type === 'drop' ||
          effect.type === 'remove' ||
          effect.type === 'session'
        )
    }
  }

  /** Its words are in the base of their text. */
  #isSealed(op: JudgedOp): boolean {
    return (
      this.#core.sql.prepare('SELECT 1 AS n FROM touch WHERE op = ? AND sealed = 1').get(op.no) !== undefined
    )
  }

  /** A value that was taken back for a reason that the feed keeps, itself or with the child that it is part of. */
  #isRevoked(op: JudgedOp, effect: Effect, index: number): boolean {
    if (!isData(effect)) return false
    const row = 'at' in effect ? this.#core.records.find(effect.at.record) : null
    if (!row || !('at' in effect)) return this.#core.judging.revocations.isRevoked(op.no, index)
    const { field, child } = effect.at
    return (
      this.#core.judging.revocations.revokedIn(
        op.no,
        index,
        row.no,
        child === null ? null : { field, id: child },
      ) !== null
    )
  }

  #isNamed(dot: DotRef): boolean {
    const named = this.#named.has(formatDot(dot))
    if (named) this.superseded += 1
    return named
  }
}
