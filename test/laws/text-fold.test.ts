import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { emptyText, stateOf, transactExactly } from '../../shared/merge/text/document.ts'
import { textFingerprint } from '../../shared/merge/text/fingerprint.ts'
import { appendText, foldText, type StoredUpdate } from '../../shared/merge/text/fold.ts'
import { plainText } from '../../shared/merge/text/plain.ts'
import { toHex } from '../../shared/base/bytes.ts'
import { letterOf, play, steps, toStored, type Written } from './text-authors.ts'

const RUNS = { numRuns: 1000 }

const shown = (doc: Y.Doc): string => toHex(textFingerprint(doc))

/** Updates of three authors, which of them count, and another order of them all. */
const story = steps().chain((all) => {
  const written = play(all)
  const n = written.length
  return fc.record({
    written: fc.constant(written),
    counts: fc.array(fc.boolean(), { minLength: n, maxLength: n }),
    order: fc.shuffledSubarray(
      written.map((_, i) => i),
      { minLength: n, maxLength: n },
    ),
  })
})

const judged = (written: readonly Written[], counts: readonly boolean[]): StoredUpdate[] =>
  written.map((update, i) => toStored(update, counts[i] ?? true))

const allOf = (written: readonly Written[]): StoredUpdate[] => judged(written, [])

function together(...docs: readonly Y.Doc[]): Y.Doc {
  const doc = emptyText()
  transactExactly(doc, () => {
    for (const part of docs) Y.applyUpdate(doc, stateOf(part))
  })
  return doc
}

test('TXT-9 the fold commutes: whatever the order of the updates and whichever count, the document is the same', () => {
  fc.assert(
    fc.property(story, ({ written, counts, order }) => {
      const stored = judged(written, counts)
      const shuffled = order.flatMap((i) => stored[i] ?? [])
      expect(shown(foldText(shuffled))).toBe(shown(foldText(stored)))
    }),
    RUNS,
  )
})

test('TXT-9 the fold is idempotent: an update that came twice counts once', () => {
  fc.assert(
    fc.property(story, ({ written, counts }) => {
      const stored = judged(written, counts)
      expect(shown(foldText([...stored, ...stored.slice(0, 5)]))).toBe(shown(foldText(stored)))
    }),
    RUNS,
  )
})

test('TXT-9 the fold associates: states folded apart and put together are the state folded at once', () => {
  fc.assert(
    fc.property(story, fc.nat(), ({ written }, at) => {
      const stored = allOf(written)
      const [a, b] = [at % (stored.length + 1), Math.min(stored.length, (at % 7) + 1)]
      const [x, y, z] = [foldText(stored.slice(0, a)), foldText(stored.slice(0, b)), foldText(stored)]
      expect(shown(together(together(x, y), z))).toBe(shown(together(x, together(y, z))))
      expect(shown(together(z, y))).toBe(shown(z))
    }),
    RUNS,
  )
})

test('TXT-10 appending one by one equals folding at once', () => {
  fc.assert(
    fc.property(story, ({ written }) => {
      const doc = emptyText()
      for (const update of written) expect(appendText(doc, update)).toBe(true)
      expect(shown(doc)).toBe(shown(foldText(allOf(written))))
    }),
    RUNS,
  )
})

test('TXT-10 appending to a text with hidden words equals folding anew, or says that it does not', () => {
  let appended = 0
  fc.assert(
    fc.property(story, fc.nat(), ({ written, counts }, at) => {
      const cut = at % (written.length + 1)
      const stored = judged(written, counts).map((update, i) => ({
        ...update,
        counts: i >= cut || update.counts,
      }))
      const doc = foldText(stored.slice(0, cut))
      const hidden = stored.filter((update) => !update.counts)
      const whole = stored.slice(cut).every((update) => appendText(doc, update, hidden))
      if (whole) expect(shown(doc)).toBe(shown(foldText(stored)))
      if (whole && hidden.length > 0 && cut < stored.length) appended += 1
    }),
    RUNS,
  )
  expect(appended).toBeGreaterThan(50)
})

test('TXT-11 exactly the letters are shown that count and that nothing that counts deletes', () => {
  const letters = steps(['type', 'cut', 'bold', 'paragraph', 'list', 'inside', 'level', 'break'])
  fc.assert(
    fc.property(letters, fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }), (all, counts) => {
      const written = play(all)
      const stored = judged(written, counts)
      const gone = written.filter((_, i) => stored[i]?.counts).flatMap((update) => update.deletes)
      const expected = written.flatMap((update, i) => {
        const clock = stored[i]?.counts ? clockOfLetter(update, letterOf(i)) : null
        const deleted = gone.some(
          ({ client, from, to }) => client === update.client && clock !== null && from <= clock && clock < to,
        )
        return clock === null || deleted ? [] : [letterOf(i)]
      })
      const visible = [...plainText(foldText(stored))].filter((letter) => letter !== '\n')
      expect(visible.sort()).toEqual(expected.sort())
    }),
    { numRuns: 2000 },
  )
})

function clockOfLetter(update: Written, letter: string): number | null {
  for (const struct of Y.decodeUpdate(update.bytes).structs)
    if (
      struct instanceof Y.Item &&
      struct.content instanceof Y.ContentString &&
      struct.content.str === letter
    )
      return struct.id.clock
  return null
}

test('TXT-9 marks set by several at once come out the same in every order', () => {
  const marked = steps(['type', 'bold', 'bold', 'cut']).chain((all) => {
    const written = play(all)
    const order = fc.shuffledSubarray(written, { minLength: written.length, maxLength: written.length })
    return fc.record({ written: fc.constant(written), order })
  })
  fc.assert(
    fc.property(marked, ({ written, order }) => {
      const doc = emptyText()
      for (const update of written) appendText(doc, update)
      expect(shown(doc)).toBe(shown(foldText(allOf(order))))
    }),
    { numRuns: 3000 },
  )
})
