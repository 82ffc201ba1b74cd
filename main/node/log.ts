/**
 * The node's log: JSON lines in the data folder, for whoever has to find out why. Never on stdout, which is for
 * results. It holds no tokens, keys or codes. A log that has grown is put aside when a node starts.
 */
import { renameSync, statSync } from 'node:fs'
import { type Logger, pino } from 'pino'

const MOST_BYTES = 5 * 1024 * 1024

export type NodeLog = { readonly log: Logger; close(): void }

export function openLog(file: string): NodeLog {
  putAside(file)
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600 })
  // A full disk must not end the node, nor must a late word after the end: what cannot be logged is lost.
  let isOpen = true
  destination.on('error', () => undefined)
  const write = (line: string): void => {
    if (isOpen) destination.write(line)
  }
  const close = (): void => {
    isOpen = false
    destination.end()
  }
  return { log: pino({ level: 'info', base: null }, { write }), close }
}

function putAside(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > MOST_BYTES) renameSync(file, `${file}.1`)
}
