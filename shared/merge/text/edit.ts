/**
 * Turns a whole new plain text into the least Yjs update that makes it so (design 14, `note.edit`).
 *
 * Within a line the block's text is edited and what was typed takes the marks of the letter before it. A new
 * line makes a new paragraph, or a newline in a code block. A line break taken away joins two blocks into
 * one, the one that keeps more of itself. Everything else stays the node it was, with its marks. Afterwards
 * `plainText` of the document is `normalPlain(text)`, always, and a document that fits the editor's schema
 * still does.
 */
import type * as Y from 'yjs'
import type { Bytes } from '../../base/bytes.ts'
import { invariant } from '../../base/invariant.ts'
import { blocksOf, isCode, textOfBlock, type Block } from './blocks.ts'
import { leastEdits, type Edit } from './diff.ts'
import { copyText, fragmentOf, recordUpdate } from './document.ts'
import { joinBlocks } from './join.ts'
import { insertLetters, insertLines, removeWithin } from './lines.ts'
import { normalPlain, plainText } from './plain.ts'
import { newParagraph, plainRun } from './runs.ts'

/**
 * The update under the session's `client` id, or null when the text is as wanted. `doc` stays as it is: it
 * takes the update when its op is committed.
 */
export function editPlain(doc: Y.Doc, text: string, client: number): Bytes | null {
  const wanted = normalPlain(text)
  const edits = leastEdits(plainText(doc), wanted)
  if (edits.length === 0) return null
  const copy = copyText(doc, client)
  return recordUpdate(copy, () => {
    applyEdits(copy, edits, wanted)
  })
}

function applyEdits(doc: Y.Doc, edits: readonly Edit[], wanted: string): void {
  const blocks = blocksOf(doc)
  if (blocks.length === 0) {
    fragmentOf(doc).push(wanted.split('\n').map((line) => newParagraph(plainRun(line))))
    return
  }
  const starts = startsOf(blocks)
  // From the last to the first, so that offsets before an edit still hold when their turn comes.
  for (const edit of edits.toReversed()) applyEdit(blocks, starts, edit)
}

/** Where each block begins in the plain text. */
function startsOf(blocks: readonly Block[]): number[] {
  let at = 0
  return blocks.map((block) => {
    const start = at
    at += textOfBlock(block).length + 1
    return start
  })
}

/** `blocks[i]` stays the block that holds what stands at `starts[i]`, up to the edit. */
function applyEdit(blocks: Block[], starts: readonly number[], edit: Edit): void {
  const end = edit.at + edit.remove
  const first = starts.findLastIndex((start) => start <= edit.at)
  const last = starts.findLastIndex((start) => start <= end)
  const [from, to] = [edit.at - (starts[first] ?? 0), end - (starts[last] ?? 0)]
  const block = removeBetween(blocks.slice(first, last + 1), from, to)
  blocks[first] = insertPlain(block, from, edit.insert)
}

/**
 * Offsets in the first and in the last of these blocks. Answers the block in which what stood before now
 * ends.
 */
function removeBetween(blocks: readonly Block[], from: number, to: number): Block {
  const [block] = blocks
  invariant(block, 'an edit begins in a block')
  if (blocks.length > 1) return joinBlocks(blocks, from, to)
  removeWithin(block, from, to)
  return block
}

/** Answers the block that holds what stands before the insertion. */
function insertPlain(block: Block, offset: number, insert: string): Block {
  const lines = insert.split('\n')
  if (!isCode(block) && lines.length > 1) return insertLines(block, offset, lines)
  insertLetters(block, offset, insert)
  return block
}
