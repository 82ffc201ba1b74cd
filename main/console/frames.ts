/**
 * Frames of the control socket. What cannot be read is answered all the same, under the frame's own id where that
 * can be found, so that no asker waits for ever.
 */
import * as v from 'valibot'
import { type ClientFrame, UNREADABLE_FRAME } from '../../shared/api/desk-api.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { LIMITS } from '../../shared/op/limits.ts'

export type ReadFrame =
  { readonly frame: ClientFrame } | { readonly id: number; readonly refused: TallydeskError }

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
const name = v.pipe(v.string(), v.maxLength(100))
const frameSchema = v.variant('type', [
  v.strictObject({ type: v.literal('do'), id, command: name, input: v.unknown() }),
  v.strictObject({ type: v.literal('query'), id, query: name, input: v.unknown() }),
  v.strictObject({ type: v.literal('watch'), id, query: name, input: v.unknown() }),
  v.strictObject({ type: v.literal('unwatch'), id }),
])

/** Where the id of a frame that is not read stands, as every client of ours writes it. */
const ID = /"id"\s*:\s*(\d{1,15})\b/
const ID_WITHIN = 300

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function readFrame(bytes: Uint8Array, isText: boolean): ReadFrame {
  if (bytes.length > LIMITS.controlBytes) {
    const params = { size: bytes.length, limit: LIMITS.controlBytes }
    return { id: guessId(bytes), refused: new TallydeskError('too-large', params) }
  }
  if (!isText) return { id: UNREADABLE_FRAME, refused: badJson('a binary frame') }
  const text = decode(bytes)
  if (text === null) return { id: guessId(bytes), refused: new TallydeskError('bad-utf8') }
  return readText(text, bytes)
}

function readText(text: string, bytes: Uint8Array): ReadFrame {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { id: guessId(bytes), refused: badJson(error instanceof Error ? error.message : 'unreadable') }
  }
  const parsed = v.safeParse(frameSchema, value)
  if (parsed.success) return { frame: parsed.output }
  const [issue] = parsed.issues
  const params = {
    command: 'frame',
    path: v.getDotPath(issue) ?? '(the whole)',
    reason: issue.message.slice(0, 200),
  }
  return { id: guessId(bytes), refused: new TallydeskError('bad-input', params) }
}

function badJson(reason: string): TallydeskError {
  return new TallydeskError('bad-json', { reason: reason.slice(0, 200) })
}

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

function guessId(bytes: Uint8Array): number {
  const start = Buffer.from(bytes.subarray(0, ID_WITHIN)).toString('latin1')
  return Number(ID.exec(start)?.[1] ?? UNREADABLE_FRAME)
}
