import { getSchema } from '@tiptap/core'
import { TaskItem, TaskList } from '@tiptap/extension-list'
import StarterKit from '@tiptap/starter-kit'
import { yXmlFragmentToProseMirrorRootNode } from '@tiptap/y-tiptap'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { copyText, fragmentOf } from '../../shared/merge/text/document.ts'
import { editPlain } from '../../shared/merge/text/edit.ts'
import { normalPlain, plainText } from '../../shared/merge/text/plain.ts'
import { cut, cutText, docOf, note } from './text-notes.ts'

const schema = getSchema([StarterKit, TaskList, TaskItem.configure({ nested: true })])

/** What does not fit its schema the editor deletes, in the name of whoever opens the note. */
function expectFit(doc: Y.Doc): void {
  const opened = copyText(doc, 8)
  yXmlFragmentToProseMirrorRootNode(fragmentOf(opened), schema)
  expect(fragmentOf(opened).toJSON()).toBe(fragmentOf(doc).toJSON())
}

function edited(doc: Y.Doc, text: string): Y.Doc {
  const after = copyText(doc, 9)
  const update = editPlain(doc, text, 7)
  if (update) Y.applyUpdate(after, update)
  return after
}

test('TXT-15 after an edit the plain text is the wanted one, whatever the note', () => {
  fc.assert(
    fc.property(note, fc.array(cut, { minLength: 1, maxLength: 3 }), (nodes, cuts) => {
      const doc = docOf(nodes)
      const wanted = cutText(plainText(doc), cuts)
      expect(plainText(edited(doc, wanted))).toBe(normalPlain(wanted))
    }),
    { numRuns: 3000 },
  )
})

test('TXT-16 a note that fits the schema of the editor still does after an edit', () => {
  fc.assert(
    fc.property(note, fc.array(cut, { minLength: 1, maxLength: 2 }), (nodes, cuts) => {
      const doc = docOf(nodes)
      expectFit(doc)
      expectFit(edited(doc, cutText(plainText(doc), cuts)))
    }),
    { numRuns: 1500 },
  )
})
