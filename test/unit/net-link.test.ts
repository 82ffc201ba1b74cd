/** One link over a socket that does only what the test says: what is kept for a peer, and whose turn it is. */
import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'
import { expect, test } from 'vitest'
import { Link, type LinkEnd } from '../../main/net/link.ts'
import { Turns } from '../../main/net/turns.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { encodeMessage } from '../../shared/sync/wire.ts'
import { actorNamed, AUTHORITY, idBytes, MemoryStore } from './sync/memory-store.ts'

const TABLET = actorNamed('tablet')
const PING = encodeMessage({ kind: 'ping', digest: idBytes(TABLET), age: null })

/** The peer takes nothing unless the test says so. */
class Wire extends EventEmitter {
  bufferedAmount = 0
  /** Stands for so many frames of the same kind. */
  weight = 1
  isPaused = false
  closed = false

  send(bytes: Uint8Array): void {
    this.bufferedAmount += this.weight * bytes.length
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  close(): void {
    this.terminate()
  }

  terminate(): void {
    if (this.closed) return
    this.closed = true
    this.emit('close')
  }

  bring(bytes: Uint8Array): void {
    this.emit('message', Buffer.from(bytes), true)
  }
}

type Desk = { readonly wire: Wire; readonly link: Link; readonly ends: LinkEnd[] }

/** A desk's link to a tablet that has greeted it and holds the same. */
function greeted(turns: Turns, now: () => number): Desk {
  const store = new MemoryStore(AUTHORITY)
  store.write()
  store.admit(TABLET)
  const wire = new Wire()
  const ends: LinkEnd[] = []
  const link = new Link({
    socket: wire as unknown as WebSocket,
    peer: TABLET,
    dialled: false,
    via: 'lan',
    address: '10.0.0.2:1',
    ends: { local: '10.0.0.1', remote: '10.0.0.2' },
    session: { store, admits: () => ({ ok: true }) },
    turns,
    monotonic: now,
    onGreeted: () => undefined,
    onAuthoritySigned: () => undefined,
    onStart: () => undefined,
    onAuthorityHeard: () => undefined,
    onTold: () => undefined,
    onFault: () => undefined,
    onEnd: (_, end) => ends.push(end),
  })
  link.open()
  wire.bring(
    encodeMessage({
      kind: 'hello',
      speaks: PROTOCOL,
      site: store.site,
      actor: TABLET,
      digest: store.digest(),
      authority: null,
    }),
  )
  link.work()
  return { wire, link, ends }
}

test('NET-63 of what a peer does not take no more than a bound is kept: it is read no further, and soon counts as gone', () => {
  let now = 0
  const { wire, link, ends } = greeted(new Turns(), () => now)
  let most = 0
  wire.weight = 1000
  for (let i = 0; i < 100_000 && !wire.closed; i += 1) {
    now += 1
    if (!wire.isPaused) wire.bring(PING)
    if (link.busy) link.work()
    if (now % 250 === 0) link.tick()
    most = Math.max(most, wire.bufferedAmount)
  }
  expect(ends).toEqual([expect.objectContaining({ by: 'us', reason: 'silent' })])
  expect(most).toBeLessThan(9 * 1024 * 1024)
})

test('NET-63 a peer that has something to take and takes none of it is gone after half a minute; a slow one stays', () => {
  let now = 0
  const mute = greeted(new Turns(), () => now)
  const slow = greeted(new Turns(), () => now)
  for (; now < 120_000; now += 1_000) {
    for (const { wire, link } of [mute, slow]) {
      wire.bring(PING)
      link.work()
      link.tick()
    }
    if (now % 20_000 === 0) slow.wire.bufferedAmount -= 200
  }
  expect(mute.ends).toEqual([expect.objectContaining({ reason: 'flow' })])
  expect(slow.ends).toEqual([])
})

test('NET-63 a peer that sends much waits its turn, and is not read further while it waits', async () => {
  const turns = new Turns()
  const { wire } = greeted(turns, () => 0)
  const order: string[] = []
  wire.send = () => void order.push('answer to the flood')
  let left = 5
  const other = {
    get busy() {
      return left > 0
    },
    work() {
      left -= 1
      order.push('other')
    },
  }
  for (let i = 0; i < 200; i += 1) wire.bring(PING)
  turns.wake(other)
  expect(wire.isPaused).toBe(true)
  while (order.length < 205) await new Promise((resolve) => setImmediate(resolve))
  expect(wire.isPaused).toBe(false)
  expect(order.lastIndexOf('other')).toBeLessThan(12)
})

test('NET-63 what a peer said before its socket closed is heard', () => {
  const { wire, ends } = greeted(new Turns(), () => 0)
  wire.bring(PING)
  wire.bring(encodeMessage({ kind: 'goodbye', reason: 'full', detail: '' }))
  wire.terminate()
  expect(ends).toEqual([{ by: 'peer', reason: 'full', detail: '' }])
})
