/** What becomes of the words, deletions, nodes and attributes of ops that do not count. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { toHex } from '../../shared/base/bytes.ts'
import { blocksOf, piecesOf } from '../../shared/merge/text/blocks.ts'
import { emptyText, fragmentOf } from '../../shared/merge/text/document.ts'
import { textFingerprint } from '../../shared/merge/text/fingerprint.ts'
import { appendText, foldText, type StoredUpdate } from '../../shared/merge/text/fold.ts'
import { plainText } from '../../shared/merge/text/plain.ts'
import { Author, toStored, type Written } from '../laws/text-authors.ts'

/** A note 'filter', by Ana; Ben and Cleo have read it. */
function desk() {
  const authors = { ana: new Author(3), ben: new Author(5), cleo: new Author(4) }
  const all: Written[] = []
  const write = (name: keyof typeof authors, work: (doc: Y.Doc) => void): Written => {
    const author = authors[name]
    const update = author.write(() => {
      work(author.doc)
    })
    if (!update) throw new Error('nothing was written')
    for (const other of Object.values(authors)) if (other !== author) other.hear(update)
    all.push(update)
    return update
  }
  const first = write('ana', (doc) => {
    const heading = new Y.XmlElement('heading')
    heading.setAttribute('level', '1')
    heading.insert(0, [new Y.XmlText('filter')])
    fragmentOf(doc).insert(0, [heading])
  })
  const fold = (...hidden: readonly Written[]): Y.Doc =>
    foldText(all.map((update) => toStored(update, !hidden.includes(update))))
  return { write, fold, first, all }
}

const textIn = (doc: Y.Doc, block: number): Y.XmlText => {
  const piece = piecesOf(blocksOf(doc)[block] ?? new Y.XmlText())[0]
  if (piece?.kind !== 'text') throw new Error('the block has a text')
  return piece.text
}

const insert =
  (words: string, at: number, block = 0) =>
  (doc: Y.Doc) => {
    textIn(doc, block).insert(at, words)
  }

const levelOf = (doc: Y.Doc): unknown => {
  const heading = fragmentOf(doc).get(0)
  return heading instanceof Y.XmlElement ? heading.getAttribute('level') : null
}

const setLevel = (level: string) => (doc: Y.Doc) => {
  const heading = fragmentOf(doc).get(0)
  if (heading instanceof Y.XmlElement) heading.setAttribute('level', level)
}

const shown = (doc: Y.Doc): string => toHex(textFingerprint(doc))

test('TXT-11 words that do not count are not shown, and are shown again once they count', () => {
  const { write, fold } = desk()
  const late = write('ben', insert(' cracked', 6))
  expect(plainText(fold(late))).toBe('filter')
  expect(plainText(fold())).toBe('filter cracked')
})

test('TXT-11 deletions that do not count are ignored', () => {
  const { write, fold } = desk()
  const late = write('ben', (doc) => {
    textIn(doc, 0).delete(0, 6)
    textIn(doc, 0).insert(0, 'valve')
  })
  expect(plainText(fold(late))).toBe('filter')
  expect(plainText(fold())).toBe('valve')
})

test('TXT-11 a deletion of a whole block that does not count brings the block back', () => {
  const { write, fold } = desk()
  const late = write('ben', (doc) => {
    fragmentOf(doc).delete(0, 1)
  })
  expect(plainText(fold(late))).toBe('filter')
  expect(plainText(fold())).toBe('')
})

test('TXT-11 words that another typed inside hidden words stay', () => {
  const { write, fold } = desk()
  const late = write('ben', insert(' badly cracked', 6))
  write('cleo', insert('very ', 7))
  expect(plainText(fold())).toBe('filter very badly cracked')
  expect(plainText(fold(late))).toBe('filtervery ')
})

test('TXT-11 words that another typed inside a hidden paragraph stay, and the paragraph around them', () => {
  const { write, fold } = desk()
  const late = write('ben', (doc) => {
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText('hidden')])
    fragmentOf(doc).insert(1, [paragraph])
  })
  expect(plainText(fold(late))).toBe('filter')
  const reply = write('cleo', insert('reply ', 0, 1))
  expect(plainText(fold(late))).toBe('filter\nreply ')
  expect(plainText(fold(late, reply))).toBe('filter')
})

test('TXT-11 marks that do not count are not shown', () => {
  const { write, fold } = desk()
  const late = write('ben', (doc) => {
    textIn(doc, 0).format(0, 6, { bold: {} })
  })
  expect(textIn(fold(late), 0).toDelta()).toEqual([{ insert: 'filter' }])
  expect(textIn(fold(), 0).toDelta()).toEqual([{ insert: 'filter', attributes: { bold: {} } }])
})

test('TXT-12 an attribute goes back to the value that the hidden one superseded', () => {
  const { write, fold, first } = desk()
  const late = write('ben', setLevel('2'))
  const later = write('ben', setLevel('3'))
  expect(levelOf(fold())).toBe('3')
  expect(levelOf(fold(later))).toBe('2')
  expect(levelOf(fold(late, later))).toBe('1')
  expect(levelOf(fold(late))).toBe('3')
  expect(plainText(fold(first, late, later))).toBe('')
})

test('TXT-12 a value set after a hidden one stands; a removal that does not count is ignored', () => {
  const { write, fold } = desk()
  const late = write('ben', setLevel('2'))
  write('cleo', setLevel('3'))
  expect(levelOf(fold(late))).toBe('3')
  const removal = write('ben', (doc) => {
    const heading = fragmentOf(doc).get(0)
    if (heading instanceof Y.XmlElement) heading.removeAttribute('level')
  })
  expect(levelOf(fold())).toBeUndefined()
  expect(levelOf(fold(removal))).toBe('3')
  expect(levelOf(fold(late))).toBeUndefined()
})

test('TXT-12 an attribute whose only value is hidden is not set', () => {
  const { write, fold } = desk()
  const late = write('ben', (doc) => {
    const heading = fragmentOf(doc).get(0)
    if (heading instanceof Y.XmlElement) heading.setAttribute('checked', 'true')
  })
  const heading = fragmentOf(fold(late)).get(0)
  expect(heading instanceof Y.XmlElement && heading.getAttributes()).toEqual({ level: '1' })
})

test('TXT-10 an append that touches what is hidden says that the text must be folded anew', () => {
  const { write, all, fold } = desk()
  const late = write('ben', (doc) => {
    const paragraph = new Y.XmlElement('paragraph')
    paragraph.insert(0, [new Y.XmlText('hidden')])
    fragmentOf(doc).insert(1, [paragraph])
  })
  const before: StoredUpdate[] = all.map((update) => toStored(update, update !== late))
  const beside = write('cleo', insert('new ', 0, 0))
  const doc = foldText(before)
  expect(appendText(doc, beside, [late])).toBe(true)
  expect(shown(doc)).toBe(shown(fold(late)))
  const within = write('cleo', insert('reply ', 0, 1))
  expect(appendText(doc, within, [late])).toBe(false)
})

test('TXT-10 an update whose causes are missing is a broken invariant, never a silent gap', () => {
  const { write, first } = desk()
  const second = write('ben', insert(' cracked', 6))
  const doc = emptyText()
  expect(() => appendText(doc, second)).toThrow('causes')
  expect(() => foldText([toStored(second, true)])).toThrow('causes')
  expect(plainText(foldText([toStored(second, true), toStored(first, true)]))).toBe('filter cracked')
})
