/** Loaded before the program of a utility process: gives it the `process.parentPort` that Electron would. */
import { EventEmitter } from 'node:events'
import type { ParentPort } from 'electron'

class Port extends EventEmitter implements Pick<ParentPort, 'postMessage'> {
  postMessage(message: unknown): void {
    process.send?.(message)
  }
}

const port = new Port()
const waiting: unknown[] = []
let heard = false

process.on('message', (data) => {
  if (heard) port.emit('message', { data, ports: [] })
  else waiting.push(data)
})

// Electron keeps messages until somebody listens.
port.on('newListener', (event) => {
  if (event !== 'message' || heard) return
  heard = true
  queueMicrotask(() => waiting.splice(0).forEach((data) => port.emit('message', { data, ports: [] })))
})

// A utility process ends with the program that forked it.
process.on('disconnect', () => process.exit())

Object.defineProperty(process, 'parentPort', { value: port })
