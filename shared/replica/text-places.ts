/**
 * Whether an op's words can stand where they say that they do: between letters that stood side by side. It is told from
 * what the op's author knew alone, and therefore the same on every replica, whatever else is here.
 */
import type * as Y from 'yjs'
import { remember } from '../base/remember.ts'
import type { Placed } from '../judge/past.ts'
import { isWhole } from '../merge/text/document.ts'
import { addWords, gatherText } from '../merge/text/fold.ts'
import { areShallow } from '../merge/text/misplaced.ts'
import { dependOn, haveNeighbours, wereWrittenSo } from '../merge/text/neighbours.ts'
import type { TextRefusal } from '../merge/text/refusal.ts'
import type { ActorId } from '../model/ids.ts'
import type { Cell } from './fold.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'
import type { TextForks } from './text-forks.ts'
import { keyOf, textKey, WHERE, type TextStore, type Words } from './text-store.ts'

/** Documents kept for the words that come next; a note is some kilobytes. */
const CACHED_PLACES = 64

/** A text with all the words that are here and go with what some op's author knew of the branches in it. */
type Gathered = { readonly known: string; readonly doc: Y.Doc }

/** What an op's author knew of forks in a text: the first ops of branches by number, and who of them knew two of one fork. */
type Branches = {
  readonly known: readonly number[]
  readonly unknown: readonly number[]
  readonly either: ActorId[]
}

export class TextPlaces {
  readonly #sql: Sql
  readonly #log: Log
  readonly #store: TextStore
  readonly #forks: TextForks
  readonly #gathered = new Map<string, Gathered>()

  constructor(sql: Sql, log: Log, store: TextStore, forks: TextForks) {
    this.#sql = sql
    this.#log = log
    this.#store = store
    this.#forks = forks
  }

  /**
   * Brings an update to its text, behind those of its op before it. Answers why its words cannot stand as they say: the
   * text is then to be forgotten.
   */
  take(op: Placed, words: Words, before: readonly Words[]): TextRefusal | null {
    const { cell, update } = words
    if (!this.#gathered.has(textKey(cell)) && wereWrittenSo(update, null)) return null
    const forked = this.#forkedIn(cell)
    const branches = this.#branchesKnown(op, forked)
    const doc = this.#doc(cell, branches)
    for (const { bytes } of [...before, words]) addWords(doc, bytes)
    if (!areShallow(doc, update.client, update.from)) return 'text-foreign-content'
    const stand =
      haveNeighbours(doc, update.client, update.from) ||
      (forked.length > 0 && this.#isUnsaid(op, words, doc, forked, branches))
    return stand ? null : 'text-no-neighbours'
  }

  forget(cell: Cell): void {
    this.#gathered.delete(textKey(cell))
  }

  /** Does its op not tell between which words it stands? Of what a branch says that fell, or one of two that its author knew. */
  #isUnsaid(op: Placed, words: Words, doc: Y.Doc, forked: readonly ActorId[], { either }: Branches): boolean {
    const { client, from } = words.update
    return (
      !isWhole(doc) ||
      dependOn(doc, client, from, this.#sessionsOf(words.cell, either)) ||
      (this.#forks.hidesFrom(op.no, words.cell, this.#sessionsOf(words.cell, forked)) &&
        this.#forks.pointToFallen(op.no, words))
    )
  }

  /** Of words that their author did not know any may be in it, but none that know of a branch which that one did not. */
  #doc(cell: Cell, { known, unknown }: Branches): Y.Doc {
    const found = this.#gathered.get(textKey(cell))
    if (found?.known === known.join()) return found.doc
    const updates = this.#store
      .updates(cell)
      .filter(({ op }) => !unknown.some((branch) => this.#log.knowsNo(op, branch)))
    const doc = gatherText(updates, this.#store.base(cell))
    return remember(this.#gathered, CACHED_PLACES, textKey(cell), { known: known.join(), doc }).doc
  }

  /** The actors with branches that declared a session in the text. */
  #forkedIn(cell: Cell): ActorId[] {
    return this.#log.forked().filter((actor) => this.#sessionsOf(cell, [actor]).size > 0)
  }

  #sessionsOf(cell: Cell, actors: readonly ActorId[]): Set<number> {
    const find = this.#sql.prepare(`SELECT client FROM text_session WHERE ${WHERE} AND actor = ?`)
    const rows = actors.flatMap((actor) =>
      find.all<{ client: number }>(...keyOf(cell), this.#log.actors.numberOf(actor)),
    )
    return new Set(rows.map(({ client }) => client))
  }

  #branchesKnown(op: Placed, forked: readonly ActorId[]): Branches {
    const forks = forked.flatMap((actor) =>
      this.#log.forksOf(actor).map((seq) => {
        const branches = this.#log.numbersAt({ actor, seq })
        return { actor, branches, known: branches.filter((no) => this.#log.knowsNo(op.no, no)) }
      }),
    )
    const known = forks.flatMap((fork) => fork.known)
    return {
      known,
      unknown: forks.flatMap(({ branches }) => branches).filter((no) => !known.includes(no)),
      either: forks.filter((fork) => fork.known.length > 1).map(({ actor }) => actor),
    }
  }
}
