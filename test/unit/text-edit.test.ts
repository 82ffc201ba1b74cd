/** How a whole new plain text becomes an edit, by example; the laws are in test/laws/text-edit.test.ts. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { toHex } from '../../shared/base/bytes.ts'
import { leastEdits } from '../../shared/merge/text/diff.ts'
import { emptyText, fragmentOf, stateOf } from '../../shared/merge/text/document.ts'
import { editPlain } from '../../shared/merge/text/edit.ts'
import { plainText } from '../../shared/merge/text/plain.ts'

/** Markup of a few letters a tag: enough for these notes. */
type Node = string | { readonly name: string; readonly children: readonly Node[] }

const el = (name: string, ...children: readonly Node[]): Node => ({ name, children })

function noteOf(...nodes: readonly Node[]): Y.Doc {
  const doc = emptyText()
  doc.clientID = 1
  fragmentOf(doc).insert(0, nodes.map(built))
  return doc
}

const bold = { bold: {} }

/** '*word*' is bold. */
function built(node: Node): Y.XmlElement | Y.XmlText {
  if (typeof node === 'string') {
    const text = new Y.XmlText()
    text.applyDelta(node.split('*').map((part, i) => ({ insert: part, attributes: i % 2 === 1 ? bold : {} })))
    return text
  }
  const element = new Y.XmlElement(node.name)
  element.insert(0, node.children.map(built))
  return element
}

/** The note after the edit, as tags; and that the given document did not change. */
function after(doc: Y.Doc, text: string): string {
  const before = toHex(stateOf(doc))
  const update = editPlain(doc, text, 9)
  expect(toHex(stateOf(doc))).toBe(before)
  if (update) Y.applyUpdate(doc, update)
  expect(plainText(doc)).toBe(text)
  return fragmentOf(doc).toJSON()
}

const p = (...children: readonly Node[]): Node => el('paragraph', ...children)
const li = (...children: readonly Node[]): Node => el('listItem', ...children)
const ul = (...children: readonly Node[]): Node => el('bulletList', ...children)

test('TXT-14 one line a block, lists flattened, breaks and code lines as newlines, no markers', () => {
  const doc = noteOf(
    el('heading', 'Pump *3*'),
    ul(li(p('valve'), ul(li(p('seal')))), li(p())),
    el('taskList', el('taskItem', p('filter', el('hardBreak'), 'upper'))),
    el('horizontalRule'),
    el('blockquote', p('as told')),
    el('codeBlock', 'x = 1\n\ny = 2'),
  )
  expect(plainText(doc)).toBe('Pump 3\nvalve\nseal\n\nfilter\nupper\nas told\nx = 1\n\ny = 2')
})

test('TXT-14 an empty document and one of one empty paragraph are both the empty text', () => {
  expect(plainText(emptyText())).toBe('')
  expect(plainText(noteOf(p()))).toBe('')
  expect(plainText(noteOf(p(), p()))).toBe('\n')
})

test('TXT-14 a text directly among blocks, as no editor writes it, is a line', () => {
  expect(plainText(noteOf(p('a'), 'stray', p('b')))).toBe('a\nstray\nb')
  expect(after(noteOf(p('a'), 'stray', p('b')), 'a\nstrange\nb')).toContain('strange')
})

test('TXT-15 the same text is no edit', () => {
  const doc = noteOf(p('one'), el('codeBlock', 'two\nthree'))
  expect(editPlain(doc, plainText(doc), 9)).toBeNull()
  expect(editPlain(emptyText(), '', 9)).toBeNull()
})

test('TXT-15 CRLF is one newline, and half a surrogate pair becomes U+FFFD', () => {
  const doc = noteOf(p('one'))
  const update = editPlain(doc, 'one\r\ntwo \uD83D', 9)
  if (update) Y.applyUpdate(doc, update)
  expect(plainText(doc)).toBe('one\ntwo \uFFFD')
})

test('TXT-15 an empty document gets a paragraph a line', () => {
  expect(after(emptyText(), 'a\n\nb')).toBe(
    '<paragraph>a</paragraph><paragraph></paragraph><paragraph>b</paragraph>',
  )
})

test('TXT-17 marks of what is not touched stay; what is typed takes those of the letter before', () => {
  const doc = noteOf(p('replace *filter* now'))
  expect(after(doc, 'replace *filters* now'.replaceAll('*', ''))).toBe(
    '<paragraph>replace <bold>filters</bold> now</paragraph>',
  )
  expect(after(doc, 'Replace filters soon')).toBe('<paragraph>Replace <bold>filters</bold> soon</paragraph>')
})

test('TXT-17 a new line makes a new paragraph, with the marks of the words that move', () => {
  expect(after(noteOf(p('one *two*')), 'one \ntwo')).toBe(
    '<paragraph>one </paragraph><paragraph><bold>two</bold></paragraph>',
  )
  expect(after(noteOf(p('one')), 'one\ntwo\nthree')).toBe(
    '<paragraph>one</paragraph><paragraph>two</paragraph><paragraph>three</paragraph>',
  )
  expect(after(noteOf(el('heading', 'one')), 'zero\none')).toBe(
    '<paragraph>zero</paragraph><heading>one</heading>',
  )
})

test('TXT-17 a new line in a list item stays in the item, and one in code stays in the code', () => {
  expect(after(noteOf(ul(li(p('a')), li(p('b')))), 'a\nx\nb')).toContain('<paragraph>x</paragraph>')
  expect(after(noteOf(el('codeBlock', 'a\nb')), 'a\nx\n\nb')).toBe('<codeblock>a\nx\n\nb</codeblock>')
})

test('TXT-17 a line break taken away joins two blocks, and the marks move along', () => {
  expect(after(noteOf(p('one '), p('*two*')), 'one two')).toBe('<paragraph>one <bold>two</bold></paragraph>')
  expect(after(noteOf(el('heading', 'one '), p('*two*')), 'one two')).toBe(
    '<heading>one <bold>two</bold></heading>',
  )
})

test('TXT-17 a hard break taken away joins its two lines', () => {
  expect(after(noteOf(p('one', el('hardBreak'), 'two')), 'onetwo')).toBe('<paragraph>onetwo</paragraph>')
})

test('TXT-17 a line taken away takes its block along, and the list item that it empties', () => {
  const doc = noteOf(p('a'), ul(li(p('b')), li(p('c'))), p('d'))
  expect(after(doc, 'a\nc\nd')).toBe(
    '<paragraph>a</paragraph><bulletlist><listitem><paragraph>c</paragraph></listitem></bulletlist><paragraph>d</paragraph>',
  )
  expect(after(doc, 'a\nd')).toBe('<paragraph>a</paragraph><paragraph>d</paragraph>')
})

test('TXT-16 the lines inside a list item stay in order when its first line joins the line before', () => {
  const doc = noteOf(p('x'), ul(li(p('a'), ul(li(p('b')))), li(p('c'))))
  expect(after(doc, 'xa\nb\nc')).toBe(
    '<paragraph>xa</paragraph><bulletlist><listitem><paragraph>b</paragraph></listitem></bulletlist>' +
      '<bulletlist><listitem><paragraph>c</paragraph></listitem></bulletlist>',
  )
})

test('TXT-17 code that joins a paragraph gives its first line only, and no marks go into code', () => {
  expect(after(noteOf(p('p'), el('codeBlock', 'x\ny')), 'px\ny')).toBe(
    '<paragraph>px</paragraph><codeblock>y</codeblock>',
  )
  expect(after(noteOf(el('codeBlock', 'x'), p('*y*')), 'xy')).toBe('<codeblock>xy</codeblock>')
})

test('TXT-17 two changed places in a long note are two small edits', () => {
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`)
  const changed = lines.with(20, 'line twenty').with(400, 'line four hundred')
  const edits = leastEdits(lines.join('\n'), changed.join('\n'))
  expect(edits.map(({ remove, insert }) => [remove, insert])).toEqual([
    [2, 'twenty'],
    [3, 'four hundred'],
  ])
  const doc = noteOf(...lines.map((line) => p(line)))
  const update = editPlain(doc, changed.join('\n'), 9)
  expect(update?.length).toBeLessThan(80)
})

test('TXT-17 two edits of one line that were made apart both stay', () => {
  const doc = noteOf(p('inspect valve and replace filter'))
  const one = editPlain(doc, 'inspect main valve and replace filter', 5)
  const two = editPlain(doc, 'inspect valve and replace the filter', 6)
  for (const update of [one, two]) if (update) Y.applyUpdate(doc, update)
  expect(plainText(doc)).toBe('inspect main valve and replace the filter')
})

test('TXT-17 an edit never cuts a letter of two units in half', () => {
  expect(leastEdits('a😀b', 'a😁b')).toEqual([{ at: 1, remove: 2, insert: '😁' }])
  expect(leastEdits('😀😀', '😀')).toEqual([{ at: 2, remove: 2, insert: '' }])
  expect(leastEdits('\u{1F600}', '\u{1FA00}')).toEqual([{ at: 0, remove: 2, insert: '\u{1FA00}' }])
})

test('TXT-17 texts that have nothing in common are one edit, in bounded time', () => {
  const words = (n: number): string => Array.from({ length: 5000 }, (_, i) => `${(i * n) % 9973}`).join(' ')
  expect(leastEdits(words(7), words(11)).length).toBeGreaterThan(0)
})
