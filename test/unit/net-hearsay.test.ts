/** What devices tell each other of where members are: what is believed of it, what it can cost, and how it ages. */
import { expect, test } from 'vitest'
import { DialPlan } from '../../main/net/dial-plan.ts'
import { Hearsay } from '../../main/net/hearsay.ts'
import { invariant } from '../../shared/base/invariant.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import type { Member } from '../../shared/replica/contract.ts'
import type { Told } from '../../shared/sync/told.ts'
import { actorNamed } from './sync/memory-store.ts'

const TIMING = { backoffLeast: 100, backoffMost: 1_000, backoffMostOther: 4_000 }
const HERE = { local: '127.0.0.1', remote: '127.0.0.1' }
type Speaker = Parameters<Hearsay['take']>[0] & { heard: number }

/** A device and what it is told; its clock is the test's. */
class Listener {
  readonly actor: ActorId
  readonly plan = new DialPlan({ timing: TIMING, random: () => 0.5 })
  readonly links: Speaker[] = []
  readonly hearsay: Hearsay

  constructor(name: string, members: readonly string[], clock: { now: number }) {
    this.actor = actorNamed(name)
    this.hearsay = new Hearsay({
      self: this.actor,
      roster: { others: () => members.filter((each) => each !== name).map(memberNamed) },
      plan: this.plan,
      links: () => this.links,
      monotonic: () => clock.now,
      port: () => 7101,
    })
  }

  link(peer: string, options: Partial<Speaker> = {}): Speaker {
    const link = {
      peer: actorNamed(peer),
      via: 'lan' as const,
      dialled: false,
      address: '127.0.0.1:50000',
      ends: HERE,
      heard: 0,
      tell: () => undefined,
      ...options,
    }
    this.links.push(link)
    return link
  }

  get addresses(): readonly string[] {
    return this.plan.all().map(({ address }) => address)
  }
}

const memberNamed = (name: string): Member => ({
  actor: actorNamed(name),
  name,
  person: name,
  role: 'technician',
  tlsKeyHash: new Uint8Array(32),
  opKey: new Uint8Array(32),
  cut: null,
})

const told = (name: string, address: string | null, age = 0): Told => ({
  actor: actorNamed(name),
  address,
  age,
})

test('NET-62 only digits of a building are taken, and only of members', () => {
  const desk = new Listener('desk', ['desk', 'edge', 'tablet'], { now: 1_000 })
  const edge = desk.link('edge')
  desk.hearsay.take(edge, [
    told('stranger', '10.0.0.1:7101'),
    told('tablet', 'tablet.local:7101'),
    told('tablet', '8.8.8.8:7101'),
    told('tablet', '224.0.0.251:5353'),
    told('tablet', '255.255.255.255:1'),
    told('tablet', '0.0.0.0:7101'),
    told('tablet', '10.0.0.9:0'),
    told('tablet', '[fe80::1]:7101'),
    told('tablet', 'nonsense'),
    told('desk', '10.0.0.7:7101'),
    told('tablet', '10.0.0.9:7101'),
  ])
  expect(desk.addresses).toEqual(['10.0.0.9:7101'])
})

test('NET-62 who is not in this building is not believed, and is told no address', () => {
  const desk = new Listener('desk', ['desk', 'edge', 'hq', 'tablet'], { now: 1_000 })
  const hq = desk.link('hq', { via: 'wan' })
  const far = desk.link('edge', { ends: { local: '127.0.0.1', remote: '203.0.113.9' } })
  for (const link of [hq, far]) desk.hearsay.take(link, [told('tablet', '10.0.0.9:7101')])
  expect(desk.addresses).toEqual([])
  const near = desk.link('tablet')
  desk.hearsay.take(near, [told('tablet', '127.0.0.1:7105')])
  expect(desk.hearsay.tell(hq).map(({ address }) => address)).not.toContain('127.0.0.1:7105')
  expect(desk.hearsay.tell(hq).every(({ address }) => address === null)).toBe(true)
})

test('NET-62 of itself a peer tells the port alone: the host is where it was met', () => {
  const desk = new Listener('desk', ['desk', 'edge', 'tablet'], { now: 1_000 })
  desk.hearsay.take(desk.link('tablet'), [told('tablet', '10.9.9.9:7105')])
  expect(desk.addresses).toEqual(['127.0.0.1:7105'])
  const edge = desk.link('edge')
  expect(desk.hearsay.tell(edge)).toEqual([
    { actor: desk.actor, address: '127.0.0.1:7101', age: 0 },
    { actor: actorNamed('tablet'), address: '127.0.0.1:7105', age: 0 },
  ])
})

test('NET-62 addresses are told and taken in both families, each in one spelling, and none that counts on one link alone', () => {
  const desk = new Listener('desk', ['desk', 'edge', 'tablet', 'other'], { now: 1_000 })
  const edge = desk.link('edge', { ends: { local: '::1', remote: '::1' } })
  desk.hearsay.take(edge, [
    told('edge', '[fd00::9]:7102'),
    told('tablet', '[FD12:0:0::0:9]:7105'),
    told('other', '[fd12::9%eth0]:7105'),
    told('other', '[2001:db8::9]:7105'),
    told('other', '[fe80::9]:7105'),
    told('other', '[ff02::1]:7105'),
    told('other', '[::]:7105'),
    told('other', '[::ffff:8.8.8.8]:7105'),
    told('other', '[::ffff:10.0.0.8]:7105'),
  ])
  expect(desk.addresses).toEqual(['[::1]:7102', '[fd12::9]:7105', '10.0.0.8:7105'])
  expect(desk.hearsay.tell(edge)[0]?.address).toBe('[::1]:7101')
  const far = desk.link('tablet', {
    ends: { local: 'fe80::2%wlan0', remote: 'fe80::7%wlan0' },
    dialled: true,
  })
  desk.hearsay.take(far, [told('tablet', '[fd00::7]:7103')])
  expect(desk.hearsay.tell(far)[0]?.address).toBeNull()
  expect(desk.hearsay.tell(edge).find(({ actor }) => actor === far.peer)?.address ?? null).toBeNull()
})

test('NET-62 a peer that tells ever other addresses costs a few calls, and pushes out none that is better known', () => {
  const clock = { now: 0 }
  const names = Array.from({ length: 60 }, (_, i) => `tablet ${i}`)
  const desk = new Listener('desk', ['desk', 'liar', ...names], clock)
  desk.plan.add('desk:1', 'typed', 0)
  desk.plan.add('10.0.0.1:7101', 'seen', 0, actorNamed('tablet 0'))
  const liar = desk.link('liar')
  let calls = 0
  for (; clock.now < 60_000; clock.now += 250) {
    const round = clock.now / 250
    desk.hearsay.take(
      liar,
      names.map((name, i) => told(name, `10.${round % 256}.${i}.1:${1 + (round % 60_000)}`)),
    )
    const due = desk.plan.due(clock.now, () => true)
    expect(due.length).toBeLessThanOrEqual(8)
    for (const target of due) {
      calls += 1
      desk.plan.failed(target, 'unreachable', clock.now)
    }
  }
  expect(desk.plan.all().length).toBeLessThanOrEqual(130)
  expect(desk.addresses).toContain('desk:1')
  expect(calls).toBeLessThanOrEqual((60_000 / 250) * 8)
})

test('NET-62 a told address that does not answer is called ever more seldom, however often it is told, and then forgotten', () => {
  const clock = { now: 0 }
  const desk = new Listener('desk', ['desk', 'edge', 'tablet'], clock)
  const edge = desk.link('edge')
  let calls = 0
  for (; clock.now < 3_600_000; clock.now += 500) {
    const { now } = clock
    if (now < 1_800_000) desk.hearsay.take(edge, [told('tablet', '10.0.0.9:7101')])
    for (const target of desk.plan.due(now, () => true)) {
      calls += 1
      desk.plan.failed(target, 'unreachable', now)
    }
  }
  expect(desk.addresses).toEqual([])
  expect(calls).toBeLessThan(40)
})

test('NET-64 a member behind others is reached through who heard it last; no two assure each other of one that is gone', () => {
  const clock = { now: 0 }
  const names = ['left', 'right', 'edge', 'tablet']
  const [left, right, edge] = ['left', 'right', 'edge'].map((name) => new Listener(name, names, clock))
  invariant(left && right && edge, 'three devices')
  const all = [left, right, edge]
  const nameOf = (actor: ActorId): string => names.find((name) => actorNamed(name) === actor) ?? ''
  for (const one of all) for (const other of all) if (one !== other) one.link(nameOf(other.actor))
  const tablet = edge.link('tablet')
  const tell = (): void => {
    for (const one of all) {
      for (const link of one.links) {
        if (link.peer !== tablet.peer) link.heard = clock.now
        const to = all.find(({ actor }) => actor === link.peer)
        const back = to?.links.find(({ peer }) => peer === one.actor)
        if (to && back) to.hearsay.take(back, one.hearsay.tell(link))
      }
    }
  }
  for (; clock.now <= 30_000; clock.now += 5_000) {
    tablet.heard = clock.now
    tell()
  }
  expect(left.hearsay.through(tablet.peer)?.actor).toBe(edge.actor)
  const lost = clock.now
  edge.links.splice(edge.links.indexOf(tablet), 1)
  for (; clock.now <= lost + 25_000; clock.now += 5_000) tell()
  for (const { hearsay } of all) expect(hearsay.through(tablet.peer)).toBeNull()
  for (; clock.now <= lost + 70_000; clock.now += 5_000) tell()
  for (const one of all)
    for (const link of one.links)
      expect(one.hearsay.tell(link).some(({ actor }) => actor === tablet.peer)).toBe(false)
})
