import { expect, test } from 'vitest'
import { DialPlan, type Target } from '../../main/net/dial-plan.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { actorNamed } from './sync/memory-store.ts'

const TIMING = { backoffLeast: 100, backoffMost: 1_000, backoffMostOther: 4_000 }
const always = (): boolean => true

const planWith = (random: () => number): DialPlan => new DialPlan({ timing: TIMING, random })

function only(plan: DialPlan): Target {
  const [target] = plan.all()
  invariant(target !== undefined, 'one target')
  return target
}

test('NET-32 an address waits longer after each failure, up to a bound, with half of it jitter', () => {
  for (const random of [() => 0, () => 0.999]) {
    const plan = planWith(random)
    plan.add('desk:1', 'typed', 0)
    const target = only(plan)
    const waits = Array.from({ length: 8 }, () => {
      plan.failed(target, 'unreachable', 0)
      return target.next
    })
    const share = random() === 0 ? 0.5 : 1
    expect(waits.map((wait) => Math.round(wait / share / 10) * 10)).toEqual([
      200, 400, 800, 1000, 1000, 1000, 1000, 1000,
    ])
  }
})

test('NET-32 what waiting cannot cure soon waits longest at once', () => {
  const plan = planWith(() => 1)
  plan.add('desk:1', 'seen', 0)
  plan.failed(only(plan), 'not-member', 0)
  expect(only(plan).next).toBe(TIMING.backoffMostOther)
})

test('NET-32 an address that is seen again is due soon, but not one of another site', () => {
  const plan = planWith(() => 0)
  plan.add('a:1', 'seen', 0)
  plan.add('b:1', 'seen', 0)
  const [a, b] = plan.all()
  invariant(a !== undefined && b !== undefined, 'two targets')
  plan.failed(a, 'unreachable', 0)
  plan.failed(b, 'wrong-site', 0)
  plan.add('a:1', 'seen', 10)
  plan.add('b:1', 'seen', 10)
  expect(plan.due(10, always).map(({ address }) => address)).toEqual(['a:1'])
})

test('NET-32 a link that came up sets the wait back', () => {
  const plan = planWith(() => 1)
  plan.add('a:1', 'seen', 0)
  const target = only(plan)
  for (let i = 0; i < 5; i += 1) plan.failed(target, 'unreachable', 0)
  plan.linked(target, actorNamed('edge'))
  plan.dropped(target, 50)
  expect(target.next).toBeLessThanOrEqual(150)
})

test('NET-33 sightings are bounded; typed addresses are never forgotten for them', () => {
  const plan = planWith(() => 0)
  plan.add('typed:1', 'typed', 0)
  for (let i = 0; i < 5000; i += 1) plan.add(`10.0.0.1:${i + 1}`, 'seen', i)
  expect(plan.all().length).toBeLessThan(200)
  expect(plan.all().some(({ address }) => address === 'typed:1')).toBe(true)
  expect(plan.all().some(({ address }) => address === '10.0.0.1:5000')).toBe(true)
})

test('NET-33 an address that was only seen is forgotten when it leads nowhere; a typed one never', () => {
  const plan = planWith(() => 0)
  plan.add('seen:1', 'seen', 0)
  plan.add('typed:1', 'typed', 0)
  const targets = plan.all()
  for (let i = 0; i < 20; i += 1) for (const target of targets) plan.failed(target, 'unreachable', 0)
  expect(plan.all().map(({ address }) => address)).toEqual(['typed:1'])
})

test('NET-33 no more than eight calls run at once', () => {
  const plan = planWith(() => 0)
  for (let i = 0; i < 20; i += 1) plan.add(`a:${i + 1}`, 'seen', 0)
  const first = plan.due(0, always)
  for (const target of first) target.calling = true
  expect(first.length).toBe(8)
  expect(plan.due(0, always)).toEqual([])
})

test('NET-8 an address at which this very device answers is forgotten for good', () => {
  const plan = planWith(() => 0)
  plan.add('me:1', 'seen', 0)
  plan.isOwn('me:1')
  plan.add('me:1', 'typed', 1)
  expect(plan.all()).toEqual([])
})
