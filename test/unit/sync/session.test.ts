import { describe, expect, test } from 'vitest'
import { encodeCbor } from '../../../shared/base/cbor.ts'
import { PACE } from '../../../shared/sync/pace.ts'
import { PROTOCOL } from '../../../shared/sync/versions.ts'
import { encodeMessage } from '../../../shared/sync/wire.ts'
import { actorNamed, AUTHORITY, FORGED, forgedRun, MemoryStore, siteNamed } from './memory-store.ts'
import { joined, linked, site, TABLET, EDGE, write } from './sites.ts'
import { SocketPair } from './socket-pair.ts'

describe('greeting', () => {
  test('SYN-1 anything but a hello ends a session that has not greeted', () => {
    const { authority, tablet } = site()
    const pair = new SocketPair(authority, tablet)
    pair.left.perform(pair.left.session.open())
    const ack = encodeMessage({ kind: 'ack', through: 0, heads: [] })
    pair.left.perform(pair.left.session.receive(ack, pair.now))
    expect(pair.left.closed).toMatchObject({ by: 'us', reason: 'malformed' })
  })

  test('SYN-1 a second hello ends the session', () => {
    const { pair, tablet } = linked()
    const hello = {
      kind: 'hello',
      speaks: PROTOCOL,
      site: tablet.site,
      actor: TABLET,
      digest: tablet.digest(),
      authority: null,
    } as const
    pair.left.perform(pair.left.session.receive(encodeMessage(hello), pair.now))
    expect(pair.left.closed).toMatchObject({ reason: 'malformed', detail: 'a second hello' })
  })

  test('SYN-1 bytes that are no message end the session, and the peer is told', () => {
    const { pair } = linked()
    pair.left.perform(pair.left.session.receive(new Uint8Array([0xff, 0x00]), pair.now))
    expect(pair.left.closed?.reason).toBe('malformed')
    pair.flush()
    expect(pair.right.closed).toMatchObject({ by: 'peer', reason: 'malformed' })
  })

  test('SYN-2 equal digests: one hello each way, and each knows that the other holds everything', () => {
    const { authority, tablet, pair } = linked()
    expect(pair.left.kinds).toEqual(['hello'])
    expect(pair.right.kinds).toEqual(['hello'])
    expect(pair.left.sentBytes + pair.right.sentBytes).toBeLessThan(1024)
    expect(authority.acks.get(TABLET)?.get(AUTHORITY)).toBe(3)
    expect(tablet.acks.get(AUTHORITY)?.get(AUTHORITY)).toBe(3)
    expect(pair.left.session.lag()).toBe(0)
  })

  test('SYN-16 a peer of another site is told so and gets no op', () => {
    const { authority } = site()
    const stranger = new MemoryStore(TABLET, { site: siteNamed('elsewhere') })
    const pair = new SocketPair(authority, stranger).open().flush()
    expect(pair.left.closed?.reason).toBe('wrong-site')
    expect(pair.right.closed?.reason).toBe('wrong-site')
    expect(pair.left.count('run') + pair.left.count('vector')).toBe(0)
  })

  test('SYN-16 a peer of another protocol version is told both versions', () => {
    const { authority, tablet } = site()
    const pair = new SocketPair(authority, tablet)
    pair.left.perform(pair.left.session.open())
    const foreign = encodeCbor([1, 99, 99, 'whatever', 'a newer', 'hello', 'holds'])
    pair.left.perform(pair.left.session.receive(foreign, pair.now))
    expect(pair.left.closed).toMatchObject({ reason: 'peer-newer' })
    expect(pair.left.closed?.detail).toMatch(/version 1.*99/)
  })

  test('SYN-16 a device that reaches itself leaves', () => {
    const { authority } = site()
    const pair = new SocketPair(authority, authority).open().flush()
    expect(pair.left.closed?.reason).toBe('self')
  })

  test('SYN-22 a goodbye carries its reason to the other side', () => {
    const { pair } = linked()
    pair.left.perform(pair.left.session.leave('off'))
    pair.flush()
    expect(pair.left.closed).toMatchObject({ by: 'us', reason: 'off' })
    expect(pair.right.closed).toMatchObject({ by: 'peer', reason: 'off' })
  })

  test('SYN-22 a closed session answers nothing', () => {
    const { pair, authority } = linked()
    pair.left.session.leave('off')
    authority.write()
    expect(pair.left.session.committed(pair.now)).toEqual([])
    expect(pair.left.session.tick(pair.now + 60_000)).toEqual([])
    expect(pair.left.session.busy).toBe(false)
  })
})

describe('streaming', () => {
  test('SYN-3 each side gets what it lacks', () => {
    const { authority, tablet, pair } = linked()
    pair.left.session.leave('lost')
    write(authority, 300)
    write(tablet, 700)
    const again = new SocketPair(authority, tablet).open().flush()
    expect(tablet.digest()).toEqual(authority.digest())
    expect(again.left.session.lag()).toBe(0)
    expect(again.right.session.lag()).toBe(0)
  })

  test('SYN-4 the authority’s chain goes first, though its last op came last', () => {
    const { authority, edge, pair, tablet } = linked()
    write(tablet, 1000)
    pair.committed(pair.right)
    pair.flush()
    authority.write(['cut', actorNamed('lost tablet')])
    new SocketPair(authority, edge).open().flush()
    const order = edge.received.map(({ run }) => run.actor)
    expect(order.indexOf(TABLET)).toBeGreaterThan(order.lastIndexOf(AUTHORITY))
    expect(edge.digest()).toEqual(authority.digest())
  })

  test('SYN-4 a long chain of the authority does not run ahead of its causes without bound', () => {
    const { authority, edge, pair, tablet } = linked()
    write(tablet, 1)
    pair.committed(pair.right)
    pair.flush()
    write(authority, PACE.authorityAheadOps + 2000)
    new SocketPair(authority, edge).open().flush()
    const tabletAt = edge.received.findIndex(({ run }) => run.actor === TABLET)
    const ahead = edge.received.slice(0, tabletAt).reduce((sum, { run }) => sum + run.ops.length, 0)
    expect(ahead).toBeGreaterThanOrEqual(PACE.authorityAheadOps)
    expect(ahead).toBeLessThan(PACE.authorityAheadOps + 2 * PACE.run.ops)
    expect(edge.digest()).toEqual(authority.digest())
  })

  test('SYN-5 nobody else’s op arrives before its causes', () => {
    const { authority, tablet, edge, pair } = linked()
    for (let round = 0; round < 20; round += 1) {
      write(tablet, 3)
      pair.committed(pair.right)
      pair.flush()
    }
    new SocketPair(tablet, edge, { right: { admits: () => ({ ok: true }) } }).open().flush()
    expect(edge.received.every(({ outcome }) => outcome === 'stored')).toBe(true)
    expect(edge.digest()).toEqual(authority.digest())
  })

  test('SYN-6 a sender stops at its window until something is acknowledged', () => {
    const { authority, tablet } = site()
    write(authority, 60, 'x'.repeat(60_000))
    const pair = new SocketPair(authority, tablet).open()
    pair.deliver(pair.left)
    while (pair.deliver(pair.right) || pair.step(pair.left)) continue
    const under = pair.left.sent.reduce((sum, frame) => sum + frame.length, 0)
    expect(under).toBeGreaterThan(PACE.run.bytes)
    expect(under).toBeLessThan(PACE.windowBytes + PACE.run.bytes)
    expect(pair.left.session.busy).toBe(false)
    pair.flush()
    expect(tablet.digest()).toEqual(authority.digest())
  })

  test('SYN-6 a peer that ignores the window is sent away', () => {
    const { pair } = linked()
    const run = forgedRun(AUTHORITY, FORGED)
    for (let batch = 1; batch <= PACE.queueRuns + 1; batch += 1) {
      pair.right.perform(pair.right.session.receive(encodeMessage({ kind: 'run', batch, run }), pair.now))
    }
    expect(pair.right.closed?.reason).toBe('flow')
  })

  test('SYN-6 batches count without gaps', () => {
    const { pair } = linked()
    const frame = encodeMessage({ kind: 'run', batch: 2, run: forgedRun(AUTHORITY, FORGED) })
    pair.right.perform(pair.right.session.receive(frame, pair.now))
    expect(pair.right.closed?.reason).toBe('malformed')
  })

  test('SYN-7 only committed ops are acknowledged, and the sender records it', () => {
    const { authority, tablet, pair } = linked()
    authority.write()
    pair.committed(pair.left)
    while (pair.step(pair.left)) continue
    while (pair.deliver(pair.left)) continue
    expect(authority.acks.get(TABLET)?.get(AUTHORITY)).toBe(3)
    expect(pair.left.session.lag()).toBe(1)
    pair.flush()
    expect(authority.acks.get(TABLET)?.get(AUTHORITY)).toBe(4)
    expect(pair.left.session.lag()).toBe(0)
    expect(tablet.heads()).toEqual(authority.heads())
  })

  test('SYN-7 a peer cannot acknowledge what was never sent', () => {
    const { pair } = linked()
    pair.left.perform(
      pair.left.session.receive(encodeMessage({ kind: 'ack', through: 7, heads: [] }), pair.now),
    )
    expect(pair.left.closed?.reason).toBe('malformed')
  })

  test('SYN-8 a new op is pushed at once and relayed to a third', () => {
    const { authority, tablet, pair } = linked()
    const edge = joined(EDGE)
    const beyond = new SocketPair(tablet, edge, { right: { admits: () => ({ ok: true }) } }).open().flush()
    authority.write()
    pair.committed(pair.left)
    pair.flush()
    beyond.committed(beyond.left)
    beyond.flush()
    expect(edge.digest()).toEqual(authority.digest())
    expect(tablet.acks.get(EDGE)?.get(AUTHORITY)).toBe(4)
  })

  test('SYN-9 nothing goes back to where it came from', () => {
    const { tablet, pair } = linked()
    write(tablet, 5)
    pair.committed(pair.right)
    pair.flush()
    expect(pair.right.count('run')).toBe(1)
    expect(pair.left.count('run')).toBe(0)
  })

  test('SYN-19 a step takes one run', () => {
    const { tablet, pair } = linked()
    for (let i = 0; i < 4; i += 1) {
      write(tablet, 1)
      pair.committed(pair.right)
      while (pair.step(pair.right)) continue
    }
    while (pair.deliver(pair.right)) continue
    const end = pair.left.store.end()
    pair.step(pair.left)
    expect(pair.left.store.end()).toBe(end + 1)
    expect(pair.left.session.busy).toBe(true)
  })
})
