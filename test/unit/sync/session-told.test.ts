import { expect, test } from 'vitest'
import { encodeCbor } from '../../../shared/base/cbor.ts'
import { LIMITS } from '../../../shared/op/limits.ts'
import type { Effect } from '../../../shared/sync/effect.ts'
import type { Told } from '../../../shared/sync/told.ts'
import { decodeMessage, encodeMessage } from '../../../shared/sync/wire.ts'
import { idBytes } from './memory-store.ts'
import { EDGE, linked, site, TABLET } from './sites.ts'
import { SocketPair } from './socket-pair.ts'

const TOLD: readonly Told[] = [
  { actor: TABLET, address: '10.0.0.2:7101', age: 0 },
  { actor: EDGE, address: null, age: 4_000 },
]
const MESSAGE = encodeMessage({ kind: 'addresses', told: TOLD })

const toldBy = (effects: readonly Effect[]): unknown =>
  effects.flatMap((effect) => (effect.kind === 'told' ? effect.told : []))

test('SYN-40 addresses are the same after the wire', () => {
  expect(decodeMessage(MESSAGE)).toEqual({ ok: true, value: { kind: 'addresses', told: TOLD } })
})

test('SYN-40 what a peer says of addresses is read, and changes nothing of the session', () => {
  const { pair } = linked()
  pair.right.perform(pair.right.session.tell(TOLD))
  const bytes = pair.right.sent.shift()
  expect(toldBy(pair.left.session.receive(bytes ?? new Uint8Array(), pair.now))).toEqual(TOLD)
  expect(pair.left.closed).toBeNull()
})

test('SYN-40 who is sent elsewhere is told where, before a goodbye that comes instead of a hello', () => {
  const { authority, tablet } = site()
  const pair = new SocketPair(authority, tablet)
  pair.left.perform(pair.left.session.open())
  expect(toldBy(pair.left.session.receive(MESSAGE, pair.now))).toEqual(TOLD)
  expect(pair.left.session.closed).toBe(false)
})

test('SYN-40 a session that has ended tells nothing', () => {
  const { pair } = linked()
  pair.left.session.leave('full')
  expect(pair.left.session.tell(TOLD)).toEqual([])
})

test.each<[string, readonly unknown[]]>([
  [
    'more members than a message may name',
    Array.from({ length: LIMITS.told + 1 }, () => [idBytes(EDGE), null, 0]),
  ],
  ['an address that is too long', [[idBytes(EDGE), '1'.repeat(LIMITS.toldBytes + 1), 0]]],
  ['an age below zero', [[idBytes(EDGE), null, -1]]],
  ['a member of 31 bytes', [[new Uint8Array(31), null, 0]]],
  ['an item too many', [[idBytes(EDGE), null, 0, 0]]],
])('SYN-40 %s is malformed', (_, told) => {
  expect(decodeMessage(encodeCbor([28, told] as never)).ok).toBe(false)
})

test('SYN-41 a peer that is doubted is asked at once, and stays when it answers', () => {
  const { pair } = linked()
  const before = pair.left.count('ping')
  pair.left.perform(pair.left.session.probe(pair.now))
  expect(pair.left.count('ping')).toBe(before + 1)
  pair.flush()
  for (let i = 0; i < 20; i += 1) {
    pair.now += 250
    pair.left.perform(pair.left.session.tick(pair.now))
  }
  expect(pair.left.closed).toBeNull()
})

test('SYN-41 a peer that is doubted and does not answer is gone after 4 s, however long ago it was heard', () => {
  for (const asleep of [0, 3_600_000]) {
    const { pair } = linked()
    pair.now += asleep
    const doubted = pair.now
    pair.left.perform(pair.left.session.probe(pair.now))
    while (pair.left.closed === null && pair.now < doubted + 60_000) {
      pair.now += 250
      pair.left.perform(pair.left.session.tick(pair.now))
    }
    expect(pair.left.closed?.reason).toBe('silent')
    expect(pair.now - doubted).toBeGreaterThanOrEqual(4_000)
    expect(pair.now - doubted).toBeLessThanOrEqual(4_500)
  }
})
