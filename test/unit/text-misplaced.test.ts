/** What stands where the schema has no place for it, though each struct alone looks right. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { checkUpdate } from '../../shared/merge/text/check.ts'
import { emptyText, fragmentOf } from '../../shared/merge/text/document.ts'
import { appendText, foldText, sealText, type StoredUpdate } from '../../shared/merge/text/fold.ts'
import { plainText } from '../../shared/merge/text/plain.ts'
import { newText } from '../../shared/merge/text/new-text.ts'
import type { Content, Struct } from '../../shared/merge/text/struct.ts'
import { writeUpdate } from '../../shared/merge/text/write-update.ts'

const ME = 7
/** The clocks of a note 'ab' by client 1: paragraph 0, its text 1, letters 2 and 3. */
const NOTE = { client: 1, from: 0, to: 4 }

/** The note, and after it structs by hand that pass the check. */
function noteWith(...structs: readonly Omit<Struct, 'attribute'>[]): Y.Doc {
  const doc = emptyText()
  appendText(doc, { bytes: newText('ab', 'paragraphs', 1), ...NOTE })
  const whole = structs.map((struct) => ({ ...struct, attribute: null }))
  const bytes = writeUpdate({ client: ME, structs: whole, deletes: [] })
  const checked = checkUpdate(bytes, { client: ME, next: 0, covers: (_client, _from, to) => to <= NOTE.to })
  if (!checked.ok) throw new Error(checked.error)
  appendText(doc, { bytes, ...checked.value })
  return doc
}

const beside = (clock: number, content: Content) => ({
  clock: 0,
  length: content.kind === 'string' ? content.text.length : 1,
  origin: { client: 1, clock },
  rightOrigin: null,
  parent: null,
  content,
})

test('TXT-13 letters among blocks are not shown', () => {
  const doc = noteWith(beside(0, { kind: 'string', text: 'crash' }))
  expect(plainText(doc)).toBe('ab')
  expect(fragmentOf(doc).toArray()).toHaveLength(1)
})

test('TXT-13 a block among letters is not shown', () => {
  const doc = noteWith(beside(2, { kind: 'element', name: 'paragraph' }))
  expect(plainText(doc)).toBe('ab')
  const block = fragmentOf(doc).get(0)
  expect(block instanceof Y.XmlElement && block.toJSON()).toBe('<paragraph>ab</paragraph>')
})

test('TXT-13 a mark among blocks, and a value among letters, are not there', () => {
  const mark = noteWith(beside(0, { kind: 'format', mark: 'bold', value: {} }))
  expect(fragmentOf(mark).toJSON()).toBe('<paragraph>ab</paragraph>')
  const value = noteWith(beside(2, { kind: 'value', value: 'ab' }))
  expect(fragmentOf(value).toJSON()).toBe('<paragraph>ab</paragraph>')
})

test('TXT-13 a tower of nodes built over many ops ends at the bound, and its top can be deleted', () => {
  const doc = emptyText()
  for (let clock = 0; clock < 20_000; clock += 1) {
    const parent = clock === 0 ? 'default' : { client: ME, clock: clock - 1 }
    const content: Content = { kind: 'element', name: 'blockquote' }
    const struct = { clock, length: 1, origin: null, rightOrigin: null, parent, attribute: null, content }
    const bytes = writeUpdate({ client: ME, structs: [struct], deletes: [] })
    const checked = checkUpdate(bytes, { client: ME, next: clock, covers: () => false })
    if (!checked.ok) throw new Error(checked.error)
    appendText(doc, { bytes, ...checked.value })
  }
  expect(fragmentOf(doc).toJSON().split('<blockquote>')).toHaveLength(66)
  const deletes = [{ client: ME, from: 0, to: 1 }]
  appendText(doc, {
    bytes: writeUpdate({ client: null, structs: [], deletes }),
    client: ME,
    from: 20_000,
    to: 20_000,
  })
  expect(fragmentOf(doc).length).toBe(0)
})

test('TXT-27 a tower that is deleted at its root is folded, sealed and folded again', () => {
  const updates = Array.from({ length: 100 }, (_, i): StoredUpdate => {
    const structs = Array.from({ length: 60 }, (_level, level) => {
      const clock = i * 60 + level
      const parent = clock === 0 ? 'default' : { client: ME, clock: clock - 1 }
      const content: Content = { kind: 'element', name: 'blockquote' }
      return { clock, length: 1, origin: null, rightOrigin: null, parent, attribute: null, content }
    })
    const bytes = writeUpdate({ client: ME, structs, deletes: [] })
    return { bytes, client: ME, from: i * 60, to: (i + 1) * 60, counts: true }
  })
  const root = writeUpdate({ client: null, structs: [], deletes: [{ client: ME, from: 0, to: 1 }] })
  updates.push({ bytes: root, client: ME, from: 6000, to: 6000, counts: true })
  expect(fragmentOf(foldText(updates)).length).toBe(0)
  expect(fragmentOf(foldText([], sealText(updates, null))).length).toBe(0)
})
