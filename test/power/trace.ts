/** The record that recorder.c made of a node's files: its changes, in the order in which they were made. */
import { readFileSync } from 'node:fs'

export type FileEvent =
  /** A process began: what the one before it had open is closed. */
  | { readonly kind: 'life' }
  | { readonly kind: 'open'; readonly fd: number; readonly path: string; readonly flags: number }
  | { readonly kind: 'close' | 'sync'; readonly fd: number }
  | { readonly kind: 'write'; readonly fd: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly fd: number; readonly length: number }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink' | 'mkdir'; readonly path: string }

/** kind, fd, number and length, packed. */
const HEAD = 20

/** Throws for a change of a kind that the record only names. */
export function readTrace(file: string): FileEvent[] {
  const trace = readFileSync(file)
  const events: FileEvent[] = []
  for (let at = 0; at < trace.length;) {
    const length = trace.readUInt32LE(at + 16)
    const payload = trace.subarray(at + HEAD, at + HEAD + length)
    events.push(
      eventOf(
        trace.readUInt32LE(at),
        trace.readInt32LE(at + 4),
        Number(trace.readBigInt64LE(at + 8)),
        payload,
      ),
    )
    at += HEAD + length
  }
  return events
}

function eventOf(kind: number, fd: number, number: number, payload: Buffer): FileEvent {
  switch (kind) {
    case 0:
      return { kind: 'life' }
    case 1:
      return { kind: 'open', fd, path: payload.toString(), flags: number }
    case 2:
      return { kind: 'close', fd }
    case 3:
      return { kind: 'write', fd, at: number, bytes: payload }
    case 4:
      return { kind: 'truncate', fd, length: number }
    case 5:
      return { kind: 'sync', fd }
    case 6:
      return renameOf(payload)
    case 7:
      return { kind: 'unlink', path: payload.toString() }
    case 8:
      return { kind: 'mkdir', path: payload.toString() }
    default:
      throw new Error(`a file was changed in a way that is not recorded: ${payload.toString()}`)
  }
}

function renameOf(payload: Buffer): FileEvent {
  const middle = payload.indexOf(0)
  return {
    kind: 'rename',
    from: payload.subarray(0, middle).toString(),
    to: payload.subarray(middle + 1).toString(),
  }
}
