/** The exchange of files, without disk and network: what comes, in which order, and what becomes of those who cheat. */
import { describe, expect, test } from 'vitest'
import { BLOB } from '../../../../shared/sync/blobs/limits.ts'
import type { BlobMessage } from '../../../../shared/sync/blobs/messages.ts'
import { encodeMessage } from '../../../../shared/sync/wire.ts'
import { chunksOf, fileOf, sendings, World, type TestLink } from './exchange-world.ts'

const PHOTO = fileOf(1, 3 * BLOB.chunk + 1000)
const SMALL = fileOf(2, 5000)
const MANUAL = fileOf(3, 40 * BLOB.chunk)

const two = () => {
  const world = new World()
  const tablet = world.join('tablet', false)
  const desk = world.join('desk')
  return { world, tablet, desk }
}

const wanted = (link: TestLink): string[] =>
  link.sent.flatMap((message) => (message.kind === 'blob-want' ? [message.sha256] : []))

const put = (link: TestLink, from: 0 | 1, message: BlobMessage): void => {
  link.ends[from === 0 ? 1 : 0].inbox.push(encodeMessage(message))
}

describe('a file', () => {
  test('PHO-1 comes in chunks to who needs it, and is acknowledged once it is whole and durable', () => {
    const { world, tablet, desk } = two()
    tablet.keep(PHOTO)
    world.want(desk, PHOTO)
    const link = world.link(tablet, desk)
    world.run(() => desk.disk.parts.has(PHOTO.sha256))
    expect(tablet.holders.holds(desk.actor, PHOTO.sha256)).toBe(false)
    world.run()
    expect(desk.has(PHOTO)).toBe(true)
    expect(desk.kept).toEqual([PHOTO.sha256])
    expect(sendings([link])).toBe(chunksOf(PHOTO))
    expect(tablet.holders.holds(desk.actor, PHOTO.sha256)).toBe(true)
  })

  test('PHO-1 that is empty, or came whole before a restart, needs nobody', () => {
    const { world, desk } = two()
    const nothing = fileOf(9, 0)
    desk.disk.parts.set(SMALL.sha256, [SMALL.bytes])
    world.want(desk, nothing)
    world.want(desk, SMALL)
    world.run()
    expect(desk.kept).toEqual([nothing.sha256, SMALL.sha256])
  })

  test('PHO-1 is acknowledged to a device that did not give it, too', () => {
    const { world, tablet, desk } = two()
    const edge = world.join('edge')
    tablet.keep(PHOTO)
    edge.keep(PHOTO)
    world.want(desk, PHOTO)
    const aside = world.link(tablet, desk)
    world.cut(aside)
    world.link(edge, desk)
    world.run()
    world.link(tablet, desk)
    world.run()
    expect(desk.has(PHOTO)).toBe(true)
    expect(tablet.holders.holds(desk.actor, PHOTO.sha256)).toBe(true)
  })

  test('PHO-2 whose size no record declares, or that none may have, is not taken', () => {
    const { world, tablet, desk } = two()
    tablet.keep(PHOTO)
    world.name(PHOTO)
    desk.exchange.want(PHOTO.sha256, PHOTO.bytes.length + 1, false)
    desk.exchange.want(SMALL.sha256, BLOB.most + 1, false)
    world.link(tablet, desk)
    world.run()
    expect([desk.has(PHOTO), desk.disk.progress(PHOTO.sha256), desk.exchange.needs(SMALL.sha256)]).toEqual([
      false,
      0,
      false,
    ])
    // One record that tells the truth is enough, and another source.
    const edge = world.join('edge')
    edge.keep(PHOTO)
    desk.exchange.want(PHOTO.sha256, PHOTO.bytes.length, false)
    world.link(edge, desk)
    world.run()
    expect(desk.has(PHOTO)).toBe(true)
  })

  test('PHO-3 with other bytes than its name says is dropped, its giver blamed, and asked for elsewhere', () => {
    const { world, tablet, desk } = two()
    const edge = world.join('edge')
    for (const peer of [tablet, edge]) peer.keep(PHOTO)
    tablet.disk.lies = true
    world.want(desk, PHOTO)
    world.link(tablet, desk)
    world.run()
    expect(desk.wrong).toEqual([{ peer: tablet.actor, sha256: PHOTO.sha256 }])
    expect([desk.has(PHOTO), desk.disk.progress(PHOTO.sha256)]).toEqual([false, 0])
    expect(tablet.holders.holds(desk.actor, PHOTO.sha256)).toBe(false)
    const second = world.link(edge, desk)
    world.run()
    expect(desk.has(PHOTO)).toBe(true)
    expect(sendings([second])).toBe(chunksOf(PHOTO))
  })

  test('PHO-3 that several gave parts of and that is wrong blames nobody until one alone has given it', () => {
    const { world, tablet, desk } = two()
    const edge = world.join('edge')
    for (const peer of [tablet, edge]) peer.keep(PHOTO)
    tablet.disk.lies = true
    world.want(desk, PHOTO)
    const first = world.link(tablet, desk)
    world.run(() => desk.disk.progress(PHOTO.sha256) === BLOB.chunk)
    world.cut(first)
    const second = world.link(edge, desk)
    world.run(() => desk.disk.progress(PHOTO.sha256) === 3 * BLOB.chunk)
    world.link(tablet, desk)
    world.run()
    expect(desk.wrong.map(({ peer }) => peer)).not.toContain(edge.actor)
    expect(desk.has(PHOTO)).toBe(true)
    expect(second.ends.map(({ fault }) => fault)).toEqual([null, null])
  })

  test('PHO-3 a peer that gives wrong bytes again and again is sent away', () => {
    const { world, tablet, desk } = two()
    const files = [10, 11, 12].map((seed) => fileOf(seed, 2000))
    tablet.disk.lies = true
    for (const file of files) {
      tablet.keep(file)
      world.want(desk, file)
    }
    const link = world.link(tablet, desk)
    world.run()
    expect(link.ends[1].fault).toMatchObject({ reason: 'refused' })
    expect(files.some((file) => desk.has(file))).toBe(false)
  })

  test('PHO-4 on a disk that is full is not acknowledged, and goes on once there is room', () => {
    const { world, tablet, desk } = two()
    tablet.keep(PHOTO)
    world.want(desk, PHOTO)
    const link = world.link(tablet, desk)
    world.run(() => desk.disk.progress(PHOTO.sha256) === 2 * BLOB.chunk)
    desk.disk.isFull = true
    world.run()
    expect(desk.exchange.stopped).toBe(true)
    world.pass(1000).pass(BLOB.again)
    expect([desk.has(PHOTO), tablet.holders.holds(desk.actor, PHOTO.sha256)]).toEqual([false, false])
    desk.disk.isFull = false
    world.pass(1000).pass(BLOB.again)
    expect(desk.has(PHOTO)).toBe(true)
    // The chunks that the full disk did not take, and no others, came twice.
    expect(sendings([link])).toBe(chunksOf(PHOTO) + 2)
  })

  test('PHO-5 that no record names is not given, nor said to be here', () => {
    const { world, tablet, desk } = two()
    tablet.keep(PHOTO)
    tablet.disk.unnamed.add(PHOTO.sha256)
    world.want(desk, PHOTO)
    const link = world.link(tablet, desk)
    put(link, 1, { kind: 'blob-want', sha256: PHOTO.sha256, from: 0 })
    world.run()
    expect(sendings([link])).toBe(0)
    expect(desk.holders.holds(tablet.actor, PHOTO.sha256)).toBe(false)
  })

  test('PHO-6 is asked for elsewhere where a peer owes a chunk for too long', () => {
    const { world, tablet, desk } = two()
    const edge = world.join('edge')
    for (const peer of [tablet, edge]) peer.keep(PHOTO)
    world.want(desk, PHOTO)
    world.link(tablet, desk)
    world.run(() => desk.disk.progress(PHOTO.sha256) === BLOB.chunk)
    // Its disk never answers again.
    tablet.disk.read = () => undefined
    world.run()
    world.link(edge, desk)
    world.run()
    expect(desk.has(PHOTO)).toBe(false)
    world.pass(BLOB.patience + 1)
    expect(desk.has(PHOTO)).toBe(true)
  })

  test('PHO-6 goes on from a peer that gets it later, without being asked again', () => {
    const { world, tablet, desk } = two()
    const edge = world.join('edge')
    world.want(edge, PHOTO)
    world.want(desk, PHOTO)
    world.link(edge, desk)
    world.run()
    expect(desk.exchange.progress(PHOTO.sha256)).toEqual({ done: 0, reachable: false })
    tablet.keep(PHOTO)
    world.link(tablet, edge)
    world.run()
    expect([edge.has(PHOTO), desk.has(PHOTO)]).toEqual([true, true])
  })

  test('PHO-6 that was let go is no longer taken to be there', () => {
    const { world, tablet, desk } = two()
    tablet.keep(PHOTO)
    world.name(PHOTO)
    world.link(tablet, desk)
    desk.exchange.want(PHOTO.sha256, PHOTO.bytes.length, false)
    world.run(() => desk.holders.holds(tablet.actor, PHOTO.sha256))
    tablet.disk.whole.delete(PHOTO.sha256)
    tablet.exchange.lost(PHOTO.sha256)
    world.run()
    expect(desk.holders.holds(tablet.actor, PHOTO.sha256)).toBe(false)
    expect(desk.exchange.progress(PHOTO.sha256)?.reachable).toBe(false)
  })

  test('PHO-6 that nobody needs any more is let go, also while a chunk of it is being stored', () => {
    const { world, tablet, desk } = two()
    tablet.keep(PHOTO)
    world.want(desk, PHOTO)
    world.link(tablet, desk)
    world.run(() => desk.disk.tasks.length > 0)
    desk.exchange.forget(PHOTO.sha256)
    world.run()
    expect([desk.disk.parts.size, desk.exchange.needed, desk.has(PHOTO)]).toEqual([0, 0, false])
  })
})

describe('many files', () => {
  test('PHO-7 take turns on a link, so that small ones do not wait for a large one to end', () => {
    const { world, tablet, desk } = two()
    for (const file of [MANUAL, SMALL]) {
      tablet.keep(file)
      world.want(desk, file)
    }
    const link = world.link(tablet, desk)
    world.run()
    expect(wanted(link).indexOf(SMALL.sha256)).toBe(BLOB.turn)
    expect([desk.has(MANUAL), desk.has(SMALL)]).toEqual([true, true])
  })

  test('PHO-7 give way to the one that somebody opens', () => {
    const { world, tablet, desk } = two()
    for (const file of [MANUAL, PHOTO, SMALL]) tablet.keep(file)
    for (const file of [MANUAL, PHOTO]) world.want(desk, file)
    const link = world.link(tablet, desk)
    world.run(() => desk.disk.progress(MANUAL.sha256) === 3 * BLOB.chunk)
    world.want(desk, SMALL, true)
    world.run()
    expect(wanted(link).indexOf(SMALL.sha256)).toBeLessThan(6)
    expect([MANUAL, PHOTO, SMALL].every((file) => desk.has(file))).toBe(true)
  })

  test('PHO-7 come from several peers at once, each from one at a time', () => {
    const { world, tablet, desk } = two()
    const edge = world.join('edge')
    const files = [20, 21, 22, 23].map((seed) => fileOf(seed, 4 * BLOB.chunk))
    for (const file of files) {
      tablet.keep(file)
      edge.keep(file)
      world.want(desk, file)
    }
    const links = [world.link(tablet, desk), world.link(edge, desk)]
    world.run()
    expect(files.every((file) => desk.has(file))).toBe(true)
    expect(links.every((link) => sendings([link]) > 0)).toBe(true)
    expect(sendings(links)).toBe(files.length * 4)
  })

  test('PHO-8 a device that fetches everything is asked what it holds, once for what it holds', () => {
    const { world, tablet, desk } = two()
    const files = Array.from({ length: BLOB.named + 10 }, (_, i) => fileOf(100 + i, 10))
    world.name(...files)
    for (const file of files) desk.keep(file)
    const first = world.link(tablet, desk)
    world.run()
    expect(files.every((file) => tablet.holders.holds(desk.actor, file.sha256))).toBe(true)
    world.cut(first)
    const again = world.link(tablet, desk)
    world.run()
    expect(again.sent.filter(({ kind }) => kind === 'blob-seek')).toEqual([])
    // A tablet is asked for what is needed, and for nothing else.
    expect(first.sent.filter((message) => message.kind === 'blob-seek')).toHaveLength(2)
  })
})

describe('a peer that does not keep to the rules', () => {
  const seeker = () => {
    const { world, tablet, desk } = two()
    world.name(PHOTO)
    desk.keep(PHOTO)
    return { world, link: world.link(tablet, desk) }
  }
  const WANT = { kind: 'blob-want', sha256: PHOTO.sha256, from: 0 } as const

  test('PHO-9 ends its link by wanting two chunks at once', () => {
    const { world, link } = seeker()
    put(link, 0, WANT)
    put(link, 0, WANT)
    world.run()
    expect(link.ends[1].fault).toMatchObject({ reason: 'flow' })
  })

  test('PHO-9 gets nothing more while it reads nothing', () => {
    const { link } = seeker()
    const desk = link.ends[1]
    const ask = () => {
      put(link, 0, WANT)
      while (
        link.deliver(desk) ||
        link.speak(desk) ||
        desk.peer.disk.tasks.splice(0).map((task) => task()).length > 0
      );
    }
    for (let i = 0; i < 3; i += 1) ask()
    expect(sendings([link])).toBe(1)
    expect(desk.fault).toMatchObject({ reason: 'flow' })
  })

  test('PHO-9 gets a file about twice over a link, and then no more of it', () => {
    const { world, link } = seeker()
    for (let i = 0; i < 100; i += 1) {
      put(link, 0, WANT)
      world.run()
    }
    expect(sendings([link])).toBe(BLOB.servings(PHOTO.bytes.length))
  })

  test('PHO-9 ends its link by seeking without waiting for an answer, or by sending what nobody asked for', () => {
    const { link } = seeker()
    const desk = link.ends[1]
    const names = (n: number) =>
      Array.from({ length: BLOB.named }, (_, i) => (n * BLOB.named + i).toString(16).padStart(64, '0'))
    for (let n = 0; n < 5; n += 1) put(link, 0, { kind: 'blob-seek', files: names(n) })
    while (link.deliver(desk));
    expect(desk.fault).toMatchObject({ reason: 'flow' })
    const other = seeker()
    const chunk = {
      kind: 'blob-chunk',
      sha256: PHOTO.sha256,
      at: 0,
      size: 10,
      bytes: new Uint8Array(10),
    } as const
    for (let n = 0; n <= BLOB.refusals; n += 1) put(other.link, 0, chunk)
    other.world.run()
    expect(other.link.ends[1].fault).toMatchObject({ reason: 'flow' })
  })
})
