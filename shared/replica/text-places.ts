/**
 * Whether an op's words can stand where they say that they do: between letters that stood side by side. It is told from
 * what the op's author knew alone, and therefore the same on every replica, whatever else is here.
 */
import type * as Y from 'yjs'
import { remember } from '../base/remember.ts'
import type { Placed } from '../judge/past.ts'
import { isWhole } from '../merge/text/document.ts'
import { addWords, gatherText } from '../merge/text/fold.ts'
import { dependOn, haveNeighbours, wereWrittenSo } from '../merge/text/neighbours.ts'
import type { ActorId } from '../model/ids.ts'
import type { Cell } from './fold.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'
import type { TextForks } from './text-forks.ts'
import { keyOf, textKey, WHERE, type TextStore, type Words } from './text-store.ts'

/** Documents kept for the words that come next; a note is some kilobytes. */
const CACHED_PLACES = 64

export class TextPlaces {
  readonly #sql: Sql
  readonly #log: Log
  readonly #store: TextStore
  readonly #forks: TextForks
  /** Texts with all their words, whichever count: letters never change their places. */
  readonly #docs = new Map<string, Y.Doc>()

  constructor(sql: Sql, log: Log, store: TextStore, forks: TextForks) {
    this.#sql = sql
    this.#log = log
    this.#store = store
    this.#forks = forks
  }

  /**
   * Brings an update to its text, behind those of its op before it; false where its words cannot stand as they say: the
   * text is then to be forgotten.
   */
  take(op: Placed, { cell, bytes, update }: Words, before: readonly Words[]): boolean {
    const isOpen = this.#docs.has(textKey(cell)) || this.#docs.has(ownKey(cell, op))
    if (!isOpen && wereWrittenSo(update, null)) return true
    const forked = this.#forkedIn(cell)
    const doc = this.#doc(cell, forked.length > 0 ? op : null)
    for (const words of [...before, { bytes }]) addWords(doc, words.bytes)
    return (
      this.#isUnsaid(op, { cell, bytes, update }, doc, forked) ||
      haveNeighbours(doc, update.client, update.from)
    )
  }

  /** Does its op not tell between which words it stands? Of what a branch says that fell, or one of two that its author knew. */
  #isUnsaid(op: Placed, words: Words, doc: Y.Doc, forked: readonly ActorId[]): boolean {
    if (forked.length === 0) return false
    const { client, from } = words.update
    const either = forked.filter((actor) => this.#knowsBranches(op, actor))
    return (
      !isWhole(doc) ||
      dependOn(doc, client, from, this.#sessionsOf(words.cell, either)) ||
      (this.#forks.hidesFrom(op.no, words.cell, this.#sessionsOf(words.cell, forked)) &&
        this.#forks.pointToFallen(op.no, words))
    )
  }

  forget(cell: Cell, op: Placed): void {
    this.#docs.delete(textKey(cell))
    this.#docs.delete(ownKey(cell, op))
  }

  /** All that is here may be in it; where an actor has branches in the text, what the op's author knew alone. */
  #doc(cell: Cell, op: Placed | null): Y.Doc {
    const key = op ? ownKey(cell, op) : textKey(cell)
    const found = this.#docs.get(key)
    if (found) return found
    const updates = this.#store.updates(cell).filter((each) => !op || this.#log.knowsNo(op.no, each.op))
    return remember(this.#docs, CACHED_PLACES, key, gatherText(updates, this.#store.base(cell)))
  }

  #forkedIn(cell: Cell): ActorId[] {
    const forked = this.#log.forked()
    return forked.filter((actor) => this.#sessionsOf(cell, [actor]).size > 0)
  }

  #sessionsOf(cell: Cell, actors: readonly ActorId[]): Set<number> {
    const find = this.#sql.prepare(`SELECT client FROM text_session WHERE ${WHERE} AND actor = ?`)
    const rows = actors.flatMap((actor) =>
      find.all<{ client: number }>(...keyOf(cell), this.#log.actors.numberOf(actor)),
    )
    return new Set(rows.map(({ client }) => client))
  }

  #knowsBranches(op: Placed, actor: ActorId): boolean {
    const known = (seq: number): number[] =>
      this.#log.numbersAt({ actor, seq }).filter((no) => this.#log.knowsNo(op.no, no))
    return this.#log.forksOf(actor).some((seq) => known(seq).length > 1)
  }
}

/** Of the text as one op's author knew it. */
const ownKey = (cell: Cell, op: Placed): string => `${textKey(cell)}/${op.no}`
