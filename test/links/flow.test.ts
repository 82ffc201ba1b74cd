/** Real nodes that sync beside a member that reads nothing, one that sends garbage drop by drop, and one that chatters. */
import { afterEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { encodeMessage } from '../../shared/sync/wire.ts'
import { closeDevices, enrol, found, linkTo, sameLog, until, type Device } from './device.ts'
import { callRaw, openSync } from './raw-peer.ts'

const ends: (() => void)[] = []

afterEach(async () => {
  for (const end of ends.splice(0)) end()
  await closeDevices()
})

const hello = ({ replica }: Device): Uint8Array =>
  encodeMessage({
    kind: 'hello',
    speaks: PROTOCOL,
    site: replica.site,
    actor: replica.actor,
    digest: new Uint8Array(32),
    authority: null,
  })

/** A member with everything to fetch, greeted. */
async function greet(desk: Device, member: Device): Promise<WebSocket> {
  const socket = openSync(desk.listen, member.identity)
  ends.push(() => socket.terminate())
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('open', resolve))
  socket.send(hello(member))
  socket.send(encodeMessage({ kind: 'vector', through: 0, heads: [] }))
  await until(() => linkTo(desk, member) === 'up', 'the member is linked')
  return socket
}

test('NET-63 two devices sync while one member reads nothing, one sends a frame drop by drop and one chatters', async () => {
  const desk = await found('Desk')
  await desk.start()
  for (let i = 0; i < 100; i += 1) desk.work(`Job ${i}: ${'x'.repeat(400)}`)
  const honest = await enrol(desk, 'Honest', 'technician', { peers: [desk.listen] })
  const [mute, slow, chatty] = [
    await enrol(desk, 'Mute', 'technician'),
    await enrol(desk, 'Slow', 'technician'),
    await enrol(desk, 'Chatty', 'technician'),
  ]
  const deaf = await greet(desk, mute)
  deaf.pause()
  const ping = encodeMessage({ kind: 'ping', digest: new Uint8Array(32), age: null })
  const chatter = await greet(desk, chatty)
  const timers = [
    setInterval(() => deaf.send(ping), 500),
    setInterval(() => {
      for (let i = 0; i < 200 && chatter.bufferedAmount < 100_000; i += 1) chatter.send(ping)
    }, 10),
  ]
  ends.push(() => timers.forEach(clearInterval))
  const drip = callRaw(desk.listen, slow.identity)
  drip.on('error', () => undefined)
  ends.push(() => drip.destroy())
  drip.once('secureConnect', () => {
    const key = 'dGhlIHNhbXBsZSBub25jZQ=='
    drip.write(
      `GET /sync HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    )
    // A masked frame of a megabyte, of which one byte comes at a time.
    drip.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x0f, 0, 0, 1, 2, 3, 4]))
    timers.push(setInterval(() => drip.write(Buffer.from([0xff])), 100))
  })
  await honest.start()
  await until(() => sameLog(desk, honest), 'the honest one has all', 60_000)
  for (let i = 0; i < 20; i += 1) {
    desk.work(`From the desk ${i}`)
    honest.work(`From the tablet ${i}`)
  }
  await until(() => sameLog(desk, honest), 'the two hold the same', 60_000)
  expect(linkTo(desk, honest)).toBe('up')
  expect(linkTo(desk, mute)).toBe('up')
  await until(() => drip.destroyed || drip.readableEnded, 'who never finishes a frame is gone', 30_000)
  await until(() => linkTo(desk, slow) !== 'up', 'and is shown as gone')
})
