/** A real history of two people typing into one document at once. Source and licence: test/data/README.md. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as Y from 'yjs'
import { blocksOf, piecesOf } from '../../shared/merge/text/blocks.ts'

export type Patch = readonly [position: number, deleted: number, inserted: string]
export type Transaction = {
  readonly parents: readonly number[]
  readonly agent: number
  readonly patches: readonly Patch[]
}
export type Trace = { readonly endContent: string; readonly txns: readonly Transaction[] }

export function readTrace(): Trace {
  const file = new URL('../data/traces/friendsforever.json.gz', import.meta.url)
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Trace
}

/** Per transaction, how many of each agent's transactions its document holds. */
export function ancestors(all: readonly Transaction[]): readonly (readonly [number, number])[] {
  const count: [number, number] = [0, 0]
  const after: [number, number][] = []
  return all.map((transaction) => {
    const seen: [number, number] = [0, 0]
    for (const parent of transaction.parents)
      for (const agent of [0, 1] as const) seen[agent] = Math.max(seen[agent], after[parent]?.[agent] ?? 0)
    const agent = transaction.agent === 0 ? 0 : 1
    if (seen[agent] !== count[agent]) throw new Error('an agent types on after its own last keystroke')
    count[agent] += 1
    after.push(agent === 0 ? [count[0], seen[1]] : [seen[0], count[1]])
    return seen
  })
}

/** Positions count characters; all of the trace's take one UTF-16 unit. */
export function apply(doc: Y.Doc, [position, deleted, inserted]: Patch): void {
  const text = textOf(doc)
  if (deleted > 0) text.delete(position, deleted)
  if (inserted !== '') text.insert(position, inserted)
}

/** The text of the code block: the first keystroke makes it. */
function textOf(doc: Y.Doc): Y.XmlText {
  const [block] = blocksOf(doc)
  if (!(block instanceof Y.XmlElement)) throw new Error('the note is one code block')
  const [piece] = piecesOf(block)
  if (piece?.kind === 'text') return piece.text
  const text = new Y.XmlText()
  block.insert(0, [text])
  return text
}
