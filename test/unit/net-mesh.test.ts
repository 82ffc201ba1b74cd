/** The mesh of tablets alone: who links whom on the ring, and that no group of them is left without a path to the rest. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Links } from '../../main/net/links.ts'
import { neighboursOf, TABLET_LINKS } from '../../main/net/neighbours.ts'
import { invariant } from '../../shared/base/invariant.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import { actorNamed } from './sync/memory-store.ts'

type End = { readonly peer: ActorId; readonly dialled: boolean; ended: boolean; other: End | null }

/** A tablet: what it knows of others it has from its own ears, its links, and those who refused it. */
class Tablet {
  readonly actor: ActorId
  readonly known = new Set<ActorId>()
  readonly links: Links<End>
  most = 0

  constructor(actor: ActorId) {
    this.actor = actor
    this.links = new Links<End>(
      actor,
      () => 'technician',
      () => [...this.known],
    )
  }

  /** The connection as it is judged here; what goes for it ends on both sides. */
  take(peer: ActorId, dialled: boolean): End | null {
    const verdict = this.links.judge({ peer, dialled })
    if (!verdict.take) return null
    if (verdict.instead !== null) hangUp(verdict.instead)
    const end: End = { peer, dialled, ended: false, other: null }
    this.links.add(end)
    this.most = Math.max(this.most, this.links.all().length)
    return end
  }
}

function hangUp(end: End): void {
  end.ended = true
  if (end.other !== null) end.other.ended = true
}

class Aisle {
  readonly tablets: ReadonlyMap<ActorId, Tablet>

  constructor(count: number, seed: number) {
    const actors = Array.from({ length: count }, (_, i) => actorNamed(`${seed} tablet ${i}`))
    this.tablets = new Map(actors.map((actor) => [actor, new Tablet(actor)]))
  }

  get(actor: ActorId): Tablet {
    const tablet = this.tablets.get(actor)
    invariant(tablet !== undefined, 'a tablet of this aisle')
    return tablet
  }

  /** Each hears the others of its group. */
  introduce(group: readonly ActorId[]): void {
    for (const own of group) for (const other of group) if (own !== other) this.get(own).known.add(other)
  }

  call(from: ActorId, to: ActorId): boolean {
    const [caller, called] = [this.get(from), this.get(to)]
    if (!caller.links.wants(to)) return false
    const near = called.take(from, false)
    if (near === null) {
      // Who has links enough says where others are.
      this.tell(called, caller)
      return true
    }
    const end = caller.take(to, true)
    if (end === null) hangUp(near)
    else [near.other, end.other] = [end, near]
    return true
  }

  tell(from: Tablet, to: Tablet): void {
    for (const actor of [...from.known, ...from.links.all().map(({ peer }) => peer)])
      if (actor !== to.actor) to.known.add(actor)
  }

  /** Everybody calls whom it wants, in an order that chance gives, and tells its links what it knows. */
  round(pick: (n: number) => number): void {
    const calls = [...this.tablets.values()].flatMap(({ actor, known }) =>
      [...known].map((to) => [actor, to] as const),
    )
    while (calls.length > 0) {
      const [call] = calls.splice(pick(calls.length), 1)
      if (call !== undefined) this.call(...call)
    }
    for (const tablet of this.tablets.values())
      for (const { peer } of tablet.links.all()) this.tell(tablet, this.get(peer))
  }

  /** Those with a path to `from`, among those that are there. */
  reach(from: ActorId, there: ReadonlySet<ActorId>): ReadonlySet<ActorId> {
    const found = new Set([from])
    for (const actor of found)
      for (const { peer } of this.get(actor).links.all()) if (there.has(peer)) found.add(peer)
    return found
  }
}

const actorsOf = (aisle: Aisle): readonly ActorId[] => [...aisle.tablets.keys()]

test('NET-60 who is wanted as a neighbour wants back, and nobody wants more than four', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), (count, seed) => {
      const actors = actorsOf(new Aisle(count, seed))
      const near = new Map(actors.map((actor) => [actor, neighboursOf(actor, actors)]))
      for (const [actor, wanted] of near) {
        expect(wanted.size).toBe(Math.min(count - 1, TABLET_LINKS))
        for (const other of wanted) expect(near.get(other)?.has(actor)).toBe(true)
      }
    }),
    { numRuns: 30 },
  )
})

test('NET-60 tablets alone come to one mesh of at most four links each, which any three may leave', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 24 }),
      fc.nat(),
      fc.infiniteStream(fc.nat()),
      fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
      (count, seed, chance, gone) => {
        const aisle = new Aisle(count, seed)
        const actors = actorsOf(aisle)
        aisle.introduce(actors)
        const pick = (n: number): number => Number(chance.next().value ?? 0) % n
        for (let i = 0; i < 6; i += 1) aisle.round(pick)
        for (const tablet of aisle.tablets.values()) expect(tablet.most).toBeLessThanOrEqual(TABLET_LINKS)
        const missing = new Set(gone.map((i) => actors[i % count]))
        const left = new Set(actors.filter((actor) => !missing.has(actor)))
        const [first] = left
        invariant(first !== undefined, 'five and more, less three')
        expect(aisle.reach(first, left).size).toBe(left.size)
      },
    ),
    { numRuns: 30 },
  )
})

test('NET-61 two groups that filled their links apart are one as soon as one tablet hears of one other', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 12 }),
      fc.integer({ min: 5, max: 12 }),
      fc.nat(),
      fc.infiniteStream(fc.nat()),
      (here, there, seed, chance) => {
        const aisle = new Aisle(here + there, seed)
        const actors = actorsOf(aisle)
        const [left, right] = [actors.slice(0, here), actors.slice(here)]
        const pick = (n: number): number => Number(chance.next().value ?? 0) % n
        aisle.introduce(left)
        aisle.introduce(right)
        for (let i = 0; i < 6; i += 1) aisle.round(pick)
        const [first = '' as ActorId] = left
        expect(aisle.reach(first, new Set(actors)).size).toBe(here)
        for (const actor of left) expect(aisle.get(actor).links.all().length).toBe(TABLET_LINKS)
        const one = left[pick(here)]
        const other = right[pick(there)]
        invariant(one !== undefined && other !== undefined, 'one of each group')
        aisle.get(one).known.add(other)
        for (let i = 0; i < 12; i += 1) aisle.round(pick)
        expect(aisle.reach(first, new Set(actors)).size).toBe(here + there)
      },
    ),
    { numRuns: 30 },
  )
})

test('NET-60 where one goes, those that are left close the ring', () => {
  fc.assert(
    fc.property(fc.integer({ min: 6, max: 20 }), fc.nat(), fc.nat(), (count, seed, which) => {
      const aisle = new Aisle(count, seed)
      const actors = actorsOf(aisle)
      aisle.introduce(actors)
      for (let i = 0; i < 6; i += 1) aisle.round(() => 0)
      const gone = actors[which % count]
      invariant(gone !== undefined, 'one of them')
      for (const end of aisle.get(gone).links.all()) hangUp(end)
      const left = actors.filter((actor) => actor !== gone)
      for (const actor of left) aisle.get(actor).known.delete(gone)
      aisle.get(gone).known.clear()
      for (let i = 0; i < 6; i += 1) {
        aisle.round(() => 0)
        for (const actor of left) aisle.get(actor).known.delete(gone)
      }
      for (const actor of left) {
        const peers = new Set(
          aisle
            .get(actor)
            .links.all()
            .map(({ peer }) => peer),
        )
        for (const wanted of neighboursOf(actor, left)) expect(peers.has(wanted)).toBe(true)
      }
    }),
    { numRuns: 20 },
  )
})
