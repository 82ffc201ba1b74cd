/**
 * What had left a node: the frames that marks.ts wrote down, each in one write, read as promises that the node's files
 * must keep from there on.
 */
import type { ActorId } from '../../shared/model/ids.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { CAUSE_HASH_BYTES } from '../../shared/op/op.ts'
import { decodeMessage, type Incoming } from '../../shared/sync/wire.ts'
import type { Head } from '../../shared/op/run.ts'
import type { FileEvent } from './trace.ts'

/** The name of the file of marks, beside the data folder. */
export const MARKS = 'marks'

/** What the outside knows of a node. */
export type Told =
  /** By the op's id: it stood in an answer, or in what a screen watches. */
  | { readonly what: 'op'; readonly op: string }
  /** An op that was sent to a peer or acknowledged to it. */
  | { readonly what: 'head'; readonly head: Head }
  | { readonly what: 'site'; readonly site: string }
  | { readonly what: 'attachment'; readonly sha256: string }
  | { readonly what: 'preference'; readonly key: string }

const OP = /[0-9a-f]{64}:[1-9][0-9]*/g
const crypto = createCrypto()

/** The frame of each mark, by the number of its event. */
export function readMarks(events: readonly FileEvent[]): Map<number, readonly Told[]> {
  const marks = new Map<number, readonly Told[]>()
  const open = new Set<number>()
  events.forEach((event, i) => {
    if (event.kind === 'life') open.clear()
    if (event.kind === 'open' && event.path.endsWith(`/${MARKS}`)) open.add(event.fd)
    if (event.kind === 'write' && open.has(event.fd)) marks.set(i, toldBy(event.bytes))
  })
  return marks
}

function toldBy(mark: Uint8Array): readonly Told[] {
  const frame = mark.subarray(1)
  if (mark[0] === 0) return toldOnScreen(Buffer.from(frame).toString())
  const message = decodeMessage(new Uint8Array(frame))
  return message.ok ? toldToPeer(message.value) : []
}

function toldOnScreen(text: string): Told[] {
  const { type, result } = JSON.parse(text) as { type: string; result?: unknown }
  if (type !== 'answer' || typeof result !== 'object' || result === null) return []
  const told: Told[] = [...new Set(text.match(OP))].map((op) => ({ what: 'op', op }))
  const { site, recovery, role, attachment, sha256, key } = result as Readonly<Record<string, unknown>>
  if (typeof site === 'string' && (typeof recovery === 'string' || typeof role === 'string'))
    told.push({ what: 'site', site })
  if (typeof attachment === 'string' && typeof sha256 === 'string') told.push({ what: 'attachment', sha256 })
  if (typeof key === 'string') told.push({ what: 'preference', key })
  return told
}

function toldToPeer(message: Incoming): Told[] {
  if (message.kind === 'vector' || message.kind === 'ack')
    return message.heads.map((head) => ({ what: 'head', head }))
  if (message.kind !== 'run') return []
  const { actor, first, ops } = message.run
  return ops.map((bytes, i) => ({ what: 'head', head: headOf(actor, first + i, bytes) }))
}

const headOf = (actor: ActorId, seq: number, bytes: Uint8Array): Head => ({
  actor,
  seq,
  hash: crypto.sha256(bytes).subarray(0, CAUSE_HASH_BYTES),
})
