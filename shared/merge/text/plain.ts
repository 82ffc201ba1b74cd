/**
 * The one plain-text projection of a text, for search and the command line (design 5, `text`).
 *
 * One line per paragraph, heading or code block, in document order, joined by `\n`. Lists, tasks and quotes
 * are flattened and leave no marker, nor do marks, links and check boxes. Hard breaks and the newlines of
 * code are newlines. Rules have no line. An empty document and one of a single empty paragraph are both ''.
 */
import type * as Y from 'yjs'
import { blocksOf, textOfBlock } from './blocks.ts'

export const plainText = (doc: Y.Doc): string => blocksOf(doc).map(textOfBlock).join('\n')

/**
 * What a given plain text becomes before it is taken: CRLF is one newline, and half a surrogate pair is
 * U+FFFD.
 */
export const normalPlain = (text: string): string => text.replaceAll('\r\n', '\n').toWellFormed()
