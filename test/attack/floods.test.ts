/** Who sends, asks, holds on or calls without end: what it costs is bounded, and others are served meanwhile. */
import { connect as connectTcp, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { parseAddress } from '../../main/net/address.ts'
import { createTlsIdentity } from '../../main/net/tls-identity.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { closeDevices, enrol, found, linkTo, sameLog, unwrap, until, type Device } from '../links/device.ts'
import { callRaw } from '../links/raw-peer.ts'
import { Chain, headOf, RawMember } from './raw-member.ts'

const sockets: (Socket | TLSSocket)[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await closeDevices()
})

type Site = { readonly desk: Device; readonly tablet: Device; readonly rogue: Device }

async function site(): Promise<Site> {
  const desk = await found('Desk')
  await desk.start()
  const tablet = await enrol(desk, 'Tablet', 'technician', { peers: [desk.listen] })
  const rogue = await enrol(desk, 'Rogue', 'technician')
  await tablet.start()
  await until(() => sameLog(desk, tablet), 'the tablet has synced')
  return { desk, tablet, rogue }
}

const holds = (device: Device, of: Device): number =>
  device.replica.heads().find(({ actor }) => actor === of.replica.actor)?.seq ?? 0

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('a member without end', () => {
  test('ATK-16 sound ops without end are taken at a steady rate once they are too much, and everybody else is served at once', async () => {
    const { desk, tablet, rogue } = await site()
    const raw = await RawMember.link(desk, rogue)
    // What it may take at full speed is used up by questions, which count as well.
    const ask = { kind: 'vector', through: 0, heads: [] } as const
    for (let asked = 0; asked < LIMITS.actorBurstOps; asked += 128) raw.send(ask)
    const chain = new Chain(rogue, headOf(desk))
    const since = performance.now()
    let enough = false
    const flood = raw.stream(
      () => chain.run(32),
      () => enough,
    )
    for (let i = 0; i < 5; i += 1) {
      tablet.work(`Job ${i}`)
      await until(
        () => holds(desk, tablet) === tablet.replica.ownSeq(),
        'the tablet’s job is at the desk',
        20_000,
      )
      desk.work(`Answer ${i}`)
      await until(
        () => holds(tablet, desk) === desk.replica.ownSeq(),
        'the desk’s job is at the tablet',
        20_000,
      )
      await pause(400)
    }
    const rate = LIMITS.actorOpsPerMinute / 60_000
    expect(holds(desk, rogue)).toBeLessThan((performance.now() - since) * rate + 4 * 32)
    expect(raw.ended).toBe(false)
    await until(() => holds(desk, rogue) > 32, 'the flood itself is not refused', 60_000)
    enough = true
    await flood
  })

  test('ATK-32 a peer that asks and never reads fills no memory, and counts as gone like one whose line is dead', async () => {
    const { desk, tablet, rogue } = await site()
    const { record } = unwrap(desk.replica.execute('job.create', { title: 'Long' }))
    for (let i = 0; i < 40; i += 1)
      unwrap(desk.replica.execute('note.add', { record, text: `${i} a note that takes room `.repeat(2_500) }))
    const raw = await RawMember.link(desk, rogue)
    const dead = await RawMember.link(desk, tablet)
    raw.socket.pause()
    dead.socket.pause()
    const before = process.memoryUsage().arrayBuffers
    // Each begins the whole log anew, of some two megabytes.
    for (let i = 0; i < 400; i += 1) raw.send({ kind: 'vector', through: 0, heads: [] })
    let most = 0
    for (let i = 0; i < 40; i += 1) {
      await pause(50)
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    expect(most).toBeLessThan(100 * 1024 * 1024)
    await until(() => linkTo(desk, rogue) !== 'up', 'the peer that does not read is gone', 20_000)
    dead.close()
    raw.close()
    await until(() => linkTo(desk, tablet) === 'up' && sameLog(desk, tablet), 'the tablet is back', 30_000)
  })
})

describe('callers without end', () => {
  /** Calls from another address of the loopback and never says a word, or one byte a second. */
  function hold(desk: Device, from: string, word: Uint8Array | null): Socket {
    const socket = connectTcp({
      ...parseAddress(desk.listen),
      port: parseAddress(desk.listen)?.port ?? 0,
      localAddress: from,
    })
    socket.on('error', () => socket.destroy())
    if (word) socket.write(word)
    sockets.push(socket)
    return socket
  }

  test('ATK-31 handshakes that are begun and never ended, by the thousand, keep no member out', async () => {
    const { desk, tablet } = await site()
    await tablet.stop()
    const slow = Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01)
    const calling = new AbortController()
    const flood = (async () => {
      for (let i = 0; !calling.signal.aborted && i < 4000; i += 1) {
        hold(desk, `127.0.1.${1 + (i % 8)}`, i % 2 === 0 ? null : slow)
        if (i % 50 === 49) await pause(20)
      }
    })()
    await pause(300)
    const again = await enrol(desk, 'Another', 'technician', { peers: [desk.listen] })
    await again.start()
    await until(() => linkTo(desk, again) === 'up', 'a member is linked', 5_000)
    calling.abort()
    await flood
  })

  test('ATK-31 whole handshakes of strangers without end keep no member out', async () => {
    const { desk } = await site()
    const stranger = await createTlsIdentity('Stranger')
    const another = await enrol(desk, 'Another', 'technician', { peers: [desk.listen] })
    const calling = new AbortController()
    const flood = (async () => {
      while (!calling.signal.aborted) {
        for (let i = 0; i < 8; i += 1) {
          const socket = callRaw(desk.listen, stranger, { localAddress: `127.0.2.${1 + i}` } as object)
          socket.on('error', () => socket.destroy())
          sockets.push(socket)
        }
        await pause(20)
      }
    })()
    await pause(300)
    await another.start()
    await until(() => linkTo(desk, another) === 'up', 'a member is linked', 5_000)
    calling.abort()
    await flood
  })
})
