/** What of the log this build cannot read or judge: such ops are held, and nothing is folded of them (decisions/0017-versions.md). */
import type { ControlState } from '../judge/control.ts'
import type { Placed } from '../judge/past.ts'
import { reason, type ReasonOf, type Verdict } from '../judge/reason.ts'
import { isUnread, isWords, UNREAD } from '../judge/structure.ts'
import { KINDS, type KindName } from '../model/kinds.ts'
import type { Effect } from '../op/effect.ts'
import type { Vocabulary } from '../op/vocabulary.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'

export const HELD_UNREAD: Verdict = { judgement: 'held', reason: UNREAD }

type Op = Placed & { readonly effects: readonly Effect[]; readonly flaw?: ReasonOf | null }

export class Unread {
  readonly #sql: Sql
  readonly #log: Log
  readonly #vocabulary: Vocabulary

  constructor(sql: Sql, log: Log, vocabulary: Vocabulary) {
    this.#sql = sql
    this.#log = log
    this.#vocabulary = vocabulary
  }

  /** Is the site judged by rules that this build does not have? Nothing that knows of them can be judged here. */
  isOutdated({ membership }: ControlState): boolean {
    return membership.rules > this.#vocabulary.rules
  }

  /** Why the op waits for an upgrade of this build; null when it can be judged. */
  held(op: Op, { membership }: ControlState): Verdict | null {
    if (isUnread(op.flaw ?? null)) return HELD_UNREAD
    const { rules: known } = this.#vocabulary
    if (membership.rules <= known) return null
    const rules = membership.rulesAt(op)
    if (rules <= known) return null
    // Who is a member is followed all the same: a cut reaches a device that waits for its upgrade.
    if (isWords(op.effects) && membership.isAuthority(op)) return null
    return { judgement: 'held', reason: reason('newer-rules', { rules, known }) }
  }

  knowsField(kind: KindName, field: number, sub: number): boolean {
    const place = `${KINDS[kind].code}.${field}`
    return this.#vocabulary.known.fields.has(sub === 0 ? place : `${place}.${sub}`)
  }

  /** Of each branch the first that cannot be read is enough: who knows a later one knows it. */
  isInPastOf(op: Placed): boolean {
    return this.#sql
      .prepare('SELECT min(no) AS no FROM op WHERE judgement <> 0 AND flaw = ? GROUP BY line')
      .all<{ no: number }>(JSON.stringify(UNREAD))
      .some(({ no }) => no !== op.no && this.#log.knowsNo(op.no, no))
  }
}
