/** Hostile frames: each one ends the session with a reason or is ignored, and nothing reaches the store. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeCbor, type CborValue } from '../../shared/base/cbor.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { decodeMessage, encodeMessage } from '../../shared/sync/wire.ts'
import { actorNamed, AUTHORITY, FORGED, forgedRun, idBytes, MemoryStore } from '../unit/sync/memory-store.ts'
import { SocketPair } from '../unit/sync/socket-pair.ts'

const ACTOR = idBytes(AUTHORITY)
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(1)
const refuses = (frame: Uint8Array): boolean => !decodeMessage(frame).ok
const malformed = (value: CborValue): boolean => refuses(encodeCbor(value))

function session(): SocketPair {
  const authority = new MemoryStore(AUTHORITY)
  authority.write()
  authority.admit(actorNamed('tablet'))
  return new SocketPair(authority, new MemoryStore(actorNamed('tablet'))).open().flush()
}

describe('frames that are no message', () => {
  test.each<[string, CborValue]>([
    ['not an array', 'hello'],
    ['an empty array', []],
    ['a code that is no number', ['hello']],
    ['a negative code', [-1]],
    ['a hello cut short', [1, 1, 1, bytes(32)]],
    ['a hello with a site of 31 bytes', [1, 1, 1, bytes(31), ACTOR, bytes(32), null]],
    ['a hello with one item too many', [1, 1, 1, bytes(32), ACTOR, bytes(32), null, 0]],
    ['a run without ops', [3, 1, ACTOR, 1, [], bytes(64)]],
    ['a run of an empty op', [3, 1, ACTOR, 1, [bytes(0)], bytes(64)]],
    [
      'a run of too many ops',
      [3, 1, ACTOR, 1, Array.from({ length: LIMITS.runOps + 1 }, () => bytes(1)), bytes(64)],
    ],
    ['a run of too large an op', [3, 1, ACTOR, 1, [bytes(LIMITS.opBytes + 1)], bytes(64)]],
    [
      'a run above its bytes',
      [3, 1, ACTOR, 1, Array.from({ length: 17 }, () => bytes(LIMITS.opBytes)), bytes(64)],
    ],
    ['a run that begins at 0', [3, 1, ACTOR, 0, [bytes(1)], bytes(64)]],
    ['a run with a short signature', [3, 1, ACTOR, 1, [bytes(1)], bytes(63)]],
    ['a run whose op is a text', [3, 1, ACTOR, 1, ['op'], bytes(64)]],
    ['a vector of a head without hash', [2, 0, [[ACTOR, 1]]]],
    ['a vector with seq 0', [2, 0, [[ACTOR, 0, bytes(16)]]]],
    ['an ack through -1', [4, -1, []]],
    ['an age below zero', [6, bytes(32), -5]],
    ['a goodbye of a megabyte', [8, 'off', 'x'.repeat(1024 * 1024)]],
  ])('SYN-1 %s is refused', (_, value) => {
    expect(malformed(value)).toBe(true)
  })

  test('SYN-1 a vector of more heads than a frame may name is refused', () => {
    const heads = Array.from({ length: LIMITS.heads + 1 }, () => [ACTOR, 1, bytes(16)])
    expect(malformed([2, 0, heads])).toBe(true)
  })

  test('SYN-1 a frame above its limit is refused unread', () => {
    expect(refuses(bytes(LIMITS.frameBytes + 1))).toBe(true)
  })

  test('SYN-1 arrays nested a million deep are refused', () => {
    expect(refuses(new Uint8Array(1_000_000).fill(0x81))).toBe(true)
  })

  test('SYN-1 an array that claims four billion items is refused', () => {
    expect(refuses(new Uint8Array([0x9a, 0xff, 0xff, 0xff, 0xff]))).toBe(true)
  })

  test.each([
    ['a number longer than needed', [0x82, 0x18, 0x06, 0x00]],
    ['an array without end', [0x9f, 0x06, 0xff]],
    ['a float', [0x82, 0x06, 0xf9, 0x3c, 0x00]],
    ['bytes behind the message', [0x81, 0x19, 0x30, 0x39, 0x00]],
  ])('SYN-1 %s is refused', (_, frame) => {
    expect(refuses(new Uint8Array(frame))).toBe(true)
  })
})

describe('random bytes', () => {
  test('SYN-1 no frame makes a session throw, send an op or store one', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (frames) => {
        const pair = session()
        const end = pair.right.store.end()
        for (const frame of frames) pair.right.perform(pair.right.session.receive(frame, pair.now))
        pair.flush()
        expect(pair.right.store.end()).toBe(end)
      }),
      { numRuns: 1000 },
    )
  })

  test('SYN-1 a message with flipped bits is refused or read as some message, never thrown on', () => {
    const frame = encodeMessage({ kind: 'run', batch: 1, run: forgedRun(AUTHORITY, FORGED) })
    fc.assert(
      fc.property(fc.array(fc.nat(8 * frame.length - 1), { minLength: 1, maxLength: 8 }), (flips) => {
        const bent = frame.slice()
        for (const bit of flips) bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const message = decodeMessage(bent)
        expect(message.ok ? typeof message.value.kind : typeof message.error).toBe('string')
      }),
      { numRuns: 2000 },
    )
  })
})

describe('well-formed lies', () => {
  test('SYN-15 a member whose key belongs to another actor cannot speak for it', () => {
    const authority = new MemoryStore(AUTHORITY)
    authority.write()
    const liar = new MemoryStore(actorNamed('tablet'))
    const pair = new SocketPair(authority, liar, { left: { admits: () => ({ ok: false, cut: null }) } })
    pair.open().flush()
    expect(pair.left.closed).toMatchObject({ reason: 'not-member' })
    expect(liar.end()).toBe(0)
  })

  test('SYN-7 a peer that claims more than it holds is believed about itself only', () => {
    const pair = session()
    const heads = [{ actor: AUTHORITY, seq: 1_000_000, hash: new Uint8Array(16) }]
    const before = pair.left.store.digest()
    pair.left.perform(
      pair.left.session.receive(encodeMessage({ kind: 'vector', through: 0, heads }), pair.now),
    )
    pair.flush()
    expect(pair.left.closed).toBeNull()
    expect(pair.left.store.digest()).toEqual(before)
    expect(pair.left.session.lag()).toBe(0)
  })
})
