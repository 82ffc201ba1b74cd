/**
 * Words that come as content and not as ops: the updates of another device's text, placed in a copy of the text as it
 * is here. Nothing of them is kept as it came; what the copy then reads is written anew by whoever takes it over.
 */
import * as Y from 'yjs'
import type { Bytes } from '../../base/bytes.ts'
import { transactExactly } from './document.ts'
import { readUpdate } from './read-update.ts'
import { isTextBlock } from './schema.ts'

/**
 * Applies an update of `client` to a copy. False where it does not find its place: words before it are missing, or
 * other words of that client stand where it says that its own do. The copy is then of no more use.
 */
export function placeUpdate(copy: Y.Doc, bytes: Bytes, client: number): boolean {
  const update = readUpdate(bytes)
  if (!update.ok || (update.value.client !== null && update.value.client !== client)) return false
  const first = update.value.structs[0]
  if (first && first.clock !== Y.getState(copy.store, client)) return false
  try {
    transactExactly(copy, () => {
      Y.applyUpdate(copy, bytes)
    })
  } catch {
    return false
  }
  return copy.store.pendingStructs === null && copy.store.pendingDs === null
}

/** The words that an update inserts, a line for each block; empty where it only deletes or marks. */
export function wordsOf(bytes: Bytes): string {
  const update = readUpdate(bytes)
  if (!update.ok) return ''
  let words = ''
  for (const { content } of update.value.structs) {
    if (content.kind === 'string') words += content.text
    else if (content.kind === 'element' && isTextBlock(content.name) && words !== '') words += '\n'
    else if (content.kind === 'element' && content.name === 'hardBreak') words += '\n'
  }
  return words
}
