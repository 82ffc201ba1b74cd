/** Which updates may stand: each refusal by its code, and nothing that is refused ever reaches a document. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { toHex, type Bytes } from '../../shared/base/bytes.ts'
import { checkUpdate, type UpdateContext } from '../../shared/merge/text/check.ts'
import { copyText, emptyText, fragmentOf, recordUpdate } from '../../shared/merge/text/document.ts'
import { textFingerprint } from '../../shared/merge/text/fingerprint.ts'
import { appendText } from '../../shared/merge/text/fold.ts'
import { newText } from '../../shared/merge/text/new-text.ts'
import { plainText } from '../../shared/merge/text/plain.ts'
import type { Content, Struct, Update } from '../../shared/merge/text/struct.ts'
import { writeUpdate } from '../../shared/merge/text/write-update.ts'

const ME = 7
const OTHER = 4_503_599_627_370_497

const nothing: UpdateContext = { client: ME, next: 0, covers: () => false }

/** Another's note of one paragraph, 'filter cracked', whose clocks 0..16 are known. */
const theirs = newText('filter cracked', 'paragraphs', OTHER)
const afterTheirs: UpdateContext = { ...nothing, covers: (client, _from, to) => client === OTHER && to <= 16 }

function theirDoc(): Y.Doc {
  const doc = emptyText()
  appendText(doc, { bytes: theirs, client: OTHER, from: 0, to: 16 })
  return doc
}

function written(work: (doc: Y.Doc) => void, doc = theirDoc(), client = ME): Bytes {
  const copy = copyText(doc, client)
  const update = recordUpdate(copy, () => {
    work(copy)
  })
  if (update === null) throw new Error('nothing was written')
  return update
}

const firstText = (doc: Y.Doc): Y.XmlText => {
  const block = fragmentOf(doc).get(0)
  const text = block instanceof Y.XmlElement ? block.get(0) : block
  if (!(text instanceof Y.XmlText)) throw new Error('the note has a text')
  return text
}

/** Of any value: Yjs's type for elements knows strings alone, though editors set numbers. */
const setAttribute = (element: Y.XmlElement, key: string, value: string | number | object): void => {
  Y.XmlElement.prototype.setAttribute.call(element, key, value)
}

const reasonOf = (bytes: Bytes, context: UpdateContext = nothing): string => {
  const checked = checkUpdate(bytes, context)
  return checked.ok ? 'ok' : checked.error
}

/** One struct at the top of the document, unless told otherwise. */
const struct = (content: Content, more: Partial<Struct> = {}): Struct => ({
  clock: 0,
  length: content.kind === 'string' ? content.text.length : 'length' in content ? content.length : 1,
  origin: null,
  rightOrigin: null,
  parent: 'default',
  attribute: null,
  content,
  ...more,
})

const updateOf = (structs: readonly Struct[], more: Partial<Update> = {}): Bytes =>
  writeUpdate({ client: ME, structs, deletes: [], ...more })

const paragraph: Content = { kind: 'element', name: 'paragraph' }

test('TXT-2 an honest first content passes, and its clocks are told', () => {
  const update = newText('Filter was cracked', 'paragraphs', ME)
  expect(checkUpdate(update, nothing)).toMatchObject({
    ok: true,
    value: { client: ME, from: 0, to: 20, deletes: [] },
  })
})

test('TXT-2 an edit of what its author had seen passes, and its deletions are told', () => {
  const update = written((doc) => {
    firstText(doc).delete(0, 6)
    firstText(doc).insert(0, 'valve')
  })
  const deletes = [{ client: OTHER, from: 2, to: 8 }]
  expect(checkUpdate(update, afterTheirs)).toMatchObject({
    ok: true,
    value: { client: ME, from: 0, to: 5, deletes },
  })
})

test('TXT-2 an update that only deletes passes and moves no clock', () => {
  const update = written((doc) => {
    firstText(doc).delete(0, 6)
  })
  const checked = checkUpdate(update, { ...afterTheirs, next: 12 })
  expect(checked.ok && [checked.value.from, checked.value.to]).toEqual([12, 12])
})

test('TXT-2 all that the schema has passes: nodes, marks, attributes', () => {
  const update = written((doc) => {
    const heading = new Y.XmlElement('heading')
    setAttribute(heading, 'level', 2)
    heading.insert(0, [new Y.XmlText('Title'), new Y.XmlElement('hardBreak')])
    fragmentOf(doc).insert(0, [heading, new Y.XmlElement('horizontalRule')])
    firstText(doc).format(0, 3, { bold: {}, link: { href: 'https://example.org', target: null } })
  }, emptyText())
  expect(reasonOf(update)).toBe('ok')
})

test('TXT-2 what an editor that collects garbage leaves of its own words passes', () => {
  const doc = new Y.Doc({ gc: true })
  doc.clientID = ME
  const update = recordUpdate(doc, () => {
    fragmentOf(doc).insert(0, [new Y.XmlElement('paragraph')])
    const gone = new Y.XmlElement('paragraph')
    fragmentOf(doc).insert(1, [gone])
    gone.insert(0, [new Y.XmlText('gone')])
    fragmentOf(doc).delete(1, 1)
  })
  expect(update && reasonOf(update)).toBe('ok')
})

test('TXT-3 structs of another client are refused', () => {
  expect(reasonOf(newText('mine', 'paragraphs', OTHER))).toBe('text-foreign-client')
  const both = Y.mergeUpdates([newText('mine', 'paragraphs', ME), theirs])
  expect(reasonOf(both, afterTheirs)).toBe('text-foreign-client')
})

test('TXT-3 a victim whose client id is taken keeps every word', () => {
  const doc = theirDoc()
  const hijack = newText('something else entirely', 'paragraphs', OTHER)
  expect(reasonOf(hijack, afterTheirs)).toBe('text-foreign-client')
  expect(plainText(doc)).toBe('filter cracked')
})

test('TXT-4 an update that leaves clocks out, repeats them, or skips some is refused', () => {
  const update = newText('note', 'paragraphs', ME)
  expect(reasonOf(update, { ...nothing, next: 3 })).toBe('text-gap')
  const later = updateOf([struct(paragraph, { clock: 5 })])
  expect(reasonOf(later)).toBe('text-gap')
  const parts = [updateOf([struct(paragraph)]), updateOf([struct(paragraph, { clock: 2 })])]
  expect(reasonOf(Y.mergeUpdates(parts))).toBe('text-gap')
})

test('TXT-5 a reference outside the context is refused: origin, right origin, parent, and deletion', () => {
  const far = { client: OTHER, clock: 16 }
  const word: Content = { kind: 'string', text: 'word' }
  const places: Partial<Struct>[] = [
    { origin: far, parent: null },
    { rightOrigin: far, parent: null },
    { parent: far },
  ]
  for (const place of places)
    expect(reasonOf(updateOf([struct(word, place)]), afterTheirs)).toBe('text-unknown-reference')
  const near = { client: OTHER, clock: 15 }
  expect(reasonOf(updateOf([struct(word, { origin: near, parent: null })]), afterTheirs)).toBe('ok')
  const deletes = (to: number): Bytes => updateOf([], { deletes: [{ client: OTHER, from: 14, to }] })
  expect(reasonOf(deletes(17), afterTheirs)).toBe('text-unknown-reference')
  expect(reasonOf(deletes(16), afterTheirs)).toBe('ok')
})

test('TXT-5 a struct that refers to itself or to what comes after it is refused', () => {
  const [own, next] = [0, 1].map((clock) => ({ client: ME, clock }))
  expect(reasonOf(updateOf([struct(paragraph, { parent: own ?? null })]))).toBe('text-unknown-reference')
  const forward = [
    struct(paragraph, { rightOrigin: next ?? null, parent: null }),
    struct(paragraph, { clock: 1 }),
  ]
  expect(reasonOf(updateOf(forward))).toBe('text-unknown-reference')
  expect(reasonOf(updateOf([struct(paragraph)], { deletes: [{ client: ME, from: 0, to: 2 }] }))).toBe(
    'text-unknown-reference',
  )
})

test('TXT-6 what the schema has no place for is refused: types, names, values, other top-level types', () => {
  const foreign = (work: (doc: Y.Doc) => void): string => {
    const doc = emptyText()
    return reasonOf(written(work, doc))
  }
  const refused = 'text-foreign-content'
  expect(foreign((doc) => fragmentOf(doc).insert(0, [new Y.XmlElement('iframe')]))).toBe(refused)
  expect(foreign((doc) => doc.getMap('other').set('key', 1))).toBe(refused)
  expect(foreign((doc) => doc.getXmlFragment('other').insert(0, [new Y.XmlElement('paragraph')]))).toBe(
    refused,
  )
  const inText = (work: (text: Y.XmlText) => void): string =>
    foreign((doc) => {
      const block = new Y.XmlElement('paragraph')
      fragmentOf(doc).insert(0, [block])
      const text = new Y.XmlText('word')
      block.insert(0, [text])
      work(text)
    })
  expect(inText((text) => text.insertEmbed(0, { image: 'x' }))).toBe(refused)
  expect(inText((text) => text.insertEmbed(0, new Y.XmlElement('paragraph')))).toBe('ok')
  expect(inText((text) => text.format(0, 2, { blink: {} }))).toBe(refused)
  expect(inText((text) => text.format(0, 2, { bold: 'yes' }))).toBe(refused)
  expect(inText((text) => text.format(0, 2, { link: { href: { nested: 1 } } }))).toBe(refused)
  const attribute = (key: string, value: string | number | object): string =>
    foreign((doc) => {
      const block = new Y.XmlElement('heading')
      fragmentOf(doc).insert(0, [block])
      setAttribute(block, key, value)
    })
  expect(attribute('level', 2)).toBe('ok')
  expect(attribute('level', 2.5)).toBe(refused)
  expect(attribute('level', { nested: 2 })).toBe(refused)
  expect(attribute('level', new Uint8Array(3))).toBe(refused)
  expect(attribute('level', new Y.Doc())).toBe(refused)
  expect(attribute('level', new Y.Map())).toBe(refused)
  expect(attribute('onclick', 'alert(1)')).toBe(refused)
})

test('TXT-7 an empty update is refused, and one beyond the bounds', () => {
  expect(reasonOf(updateOf([]))).toBe('text-empty')
  expect(reasonOf(new Uint8Array(70_000))).toBe('text-too-large')
  expect(reasonOf(newText('x'.repeat(70_000), 'code', ME))).toBe('text-too-large')
  expect(reasonOf(updateOf([struct({ kind: 'deleted', length: 2 ** 21 })]))).toBe('text-too-large')
  const many = Array.from({ length: 16_500 }, (_, clock) =>
    struct({ kind: 'collected', length: 1 }, { clock, parent: null }),
  )
  expect(reasonOf(updateOf(many))).toBe('text-too-large')
  const long = { kind: 'value', value: 'x'.repeat(5000) } as const
  expect(
    reasonOf(
      updateOf([
        struct(paragraph),
        struct(long, { clock: 1, parent: { client: ME, clock: 0 }, attribute: 'type' }),
      ]),
    ),
  ).toBe('text-too-large')
})

test('TXT-7 a tower of nodes in nodes is refused', () => {
  const tower = Array.from({ length: 100 }, (_, clock) =>
    struct(
      { kind: 'element', name: 'blockquote' },
      clock === 0 ? {} : { clock, parent: { client: ME, clock: clock - 1 } },
    ),
  )
  expect(reasonOf(updateOf(tower))).toBe('text-foreign-content')
  expect(reasonOf(updateOf(tower.slice(0, 40)))).toBe('ok')
})

test('TXT-8 cut off, prolonged or empty bytes are refused as malformed', () => {
  const update = newText('Filter was cracked', 'paragraphs', ME)
  for (let length = 0; length < update.length; length += 1)
    expect(reasonOf(update.subarray(0, length))).toBe('text-malformed')
  expect(reasonOf(new Uint8Array([...update, 0]))).toBe('text-malformed')
})

test('TXT-8 bytes behind the update in the same memory change nothing, not even the reason', () => {
  const update = written((doc) => {
    firstText(doc).format(0, 3, { link: { href: 'https://example.org' } })
    fragmentOf(doc).insert(0, [new Y.XmlElement('heading')])
  })
  for (let length = 0; length < update.length; length += 1) {
    const reasons = [0, 32, 255].map((behind) => {
      const memory = new Uint8Array(update.length + 300).fill(behind)
      memory.set(update.subarray(0, length))
      return reasonOf(memory.subarray(0, length), afterTheirs)
    })
    expect(reasons).toEqual(['text-malformed', 'text-malformed', 'text-malformed'])
  }
})

test('TXT-8 a client told twice in one update is refused: Yjs would read the second part alone', () => {
  const first = updateOf([struct(paragraph)])
  const second = updateOf([struct(paragraph, { clock: 1 })])
  const both = new Uint8Array([2, ...first.subarray(1, -1), ...second.subarray(1)])
  expect(Y.decodeUpdate(both).structs).toHaveLength(2)
  expect(reasonOf(both)).toBe('text-malformed')
})

const honest = [
  newText('one\ntwo\nthree', 'paragraphs', ME),
  newText('let x = 1\nlet y = 2', 'code', ME),
  written((doc) => {
    firstText(doc).format(2, 4, { bold: {} })
    firstText(doc).delete(0, 2)
    fragmentOf(doc).insert(1, [new Y.XmlElement('horizontalRule')])
  }),
]

/** Random bytes, and honest updates with a few bytes changed, left out or put in. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .record({
      base: fc.constantFrom(...honest),
      changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.constantFrom('set', 'drop', 'put')), {
        maxLength: 4,
      }),
    })
    .map(({ base, changes }) => {
      const mutated = [...base]
      for (const [at, byte, how] of changes)
        if (how === 'put') mutated.splice(at % mutated.length, 0, byte)
        else mutated.splice(at % mutated.length, 1, ...(how === 'set' ? [byte] : []))
      return new Uint8Array(mutated)
    }),
)

test('TXT-8 whatever the bytes: the check never throws, and what it lets pass is applied wholly', () => {
  let passed = 0
  fc.assert(
    fc.property(bytes, (update) => {
      const checked = checkUpdate(update, afterTheirs)
      if (!checked.ok) return
      passed += 1
      const doc = theirDoc()
      expect(appendText(doc, { bytes: update, ...checked.value })).toBe(true)
      expect(Y.getState(doc.store, ME)).toBe(checked.value.to)
      expect(plainText(doc)).toBeTypeOf('string')
      expect(toHex(textFingerprint(doc))).toBeTypeOf('string')
    }),
    { numRuns: 20_000 },
  )
  expect(passed).toBeGreaterThan(100)
})

test('TXT-8 the check changes no document, and needs none', () => {
  const doc = theirDoc()
  const before = toHex(Y.encodeStateAsUpdate(doc))
  fc.assert(
    fc.property(bytes, (update) => {
      checkUpdate(update, afterTheirs)
      expect(toHex(Y.encodeStateAsUpdate(doc))).toBe(before)
    }),
    { numRuns: 1000 },
  )
})
