import { describe, expect, test } from 'vitest'
import { encodeCbor } from '../../../shared/base/cbor.ts'
import type { Run } from '../../../shared/op/run.ts'
import { PACE } from '../../../shared/sync/pace.ts'
import { decodeMessage, encodeMessage } from '../../../shared/sync/wire.ts'
import { actorNamed, AUTHORITY, FORGED, forgedRun, idBytes, MemoryStore, siteNamed } from './memory-store.ts'
import { EDGE, joined, linked, site, TABLET, write } from './sites.ts'
import { SocketPair } from './socket-pair.ts'

describe('repair', () => {
  test('SYN-10 a run of somebody not admitted yet is offered again once the admission is here', () => {
    const { authority, tablet, edge } = site()
    new SocketPair(authority, edge).open().flush()
    // The tablet wrote before it had seen anything, so that only its admission is missing.
    tablet.write()
    const newcomer = actorNamed('newcomer')
    authority.admit(newcomer)
    const fresh = joined(newcomer)
    fresh.write()
    new SocketPair(authority, tablet).open().flush()
    const aside = new SocketPair(fresh, edge, {
      right: { admits: () => ({ ok: true }) },
      left: { admits: () => ({ ok: true }) },
    })
    aside.open().flush()
    expect(edge.received.at(-1)?.outcome).toBe('unadmitted')
    new SocketPair(authority, edge).open().flush()
    aside.committed(aside.right)
    // Sooner than any ping would tell that the digests differ.
    aside.flush().pass(2)
    expect(edge.heads().some((head) => head.actor === newcomer)).toBe(true)
    expect(aside.right.closed).toBeNull()
  })

  test('SYN-11 ops that an inbox had to drop come again', () => {
    const { authority, tablet, pair } = linked()
    write(tablet, 1)
    pair.committed(pair.right)
    pair.flush()
    write(authority, 1000)
    const small = new MemoryStore(EDGE, { inboxMost: 100 })
    const narrow = new SocketPair(authority, small).open().flush()
    expect(small.digest()).not.toEqual(authority.digest())
    narrow.pass(60)
    expect(small.digest()).toEqual(authority.digest())
  })

  test('SYN-12 a peer that goes on sending refused runs is sent away', () => {
    const { pair } = linked()
    const run: Run = forgedRun(AUTHORITY, FORGED)
    for (let batch = 1; batch <= PACE.refusals; batch += 1) {
      expect(pair.right.closed).toBeNull()
      pair.right.perform(pair.right.session.receive(encodeMessage({ kind: 'run', batch, run }), pair.now))
      pair.step(pair.right)
    }
    expect(pair.right.closed).toMatchObject({ by: 'us', reason: 'refused', detail: 'bad-signature' })
  })

  test('SYN-17 unknown messages are counted and change nothing', () => {
    const { pair } = linked()
    pair.left.perform(pair.left.session.receive(encodeCbor([4711, 'from', ['the', 'future']]), pair.now))
    expect(pair.left.session.unknownMessages).toBe(1)
    expect(pair.left.closed).toBeNull()
  })

  test('SYN-18 both branches of a fork reach both sides, once', () => {
    const { authority, tablet, edge } = site()
    new SocketPair(authority, tablet).open().flush()
    write(tablet, 3, 'first life')
    new SocketPair(authority, edge).open().flush()
    new SocketPair(tablet, edge).open().flush()
    tablet.forkAt(2)
    write(tablet, 2, 'second life')
    new SocketPair(tablet, authority).open().flush()
    expect(edge.digest()).not.toEqual(authority.digest())
    const pair = new SocketPair(authority, edge).open().flush().pass(5)
    expect(edge.digest()).toEqual(authority.digest())
    const runs = pair.left.count('run') + pair.right.count('run')
    pair.pass(60)
    expect(pair.left.count('run') + pair.right.count('run')).toBe(runs)
  })
})

describe('what travels beside ops', () => {
  test('SYN-13 the authority’s cursor reaches a third replica through a relay, once', () => {
    const { authority, tablet, pair } = linked()
    authority.signCursor()
    pair.pass(2)
    expect(tablet.authorityCursor()).toEqual(authority.authorityCursor())
    const edge = joined(EDGE)
    const beyond = new SocketPair(tablet, edge, { right: { admits: () => ({ ok: true }) } }).open().flush()
    beyond.pass(5)
    expect(edge.authorityCursor()).toEqual(authority.authorityCursor())
    expect(beyond.left.count('authority')).toBe(1)
    expect(beyond.right.count('authority')).toBe(0)
  })

  test('SYN-13 a reconnect of two that hold the same cursor does not repeat it', () => {
    const { authority, tablet, pair } = linked()
    authority.signCursor()
    pair.pass(2)
    const again = new SocketPair(authority, tablet).open().flush().pass(5)
    expect(again.left.count('authority') + again.right.count('authority')).toBe(0)
  })

  test('SYN-14 a silent peer is noticed within ten seconds', () => {
    const { pair } = linked()
    pair.pass(30)
    expect(pair.left.closed).toBeNull()
    const since = pair.now
    while (pair.left.closed === null) {
      pair.now += 1000
      pair.left.perform(pair.left.session.tick(pair.now))
    }
    expect(pair.left.closed).toMatchObject({ by: 'us', reason: 'silent' })
    expect(pair.now - since).toBeLessThanOrEqual(10_000)
  })

  test('SYN-14 a peer that never greets is left', () => {
    const { authority, tablet } = site()
    const pair = new SocketPair(authority, tablet)
    pair.left.perform(pair.left.session.open())
    for (let second = 1; second <= 6; second += 1) {
      pair.left.perform(pair.left.session.tick(pair.now + second * 1000))
    }
    expect(pair.left.closed?.reason).toBe('silent')
  })

  test('SYN-14 a device that was asleep itself hears its peer out before it gives it up', () => {
    const { pair } = linked()
    pair.now += 60_000
    pair.left.perform(pair.left.session.tick(pair.now))
    expect(pair.left.closed).toBeNull()
    const since = pair.now
    while (pair.left.closed === null) {
      pair.now += 1000
      pair.left.perform(pair.left.session.tick(pair.now))
    }
    expect(pair.now - since).toBeLessThanOrEqual(10_000)
  })

  test('SYN-15 a cut during the session ends it, and later ops are not sent', () => {
    const { authority, pair } = linked()
    authority.write(['cut', TABLET])
    authority.write()
    pair.committed(pair.left)
    pair.flush()
    expect(pair.right.closed).toEqual({ kind: 'close', by: 'peer', reason: 'cut', detail: 'lost device' })
    expect(pair.left.count('run')).toBe(0)
  })

  test('SYN-15 a cut member that greets gets the reason and nothing else', () => {
    const { authority, tablet } = linked()
    authority.write(['cut', TABLET])
    const pair = new SocketPair(authority, tablet).open().flush()
    expect(pair.left.kinds).toEqual(['hello', 'goodbye'])
    expect(pair.right.closed?.reason).toBe('cut')
  })

  test('SYN-21 how long ago the authority was heard is told on', () => {
    const { authority, tablet } = site()
    new SocketPair(authority, tablet).open().flush()
    const pair = new SocketPair(authority, tablet, {
      left: { authorityAge: () => 40 },
      right: { authorityAge: () => null },
    })
    pair.open().flush().pass(4)
    expect(pair.right.heard.every((age) => age === 40)).toBe(true)
    expect(pair.right.heard.length).toBeGreaterThan(0)
    expect(pair.left.heard).toEqual([])
  })
})

test('SYN-1 every message is read as it was written', () => {
  const run = forgedRun(TABLET, FORGED)
  const head = { actor: TABLET, seq: 7, hash: new Uint8Array(16).fill(3) }
  const messages = [
    {
      kind: 'hello',
      speaks: { min: 1, max: 1 },
      site: siteNamed('a'),
      actor: TABLET,
      digest: idBytes(EDGE),
      authority: 12,
    },
    { kind: 'vector', through: 3, heads: [head] },
    { kind: 'run', batch: 1, run },
    { kind: 'ack', through: 3, heads: [] },
    { kind: 'locate', actor: TABLET, heads: [head] },
    { kind: 'authority', bytes: new Uint8Array([1, 2]) },
    { kind: 'ping', digest: idBytes(EDGE), age: null },
    { kind: 'pong', digest: idBytes(EDGE), age: 17 },
    { kind: 'goodbye', reason: 'off', detail: 'switched off' },
  ] as const
  for (const message of messages)
    expect(decodeMessage(encodeMessage(message))).toEqual({ ok: true, value: message })
})
