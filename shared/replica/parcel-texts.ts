/**
 * Words of a parcel on their way into notes of this site. They are placed in a copy of the text as it is here, and
 * what it then reads is written anew by whoever takes them over. Words that find no place are answered as they are.
 */
import * as Y from 'yjs'
import type { Bytes } from '../base/bytes.ts'
import type { Journal } from '../base/journal.ts'
import { clockOf, copyText, emptyText, transactExactly } from '../merge/text/document.ts'
import { editPlain } from '../merge/text/edit.ts'
import { placeUpdate, retell, wordsOf, type Retold } from '../merge/text/handed-in.ts'
import { haveNeighbours } from '../merge/text/neighbours.ts'
import { newText } from '../merge/text/new-text.ts'
import { plainText } from '../merge/text/plain.ts'
import type { ActorId } from '../model/ids.ts'
import type { Address, DataEffect } from '../op/effect.ts'
import type { Core } from './core.ts'
import { cellOf } from './fold.ts'
import { textName } from './texts.ts'
import { toNfc } from '../base/nfc.ts'

type Text = Extract<DataEffect, { type: 'text' }>
type Composed = Extract<DataEffect, { type: 'session' | 'text' }>

/** The node's own editing session on every text. */
const PLAIN_SESSION = 0

type Note = {
  /** The text here with the parcel's words in it. */
  readonly shadow: Y.Doc
  /** The text here with what was composed so far. */
  readonly own: Y.Doc
  readonly declared: boolean
  /** Words of the parcel that are in `own` as they were. */
  readonly retold: readonly Retold[]
}

export interface Words {
  /** The effects that bring these words to `at`; none where they change nothing. Null: they find no place there. */
  place(effect: Text, at: Address): readonly Composed[] | null
  /** The effects of a new text with the words of an update; null where it has none. */
  anew(effect: Text, at: Address): readonly Composed[] | null
}

/** For who only asks what could be taken over: placing the words of a whole shift takes seconds. Not to be written. */
export const GUESSED: Words = {
  place: (effect, at) => [{ ...effect, at }],
  anew: (effect, at) => (wordsOf(effect.update).trim() === '' ? null : [{ ...effect, at }]),
}

export class ParcelTexts implements Words {
  readonly #core: Core
  readonly #author: ActorId
  readonly #journal: Journal
  readonly #notes = new Map<string, Note>()

  constructor(core: Core, author: ActorId, journal: Journal) {
    this.#core = core
    this.#journal = journal
    this.#author = author
  }

  place(effect: Text, at: Address): Composed[] | null {
    const note = this.#noteAt(at)
    const client = this.#core.texts.clientOf(this.#author, effect.at, effect.n)
    const shadow = copyText(note.shadow, 0)
    if (!placeUpdate(shadow, effect.update, client)) return null
    return this.#retell(effect, { ...note, shadow }, at) ?? this.#become({ ...note, shadow }, at)
  }

  /** The very words in one's own name, with their marks; null where they cannot stand so, or point to what was not told that way. */
  #retell(effect: Text, note: Note, at: Address): Composed[] | null {
    const client = this.#ownClient(at)
    const start = clockOf(note.own, client)
    const told = retell(effect.update, { client, start, before: note.retold })
    if (!told) return null
    const own = copyText(note.own, 0)
    if (!placeUpdate(own, told.update, client) || !haveNeighbours(own, client, start)) return null
    return this.#written({ ...note, own, retold: told.retold }, at, told.update)
  }

  anew(effect: Text, at: Address): Composed[] | null {
    const words = wordsOf(effect.update)
    if (words.trim() === '') return null
    const client = this.#ownClient(at)
    const update = newText(toNfc(words), 'paragraphs', client)
    return [
      { type: 'session', at, n: PLAIN_SESSION },
      { type: 'text', at, n: PLAIN_SESSION, update },
    ]
  }

  /** Writes of its own what the shadow reads. */
  #become(note: Note, at: Address): Composed[] {
    const update = editPlain(note.own, toNfc(plainText(note.shadow)), this.#ownClient(at))
    if (!update) {
      this.#journal.set(this.#notes, textName(at), note)
      return []
    }
    const own = copyText(note.own, 0)
    transactExactly(own, () => {
      Y.applyUpdate(own, update)
    })
    return this.#written({ ...note, own }, at, update)
  }

  #written(note: Note, at: Address, update: Bytes): Composed[] {
    this.#journal.set(this.#notes, textName(at), { ...note, declared: true })
    const text: Composed = { type: 'text', at, n: PLAIN_SESSION, update }
    return note.declared ? [text] : [{ type: 'session', at, n: PLAIN_SESSION }, text]
  }

  #noteAt(at: Address): Note {
    const known = this.#notes.get(textName(at))
    if (known) return known
    const row = this.#core.records.find(at.record)
    const cell = row && cellOf(row.no, at)
    const here = cell ? this.#core.texts.doc(cell) : emptyText()
    return {
      shadow: here,
      own: here,
      retold: [],
      declared: cell ? this.#core.texts.isDeclared(cell, this.#ownClient(at)) : false,
    }
  }

  #ownClient(at: Address): number {
    return this.#core.texts.clientOf(this.#core.self, at, PLAIN_SESSION)
  }
}
