/** First contents, and long ones cut into several ops. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex, type Bytes } from '../../shared/base/bytes.ts'
import { checkUpdate } from '../../shared/merge/text/check.ts'
import { emptyText, fragmentOf } from '../../shared/merge/text/document.ts'
import { editPlain } from '../../shared/merge/text/edit.ts'
import { textFingerprint } from '../../shared/merge/text/fingerprint.ts'
import { appendText } from '../../shared/merge/text/fold.ts'
import { newText, type FirstContent } from '../../shared/merge/text/new-text.ts'
import { plainText } from '../../shared/merge/text/plain.ts'
import { splitUpdate } from '../../shared/merge/text/split.ts'
import { docOf, letters, note } from '../laws/text-notes.ts'

const ME = 4_503_599_627_370_497
const PART = 60_000

/** Puts updates of one session into `doc` one after the other, each through the check. */
function put(updates: readonly Bytes[], doc = emptyText()) {
  let next = 0
  for (const bytes of updates) {
    const checked = checkUpdate(bytes, { client: ME, next, covers: (client) => client === 1 })
    if (!checked.ok) throw new Error(checked.error)
    next = checked.value.to
    appendText(doc, { bytes, ...checked.value })
  }
  return doc
}

test('TXT-18 a first content is a paragraph a line, or one code block', () => {
  const text = 'Filter was cracked\n\nreplaced'
  const paragraphs = put([newText(text, 'paragraphs', ME)])
  expect(plainText(paragraphs)).toBe(text)
  expect(fragmentOf(paragraphs).length).toBe(3)
  const code = put([newText(text, 'code', ME)])
  expect(plainText(code)).toBe(text)
  expect(fragmentOf(code).length).toBe(1)
  for (const as of ['paragraphs', 'code'] as const) expect(plainText(put([newText('', as, ME)]))).toBe('')
})

test('TXT-18 one text makes the same bytes every time', () => {
  expect(toHex(newText('a\nb', 'paragraphs', ME))).toBe(toHex(newText('a\nb', 'paragraphs', ME)))
})

test('TXT-19 a short update stays whole', () => {
  const update = newText('short', 'code', ME)
  expect(splitUpdate(update, PART)).toEqual([update])
})

const LONG = 200_000
const longTexts: Record<string, string> = {
  'one line': 'lorem ipsum '.repeat(LONG / 12),
  'letters of two units': '😀'.repeat(LONG / 2),
  'short lines': 'valve\n'.repeat(LONG / 6),
  'letters of three bytes': '漢'.repeat(LONG),
}

for (const [name, text] of Object.entries(longTexts))
  for (const as of ['paragraphs', 'code'] satisfies FirstContent[])
    test(`TXT-19 200,000 characters (${name}, ${as}) become several updates that each pass the check`, () => {
      const parts = splitUpdate(newText(text, as, ME), PART)
      expect(parts.length).toBeGreaterThan(3)
      expect(parts.every((part) => part.length <= PART)).toBe(true)
      expect(plainText(put(parts))).toBe(text)
    })

test('TXT-19 a long edit is cut too, deletions last', () => {
  const doc = docOf([{ kind: 'code', code: 'old '.repeat(1000) }])
  const wanted = 'new '.repeat(30_000)
  const update = editPlain(doc, wanted, ME)
  if (!update) throw new Error('the texts differ')
  const parts = splitUpdate(update, PART)
  expect(parts.length).toBeGreaterThan(1)
  expect(plainText(put(parts, doc))).toBe(wanted)
})

test('TXT-19 parts put together do what the whole update does, however small they are', () => {
  const long = fc.array(letters, { maxLength: 80 }).map((all) => all.join('\n'))
  fc.assert(
    fc.property(note, long, fc.integer({ min: 200, max: 600 }), (nodes, text, maxBytes) => {
      const [whole, parted] = [docOf(nodes), docOf(nodes)]
      const update = editPlain(whole, text, ME)
      if (!update) return
      const parts = splitUpdate(update, maxBytes)
      expect(parts.every((part) => part.length <= maxBytes)).toBe(true)
      const both = [put([update], whole), put(parts, parted)].map((doc) => toHex(textFingerprint(doc)))
      expect(both[0]).toBe(both[1])
    }),
    { numRuns: 1000 },
  )
})
