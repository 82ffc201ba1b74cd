import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actorNamed, AUTHORITY, MemoryStore } from './memory-store.ts'
import { SocketPair, type Side } from './socket-pair.ts'

const NAMES = ['tablet', 'edge', 'desk', 'phone'] as const
const REPLICAS = NAMES.length + 1

/** Who it concerns is a pair of replicas; how far it goes is a number of frames and steps. */
type Event =
  | { readonly do: 'write'; readonly who: number; readonly times: number }
  | { readonly do: 'admit'; readonly name: number }
  | { readonly do: 'restore'; readonly who: number; readonly seq: number }
  | { readonly do: 'connect'; readonly pair: readonly [number, number] }
  | { readonly do: 'cut'; readonly pair: readonly [number, number] }
  | { readonly do: 'move'; readonly pair: readonly [number, number]; readonly steps: readonly boolean[] }
  | { readonly do: 'pass'; readonly pair: readonly [number, number] }

const who = fc.nat(REPLICAS - 1)
const pair = fc.tuple(who, who).filter(([a, b]) => a !== b)
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ do: fc.constant('write' as const), who, times: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ do: fc.constant('admit' as const), name: fc.nat(NAMES.length - 1) }),
  fc.record({
    do: fc.constant('restore' as const),
    who: fc.integer({ min: 1, max: NAMES.length }),
    seq: fc.integer({ min: 1, max: 30 }),
  }),
  fc.record({ do: fc.constant('connect' as const), pair }),
  fc.record({ do: fc.constant('cut' as const), pair }),
  fc.record({ do: fc.constant('move' as const), pair, steps: fc.array(fc.boolean(), { maxLength: 30 }) }),
  fc.record({ do: fc.constant('pass' as const), pair }),
)

class Warehouse {
  readonly stores: readonly MemoryStore[]
  readonly #links = new Map<string, SocketPair>()
  #restored = 0

  constructor(inboxMost: number) {
    const authority = new MemoryStore(AUTHORITY, { inboxMost })
    authority.write()
    this.stores = [authority, ...NAMES.map((name) => new MemoryStore(actorNamed(name), { inboxMost }))]
  }

  #store(index: number): MemoryStore {
    const store = this.stores[index]
    if (store === undefined) throw new Error('no such replica')
    return store
  }

  perform(event: Event): void {
    if (event.do === 'write') {
      this.#write(event.who, event.times)
      return
    }
    if (event.do === 'admit') {
      this.#admit(NAMES[event.name] ?? 'tablet')
      return
    }
    if (event.do === 'restore') {
      this.#restore(event.who, event.seq)
      return
    }
    const key = [...event.pair].sort().join()
    if (event.do === 'connect') this.#connect(key, event.pair)
    else if (event.do === 'cut') this.#links.delete(key)
    else if (event.do === 'pass') this.#links.get(key)?.pass(1)
    else this.#move(key, event.steps)
    this.#announce()
  }

  #write(index: number, times: number): void {
    for (let i = 0; i < times; i += 1) this.#store(index).write()
    this.#announce()
  }

  /** A device goes back to an older state, loses its links, and writes another op of a seq that it had used. */
  #restore(index: number, seq: number): void {
    for (const [key] of this.#links) if (key.split(',').includes(`${index}`)) this.#links.delete(key)
    this.#store(index).forkAt(seq)
    this.#store(index).write(['note', `restored ${(this.#restored += 1)}`])
  }

  #admit(name: string): void {
    this.#store(0).admit(actorNamed(name))
    this.#announce()
  }

  /** Connections are open to everybody: whose ops count is the store's business. */
  #connect(key: string, [a, b]: readonly [number, number]): void {
    const open = { admits: () => ({ ok: true }) as const }
    this.#links.set(key, new SocketPair(this.#store(a), this.#store(b), { left: open, right: open }).open())
  }

  #move(key: string, steps: readonly boolean[]): void {
    const link = this.#links.get(key)
    if (link === undefined) return
    for (const left of steps) {
      const side = left ? link.left : link.right
      if (!link.step(side)) link.deliver(side)
    }
  }

  /** Every session hears of every commit of its replica. */
  #announce(): void {
    for (const link of this.#links.values()) for (const side of [link.left, link.right]) link.committed(side)
  }

  /** Everybody admitted, everybody linked in a ring, nothing dropped any more. */
  settle(): Side[] {
    for (const name of NAMES) this.#admit(name)
    this.#links.clear()
    for (let i = 0; i < REPLICAS; i += 1) this.#connect(`${i}`, [i, (i + 1) % REPLICAS])
    for (let round = 0; round < 40; round += 1) {
      for (const link of this.#links.values()) link.flush().pass(1)
      this.#announce()
    }
    return [...this.#links.values()].flatMap((link) => [link.left, link.right])
  }
}

test('SYN-20 replicas that connect and lose each other at random, and are restored at random, come to hold the same', () => {
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 5, maxLength: 60 }),
      fc.constantFrom(10, 100_000),
      (events, inboxMost) => {
        const warehouse = new Warehouse(inboxMost)
        for (const each of events) warehouse.perform(each)
        const sides = warehouse.settle()
        const [first, ...others] = warehouse.stores.map((store) => store.digest())
        for (const digest of others) expect(digest).toEqual(first)
        for (const side of sides) expect(side.closed).toBeNull()
        for (const side of sides) expect(side.session.lag()).toBe(0)
      },
    ),
    { numRuns: 150 },
  )
})
