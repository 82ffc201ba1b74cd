/**
 * A document as the blocks that make its plain text, in document order, and the pieces of text inside each.
 * Containers (lists, items, quotes) are only passed through; rules and empty containers have no line. A text
 * that stands directly in a container, as no editor writes it, is a block of its own.
 */
import * as Y from 'yjs'
import { fragmentOf } from './document.ts'
import { isContainer, isTextBlock } from './schema.ts'

export type Block = Y.XmlElement | Y.XmlText

/** What a block is made of: runs of text, and hard breaks, which count as one newline. */
export type Piece =
  | { readonly kind: 'text'; readonly text: Y.XmlText; readonly length: number }
  | { readonly kind: 'break'; readonly element: Y.XmlElement; readonly length: 1 }

export function blocksOf(doc: Y.Doc): Block[] {
  const blocks: Block[] = []
  for (const child of fragmentOf(doc).toArray()) collectBlock(child, blocks)
  return blocks
}

export function collectBlock(node: Y.XmlElement | Y.XmlText | Y.XmlHook, blocks: Block[]): void {
  if (node instanceof Y.XmlText) blocks.push(node)
  else if (!(node instanceof Y.XmlElement)) return
  else if (isTextBlock(node.nodeName)) blocks.push(node)
  else if (isContainer(node.nodeName)) for (const child of node.toArray()) collectBlock(child, blocks)
}

export function piecesOf(block: Block): Piece[] {
  const pieces: Piece[] = []
  collectPieces(block, pieces)
  return pieces
}

function collectPieces(node: Y.XmlElement | Y.XmlText | Y.XmlHook, pieces: Piece[]): void {
  if (node instanceof Y.XmlText) pieces.push({ kind: 'text', text: node, length: node.length })
  else if (!(node instanceof Y.XmlElement)) return
  else if (node.nodeName === 'hardBreak') pieces.push({ kind: 'break', element: node, length: 1 })
  else for (const child of node.toArray()) collectPieces(child, pieces)
}

export const isCode = (block: Block): boolean =>
  block instanceof Y.XmlElement && block.nodeName === 'codeBlock'

/** UTF-16 units. */
export const lengthOfBlock = (block: Block): number =>
  piecesOf(block).reduce((sum, piece) => sum + piece.length, 0)

/** A text's letters; XmlText's own way to a string would add its marks as tags. */
const lettersOf = (text: Y.XmlText): string => Y.Text.prototype.toString.call(text)

export const textOfBlock = (block: Block): string =>
  piecesOf(block)
    .map((piece) => (piece.kind === 'text' ? lettersOf(piece.text) : '\n'))
    .join('')
