/** Somebody types in a note: an editing session of its own, and an update for every few letters, as an editor makes them. */
import type * as Y from 'yjs'
import { blocksOf, lengthOfBlock } from '../../../shared/merge/text/blocks.ts'
import { clientIdOf } from '../../../shared/merge/text/client-id.ts'
import { copyText, emptyText, recordUpdate } from '../../../shared/merge/text/document.ts'
import { insertLetters, removeWithin } from '../../../shared/merge/text/lines.ts'
import { newText } from '../../../shared/merge/text/new-text.ts'
import { plainText } from '../../../shared/merge/text/plain.ts'
import { textName } from '../../../shared/replica/texts.ts'
import type { Address } from '../../../shared/op/effect.ts'
import type { ActorId } from '../../../shared/model/ids.ts'
import { sha256 } from './author.ts'

const WORDS = [
  'seal', 'valve', 'belt', 'checked', 'replaced', 'leaking', 'again', 'at the flange', 'ordered', 'see photo',
  'torque 40', 'greased', 'noisy', 'cleaned', 'waiting for parts', 'done by noon', 'tested twice', 'no fault found',
] as const // prettier-ignore

/** Beyond this a note is long enough, and words are taken out of it as often as put in, letters. */
const LONG = 600

/** The first words of a note, by the session that plain edits have. */
export const firstWords = (actor: ActorId, at: Address, dice: () => number): Uint8Array =>
  newText(`${word(dice)} ${word(dice)}`, 'paragraphs', clientIdOf(sha256, actor, textName(at), 0))

export class Typing {
  readonly #doc: Y.Doc
  readonly #dice: () => number

  /** On a note as its author has it; `n` counts the author's sessions on it. */
  constructor(text: Y.Doc | undefined, actor: ActorId, at: Address, n: number, dice: () => number) {
    this.#doc = copyText(text ?? emptyText(), clientIdOf(sha256, actor, textName(at), n))
    this.#dice = dice
  }

  /** The update of the next few letters, put in or taken out; null where there was nothing to take. */
  next(): Uint8Array | null {
    const block = this.#pick(blocksOf(this.#doc))
    if (!block) return null
    const length = plainText(this.#doc).length
    const removes = this.#dice() < (length > LONG ? 0.5 : 0.15)
    return recordUpdate(this.#doc, () => {
      const own = lengthOfBlock(block)
      const at = this.#dice() < 0.7 ? own : Math.floor(this.#dice() * own)
      if (removes) removeWithin(block, Math.max(0, at - 8), at)
      else insertLetters(block, at, ` ${word(this.#dice)}`)
    })
  }

  end(): void {
    this.#doc.destroy()
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#dice() * list.length)]
  }
}

const word = (dice: () => number): string => WORDS[Math.floor(dice() * WORDS.length)] ?? ''
