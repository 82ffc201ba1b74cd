/**
 * Joins blocks between which line breaks were taken away. One block stays, and what is left of the other end
 * moves into it; the blocks between go, and with them the list items and quotes that they leave empty.
 */
import * as Y from 'yjs'
import { invariant } from '../../base/invariant.ts'
import { collectBlock, isCode, lengthOfBlock, textOfBlock, type Block } from './blocks.ts'
import { indexOf, parentOf, removeNode, removeWithin, takeInline } from './lines.ts'
import { addInline } from './runs.ts'
import { isContainer, isListItem } from './schema.ts'

/**
 * Takes away everything from offset `from` of the first block to offset `to` of the last: at least one line
 * break. `blocks` stand side by side in the plain text. Answers the one that stays, in which the two ends
 * meet at `from`.
 */
export function joinBlocks(blocks: readonly Block[], from: number, to: number): Block {
  const [first, last] = [blocks[0], blocks.at(-1)]
  invariant(first && last && first !== last, 'a join is of two blocks or more')
  const left = lengthOfBlock(last) - to
  removeWithin(first, from, lengthOfBlock(first))
  removeWithin(last, 0, to)
  if (keepsLast(blocks, first, last, from < left ? from : null)) {
    addInline(last, takeInline(first, 0, from), 'start')
    removeBlocks(blocks.slice(0, -1), last)
    return last
  }
  const line = firstLine(last)
  addInline(first, takeInline(last, 0, line ?? left), 'end')
  if (line !== null) removeWithin(last, 0, 1)
  removeBlocks(blocks.slice(1, line === null ? blocks.length : -1), first)
  return first
}

/**
 * The last block stays where nothing, or the smaller part of two paragraphs, is left of the first (`head`,
 * its length; null where it is the larger part), unless the last stands in a list item that begins with a
 * block that would go.
 */
function keepsLast(blocks: readonly Block[], first: Block, last: Block, head: number | null): boolean {
  if (head === null || (head > 0 && !(isParagraph(first) && isParagraph(last)))) return false
  const going = blocks.slice(0, -1)
  return going.every((block) => straysOf(block, going).every((stray) => !isInside(last, stray)))
}

/** Of code with more lines only the first line moves: where it ends, or null for a block that moves whole. */
function firstLine(block: Block): number | null {
  const end = isCode(block) ? textOfBlock(block).indexOf('\n') : -1
  return end < 0 ? null : end
}

const isParagraph = (node: Block | Y.XmlHook | undefined): boolean =>
  node instanceof Y.XmlElement && node.nodeName === 'paragraph'

const isBlock = (node: Block | Y.XmlHook): node is Block => !(node instanceof Y.XmlHook)

/**
 * What would be left of a list item without its leading paragraph and whatever else goes, and may not stand
 * there alone.
 */
function straysOf(block: Block, going: readonly Block[]): Block[] {
  const parent = parentOf(block)
  if (!(parent instanceof Y.XmlElement) || !isListItem(parent.nodeName) || indexOf(block) > 0) return []
  const others = parent.toArray().slice(1).filter(isBlock)
  const left = others.filter((other) => !going.includes(other))
  return isParagraph(left[0]) ? [] : left
}

/**
 * Strays that hold lines move to behind `heir`, so that the lines stay in their order; those that hold none
 * go.
 */
function removeBlocks(blocks: readonly Block[], heir: Block): void {
  let place: Block = heir
  for (const block of blocks.toReversed()) {
    const strays = straysOf(block, [])
    const kept = strays.filter(hasLines).map((stray) => stray.clone())
    for (const stray of strays) removeNode(stray)
    parentOf(place).insert(indexOf(place) + 1, kept)
    place = kept.at(-1) ?? place
    removeWithEmptied(block)
  }
}

function hasLines(node: Block): boolean {
  const found: Block[] = []
  collectBlock(node, found)
  return found.length > 0
}

/** Removes a block, and the containers around it that then hold nothing. */
function removeWithEmptied(block: Block): void {
  const parent = parentOf(block)
  removeNode(block)
  const emptied = parent instanceof Y.XmlElement && isContainer(parent.nodeName) && parent.length === 0
  if (emptied) removeWithEmptied(parent)
}

function isInside(block: Block, ancestor: Block): boolean {
  let at: Y.Item | null = block._item
  while (at !== null && at !== ancestor._item)
    at = at.parent instanceof Y.AbstractType ? at.parent._item : null
  return at === ancestor._item
}
