import { expect, test } from 'vitest'
import { formatOpId } from '../../shared/model/ids.ts'
import { ROLES } from '../../shared/model/roles.ts'
import { PERMISSIONS } from '../../shared/judge/permissions.ts'
import { coreOf, craft, nextOp, runOf, writeEffects } from '../support/crafting.ts'
import { must, pull, restart, sync, type Device } from '../support/replicas.ts'
import { aSite, judged, newJob, page, refusal, setTitle, settle, titles } from '../support/site.ts'

const headOf = (at: Device, of: Device): { readonly seq: number; readonly hash: Uint8Array } => {
  const head = coreOf(at).log.head(of.replica.actor)
  if (!head) throw new Error('no such chain')
  return head
}

const hashAt = (at: Device, of: Device, seq: number): Uint8Array =>
  coreOf(at).log.hashAt(of.replica.actor, seq) ?? new Uint8Array(0)

const cut = (hq: Device, member: Device, through = headOf(hq, member).seq): string =>
  writeEffects(hq, [
    {
      type: 'cut',
      actor: member.replica.actor,
      through,
      hash: hashAt(hq, member, through),
      reason: 'stolen',
    },
  ])

const setRole = (hq: Device, member: Device, role: 'edge' | 'technician', through: number): string =>
  writeEffects(hq, [{ type: 'setRole', actor: member.replica.actor, role, through }])

test('JDG-5 people work and ask, supervisors review, the authority governs, the edge writes nothing', () => {
  const data = [
    'create',
    'import',
    'assign',
    'draft',
    'insert',
    'remove',
    'child',
    'drop',
    'session',
    'text',
    'count',
  ]
  const working = ['request', 'withdraw', 'transfer', 'spend', 'sign', 'parcel']
  const supervising = ['adopt', 'dismiss', 'revoke', 'admit', 'decide']
  const governing = [
    'genesis',
    'setRole',
    'cut',
    'mint',
    'reclaim',
    'handover',
    'policy',
    'checkpoint',
    'snapshot',
    'ruleVersion',
  ]
  expect([...PERMISSIONS.edge]).toEqual([])
  expect([...PERMISSIONS.technician].sort()).toEqual([...data, ...working].sort())
  expect([...PERMISSIONS.supervisor].sort()).toEqual([...data, ...working, ...supervising].sort())
  expect([...PERMISSIONS.authority].sort()).toEqual(
    [...data, ...working, ...supervising, ...governing].sort(),
  )
  expect(ROLES.length).toBe(4)
})

test('JDG-5 what a role does not permit is refused as a command and rejected as an op', () => {
  const { edge, tablet, hq } = aSite()
  expect(refusal(edge.replica.execute('job.create', { title: 'Mine' }))).toBe('not-permitted')
  craft(edge, [{ type: 'create', kind: 'job' }])
  craft(tablet, [{ type: 'setRole', actor: tablet.replica.actor, role: 'supervisor', through: 0 }])
  pull(hq, edge)
  pull(hq, tablet)
  for (const author of [edge, tablet])
    expect(judged(hq, formatOpId({ actor: author.replica.actor, seq: 1 }))).toBe('rejected not-permitted')
  expect(must(hq.replica.query('board', {}, { why: null, since: null })).rows).toEqual([])
})

test('JDG-3 a cut sets aside what stands behind its seq, whether it came before or after the cut', () => {
  const { hq, desk, tablet, other } = aSite()
  const record = newJob(tablet)
  sync(hq, tablet)
  const late = setTitle(tablet, record, 'After')
  pull(desk, tablet)
  cut(hq, tablet)
  pull(other, hq)
  pull(other, desk)
  pull(desk, hq)
  for (const device of [desk, other]) {
    expect(judged(device, late)).toBe('rejected cut')
    expect(titles(device, record)).toEqual(['Pump'])
  }
  expect(desk.replica.status().state_hash).toBe(other.replica.status().state_hash)
})

test('JDG-3 a cut device that knows of it refuses to write', () => {
  const { hq, tablet } = aSite()
  newJob(tablet)
  sync(hq, tablet)
  cut(hq, tablet)
  pull(tablet, hq)
  expect(refusal(tablet.replica.execute('job.create', { title: 'Still here' }))).toBe('not-member')
})

test('JDG-3 an op counts by its own seq alone: one that claims an earlier time stands behind the cut all the same', () => {
  const { hq, tablet } = aSite()
  newJob(tablet)
  sync(hq, tablet)
  const before = nextOp(tablet, [{ type: 'create', kind: 'case' }])
  cut(hq, tablet)
  expect(hq.replica.receive(runOf(tablet.signer, { ...before, wall: 1 }), tablet.replica.actor).outcome).toBe(
    'stored',
  )
  expect(judged(hq, formatOpId(before))).toBe('rejected cut')
})

test('JDG-10 a change of role reaches back to its seq, and a later one prevails', () => {
  const { hq, desk, tablet } = aSite()
  const record = newJob(tablet)
  const op = setTitle(tablet, record, 'Valve')
  pull(hq, tablet)
  setRole(hq, tablet, 'edge', 1)
  pull(desk, hq)
  expect(judged(desk, op)).toBe('rejected not-permitted')
  expect(titles(desk, record)).toEqual(['Pump'])
  setRole(hq, tablet, 'technician', 1)
  pull(desk, hq)
  expect(judged(desk, op)).toBe('accepted')
  expect(titles(desk, record)).toEqual(['Valve'])
})

test('JDG-11 the site has one authority: it is neither cut nor demoted, and its role is given to nobody', () => {
  const { hq, desk, tablet } = aSite()
  const self = hq.replica.actor
  const hash = headOf(hq, hq).hash
  craft(hq, [{ type: 'cut', actor: self, through: 1, hash, reason: 'by mistake' }])
  craft(hq, [{ type: 'setRole', actor: self, role: 'technician', through: 1 }])
  craft(hq, [{ type: 'setRole', actor: desk.replica.actor, role: 'authority', through: 0 }])
  pull(tablet, hq)
  const { seq } = headOf(tablet, hq)
  const verdicts = [seq - 2, seq - 1, seq].map((at) => judged(tablet, formatOpId({ actor: self, seq: at })))
  expect(verdicts).toEqual([
    'rejected authority-itself',
    'rejected authority-itself',
    'rejected one-authority',
  ])
  expect(tablet.replica.member(desk.replica.actor)?.role).toBe('supervisor')
})

test('JDG-11 a key is admitted once, by the authority or by a desk that was given the right', () => {
  const { hq, desk, tablet } = aSite()
  const twice = {
    opKey: tablet.signer.publicKey,
    tlsKeyHash: new Uint8Array(32),
    name: 'Twin',
    person: 'Twin',
    role: 'technician',
  } as const
  expect(refusal(hq.replica.admit(twice))).toBe('against-the-rules')
  expect(refusal(desk.replica.admit(twice))).toBe('not-authority')
  craft(desk, [{ type: 'admit', ...twice, opKey: new Uint8Array(32) }])
  pull(hq, desk)
  expect(judged(hq, formatOpId({ actor: desk.replica.actor, seq: 1 }))).toBe('rejected not-enough')
})

test('JDG-4 what rests on a record or a part that fell is set aside with it, and comes back with it', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const first = newJob(other)
  const record = newJob(tablet, ['inspect valve'])
  pull(hq, tablet)
  pull(other, tablet)
  const task = page(other, record).tasks[0]?.task ?? ''
  const onIt = must(other.replica.execute('task.tick', { record, task })).op
  const own = must(other.replica.execute('note.add', { record, text: 'seen' }))
  const onOwn = must(other.replica.execute('note.edit', { record, note: own.note, text: 'seen it' })).op
  const apart = setTitle(other, first, 'Apart')
  settle(site)
  setRole(hq, tablet, 'edge', 0)
  pull(desk, hq)
  for (const op of [onIt, own.op, onOwn]) expect(judged(desk, op)).toBe('rejected rests-on')
  expect(judged(desk, apart)).toBe('accepted')
  expect(refusal(desk.replica.query('record', { record }, { why: null, since: null }))).toBe('not-found')
  setRole(hq, tablet, 'technician', 0)
  pull(desk, hq)
  for (const op of [onIt, own.op, onOwn]) expect(judged(desk, op)).toBe('accepted')
  expect(page(desk, record).tasks[0]?.done).toBe(true)
  expect(page(desk, record).notes[0]?.text).toBe('seen it')
})

test('JDG-3 when an op falls, what it had superseded, removed or counted is as if it had never been', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk, ['inspect valve'])
  must(desk.replica.execute('set.add', { record, field: 'tags', key: 'pump' }))
  must(desk.replica.execute('tally.add', { record, field: 'labour', amount: 30 }))
  must(desk.replica.execute('field.set', { record, field: 'label', value: 'first' }))
  const note = must(desk.replica.execute('note.add', { record, text: 'Filter was cracked' })).note
  settle(site)
  const task = page(tablet, record).tasks[0]?.task ?? ''
  setTitle(tablet, record, 'Changed')
  must(tablet.replica.execute('set.remove', { record, field: 'tags', key: 'pump' }))
  must(tablet.replica.execute('tally.add', { record, field: 'labour', amount: 12 }))
  must(tablet.replica.execute('field.set', { record, field: 'label', value: 'second' }))
  must(tablet.replica.execute('note.edit', { record, note, text: 'Nothing was cracked' }))
  must(tablet.replica.execute('task.remove', { record, task }))
  settle(site)
  cut(hq, tablet, 0)
  pull(desk, hq)
  const shown = page(desk, record)
  expect(titles(desk, record)).toEqual(['Pump'])
  expect(shown.tags).toEqual(['pump'])
  expect(shown.tallies).toEqual({ labour: 30 })
  expect(shown.fields.label?.values.map((one) => one.value)).toEqual(['first'])
  expect(shown.notes.map((one) => one.text)).toEqual(['Filter was cracked'])
  expect(shown.tasks.map((one) => one.text)).toEqual(['inspect valve'])
  expect(desk.replica.diagnose().findings).toEqual([])
})

test('JDG-4 an op on two records falls as a whole when one of them falls, and with it what it had settled in the other', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const theirs = newJob(tablet)
  const ours = newJob(desk)
  settle(site)
  for (const record of [theirs, ours]) {
    setTitle(desk, record, 'Valve')
    setTitle(other, record, 'Belt')
  }
  settle(site)
  const choices = [theirs, ours].map((record) => ({ record, field: 'title', value: 'Settled' }))
  const { op } = must(desk.replica.execute('conflict.resolve', { choices }))
  settle(site)
  expect(titles(hq, ours)).toEqual(['Settled'])
  cut(hq, tablet, 0)
  pull(desk, hq)
  for (const device of [hq, desk]) {
    expect(judged(device, op)).toBe('rejected rests-on')
    expect(titles(device, ours).sort()).toEqual(['Belt', 'Valve'])
  }
  expect(desk.replica.status().conflicts).toBe(1)
})

test('JDG-3 words of a cut device do not show, neither in a note that is open nor in one read for the first time', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(desk)
  const { note } = must(desk.replica.execute('note.add', { record, text: 'Filter was cracked' }))
  newJob(tablet)
  settle(site)
  const words = (device: Device): string[] => page(device, record).notes.map((one) => one.text)
  cut(hq, tablet)
  expect(words(hq)).toEqual(['Filter was cracked'])
  const edit = must(tablet.replica.execute('note.edit', { record, note, text: 'Filter was stolen' }))
  pull(hq, tablet)
  pull(other, tablet)
  expect(words(other)).toEqual(['Filter was stolen'])
  pull(other, hq)
  for (const device of [hq, other]) {
    expect(judged(device, edit.op)).toBe('rejected cut')
    expect(words(device)).toEqual(['Filter was cracked'])
  }
  expect(hq.replica.status().state_hash).toBe(other.replica.status().state_hash)
})

test('JDG-20 what a cut reaches is judged anew piece by piece, also after a restart, and wholly before anybody reads it', () => {
  const { hq, desk, tablet, other } = aSite()
  const records = Array.from({ length: 40 }, () => newJob(tablet))
  pull(desk, tablet)
  cut(hq, tablet, 0)
  pull(desk, hq)
  expect(desk.replica.isSettled()).toBe(false)
  expect(desk.replica.work()).toBe(true)
  expect(desk.replica.isSettled()).toBe(false)
  restart(desk)
  expect(desk.replica.isSettled()).toBe(false)
  expect(must(desk.replica.query('board', {}, { why: null, since: null })).rows).toEqual([])
  expect(desk.replica.isSettled()).toBe(true)
  pull(other, desk)
  let pieces = 0
  while (!other.replica.isSettled()) {
    other.replica.work()
    pieces += 1
  }
  expect(pieces).toBeGreaterThan(0)
  expect(other.replica.status().state_hash).toBe(desk.replica.status().state_hash)
  expect(records.length).toBe(40)
})
