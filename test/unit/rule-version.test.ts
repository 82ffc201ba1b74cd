/** The version of the judgement rules that a site goes by: who raises it, and what a device does that is below it. */
import { expect, test } from 'vitest'
import { toHex } from '../../shared/base/bytes.ts'
import { THIS_BUILD, type Vocabulary } from '../../shared/op/vocabulary.ts'
import { openWith } from '../support/builds.ts'
import { craft } from '../support/crafting.ts'
import {
  foundSite,
  joinSite,
  must,
  pull,
  REACH,
  restart,
  signerFrom,
  sync,
  type Device,
} from '../support/replicas.ts'
import { judged, lastOp, newJob, page, refusal, setTitle } from '../support/site.ts'

const RULES_2: Vocabulary = { ...THIS_BUILD, rules: 2 }
const RULES_3: Vocabulary = { ...THIS_BUILD, rules: 3 }

type Four = { readonly hq: Device; readonly desk: Device; readonly old: Device; readonly tablet: Device }

/** Headquarters, a desk and a tablet of a newer build, and a desk of an older one; all hold the same. */
function site(): Four {
  const hq = foundSite('rules', undefined, RULES_2)
  const join = (name: string, role: 'supervisor' | 'technician', build: Vocabulary): Device =>
    joinSite(hq, name, role, undefined, undefined, build)
  const all = {
    hq,
    desk: join('Desk', 'supervisor', RULES_2),
    old: join('Old', 'supervisor', THIS_BUILD),
    tablet: join('Tablet', 'technician', RULES_2),
  }
  for (const device of [all.desk, all.old, all.tablet]) pull(device, hq)
  return all
}

const raise = ({ replica }: Device, version: number): ReturnType<typeof replica.execute<'rules.raise'>> =>
  replica.execute('rules.raise', { version })
const stateOf = ({ replica }: Device): string => {
  while (replica.work()) continue
  return replica.status().state_hash
}
const rulesOf = ({ replica }: Device): unknown => replica.status().rules

test('VER-20 the authority alone raises the rules, only to a version that its build knows, and never down', () => {
  const { hq, desk } = site()
  expect(refusal(raise(desk, 2))).toBe('not-authority')
  expect(refusal(raise(hq, 3))).toBe('rules-unknown')
  expect(refusal(raise(hq, 1))).toBe('rules-not-higher')
  expect(rulesOf(hq)).toEqual({ site: 1, known: 2 })
  const { op } = must(raise(hq, 2))
  expect(rulesOf(hq)).toEqual({ site: 2, known: 2 })
  expect(refusal(raise(hq, 2))).toBe('rules-not-higher')
  expect(must(hq.replica.query('op', { op }, REACH)).effects).toEqual([{ what: 'rules-raised', version: 2 }])
  restart(hq)
  expect(rulesOf(hq)).toEqual({ site: 2, known: 2 })
})

test('VER-20 a raise by anybody else, or to what the site has already, is rejected on every replica', () => {
  const { hq, desk, tablet } = site()
  for (const device of [desk, tablet]) {
    craft(device, [{ type: 'ruleVersion', version: 9 }])
    pull(hq, device)
    expect(judged(hq, lastOp(device))).toBe('rejected not-permitted')
  }
  must(raise(hq, 2))
  craft(hq, [{ type: 'ruleVersion', version: 2 }])
  pull(desk, hq)
  for (const device of [hq, desk]) expect(judged(device, lastOp(hq))).toBe('rejected rules-not-higher')
  expect(rulesOf(desk)).toEqual({ site: 2, known: 2 })
})

test('VER-21 an op is judged by the rules that it knows to be raised: below them, those of before are judged and folded', () => {
  const { hq, desk, old } = site()
  const record = newJob(desk)
  must(raise(hq, 2))
  pull(old, hq)
  pull(old, desk)
  expect(page(old, record).title).toBe('Pump')
  pull(desk, hq)
  const op = setTitle(desk, record, 'Under the new rules')
  pull(old, desk)
  expect(judged(old, op)).toBe('held newer-rules')
  expect(page(old, record).title).toBe('Pump')
  expect(old.replica.status().review).toBe(0)
  expect(must(old.replica.query('op', { op }, REACH)).reason?.text).toMatch(/version 2.*version 1.*upgrade/)
  expect(old.replica.diagnose().findings).toEqual([])
})

test('VER-22 below the rules a device says so, writes nothing by any way, and passes on all that it holds', () => {
  const { hq, desk, old, tablet } = site()
  const record = newJob(old)
  pull(hq, old)
  must(raise(hq, 2))
  must(hq.replica.execute('request.close', { record }))
  pull(old, hq)
  expect(rulesOf(old)).toEqual({ site: 2, known: 1 })
  const { replica } = old
  const before = replica.ownSeq()
  const tried = [
    replica.execute('job.create', { title: 'x' }),
    replica.execute('field.set', { record, field: 'title', value: 'x' }),
    replica.execute('request.close', { record }),
    replica.importRows('x', []),
    replica.admit({
      opKey: tablet.signer.publicKey,
      tlsKeyHash: new Uint8Array(32),
      name: 'x',
      person: 'x',
      role: 'technician',
    }),
    replica.handIn(new Uint8Array(1)),
    replica.recover(tablet.signer),
  ]
  for (const [i, result] of tried.entries())
    expect([i, refusal(result)]).toEqual([i, i === 5 ? 'bad-parcel' : 'needs-upgrade'])
  expect([replica.replenish(), replica.retain(), replica.cutForked(), replica.decideWaiting(9)]).toEqual([
    false,
    false,
    false,
    0,
  ])
  expect(replica.ownSeq()).toBe(before)
  pull(tablet, old)
  pull(desk, hq)
  expect(toHex(tablet.replica.digest())).toBe(toHex(desk.replica.digest()))
  expect(stateOf(tablet)).toBe(stateOf(hq))
})

test('VER-23 below the rules a device follows who is a member all the same', () => {
  const { hq, desk, old } = site()
  must(raise(hq, 2))
  must(hq.replica.execute('member.cut', { actor: desk.replica.actor, reason: 'stolen' }))
  must(hq.replica.execute('job.create', { title: 'x' }))
  const joined = joinSite(hq, 'New tablet', 'technician', undefined, undefined, RULES_2)
  pull(old, hq)
  expect(old.replica.member(desk.replica.actor)?.cut).toBe('stolen')
  expect(old.replica.member(joined.replica.actor)?.role).toBe('technician')
  const record = newJob(joined)
  pull(old, joined)
  expect(judged(old, lastOp(joined))).toBe('held newer-rules')
  expect(refusal(old.replica.query('record', { record }, REACH))).toBe('not-found')
})

test('VER-24 with the build that has the rules all that was held is judged, as if it had been there from the start', () => {
  const { hq, desk, old } = site()
  const record = newJob(desk, ['Check seal'])
  sync(desk, hq)
  must(raise(hq, 2))
  const grown = openWith(hq, RULES_3)
  must(raise(grown, 3))
  must(grown.replica.execute('request.close', { record }))
  must(grown.replica.execute('note.add', { record, text: 'Third shelf' }))
  grown.replica.decideWaiting(5)
  pull(old, grown)
  expect(page(old, record).notes).toEqual([])
  const half = openWith(old, RULES_2)
  expect(rulesOf(half)).toEqual({ site: 3, known: 2 })
  expect(page(half, record).notes).toEqual([])
  const whole = openWith(half, RULES_3)
  expect(page(whole, record).notes.map(({ text }) => text)).toEqual(['Third shelf'])
  expect(stateOf(whole)).toBe(stateOf(grown))
  expect(whole.replica.diagnose().findings).toEqual([])
  expect(refusal(whole.replica.execute('job.create', { title: 'Goes on' }))).toBeNull()
})

test('VER-25 a raise that falls with its branch of the authority frees what was held for it, in any order', () => {
  const { hq, desk, old, tablet } = site()
  const spare = joinSite(hq, 'Spare', 'supervisor', undefined, undefined, RULES_2)
  const record = newJob(desk)
  pull(hq, desk)
  for (const device of [desk, spare, old]) pull(device, hq)
  must(raise(hq, 2))
  pull(desk, hq)
  const op = setTitle(desk, record, 'Behind the raise')
  pull(old, desk)
  expect(judged(old, op)).toBe('held newer-rules')
  must(spare.replica.recover(signerFrom('rules/recovery')))
  pull(old, spare)
  expect(rulesOf(old)).toEqual({ site: 1, known: 1 })
  expect(judged(old, op)).toBe('accepted')
  expect(page(old, record).title).toBe('Behind the raise')
  for (const device of [spare, desk]) pull(tablet, device)
  expect(stateOf(tablet)).toBe(stateOf(old))
  expect(old.replica.diagnose().findings).toEqual([])
})
