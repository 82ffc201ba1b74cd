/** Callers before their handshake: a flood from some addresses costs those addresses alone. */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { Callers } from '../../main/net/callers.ts'
import { LIMITS } from '../../shared/op/limits.ts'

/** As much of a socket as is looked at here. */
class Call extends EventEmitter {
  destroyed = false
  readonly remoteAddress: string
  readonly remotePort: number
  constructor(remoteAddress: string, remotePort: number) {
    super()
    this.remoteAddress = remoteAddress
    this.remotePort = remotePort
  }
  destroy(): this {
    if (this.destroyed) return this
    this.destroyed = true
    this.emit('close')
    return this
  }
}

let port = 0
function call(
  callers: Callers,
  address: string,
  now = 0,
): { readonly socket: Call; readonly taken: boolean } {
  port += 1
  const socket = new Call(address, port)
  return { socket, taken: callers.take(socket as unknown as Socket, now) }
}

describe('callers', () => {
  test('LIM-4 of one address so many wait for their handshake, and the oldest goes first', () => {
    const callers = new Callers()
    const calls = Array.from({ length: LIMITS.pendingPerAddress + 1 }, () => call(callers, '10.0.0.2'))
    expect(calls.map(({ socket }) => socket.destroyed)).toEqual([true, ...calls.slice(1).map(() => false)])
    expect(callers.pending).toBe(LIMITS.pendingPerAddress)
  })

  test('LIM-4 when all addresses together are too many, the one with the most loses', () => {
    const callers = new Callers()
    const member = call(callers, '10.0.0.1')
    for (let i = 0; i < 40; i += 1) for (let each = 0; each < 20; each += 1) call(callers, `10.1.0.${i}`)
    expect(callers.pending).toBe(LIMITS.pending)
    expect(member.socket.destroyed).toBe(false)
    expect(call(callers, '10.0.0.3').taken).toBe(true)
  })

  test('LIM-4 an address that calls too often is dropped before its handshake, and may call again later', () => {
    const callers = new Callers()
    let taken = 0
    for (let i = 0; i < 1000; i += 1) if (call(callers, '10.0.0.2').taken) taken += 1
    expect(taken).toBe(LIMITS.callsBurst)
    expect(call(callers, '10.0.0.1').taken).toBe(true)
    expect(call(callers, '10.0.0.2', 1000).taken).toBe(true)
  })

  test('LIM-4 a link and a connection that ended wait no longer, and addresses are not kept for ever', () => {
    const callers = new Callers()
    const { socket } = call(callers, '10.0.0.1')
    callers.linked(socket)
    call(callers, '10.0.0.1').socket.destroy()
    expect(callers.pending).toBe(0)
    for (let i = 0; i < 2 * LIMITS.callers; i += 1)
      call(callers, `10.2.${i >> 8}.${i & 255}`).socket.destroy()
    expect(callers.addresses).toBe(LIMITS.callers)
    expect(callers.pending).toBe(0)
  })
})
