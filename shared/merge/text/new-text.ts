/** The first content of a text. */
import * as Y from 'yjs'
import type { Bytes } from '../../base/bytes.ts'
import { invariant } from '../../base/invariant.ts'
import { emptyText, fragmentOf, recordUpdate } from './document.ts'
import { normalPlain } from './plain.ts'
import { newParagraph, plainRun } from './runs.ts'

/** A paragraph a line, or one code block. */
export type FirstContent = 'paragraphs' | 'code'

/** The update that makes `text` the plain text of an empty document. `client` begins at clock 0. */
export function newText(text: string, as: FirstContent, client: number): Bytes {
  const doc = emptyText()
  doc.clientID = client
  const plain = normalPlain(text)
  const update = recordUpdate(doc, () => {
    const blocks =
      as === 'code' ? [newCode(plain)] : plain.split('\n').map((line) => newParagraph(plainRun(line)))
    fragmentOf(doc).insert(0, blocks)
  })
  invariant(update, 'a first content has at least one block')
  return update
}

function newCode(text: string): Y.XmlElement {
  const block = new Y.XmlElement('codeBlock')
  if (text !== '') block.insert(0, [new Y.XmlText(text)])
  return block
}
