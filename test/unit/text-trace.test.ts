/**
 * A real history of two people typing into one document at once, replayed keystroke by keystroke through the check
 * and the fold. Source and licence: test/data/README.md.
 */
import { expect, test } from 'vitest'
import type * as Y from 'yjs'
import { toHex } from '../../shared/base/bytes.ts'
import { textFingerprint } from '../../shared/merge/text/fingerprint.ts'
import { foldText } from '../../shared/merge/text/fold.ts'
import { newText } from '../../shared/merge/text/new-text.ts'
import { plainText } from '../../shared/merge/text/plain.ts'
import { Author, toStored, type Written } from '../laws/text-authors.ts'
import { ancestors, apply, readTrace } from '../support/two-person-trace.ts'

const trace = readTrace()

/** Who the note is by, before either person types: an empty code block. */
const FIRST = 1

/** Plays the trace with these client ids for its two agents; answers both ends and all updates in causal order. */
function replay(clients: readonly [number, number]): { docs: readonly Y.Doc[]; written: readonly Written[] } {
  const first: Written = { bytes: newText('', 'code', FIRST), client: FIRST, from: 0, to: 1, deletes: [] }
  const agents = clients.map((client) => new Author(client))
  for (const agent of agents) agent.hear(first)
  const written: Written[] = [first]
  const versions = ancestors(trace.txns)
  const own: (Written | null)[][] = [[], []]
  const heard = [0, 0]
  trace.txns.forEach((transaction, i) => {
    const me = agents[transaction.agent]
    const other = 1 - transaction.agent
    const version = versions[i]?.[other] ?? 0
    if (!me) throw new Error('the trace has two agents')
    for (const update of own[other]?.slice(heard[transaction.agent], version) ?? [])
      if (update) me.hear(update)
    heard[transaction.agent] = version
    const update = me.write(() => {
      for (const patch of transaction.patches) apply(me.doc, patch)
    })
    own[transaction.agent]?.push(update)
    if (update) written.push(update)
  })
  agents.forEach((agent, i) => {
    for (const update of own[1 - i]?.slice(heard[i]) ?? []) if (update) agent.hear(update)
  })
  return { docs: agents.map((agent) => agent.doc), written }
}

test('TXT-22 the positions of the trace are those of the text: no character takes two units', () => {
  expect([...trace.endContent]).toHaveLength(trace.endContent.length)
  expect(
    trace.txns
      .flatMap((transaction) => transaction.patches)
      .every(([, , text]) => !/[\uD800-\uDFFF]/.test(text)),
  ).toBe(true)
})

test('TXT-22 with client ids in the order of the agents, both ends hold exactly the text of the file', () => {
  const { docs, written } = replay([1001, 1002])
  for (const doc of docs) expect(plainText(doc)).toBe(trace.endContent)
  const [a, b] = docs.map((doc) => toHex(textFingerprint(doc)))
  expect(a).toBe(b)
  const folded = foldText(written.map((update) => toStored(update, true)))
  expect(toHex(textFingerprint(folded))).toBe(a)
})

test('TXT-22 with client ids the other way round both ends still agree', () => {
  const { docs } = replay([1002, 1001])
  const [a, b] = docs.map((doc) => toHex(textFingerprint(doc)))
  expect(a).toBe(b)
})
