/** Callers without a right to be heard: what they get, and how soon they are gone. */
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { parseAddress } from '../../main/net/address.ts'
import { createTlsIdentity } from '../../main/net/tls-identity.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { decodeMessage, encodeMessage, type Incoming } from '../../shared/sync/wire.ts'
import { closeDevices, enrol, found, linkTo, sameLog, until, type Device } from '../links/device.ts'
import { answerOf, callRaw, openSync } from '../links/raw-peer.ts'

afterEach(closeDevices)

const UPGRADE =
  'GET /sync HTTP/1.1\r\nHost: desk\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'

/** A desk that shows a pairing code, so that strangers are heard as far as pairing goes. */
async function office(timing = {}): Promise<Device> {
  const desk = await found('Desk', { timing })
  await desk.start()
  desk.network.invites.create({ role: 'technician', name: 'Tablet' })
  return desk
}

/** A desk and the identity of a member whose own node is not running. */
async function officeWithMember(): Promise<{ desk: Device; tablet: Device }> {
  const desk = await office()
  return { desk, tablet: await enrol(desk, 'Tablet', 'technician') }
}

describe('before a member is known', () => {
  test('NET-14 a caller without a certificate gets not one byte', async () => {
    const desk = await office()
    const answer = await answerOf(callRaw(desk.listen, null), UPGRADE)
    expect(answer.text).toBe('')
  })

  test('NET-15 TLS 1.2 is refused', async () => {
    const desk = await office()
    const identity = await createTlsIdentity('Old')
    const answer = await answerOf(callRaw(desk.listen, identity, { maxVersion: 'TLSv1.2' }), UPGRADE)
    expect(answer).toEqual({ text: '', error: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })
  })

  test('NET-16 plain TCP gets nothing and is gone after the time for a handshake', async () => {
    const desk = await office({ handshake: 300 })
    const socket = connect(parseAddress(desk.listen) ?? { port: 0 })
    const since = Date.now()
    await new Promise((resolve) => socket.once('close', resolve).resume())
    expect(Date.now() - since).toBeLessThan(3000)
  })

  test('NET-17 an unknown certificate may not open a sync link', async () => {
    const desk = await office()
    const answer = await answerOf(callRaw(desk.listen, await createTlsIdentity('Stranger')), UPGRADE)
    expect(answer.text).toMatch(/^HTTP\/1\.1 403 /)
    expect(desk.network.status().peers.linked).toBe(0)
  })

  test('NET-17 where no code can be valid, an unknown certificate gets not one byte', async () => {
    const desk = await found('Desk', { mayAdmit: () => false })
    await desk.start()
    const answer = await answerOf(callRaw(desk.listen, await createTlsIdentity('Stranger')), UPGRADE)
    expect(answer.text).toBe('')
  })

  test('NET-18 a session is never resumed, so a certificate is never taken from an earlier one', async () => {
    const { desk, tablet } = await officeWithMember()
    const first = callRaw(desk.listen, tablet.identity)
    const sessions: Buffer[] = []
    first.on('session', (session: Buffer) => sessions.push(session))
    await answerOf(first, 'GET / HTTP/1.1\r\nHost: desk\r\n\r\n')
    for (const session of [...sessions, first.getSession()]) {
      if (session === undefined) continue
      const again = callRaw(desk.listen, null, { session })
      let reused: boolean | null = null
      again.once('secureConnect', () => (reused = again.isSessionReused()))
      expect((await answerOf(again, UPGRADE)).text).toBe('')
      expect(reused).toBe(false)
    }
  })

  test('NET-19 headers beyond 4 KiB, and headers that never end, are cut off', async () => {
    const desk = await office({ handshake: 400 })
    const stranger = await createTlsIdentity('Stranger')
    const long = await answerOf(
      callRaw(desk.listen, stranger),
      `GET /pair HTTP/1.1\r\nX: ${'x'.repeat(5000)}\r\n\r\n`,
    )
    expect(long.text).not.toMatch(/^HTTP\/1\.1 2/)
    const since = Date.now()
    const slow = await answerOf(callRaw(desk.listen, stranger), 'GET /pair HTTP/1.1\r\nX:')
    expect(slow.text).toBe('')
    expect(Date.now() - since).toBeLessThan(3000)
  })

  test('NET-20 only POST /pair is answered, and only up to 4 KiB', async () => {
    const desk = await office()
    const stranger = await createTlsIdentity('Stranger')
    for (const line of ['GET /pair', 'POST /', 'POST /sync', 'GET /../etc/passwd']) {
      const answer = await answerOf(
        callRaw(desk.listen, stranger),
        `${line} HTTP/1.1\r\nHost: desk\r\nContent-Length: 0\r\n\r\n`,
      )
      expect(answer.text).toMatch(/^HTTP\/1\.1 404 /)
    }
    const body = 'x'.repeat(LIMITS.pairingBytes + 1)
    const post = `POST /pair HTTP/1.1\r\nHost: desk\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    expect((await answerOf(callRaw(desk.listen, stranger), post)).text).toMatch(/^HTTP\/1\.1 413 /)
  })
})

describe('a member that misbehaves', () => {
  /** Collects what the desk says until it ends the link. */
  function listen(socket: WebSocket): { readonly messages: Incoming[]; readonly ended: Promise<void> } {
    const messages: Incoming[] = []
    socket.on('error', () => socket.terminate())
    socket.on('message', (data: Buffer) => {
      const message = decodeMessage(new Uint8Array(data))
      if (message.ok) messages.push(message.value)
    })
    return { messages, ended: new Promise((resolve) => socket.once('close', () => resolve())) }
  }

  async function opened(device: Device, member: Device): Promise<WebSocket> {
    const socket = openSync(device.listen, member.identity)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return socket
  }

  test('NET-21 a text frame, a frame too large and a flood of fragments end the link, and the desk goes on', async () => {
    const { desk, tablet } = await officeWithMember()
    const attacks: ((socket: WebSocket) => void)[] = [
      (socket) => socket.send('hello'),
      (socket) => socket.send(new Uint8Array(LIMITS.frameBytes + 1)),
      (socket) => {
        for (let i = 0; i < 200; i += 1) socket.send(new Uint8Array(1), { fin: false })
      },
      (socket) => socket.send(new Uint8Array([0xff])),
    ]
    for (const attack of attacks) {
      const socket = await opened(desk, tablet)
      const { ended } = listen(socket)
      attack(socket)
      await ended
    }
    await until(() => desk.network.status().peers.linked === 0, 'no link is left')
    await tablet.start()
    tablet.network.dial(desk.listen)
    await until(() => sameLog(desk, tablet), 'an honest link works')
  })

  test('NET-22 a member cannot speak for another actor', async () => {
    const { desk, tablet } = await officeWithMember()
    const other = await enrol(desk, 'Other', 'technician')
    const socket = await opened(desk, tablet)
    const { messages, ended } = listen(socket)
    const { site } = desk.replica
    const lie = {
      kind: 'hello',
      speaks: PROTOCOL,
      site,
      actor: other.replica.actor,
      digest: new Uint8Array(32),
      authority: null,
    } as const
    socket.send(encodeMessage(lie))
    await ended
    expect(messages.at(-1)).toEqual({ kind: 'goodbye', reason: 'not-member', detail: '' })
    expect(messages.some(({ kind }) => kind === 'run' || kind === 'vector')).toBe(false)
  })

  test('NET-23 a member that says nothing after the upgrade is sent away', async () => {
    const { desk, tablet } = await officeWithMember()
    const { messages, ended } = listen(await opened(desk, tablet))
    await ended
    expect(messages.at(-1)).toMatchObject({ kind: 'goodbye', reason: 'silent' })
  })

  test('NET-24 a cut member is told so with the reason, before anything else', async () => {
    const desk = await found('Desk', { cuts: new Map([['Tablet', 'it was stolen']]) })
    await desk.start()
    const tablet = await enrol(desk, 'Tablet', 'technician')
    const { messages, ended } = listen(await opened(desk, tablet))
    await ended
    expect(messages).toEqual([{ kind: 'goodbye', reason: 'cut', detail: 'it was stolen' }])
    await tablet.start()
    tablet.network.dial(desk.listen)
    await until(() => tablet.network.seen().some(({ why }) => why === 'cut'), 'the tablet shows it')
    expect(linkTo(desk, tablet)).not.toBe('up')
  })

  test('NET-25 a server whose key is no member’s is told nothing, not even the path', async () => {
    const { desk } = await officeWithMember()
    const stranger = await office()
    desk.network.dial(stranger.listen)
    await until(() => desk.network.seen().some(({ why }) => why === 'not-member'), 'the desk ended the call')
    expect(stranger.log.filter(({ message }) => message === 'link up')).toEqual([])
  })
})
