import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Links } from '../../main/net/links.ts'
import { invariant } from '../../shared/base/invariant.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import type { Role } from '../../shared/model/roles.ts'
import { actorNamed } from './sync/memory-store.ts'

/** One connection between two devices, as each of them sees it. */
class End {
  readonly peer: ActorId
  readonly dialled: boolean
  ended = false
  other: End | null = null

  constructor(peer: ActorId, dialled: boolean) {
    this.peer = peer
    this.dialled = dialled
  }
}

/** One device: it takes or refuses connections. The other side of what it ends hears of that later. */
class Party {
  readonly links: Links<End>

  constructor(actor: ActorId, roleOf: (actor: ActorId) => Role | null) {
    this.links = new Links(actor, roleOf)
  }

  offer(end: End): void {
    if (end.ended) return
    const verdict = this.links.judge(end)
    if (!verdict.take) hangUp(end)
    else {
      if (verdict.instead !== null) hangUp(verdict.instead)
      this.links.add(end)
    }
  }
}

function hangUp(end: End): void {
  end.ended = true
}

/** Every goodbye has arrived. */
function deliver(ends: readonly End[]): void {
  for (const end of ends.filter(({ ended }) => ended)) if (end.other !== null) end.other.ended = true
}

const supervisors = (): Role => 'supervisor'

test('NET-2 two devices that call each other keep one of the two links, in whatever order they hear of them', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      (a, b, order) => {
        fc.pre(a !== b)
        const [left, right] = [actorNamed(a), actorNamed(b)]
        const parties = [new Party(left, supervisors), new Party(right, supervisors)] as const
        const ends = [
          new End(right, true),
          new End(left, false),
          new End(left, true),
          new End(right, false),
        ] as const
        ends[0].other = ends[1]
        ends[1].other = ends[0]
        ends[2].other = ends[3]
        ends[3].other = ends[2]
        const owners = [parties[0], parties[1], parties[1], parties[0]] as const
        for (const i of order) owners[i as 0 | 1 | 2 | 3].offer(ends[i as 0 | 1 | 2 | 3])
        deliver(ends)
        const kept = [parties[0].links.get(right), parties[1].links.get(left)]
        expect(kept[0]?.other).toBe(kept[1])
        expect(kept[0]).not.toBeNull()
        expect(ends.filter(({ ended }) => !ended).length).toBe(2)
      },
    ),
  )
})

test('NET-2 a peer that calls again replaces its earlier call; this device calls nobody twice', () => {
  const { links } = new Party(actorNamed('desk'), supervisors)
  const tablet = actorNamed('tablet')
  const first = new End(tablet, false)
  links.add(first)
  expect(links.judge({ peer: tablet, dialled: false })).toEqual({
    take: true,
    instead: first,
    because: 'replaced',
  })
  const called = new End(actorNamed('edge'), true)
  links.add(called)
  expect(links.judge({ peer: called.peer, dialled: true })).toEqual({ take: false, why: 'replaced' })
})

/** Five tablets in the order in which they stand behind this one on the ring. */
function ring(own: ActorId): readonly ActorId[] {
  const others = ['a', 'b', 'c', 'd', 'e'].map(actorNamed).sort()
  const behind = others.filter((actor) => actor > own)
  return [...behind, ...others.filter((actor) => actor < own)]
}

test('NET-6 the fifth other tablet is refused where the four are nearer; desks, edges and the authority are not counted', () => {
  const own = actorNamed('me')
  const roles = new Map<ActorId, Role>([[own, 'technician']])
  const { links } = new Party(own, (actor) => roles.get(actor) ?? null)
  const add = (peer: ActorId, role: Role): string => {
    roles.set(peer, role)
    const verdict = links.judge({ peer, dialled: true })
    if (verdict.take) links.add(new End(peer, true))
    return verdict.take ? 'taken' : verdict.why
  }
  const [first, second, far, fourth, fifth] = ring(own)
  invariant(first && second && far && fourth && fifth, 'five tablets')
  expect([first, second, fourth, fifth].map((peer) => add(peer, 'technician'))).toEqual(
    Array.from({ length: 4 }, () => 'taken'),
  )
  expect(add(far, 'technician')).toBe('full')
  expect(links.wants(far)).toBe(false)
  expect([
    add(actorNamed('desk'), 'supervisor'),
    add(actorNamed('box'), 'edge'),
    add(actorNamed('hq'), 'authority'),
  ]).toEqual(['taken', 'taken', 'taken'])
})

test('NET-60 a tablet with four links takes one that stands nearer, and lets go of the one that stands far', () => {
  const own = actorNamed('me')
  const { links } = new Party(own, () => 'technician')
  const [first, second, far, fourth, fifth] = ring(own)
  invariant(first && second && far && fourth && fifth, 'five tablets')
  const ends = new Map([first, far, fourth, fifth].map((peer) => [peer, new End(peer, false)]))
  for (const end of ends.values()) links.add(end)
  expect(links.judge({ peer: second, dialled: false })).toEqual({
    take: true,
    instead: ends.get(far),
    because: 'full',
  })
})
