import { describe, expect, test } from 'vitest'
import { parseRecordId, type RecordId } from '../../shared/model/ids.ts'
import { coreOf, craft, craftRaw, nextOp, writeEffects } from '../support/crafting.ts'
import { foundSite, joinSite, must, pull, REACH, sync, type Device } from '../support/replicas.ts'

type Team = { readonly hq: Device; readonly desk: Device; readonly one: Device; readonly two: Device }

function team(): Team {
  const hq = foundSite()
  const desk = joinSite(hq, 'Desk', 'supervisor')
  const one = joinSite(hq, 'One', 'technician')
  const two = joinSite(hq, 'Two', 'technician')
  return { hq, desk, one, two }
}

const everybody = ({ hq, desk, one, two }: Team): Device[] => [hq, desk, one, two]

/** Signs an op that no command would write, as hand-made software could; answers its name. */
function put(device: Device, effects: Parameters<typeof craft>[1]): string {
  const { actor, seq } = nextOp(device, effects)
  expect(craft(device, effects)).toMatchObject({ outcome: 'stored', committed: 1 })
  return `${actor}:${seq}`
}

/** Everybody learns everything. */
function gather(all: Team): void {
  for (let round = 0; round < 2; round += 1)
    for (const device of everybody(all))
      for (const other of everybody(all)) if (device !== other) pull(device, other)
}

function newJob(device: Device, tasks: string[] = []): RecordId {
  const made = must(device.replica.execute('job.create', { title: 'Pump', tasks }))
  return parseRecordId(made.record) ?? ('' as RecordId)
}

const record = ({ replica }: Device, id: string) => must(replica.query('record', { record: id }, REACH))
const judgement = ({ replica }: Device, op: string) => must(replica.query('op', { op }, REACH))
const title = (device: Device, id: string, value: string) =>
  must(device.replica.execute('field.set', { record: id, field: 'title', value })).op

function close(all: Team, id: string): void {
  must(all.one.replica.execute('request.close', { record: id }))
  pull(all.hq, all.one)
  expect(all.hq.replica.decideWaiting(10)).toBeGreaterThan(0)
}

function expectEqualStates(all: Team): void {
  expect(new Set(everybody(all).map(({ replica }) => replica.status().state_hash)).size).toBe(1)
}

describe('freezes', () => {
  test('JDG-1 an edit that the closing had not seen is late, with its whole group, and a note is not', () => {
    const all = team()
    const id = newJob(all.one)
    gather(all)
    close(all, id)
    const late = title(all.two, id, 'Too late')
    const note = must(all.two.replica.execute('note.add', { record: id, text: 'Wiped the floor' })).op
    gather(all)
    for (const device of everybody(all)) {
      expect(judgement(device, late)).toMatchObject({ judgement: 'late', reason: { code: 'frozen' } })
      expect(judgement(device, note).judgement).toBe('accepted')
      expect(record(device, id)).toMatchObject({
        title: 'Pump',
        audit_number: 'A-2026-0001',
        freeze_epoch: 1,
      })
      expect(record(device, id).notes.map(({ text }) => text)).toEqual(['Wiped the floor'])
      expect(record(device, id).review.map(({ op }) => op)).toEqual([late])
    }
    expectEqualStates(all)
  })

  test('JDG-1 an edit that the closing had seen counts, and one on a closed record is refused at once', () => {
    const all = team()
    const id = newJob(all.one)
    gather(all)
    const early = title(all.two, id, 'In time')
    gather(all)
    close(all, id)
    gather(all)
    expect(judgement(all.desk, early).judgement).toBe('accepted')
    const refused = all.two.replica.execute('field.set', { record: id, field: 'title', value: 'No' })
    expect(refused).toMatchObject({ ok: false, error: { code: 'frozen' } })
  })

  test('JDG-2 after a reopening that it has seen an edit counts again', () => {
    const all = team()
    const id = newJob(all.one)
    gather(all)
    close(all, id)
    gather(all)
    must(all.desk.replica.execute('request.reopen', { record: id }))
    gather(all)
    expect(all.hq.replica.decideWaiting(10)).toBe(1)
    gather(all)
    const again = title(all.two, id, 'Open again')
    gather(all)
    for (const device of everybody(all)) {
      expect(judgement(device, again).judgement).toBe('accepted')
      expect(record(device, id)).toMatchObject({ status: 'open', title: 'Open again', freeze_epoch: 2 })
    }
  })
})

describe('roles', () => {
  test('JDG-3 a cut reaches back over ops that are here already, and what they superseded comes back', () => {
    const all = team()
    const id = newJob(all.one)
    gather(all)
    const through = all.hq.replica.heads().find((head) => head.actor === all.two.replica.actor)?.seq ?? 0
    const after = title(all.two, id, 'By a thief')
    pull(all.desk, all.two)
    expect(record(all.desk, id).title).toBe('By a thief')
    const hash = coreOf(all.hq).log.hashAt(all.two.replica.actor, through) ?? new Uint8Array(0)
    writeEffects(all.hq, [{ type: 'cut', actor: all.two.replica.actor, through, hash, reason: 'stolen' }])
    gather(all)
    for (const device of everybody(all)) {
      expect(judgement(device, after)).toMatchObject({ judgement: 'rejected', reason: { code: 'cut' } })
      expect(record(device, id).title).toBe('Pump')
    }
    expectEqualStates(all)
    expect(all.desk.replica.diagnose().findings).toEqual([])
  })

  test('JDG-4 what others did on the job of a cut device falls with it', () => {
    const all = team()
    sync(all.two, all.desk)
    const id = newJob(all.two)
    pull(all.desk, all.two)
    const onIt = title(all.desk, id, 'Pump 2')
    writeEffects(all.hq, [
      { type: 'cut', actor: all.two.replica.actor, through: 0, hash: new Uint8Array(0), reason: 'stolen' },
    ])
    gather(all)
    for (const device of everybody(all)) {
      expect(judgement(device, onIt)).toMatchObject({ judgement: 'rejected', reason: { code: 'rests-on' } })
      expect(device.replica.query('record', { record: id }, REACH).ok).toBe(false)
    }
    expectEqualStates(all)
  })

  test('JDG-5 an edge may write nothing: refused at its own door, rejected when it writes all the same', () => {
    const all = team()
    const edge = joinSite(all.hq, 'Edge', 'edge')
    const refused = edge.replica.execute('job.create', { title: 'Mine' })
    expect(refused).toMatchObject({ ok: false, error: { code: 'not-permitted' } })
    const op = put(edge, [{ type: 'create', kind: 'job' }])
    pull(all.desk, edge)
    expect(judgement(all.desk, op)).toMatchObject({
      judgement: 'rejected',
      reason: { code: 'not-permitted' },
    })
    expect(all.desk.replica.status().review).toBe(1)
  })
})

describe('structure', () => {
  test('JDG-6 values of others that it cannot have seen are not its to supersede', () => {
    const all = team()
    const id = newJob(all.one)
    gather(all)
    const seen = title(all.one, id, 'Unseen by two')
    const at = { record: id, field: 3, child: null, sub: 0 } as const
    const dot = { actor: all.one.replica.actor, seq: Number(seen.split(':')[1]), index: 0 }
    const op = put(all.two, [{ type: 'assign', at, value: 'Mine', over: [dot] }])
    gather(all)
    expect(judgement(all.desk, op)).toMatchObject({ judgement: 'rejected', reason: { code: 'unseen-dot' } })
    expect(record(all.desk, id).title).toBe('Unseen by two')
  })

  test('JDG-6 a record it cannot know, a field of another type and a value that does not fit are rejected', () => {
    const all = team()
    const id = newJob(all.one)
    gather(all)
    const nowhere = { record: 'ab'.repeat(16) as RecordId, field: 3, child: null, sub: 0 } as const
    const strange = put(all.two, [{ type: 'assign', at: nowhere, value: 'x', over: [] }])
    const wrong = put(all.two, [
      { type: 'insert', at: { record: id, field: 3, child: null, sub: 0 }, key: 'x' },
    ])
    const unfit = put(all.two, [
      { type: 'assign', at: { record: id, field: 5, child: null, sub: 0 }, value: 'very', over: [] },
    ])
    gather(all)
    const codes = [strange, wrong, unfit].map((op) => judgement(all.hq, op).reason?.code)
    expect(codes).toEqual(['unknown-record', 'bad-field', 'bad-value'])
    expectEqualStates(all)
  })
})

describe('merging', () => {
  test('JDG-8 two values apart are a conflict with both authors, and one settlement supersedes both', () => {
    const all = team()
    const id = newJob(all.one)
    gather(all)
    title(all.one, id, 'A')
    title(all.two, id, 'B')
    gather(all)
    const [conflict] = must(all.desk.replica.query('conflicts', {}, REACH)).conflicts
    expect(conflict?.values.map(({ value, name }) => `${value} by ${name}`).sort()).toEqual([
      'A by One',
      'B by Two',
    ])
    const pick = conflict?.values[0]?.dot ?? ''
    must(all.desk.replica.execute('conflict.resolve', { choices: [{ record: id, field: 'title', pick }] }))
    gather(all)
    for (const device of everybody(all)) expect(device.replica.status().conflicts).toBe(0)
    const stale = all.desk.replica.execute('conflict.resolve', {
      choices: [{ record: id, field: 'title', pick }],
    })
    expect(stale).toMatchObject({ ok: false, error: { code: 'no-such-conflict' } })
  })

  test('JDG-8 the same value set apart is no conflict', () => {
    const all = team()
    const id = newJob(all.one)
    gather(all)
    title(all.one, id, 'Same')
    title(all.two, id, 'Same')
    gather(all)
    expect(all.desk.replica.status().conflicts).toBe(0)
    expect(record(all.desk, id).fields.title?.values).toHaveLength(1)
  })

  test('JDG-9 a task that is edited while another removes it stays, with its tick', () => {
    const all = team()
    const id = newJob(all.one, ['inspect valve', 'replace filter'])
    gather(all)
    const [kept, gone] = record(all.one, id).tasks.map(({ task }) => task)
    must(all.one.replica.execute('task.remove', { record: id, task: kept ?? '' }))
    must(all.one.replica.execute('task.remove', { record: id, task: gone ?? '' }))
    must(all.two.replica.execute('task.tick', { record: id, task: kept ?? '' }))
    gather(all)
    for (const device of everybody(all))
      expect(record(device, id).tasks).toMatchObject([{ text: 'inspect valve', done: true, by: ['Two'] }])
    expectEqualStates(all)
  })
})

describe('requests', () => {
  test('AUT-1 the policy says why it does not close, and closes when all is done', () => {
    const all = team()
    const id = newJob(all.one, ['inspect valve'])
    const asked = must(all.one.replica.execute('request.close', { record: id })).request
    const find = (device: Device, request: string) =>
      must(device.replica.query('requests', {}, REACH)).requests.find((one) => one.request === request)
    expect(find(all.one, asked)).toMatchObject({ state: 'waiting', waits_for: { name: 'HQ' } })
    const twice = all.one.replica.execute('request.close', { record: id })
    expect(twice).toMatchObject({ ok: false, error: { code: 'already-requested' } })
    gather(all)
    all.hq.replica.decideWaiting(10)
    gather(all)
    expect(find(all.one, asked)).toMatchObject({ state: 'rejected', reason: { code: 'open-tasks' } })
    must(all.one.replica.execute('task.tick', { record: id, task: record(all.one, id).tasks[0]?.task ?? '' }))
    close(all, id)
    gather(all)
    expect(record(all.two, id)).toMatchObject({ status: 'closed', audit_number: 'A-2026-0001' })
  })

  test('AUT-2 numbers go on, also after a reopening', () => {
    const all = team()
    const [first, second] = [newJob(all.one), newJob(all.one)]
    gather(all)
    close(all, first)
    gather(all)
    must(all.one.replica.execute('request.reopen', { record: first }))
    gather(all)
    all.hq.replica.decideWaiting(10)
    gather(all)
    close(all, first)
    close(all, second)
    gather(all)
    expect([first, second].map((id) => record(all.two, id).audit_number)).toEqual([
      'A-2026-0002',
      'A-2026-0003',
    ])
  })

  test('AUT-3 a withdrawn request is not answered, and nobody takes back that of another', () => {
    const all = team()
    const id = newJob(all.one)
    const { request } = must(all.one.replica.execute('request.close', { record: id }))
    gather(all)
    const other = all.two.replica.execute('request.withdraw', { request })
    expect(other).toMatchObject({ ok: false, error: { code: 'not-permitted' } })
    must(all.one.replica.execute('request.withdraw', { request }))
    gather(all)
    expect(all.hq.replica.decideWaiting(10)).toBe(0)
    expect(must(all.two.replica.query('requests', {}, REACH)).requests[0]?.state).toBe('withdrawn')
  })

  test('AUT-4 a decision by anybody but the authority is rejected everywhere', () => {
    const all = team()
    const id = newJob(all.one)
    const { request } = must(all.one.replica.execute('request.close', { record: id }))
    gather(all)
    const refused = all.desk.replica.execute('decide', { request, accept: true })
    expect(refused).toMatchObject({ ok: false, error: { code: 'not-authority' } })
    const ref = { actor: all.one.replica.actor, seq: Number(request.split(':')[1]) }
    const number = { year: 2026, count: 7 }
    const op = put(all.desk, [{ type: 'decide', request: ref, accept: true, number, reason: null }])
    gather(all)
    expect(judgement(all.two, op)).toMatchObject({ judgement: 'rejected', reason: { code: 'not-authority' } })
    expect(record(all.two, id).status).toBe('open')
    close(all, newJob(all.one))
    gather(all)
    const numbers = must(all.two.replica.query('requests', {}, REACH)).requests.flatMap(
      (one) => one.audit_number ?? [],
    )
    expect(numbers, 'a number that was named is never issued').not.toContain('A-2026-0007')
  })
})

test('JDG-7 an op of a newer version is held, changes nothing, and is relayed byte for byte', () => {
  const all = team()
  const { actor, seq } = nextOp(all.two, [])
  const before = all.two.replica.status().state_hash
  craftRaw(all.two, [[99, 'what only a newer version knows']])
  gather(all)
  const op = `${actor}:${seq}`
  for (const device of everybody(all)) {
    expect(judgement(device, op)).toMatchObject({ judgement: 'held', reason: { code: 'newer-version' } })
    expect(device.replica.status().state_hash).toBe(before)
  }
  expect(
    new Set(everybody(all).map(({ replica }) => Buffer.from(replica.digest()).toString('hex'))).size,
  ).toBe(1)
})
