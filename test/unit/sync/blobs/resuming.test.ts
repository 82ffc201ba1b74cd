/** Files that are cut at any moment go on where they stood; whatever happens, what is acknowledged is whole. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import '../../../support/seed.ts'
import { BLOB } from '../../../../shared/sync/blobs/limits.ts'
import { chunksOf, fileOf, sendings, World, type TestLink } from './exchange-world.ts'

const MANUAL = fileOf(7, 20 * 1024 * 1024)

/** Frames of a transfer that nothing disturbs. */
const FRAMES = (() => {
  const { world, link } = transfer()
  world.run()
  return link.frames
})()

function transfer() {
  const world = new World()
  const tablet = world.join('tablet', false)
  const desk = world.join('desk')
  tablet.disk.whole.set(MANUAL.sha256, MANUAL.bytes)
  world.want(desk, MANUAL)
  return { world, tablet, desk, link: world.link(tablet, desk) }
}

test('PHO-14 a photo of 20 MB that is cut at any frame, either side being killed, goes on: one chunk at most comes twice', () => {
  for (let sample = 0; sample < 200; sample += 1) {
    const { world, tablet, desk, link } = transfer()
    const cut = 1 + Math.floor((sample * (FRAMES - 1)) / 200)
    world.run(() => link.frames >= cut)
    world.restart([tablet, desk][sample % 2] ?? desk)
    const second = world.link(tablet, desk)
    world.run()
    expect(desk.has(MANUAL), `cut after ${cut} frames`).toBe(true)
    expect(sendings([link, second]), `cut after ${cut} frames`).toBeLessThanOrEqual(chunksOf(MANUAL) + 1)
    expect(tablet.holders.holds(desk.actor, MANUAL.sha256)).toBe(true)
  }
})

type Event =
  | { readonly do: 'steps'; readonly which: readonly number[] }
  | { readonly do: 'restart' | 'keep'; readonly whose: number; readonly what: number }
  | { readonly do: 'link' | 'cut'; readonly pair: readonly [number, number] }
  | { readonly do: 'pass' }

const who = fc.nat(3)
const pair = fc.tuple(who, who).filter(([a, b]) => a < b)
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('steps' as const),
      which: fc.array(fc.nat(1000), { maxLength: 60 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('restart' as const, 'keep' as const),
      whose: who,
      what: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('link' as const, 'cut' as const), pair }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const) }) },
)

const FILES = [fileOf(31, 2 * BLOB.chunk + 5), fileOf(32, 700), fileOf(33, BLOB.chunk)]

/** A tablet, an edge and a desk that keep to the rules, and one that gives other bytes than it says. */
class Site {
  readonly world = new World()
  readonly peers = [
    this.world.join('tablet', false),
    this.world.join('edge'),
    this.world.join('desk'),
    this.world.join('liar', false),
  ]
  readonly #links = new Map<string, TestLink>()

  constructor() {
    this.world.name(...FILES)
    for (const peer of this.#honest.slice(1)) for (const file of FILES) this.world.want(peer, file)
    const [tablet, , , liar] = this.peers
    for (const file of FILES) tablet?.keep(file)
    if (liar) liar.disk.lies = true
    for (const file of FILES) liar?.keep(file)
  }

  get #honest() {
    return this.peers.slice(0, 3)
  }

  perform(event: Event): void {
    if (event.do === 'steps') for (const n of event.which) this.#step(n)
    else if (event.do === 'pass') this.world.pass(BLOB.patience + 1)
    else if ('pair' in event && event.do === 'link') this.#link(event.pair)
    else if ('pair' in event) this.#cut(event.pair.join())
    else if (event.do === 'restart') this.#restart(event.whose)
    else this.#keep(event.whose, event.what)
    this.#check()
  }

  #step(n: number): void {
    const steps = this.world.steps()
    steps[n % Math.max(1, steps.length)]?.()
  }

  #keep(whose: number, what: number): void {
    const [peer, file] = [this.peers[whose], FILES[what]]
    if (peer && file && !peer.disk.parts.has(file.sha256) && !peer.disk.whole.has(file.sha256))
      peer.keep(file)
  }

  #link([a, b]: readonly [number, number]): void {
    const [left, right] = [this.peers[a], this.peers[b]]
    if (left && right && !this.#links.has(`${a},${b}`))
      this.#links.set(`${a},${b}`, this.world.link(left, right))
  }

  #cut(key: string): void {
    const link = this.#links.get(key)
    if (link) this.world.cut(link)
    this.#links.delete(key)
  }

  #restart(whose: number): void {
    for (const key of [...this.#links.keys()]) if (key.split(',').includes(String(whose))) this.#cut(key)
    this.peers[whose]?.restart()
  }

  /** Nobody says or believes that somebody holds what is not there whole. */
  #check(): void {
    for (const peer of this.#honest) {
      for (const other of this.#honest) {
        for (const file of FILES) {
          if (peer.holders.holds(other.actor, file.sha256)) expect(other.has(file)).toBe(true)
        }
      }
      for (const file of FILES) {
        const here = peer.disk.whole.get(file.sha256)
        if (here) expect(Buffer.compare(here, file.bytes)).toBe(0)
      }
      expect(peer.wrong.every((one) => one.peer === this.peers[3]?.actor)).toBe(true)
    }
  }

  /** Once every honest link is whole again. */
  heal(): void {
    for (const key of [...this.#links.keys()]) this.#cut(key)
    for (const each of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      this.#link(each)
    for (let i = 0; i < 3; i += 1) this.world.run().pass(BLOB.patience + 1)
    for (const peer of this.#honest) for (const file of FILES) expect(peer.has(file), peer.name).toBe(true)
  }
}

test('PHO-15 whatever is cut, killed or forged, files that are held somewhere come to all who need them, and no claim is false', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const site = new Site()
      for (const one of events) site.perform(one)
      site.heal()
    }),
    { numRuns: 150 },
  )
})
