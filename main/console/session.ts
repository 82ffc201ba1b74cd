/** One client of the control socket: its frames in, its answers out, its watches while it is here. */
import type { RawData, WebSocket } from 'ws'
import type { ClientFrame } from '../../shared/api/desk-api.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { err } from '../../shared/base/result.ts'
import { readFrame } from './frames.ts'
import { Outlet } from './outlet.ts'
import type { DeskPort, Outcome } from './port.ts'
import { jsonOf, type Watches } from './watches.ts'
import { LIMITS } from '../../shared/op/limits.ts'

export class Session {
  readonly #port: DeskPort
  readonly #watches: Watches
  readonly #outlet: Outlet
  readonly #stops = new Map<number, () => void>()
  #running = 0

  constructor(socket: WebSocket, port: DeskPort, watches: Watches) {
    this.#port = port
    this.#watches = watches
    this.#outlet = new Outlet(socket)
    socket.on('message', (data, isBinary) => this.#receive(bytesOf(data), !isBinary))
    socket.on('close', () => this.#end())
    // Its close follows; a broken client is no concern of the node.
    socket.on('error', () => socket.terminate())
  }

  #receive(bytes: Uint8Array, isText: boolean): void {
    const read = readFrame(bytes, isText)
    if ('frame' in read) this.#handle(read.frame)
    else this.#refuse(read.id, read.refused)
  }

  #handle(frame: ClientFrame): void {
    switch (frame.type) {
      case 'do': {
        this.#do(frame.id, frame.command, frame.input)
        return
      }
      case 'query': {
        this.#query(frame)
        return
      }
      case 'watch': {
        this.#watch(frame.id, frame.query, frame.input)
        return
      }
      case 'unwatch': {
        this.#unwatch(frame.id)
        return
      }
    }
  }

  #do(id: number, command: string, input: unknown): void {
    if (this.#running >= LIMITS.running) {
      this.#refuse(id, new TallydeskError('too-many', { what: 'commands at once', limit: LIMITS.running }))
      return
    }
    this.#running += 1
    void this.#port.do(command, input).then((outcome) => {
      this.#running -= 1
      this.#outlet.answer(frameText(id, outcome))
    })
  }

  #query(frame: Extract<ClientFrame, { readonly type: 'query' }>): void {
    const absence = this.#port.absence()
    if (absence) void absence.then(() => this.#query(frame))
    else this.#outlet.answer(frameText(frame.id, this.#port.query(frame.query, frame.input)))
  }

  #watch(id: number, query: string, input: unknown): void {
    this.#unwatch(id)
    if (this.#stops.size >= LIMITS.watches) {
      this.#refuse(id, new TallydeskError('too-many', { what: 'watches', limit: LIMITS.watches }))
      return
    }
    const stop = this.#watches.watch(query, input, ({ outcome, json }) =>
      this.#outlet.watched(id, frameText(id, outcome, json)),
    )
    this.#stops.set(id, stop)
  }

  #unwatch(id: number): void {
    this.#stops.get(id)?.()
    this.#stops.delete(id)
    this.#outlet.forget(id)
  }

  #refuse(id: number, error: TallydeskError): void {
    this.#outlet.answer(frameText(id, err(error.toBody())))
  }

  #end(): void {
    for (const stop of this.#stops.values()) stop()
    this.#stops.clear()
  }
}

/** A `ServerFrame` as text, around a body that may be shared by many. */
function frameText(id: number, outcome: Outcome, json = jsonOf(outcome)): string {
  return outcome.ok
    ? `{"type":"answer","id":${id},"result":${json}}`
    : `{"type":"error","id":${id},"error":${json}}`
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
