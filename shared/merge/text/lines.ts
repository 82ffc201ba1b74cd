/** Letters and lines put into a block and taken out of it, by offsets of its plain text. */
import * as Y from 'yjs'
import { invariant } from '../../base/invariant.ts'
import { lengthOfBlock, piecesOf, type Block, type Piece } from './blocks.ts'
import { inlineOf, newParagraph, plainRun, type Inline } from './runs.ts'

export function removeWithin(block: Block, from: number, to: number): void {
  let end = lengthOfBlock(block)
  for (const piece of piecesOf(block).reverse()) {
    const start = end - piece.length
    const cut = [Math.max(from, start) - start, Math.min(to, end) - start] as const
    if (cut[0] < cut[1]) removeFromPiece(piece, ...cut)
    end = start
  }
}

function removeFromPiece(piece: Piece, from: number, to: number): void {
  if (piece.kind === 'text') piece.text.delete(from, to - from)
  else removeNode(piece.element)
}

export const parentOf = (node: Block): Y.XmlFragment => {
  invariant(node.parent instanceof Y.XmlFragment, 'a block stands in the document')
  return node.parent
}

export const indexOf = (node: Block): number => parentOf(node).toArray().indexOf(node)

export const removeNode = (node: Block): void => {
  parentOf(node).delete(indexOf(node), 1)
}

/** Letters take the marks of the letter before them. */
export function insertLetters(block: Block, offset: number, letters: string): void {
  if (letters === '') return
  let start = 0
  let before: Piece | null = null
  for (const piece of piecesOf(block)) {
    if (piece.kind === 'text' && offset <= start + piece.length) {
      piece.text.insert(offset - start, letters)
      return
    }
    if (start >= offset) break
    start += piece.length
    before = piece
  }
  insertText(block, before, letters)
}

/** A text of its own, where there is none beside: after a hard break, or at the start of a block. */
function insertText(block: Block, before: Piece | null, letters: string): void {
  invariant(block instanceof Y.XmlElement, 'a text has room for letters everywhere')
  const text = new Y.XmlText(letters)
  if (before?.kind === 'break') parentOf(before.element).insert(indexOf(before.element) + 1, [text])
  else block.insert(0, [text])
}

/**
 * Several lines put in at one place of a block that is not code. A paragraph keeps its larger half, any other
 * block what stands before the place; the rest goes into paragraphs beside it. Answers the block that holds
 * what stands before.
 */
export function insertLines(block: Block, offset: number, lines: readonly string[]): Block {
  const length = lengthOfBlock(block)
  const paragraph = block instanceof Y.XmlElement && block.nodeName === 'paragraph'
  const keepsEnd = length > 0 && (offset === 0 || (paragraph && offset < length - offset))
  const [first = '', ...rest] = lines
  const last = rest.pop() ?? ''
  if (keepsEnd) {
    const paragraphs = [[...takeInline(block, 0, offset), ...plainRun(first)], ...rest.map(plainRun)]
    insertLetters(block, 0, last)
    return insertBeside(block, 0, paragraphs) ?? block
  }
  const paragraphs = [...rest.map(plainRun), [...plainRun(last), ...takeInline(block, offset, length)]]
  insertLetters(block, offset, first)
  insertBeside(block, 1, paragraphs)
  return block
}

/** Paragraphs before a block (0) or behind it (1). Answers the first. */
function insertBeside(
  block: Block,
  shift: 0 | 1,
  contents: readonly (readonly Inline[])[],
): Block | undefined {
  const paragraphs = contents.map(newParagraph)
  parentOf(block).insert(indexOf(block) + shift, paragraphs)
  return paragraphs[0]
}

/** Takes content out of a block, to be put elsewhere. */
export function takeInline(block: Block, from: number, to: number): Inline[] {
  const content = inlineOf(block, from, to)
  removeWithin(block, from, to)
  return content
}
