/**
 * Inline content on the move between blocks: text with its marks, and hard breaks. Text that goes to another
 * block keeps its marks, but for a code block, which has none.
 */
import * as Y from 'yjs'
import { isCode, piecesOf, type Block } from './blocks.ts'
import type { Plain } from './schema.ts'

/** Mark names with their values, as Yjs tells them. */
export type Marks = Readonly<Record<string, Plain | Readonly<Record<string, Plain>>>>

/** Of one text, letters with the same marks all through. */
export type Run = { readonly letters: string; readonly marks: Marks }

export type Inline = Run | 'break'

type DeltaPart = { readonly insert: unknown; readonly attributes?: Marks }

/**
 * Neighbours with equal marks are told apart where Yjs does so; see `textFingerprint` for a canonical form.
 */
export function runsOf(text: Y.XmlText): Run[] {
  const delta = text.toDelta() as readonly DeltaPart[]
  return delta.flatMap((part) =>
    typeof part.insert === 'string' ? [{ letters: part.insert, marks: part.attributes ?? {} }] : [],
  )
}

/** The content of a block between two offsets, which stays where it is. */
export function inlineOf(block: Block, from: number, to: number): Inline[] {
  const found: Inline[] = []
  let start = 0
  for (const piece of piecesOf(block)) {
    const parts: Inline[] = piece.kind === 'break' ? ['break'] : runsOf(piece.text)
    for (const part of parts) {
      const length = part === 'break' ? 1 : part.letters.length
      const cut = [Math.max(from - start, 0), Math.min(to - start, length)] as const
      if (cut[0] < cut[1])
        found.push(part === 'break' ? part : { ...part, letters: part.letters.slice(...cut) })
      start += length
    }
  }
  return found
}

export const plainRun = (letters: string): Inline[] => (letters === '' ? [] : [{ letters, marks: {} }])

export function newParagraph(content: readonly Inline[]): Y.XmlElement {
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, nodesOf(content))
  return paragraph
}

/** Puts content at the start or the end of a block. */
export function addInline(block: Block, content: readonly Inline[], where: 'start' | 'end'): void {
  if (content.length === 0) return
  const bare = isCode(block) || block instanceof Y.XmlText
  const fitting = bare
    ? plainRun(content.map((part) => (part === 'break' ? '\n' : part.letters)).join(''))
    : content
  const text = edgeText(block, where)
  if (text && fitting.every((part) => part !== 'break')) insertRuns(text, fitting, where)
  else if (block instanceof Y.XmlElement) block.insert(where === 'start' ? 0 : block.length, nodesOf(fitting))
}

/** The text at the edge of a block, into which letters go rather than into a text of their own. */
function edgeText(block: Block, where: 'start' | 'end'): Y.XmlText | null {
  if (block instanceof Y.XmlText) return block
  const child = block.toArray().at(where === 'start' ? 0 : -1)
  return child instanceof Y.XmlText ? child : null
}

function insertRuns(text: Y.XmlText, runs: readonly Run[], where: 'start' | 'end'): void {
  let index = where === 'start' ? 0 : text.length
  for (const run of runs) {
    text.insert(index, run.letters, { ...run.marks })
    index += run.letters.length
  }
}

/** Runs side by side share one text. */
function nodesOf(content: readonly Inline[]): (Y.XmlElement | Y.XmlText)[] {
  const nodes: (Y.XmlElement | Y.XmlText)[] = []
  let delta: { insert: string; attributes: Marks }[] = []
  const flush = (): void => {
    if (delta.length === 0) return
    const text = new Y.XmlText()
    text.applyDelta(delta)
    nodes.push(text)
    delta = []
  }
  for (const part of content) {
    if (part !== 'break') delta.push({ insert: part.letters, attributes: { ...part.marks } })
    else {
      flush()
      nodes.push(new Y.XmlElement('hardBreak'))
    }
  }
  flush()
  return nodes
}
