/**
 * Several people who write one text apart and hear of each other now and then: what they make goes through the same
 * check and fold as in a replica. Their edits are those of an editor: letters, marks, paragraphs, lists, attributes,
 * and what they did taken back and done again.
 */
import fc from 'fast-check'
import * as Y from 'yjs'
import type { Bytes } from '../../shared/base/bytes.ts'
import { besideNeighbours } from '../../shared/merge/text/beside.ts'
import { blocksOf, lengthOfBlock, piecesOf, type Block } from '../../shared/merge/text/blocks.ts'
import { checkUpdate, type CheckedUpdate } from '../../shared/merge/text/check.ts'
import { emptyText, fragmentOf } from '../../shared/merge/text/document.ts'
import { addWords, appendText, type StoredUpdate } from '../../shared/merge/text/fold.ts'
import { removeNode, removeWithin } from '../../shared/merge/text/lines.ts'
import { haveNeighbours } from '../../shared/merge/text/neighbours.ts'

export type Written = Omit<StoredUpdate, 'counts'> & Pick<CheckedUpdate, 'deletes'>

export class Author {
  readonly client: number
  readonly doc: Y.Doc = emptyText()
  /** How far this author has seen each client. */
  readonly seen = new Map<number, number>()
  /** The text as this author's node has it. */
  readonly #node: Y.Doc = emptyText()
  readonly #undo: Y.UndoManager
  #isOwn = false

  constructor(client: number) {
    this.client = client
    this.doc.clientID = client
    this.#undo = new Y.UndoManager(fragmentOf(this.doc), {
      captureTimeout: 0,
      captureTransaction: () => this.#isOwn,
    })
  }

  /** What `work` changes, as it passed the check; null when it changes nothing. */
  write(work: () => void): Written | null {
    return this.#written(() => {
      Y.transact(this.doc, work)
    })
  }

  takeBack(): Written | null {
    return this.#written(() => this.#undo.undo())
  }

  doAgain(): Written | null {
    return this.#written(() => this.#undo.redo())
  }

  #written(work: () => void): Written | null {
    const updates: Bytes[] = []
    const keep = (update: Bytes): void => void updates.push(update)
    this.#isOwn = true
    this.doc.on('update', keep)
    work()
    this.doc.off('update', keep)
    this.#isOwn = false
    return updates.length > 0 ? this.#handedIn(Y.mergeUpdates(updates)) : null
  }

  #handedIn(update: Bytes): Written {
    const bytes = besideNeighbours(this.#node, update, this.client)
    const checked = checkUpdate(bytes, {
      client: this.client,
      next: this.seen.get(this.client) ?? 0,
      covers: (client, _from, to) => to <= (this.seen.get(client) ?? 0),
    })
    if (!checked.ok) throw new Error(`an honest update was refused: ${checked.error}`)
    this.seen.set(this.client, checked.value.to)
    addWords(this.#node, bytes)
    if (!haveNeighbours(this.#node, this.client, checked.value.from))
      throw new Error('an honest author’s words do not stand')
    return { bytes, ...checked.value }
  }

  hear(update: Written): void {
    appendText(this.doc, update)
    addWords(this.#node, update.bytes)
    this.seen.set(update.client, Math.max(update.to, this.seen.get(update.client) ?? 0))
  }
}

const ACTIONS = [
  'type',
  'cut',
  'bold',
  'paragraph',
  'drop',
  'heading',
  'level',
  'list',
  'inside',
  'break',
  'take back',
  'do again',
] as const

type Step =
  | {
      readonly kind: 'write'
      readonly author: number
      readonly action: (typeof ACTIONS)[number]
      readonly at: number
      readonly size: number
    }
  | { readonly kind: 'hear'; readonly author: number }

const author = fc.nat({ max: 2 })
const place = fc.nat({ max: 1000 })

export const steps = (actions: readonly (typeof ACTIONS)[number][] = ACTIONS): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('write' as const),
          author,
          action: fc.constantFrom(...actions),
          at: place,
          size: fc.integer({ min: 1, max: 4 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('hear' as const), author }) },
    ),
    { minLength: 2, maxLength: 24 },
  )

/** Each `letter` is used once, so that what is shown tells whose it is. */
export const letterOf = (n: number): string => String.fromCodePoint(0x4e00 + n)

/** Plays the steps; answers all updates in an order that respects causes. Update n inserts letter n, if any. */
export function play(all: readonly Step[], clients: readonly number[] = [11, 5, 8]): Written[] {
  const authors = clients.map((client) => new Author(client))
  const written: Written[] = []
  const heard = authors.map(() => 0)
  const hear = (index: number): void => {
    for (const update of written.slice(heard[index])) {
      const reader = authors[index]
      if (reader && update.client !== reader.client) reader.hear(update)
    }
    heard[index] = written.length
  }
  for (const step of all) {
    const writer = authors[step.author]
    if (!writer) continue
    if (step.kind === 'hear') hear(step.author)
    else {
      const update = writing(writer, step, letterOf(written.length))
      if (update) written.push(update)
    }
  }
  return written
}

function writing(writer: Author, step: Extract<Step, { kind: 'write' }>, letter: string): Written | null {
  if (step.action === 'take back') return writer.takeBack()
  if (step.action === 'do again') return writer.doAgain()
  return writer.write(() => {
    act(writer.doc, step, letter)
  })
}

function act(doc: Y.Doc, step: Extract<Step, { kind: 'write' }>, letter: string): void {
  const blocks = blocksOf(doc)
  const block = blocks[step.at % Math.max(blocks.length, 1)]
  const fragment = fragmentOf(doc)
  if (!block || step.action === 'paragraph')
    fragment.insert(step.at % (fragment.length + 1), [element('paragraph', letter)])
  else if (step.action === 'list')
    fragment.insert(step.at % (fragment.length + 1), [wrapped('bulletList', 'listItem', letter)])
  else if (step.action === 'inside' && block.parent instanceof Y.XmlFragment)
    block.parent.insert(0, [element('paragraph', letter)])
  else actIn(block, step, letter)
}

function actIn(block: Block, step: Extract<Step, { kind: 'write' }>, letter: string): void {
  const [piece] = piecesOf(block)
  const text = piece?.kind === 'text' ? piece.text : null
  if (step.action === 'drop') removeNode(block)
  else if (step.action === 'cut') {
    const from = step.at % (lengthOfBlock(block) + 1)
    removeWithin(block, from, from + step.size)
  } else if (step.action === 'bold' && text && text.length > 0)
    text.format(step.at % text.length, step.size, { bold: step.size % 2 === 0 ? null : {} })
  else if (block instanceof Y.XmlElement && step.action === 'level')
    block.setAttribute('level', String(step.at))
  else if (block instanceof Y.XmlElement && step.action === 'heading')
    if (step.size > 2) block.removeAttribute('level')
    else block.setAttribute('level', String(step.size))
  else if (block instanceof Y.XmlElement && step.action === 'break')
    block.insert(step.at % (block.length + 1), [new Y.XmlElement('hardBreak')])
  else if (text) text.insert(step.at % (text.length + 1), letter)
  else if (block instanceof Y.XmlElement) block.insert(0, [new Y.XmlText(letter)])
}

function element(name: string, letter: string): Y.XmlElement {
  const made = new Y.XmlElement(name)
  made.insert(0, [new Y.XmlText(letter)])
  return made
}

function wrapped(outer: string, inner: string, letter: string): Y.XmlElement {
  const [list, item] = [new Y.XmlElement(outer), new Y.XmlElement(inner)]
  item.insert(0, [element('paragraph', letter)])
  list.insert(0, [item])
  return list
}

export const toStored = (update: Written, counts: boolean): StoredUpdate => ({
  bytes: update.bytes,
  client: update.client,
  from: update.from,
  to: update.to,
  counts,
})
