/** Two sessions of unlike versions: they go on in the highest that both speak, or part in words. */
import { describe, expect, test } from 'vitest'
import { encodeCbor } from '../../../shared/base/cbor.ts'
import { negotiated, type Versions } from '../../../shared/sync/versions.ts'
import { encodeMessage } from '../../../shared/sync/wire.ts'
import { idBytes, type MemoryStore } from './memory-store.ts'
import { site, TABLET, write } from './sites.ts'
import { SocketPair } from './socket-pair.ts'

const versions = (min: number, max: number): Versions => ({ min, max })

/** Two that hold different ops, each speaking what is given. */
function meeting(left: Versions, right: Versions): { pair: SocketPair; tablet: MemoryStore } {
  const { authority, tablet } = site()
  write(authority, 20)
  const pair = new SocketPair(authority, tablet, { left: { speaks: left }, right: { speaks: right } })
  return { pair: pair.open().flush(), tablet }
}

test('VER-1 both go on in the highest version that both speak, and there may be none', () => {
  expect(negotiated(versions(1, 1), versions(1, 1))).toBe(1)
  expect(negotiated(versions(1, 3), versions(2, 5))).toBe(3)
  expect(negotiated(versions(2, 5), versions(1, 3))).toBe(3)
  expect(negotiated(versions(1, 1), versions(2, 2))).toBeNull()
  expect(negotiated(versions(3, 4), versions(1, 2))).toBeNull()
})

describe('sessions', () => {
  test('VER-1 one that speaks 1 and one that speaks 1 and 2 go on in 1 and end with the same ops', () => {
    for (const [left, right] of [[1, 2] as const, [2, 1] as const]) {
      const { pair } = meeting(versions(1, left), versions(1, right))
      expect([pair.left.session.version, pair.right.session.version]).toEqual([1, 1])
      expect(pair.right.store.digest()).toEqual(pair.left.store.digest())
    }
  })

  test('VER-2 where they share none, each says who needs the upgrade, and no op is sent', () => {
    const { pair } = meeting(versions(1, 1), versions(2, 2))
    expect(pair.left.closed).toMatchObject({ by: 'us', reason: 'peer-newer' })
    expect(pair.left.closed?.detail).toBe('this replica speaks version 1, the peer version 2')
    expect(pair.right.closed).toMatchObject({ by: 'us', reason: 'peer-older' })
    expect(pair.left.count('run') + pair.right.count('run')).toBe(0)
  })
})

describe('what a newer peer says', () => {
  test('VER-3 a hello that says more behind what is known here is read as far as it is known', () => {
    const { authority, tablet } = site()
    const pair = new SocketPair(authority, tablet)
    pair.left.perform(pair.left.session.open())
    const more = [idBytes(authority.site), idBytes(TABLET), authority.digest(), null, ['of', 'version', 2]]
    pair.left.perform(pair.left.session.receive(encodeCbor([1, 1, 2, ...more]), pair.now))
    expect(pair.left.closed).toBeNull()
    expect(pair.left.session.version).toBe(1)
  })

  test('VER-3 a hello of this version that says more is none', () => {
    const { authority, tablet } = site()
    const pair = new SocketPair(authority, tablet)
    pair.left.perform(pair.left.session.open())
    const more = [idBytes(authority.site), idBytes(TABLET), authority.digest(), null, 'more']
    pair.left.perform(pair.left.session.receive(encodeCbor([1, 1, 1, ...more]), pair.now))
    expect(pair.left.closed?.reason).toBe('malformed')
  })

  test('VER-3 versions that run backwards are no hello', () => {
    const { authority, tablet } = site()
    const pair = new SocketPair(authority, tablet)
    pair.left.perform(pair.left.session.open())
    pair.left.perform(pair.left.session.receive(encodeCbor([1, 2, 1]), pair.now))
    expect(pair.left.closed?.reason).toBe('malformed')
  })

  test('VER-4 messages of a later version are counted and left alone, whatever they hold, and the ops go on', () => {
    const { pair, tablet } = meeting(versions(1, 1), versions(1, 2))
    for (const message of [[200], [200, null, [1, [2]]], [4711, new Uint8Array(4000), 'x']])
      pair.left.perform(pair.left.session.receive(encodeCbor(message), pair.now))
    expect(pair.left.session.unknownMessages).toBe(3)
    write(tablet, 5)
    pair.committed(pair.right)
    pair.flush()
    expect(pair.left.closed).toBeNull()
    expect(pair.left.store.digest()).toEqual(pair.right.store.digest())
  })

  test('VER-4 a goodbye for a reason of a later version is a goodbye', () => {
    const { pair } = meeting(versions(1, 1), versions(1, 2))
    const goodbye = encodeMessage({ kind: 'goodbye', reason: 'of-version-2', detail: 'whatever' })
    pair.left.perform(pair.left.session.receive(goodbye, pair.now))
    expect(pair.left.closed).toMatchObject({ by: 'peer', reason: 'lost', detail: 'whatever' })
  })
})
