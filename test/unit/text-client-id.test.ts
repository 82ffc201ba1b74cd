import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Bytes } from '../../shared/base/bytes.ts'
import { clientIdOf } from '../../shared/merge/text/client-id.ts'
import { parseActorId, type ActorId } from '../../shared/model/ids.ts'

const sha256 = (bytes: Bytes): Bytes => createHash('sha256').update(bytes).digest()

function actor(digit: string): ActorId {
  const id = parseActorId(digit.repeat(64))
  if (!id) throw new Error('64 hex digits are an actor')
  return id
}

test('TXT-1 the client id of a session is the same for everyone, whoever computes it', () => {
  expect(clientIdOf(sha256, actor('a'), 'note', 1)).toBe(clientIdOf(sha256, actor('a'), 'note', 1))
  // Fixed for ever: stored updates carry it.
  expect(clientIdOf(sha256, actor('a'), 'note', 1)).toBe(858_921_151_755_691)
})

test('TXT-1 another actor, another text or another session has another client id', () => {
  const ids = ['a', 'b'].flatMap((digit) =>
    ['note', 'note/1'].flatMap((text) => [0, 1, 2].map((n) => clientIdOf(sha256, actor(digit), text, n))),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

test('TXT-1 a client id is a whole number from 1 to 2^53 - 1', () => {
  for (let n = 0; n < 1000; n += 1) {
    const id = clientIdOf(sha256, actor('c'), 'note', n)
    expect(Number.isSafeInteger(id) && id > 0).toBe(true)
  }
  expect(clientIdOf(() => new Uint8Array(32), actor('a'), 'note', 1)).toBe(1)
  expect(clientIdOf(() => new Uint8Array(32).fill(255), actor('a'), 'note', 1)).toBe(Number.MAX_SAFE_INTEGER)
})
