/** Files in a session: they have the link only while no op waits. */
import { expect, test } from 'vitest'
import { BLOB } from '../../../../shared/sync/blobs/limits.ts'
import { AUTHORITY, type MemoryStore } from '../memory-store.ts'
import { linked, TABLET } from '../sites.ts'
import { SocketPair } from '../socket-pair.ts'
import { fileOf, World } from './exchange-world.ts'

const PHOTO = fileOf(5, 60 * BLOB.chunk)

function photographed() {
  const { authority, tablet } = linked()
  const world = new World()
  const [hq, camera] = [world.join('authority'), world.join('tablet', false)]
  expect([hq.actor, camera.actor]).toEqual([AUTHORITY, TABLET])
  camera.keep(PHOTO)
  world.want(hq, PHOTO)
  const noWake = () => undefined
  const pair = new SocketPair(tablet, authority, {
    left: { blobs: (peer) => camera.exchange.link(peer, noWake) },
    right: { blobs: (peer) => hq.exchange.link(peer, noWake) },
  }).open()
  const work = () => [hq, camera].some(({ disk }) => disk.tasks.splice(0).map((task) => task()).length > 0)
  /** Rounds of one frame and one step on each side, until nothing more happens. */
  const rounds = (most: number) => {
    for (let n = 0; n < most; n += 1) {
      const moved = [pair.left, pair.right].map((side) =>
        [pair.deliver(side), pair.step(side)].includes(true),
      )
      if (!work() && !moved.includes(true)) return
    }
  }
  return { pair, tablet, authority, hq, rounds }
}

const write = (pair: SocketPair, side: 'left' | 'right', store: MemoryStore): void => {
  store.write()
  pair.committed(pair[side])
}

test('PHO-17 a photo has the link while no op waits', () => {
  const { pair, hq, rounds } = photographed()
  rounds(10_000)
  expect(hq.has(PHOTO)).toBe(true)
  expect(pair.left.count('blob-chunk')).toBe(60)
})

test('PHO-17 ops that are written while a photo is on its way go before its next chunk, on either side', () => {
  const { pair, tablet, authority, hq, rounds } = photographed()
  for (let i = 0; i < 4; i += 1) {
    const chunks = pair.left.count('blob-chunk')
    while (pair.left.count('blob-chunk') < chunks + 2) rounds(1)
    const before = pair.left.kinds.length
    write(pair, 'left', tablet)
    write(pair, 'right', authority)
    rounds(12)
    const [first] = pair.left.kinds.slice(before).filter((kind) => kind === 'run' || kind === 'blob-chunk')
    expect(first).toBe('run')
    expect(authority.end()).toBe(tablet.end())
    expect(hq.has(PHOTO)).toBe(false)
  }
  rounds(10_000)
  expect(hq.has(PHOTO)).toBe(true)
})

test('PHO-17 while the peer has not acknowledged the ops that it was sent, no chunk follows', () => {
  const { pair, tablet, rounds } = photographed()
  while (pair.left.count('blob-chunk') < 3) rounds(1)
  const chunks = pair.left.count('blob-chunk')
  write(pair, 'left', tablet)
  // The right side hears nothing more, and so acknowledges nothing.
  for (let n = 0; n < 100; n += 1) {
    pair.step(pair.left)
    pair.deliver(pair.right)
  }
  expect(pair.left.count('blob-chunk')).toBe(chunks)
  rounds(10_000)
  expect(pair.left.count('blob-chunk')).toBe(60)
})
