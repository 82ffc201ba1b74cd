/** What the state hash takes of a text, and the state that editors take. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { toHex } from '../../shared/base/bytes.ts'
import {
  emptyText,
  fragmentOf,
  stateOf,
  transactExactly,
  vectorOf,
} from '../../shared/merge/text/document.ts'
import { textFingerprint } from '../../shared/merge/text/fingerprint.ts'
import { plainText } from '../../shared/merge/text/plain.ts'
import { Author } from '../laws/text-authors.ts'

const shown = (doc: Y.Doc): string => toHex(textFingerprint(doc))

const heading = (text: Y.XmlText, attributes: Record<string, string>): Y.XmlElement => {
  const made = new Y.XmlElement('heading')
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.insert(0, [text])
  return made
}

function docWith(work: (doc: Y.Doc) => void, client = 5): Y.Doc {
  const doc = emptyText()
  doc.clientID = client
  Y.transact(doc, () => {
    work(doc)
  })
  return doc
}

test('TXT-20 the same state has the same fingerprint, by whatever way and in whatever bytes it came', () => {
  const [one, two] = [new Author(5), new Author(9)]
  const first = one.write(() => {
    fragmentOf(one.doc).insert(0, [heading(new Y.XmlText('valve'), { level: '1' })])
  })
  const second = two.write(() => {
    fragmentOf(two.doc).insert(0, [heading(new Y.XmlText('filter'), { level: '2' })])
  })
  if (!first || !second) throw new Error('both wrote')
  one.hear(second)
  two.hear(first)
  const collected = new Y.Doc({ gc: true })
  Y.applyUpdate(collected, stateOf(one.doc))
  expect(shown(two.doc)).toBe(shown(one.doc))
  expect(shown(collected)).toBe(shown(one.doc))
})

test('TXT-20 the order in which attributes and marks were set, and where marks were set twice, do not show', () => {
  const marked = (marks: object): Y.XmlText => {
    const text = new Y.XmlText()
    text.applyDelta([{ insert: 'ab', attributes: marks }])
    return text
  }
  const a = docWith((doc) => {
    fragmentOf(doc).insert(0, [
      heading(marked({ bold: {}, link: { href: 'x', target: null } }), { level: '1', type: 'x' }),
    ])
  })
  const b = docWith((doc) => {
    fragmentOf(doc).insert(0, [
      heading(marked({ link: { target: null, href: 'x' }, bold: {} }), { type: 'x', level: '1' }),
    ])
  })
  expect(shown(a)).toBe(shown(b))
})

test('TXT-20 other words, marks, attributes or reach have another fingerprint', () => {
  const base = (doc: Y.Doc): void => {
    fragmentOf(doc).insert(0, [heading(new Y.XmlText('valve'), { level: '1' })])
  }
  const text = (doc: Y.Doc): Y.XmlText => {
    const block = fragmentOf(doc).get(0)
    const child = block instanceof Y.XmlElement ? block.get(0) : block
    if (!(child instanceof Y.XmlText)) throw new Error('the block has a text')
    return child
  }
  const changes: ((doc: Y.Doc) => void)[] = [
    () => undefined,
    (doc) => {
      text(doc).insert(0, 'x')
    },
    (doc) => {
      text(doc).delete(0, 1)
    },
    (doc) => {
      text(doc).format(0, 2, { bold: {} })
    },
    (doc) => {
      const block = fragmentOf(doc).get(0)
      if (block instanceof Y.XmlElement) block.setAttribute('level', '2')
    },
    (doc) => {
      text(doc).insert(0, 'x')
      text(doc).delete(0, 1)
    },
  ]
  const all = changes.map((change) =>
    shown(
      docWith((doc) => {
        base(doc)
        change(doc)
      }),
    ),
  )
  expect(new Set(all).size).toBe(changes.length)
})

test('TXT-21 an editor that says how far it reaches gets what it lacks', () => {
  const author = new Author(5)
  author.write(() => {
    fragmentOf(author.doc).insert(0, [heading(new Y.XmlText('a long first line'.repeat(20)), {})])
  })
  const editor = new Y.Doc()
  Y.applyUpdate(editor, stateOf(author.doc))
  const vector = vectorOf(editor)
  author.write(() => {
    fragmentOf(author.doc).insert(0, [new Y.XmlElement('paragraph')])
  })
  const missing = stateOf(author.doc, vector)
  expect(missing.length).toBeLessThan(40)
  Y.applyUpdate(editor, missing)
  expect(shown(editor)).toBe(shown(author.doc))
})

test('TXT-21 a vector that cannot be read gets the whole state', () => {
  const author = new Author(5)
  author.write(() => {
    fragmentOf(author.doc).insert(0, [new Y.XmlElement('paragraph')])
  })
  expect(toHex(stateOf(author.doc, new Uint8Array([200, 200])))).toBe(toHex(stateOf(author.doc)))
})

test('TXT-21 a document that only takes updates never writes under an id of its own', () => {
  const author = new Author(5)
  author.write(() => {
    fragmentOf(author.doc).insert(0, [heading(new Y.XmlText('valve'), { level: '1' })])
  })
  const doc = emptyText()
  transactExactly(doc, () => {
    Y.applyUpdate(doc, stateOf(author.doc))
  })
  expect(plainText(doc)).toBe('valve')
  expect([...doc.store.clients.keys()]).toEqual([5])
})
