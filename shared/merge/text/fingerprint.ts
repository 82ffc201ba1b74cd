/**
 * What the state hash takes of a text (design 12): its visible content and how far each client reaches, in
 * one canonical form. Never Yjs's own bytes: they tell by which way a state came about.
 */
import * as Y from 'yjs'
import { encodeCbor, type CborValue } from '../../base/cbor.ts'
import type { Bytes } from '../../base/bytes.ts'
import { fragmentOf } from './document.ts'
import { runsOf, type Marks, type Run } from './runs.ts'
import type { Plain } from './schema.ts'

/** Deterministic CBOR of `[nodes, vector]`: node `[name, attributes, nodes]`, text `[[letters, marks]…]`. */
export const textFingerprint = (doc: Y.Doc): Bytes =>
  encodeCbor([fragmentOf(doc).toArray().map(nodeOf), vector(doc)])

function nodeOf(node: Y.XmlElement | Y.XmlText | Y.XmlHook): CborValue {
  if (node instanceof Y.XmlText)
    return mergedRuns(runsOf(node)).map((run) => [run.letters, sortedMarks(run.marks)])
  if (!(node instanceof Y.XmlElement)) return null
  return [node.nodeName, sorted(attributesOf(node)), node.toArray().map(nodeOf)]
}

const attributesOf = (node: Y.XmlElement): Readonly<Record<string, Plain>> =>
  node.getAttributes() as Readonly<Record<string, Plain>>

/** Runs that differ in nothing are one, wherever a mark once ended and began. */
function mergedRuns(runs: readonly Run[]): Run[] {
  const merged: Run[] = []
  for (const run of runs) {
    const last = merged.at(-1)
    const same = last && JSON.stringify(sortedMarks(last.marks)) === JSON.stringify(sortedMarks(run.marks))
    if (same) merged[merged.length - 1] = { letters: last.letters + run.letters, marks: last.marks }
    else merged.push(run)
  }
  return merged
}

const sortedMarks = (marks: Marks): CborValue[] =>
  sorted(marks).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? sorted(value).map((entry) => [...entry]) : value,
  ])

const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))

function vector(doc: Y.Doc): CborValue[] {
  const clients = [...doc.store.clients.keys()].sort((a, b) => a - b)
  return clients.map((client) => [client, Y.getState(doc.store, client)])
}
