/** Who proves no member's key over TLS gets not one byte of what is inside it, whatever it sends. */
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { parseAddress } from '../../main/net/address.ts'
import type { TlsIdentity } from '../../main/net/contract.ts'
import { createTlsIdentity } from '../../main/net/tls-identity.ts'
import { encodeMessage } from '../../shared/sync/wire.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { closeDevices, enrol, found, TestClock, type Device } from '../links/device.ts'
import { answerOf, callRaw } from '../links/raw-peer.ts'

afterEach(closeDevices)

const UPGRADE =
  'GET /sync HTTP/1.1\r\nHost: desk\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
const PAIR = 'POST /pair HTTP/1.1\r\nHost: desk\r\nContent-Length: 2\r\n\r\n{}'

/** A desk and a member's identity; no code has been open for a while. */
async function site(): Promise<{ readonly desk: Device; readonly member: TlsIdentity }> {
  const clock = new TestClock()
  const desk = await found('Desk', { clock })
  await desk.start()
  const { identity } = await enrol(desk, 'Tablet', 'technician')
  clock.forward(3_600_000)
  return { desk, member: identity }
}

const chainOf = (...identities: readonly TlsIdentity[]): string =>
  identities.map(({ certPem }) => certPem).join('\n')

/** All that this caller is given inside TLS, to each of what it may try. */
async function given(desk: Device, call: () => ReturnType<typeof callRaw>): Promise<string> {
  const answers = [UPGRADE, PAIR, 'GET / HTTP/1.1\r\nHost: desk\r\n\r\n'].map((request) =>
    answerOf(call(), request),
  )
  const texts = (await Promise.all(answers)).map(({ text }) => text)
  expect(desk.network.status().peers.linked).toBe(0)
  return texts.join('')
}

describe('only members', () => {
  test('ATK-10 the member itself is answered, so that silence tells of the check and not of the desk', async () => {
    const { desk, member } = await site()
    const socket = callRaw(desk.listen, member)
    const answered = new Promise((resolve) => socket.once('data', (data: Buffer) => resolve(data.toString())))
    socket.once('secureConnect', () => socket.write(UPGRADE))
    expect(await answered).toMatch(/^HTTP\/1\.1 101 /)
    socket.destroy()
  })

  test('ATK-10 no certificate, an unknown one, and that of another site’s member get not one byte', async () => {
    const { desk } = await site()
    const other = await site()
    const stranger = await createTlsIdentity('Desk')
    for (const identity of [null, stranger, other.member, other.desk.identity])
      expect(await given(desk, () => callRaw(desk.listen, identity))).toBe('')
  })

  test('ATK-10 a member’s certificate behind another’s counts for nothing, and neither does a chain of a member’s own', async () => {
    const { desk, member } = await site()
    const stranger = await createTlsIdentity('Stranger')
    for (const [own, cert] of [
      [stranger, chainOf(stranger, member)],
      [stranger, chainOf(stranger, desk.identity)],
      [member, chainOf(member, stranger)],
      [member, chainOf(member, member)],
    ] as const)
      expect(await given(desk, () => callRaw(desk.listen, own, { cert }))).toBe('')
  })

  test('ATK-10 a member’s certificate without its key opens nothing', async () => {
    const { desk, member } = await site()
    const stranger = await createTlsIdentity('Stranger')
    expect(() => callRaw(desk.listen, stranger, { cert: member.certPem })).toThrow(/key values mismatch/i)
  })

  test('ATK-10 TLS below 1.3 gets not one byte, with a member’s key, too', async () => {
    const { desk, member } = await site()
    expect(await given(desk, () => callRaw(desk.listen, member, { maxVersion: 'TLSv1.2' }))).toBe('')
  })

  test('ATK-10 a session of a member, taken up without its certificate, gets not one byte', async () => {
    const { desk, member } = await site()
    const first = callRaw(desk.listen, member)
    const sessions: (Buffer | undefined)[] = []
    first.on('session', (session: Buffer) => sessions.push(session))
    await answerOf(first, 'GET / HTTP/1.1\r\nHost: desk\r\n\r\n')
    for (const session of [...sessions, first.getSession(), undefined])
      expect(
        await given(desk, () => callRaw(desk.listen, null, session === undefined ? {} : { session })),
      ).toBe('')
  })

  test('ATK-10 what is sent before the handshake, or in place of it, is not read', async () => {
    const { desk } = await site()
    const hello = {
      kind: 'hello',
      speaks: PROTOCOL,
      site: desk.replica.site,
      actor: desk.replica.actor,
      digest: new Uint8Array(32),
      authority: null,
    } as const
    for (const first of [UPGRADE, Buffer.from(encodeMessage(hello)), Buffer.alloc(70_000, 0x16)]) {
      const socket = connect(parseAddress(desk.listen) ?? { port: 0 })
      let got = Buffer.alloc(0)
      socket.on('data', (data: Buffer) => (got = Buffer.concat([got, data])))
      socket.on('error', () => socket.destroy())
      socket.write(first)
      await new Promise((resolve) => socket.once('close', resolve))
      // A TLS alert at the most: a record of type 21, and nothing inside one of type 23.
      expect([undefined, 21]).toContain(got[0])
      expect(got.length).toBeLessThan(8)
    }
  })

  test('ATK-10 a member that was cut is told why, and nothing else', async () => {
    const desk = await found('Desk', { cuts: new Map([['Tablet', 'it was stolen']]) })
    await desk.start()
    const { identity } = await enrol(desk, 'Tablet', 'technician')
    const { text } = await answerOf(callRaw(desk.listen, identity), UPGRADE)
    const [, body = ''] = text.split('\r\n\r\n')
    const frame = Buffer.from(body, 'latin1')
    const goodbye = encodeMessage({ kind: 'goodbye', reason: 'cut', detail: 'it was stolen' })
    expect(frame.subarray(2, 2 + goodbye.length)).toEqual(Buffer.from(goodbye))
    // Behind it only the close of the WebSocket.
    expect(frame.subarray(2 + goodbye.length)).toEqual(Buffer.from([0x88, 2, 0x03, 0xe8]))
  })
})
