import { expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { RightRow, StockRow } from '../../shared/api/rows.ts'
import type { RecordId } from '../../shared/model/ids.ts'
import { stockRight, tokenRight } from '../../shared/model/rights.ts'
import { copyOf, must, pull, REACH, sync, type Device } from '../support/replicas.ts'
import { aSite, newJob, page, settle } from '../support/site.ts'

const give = (from: Device, to: Device, right: string, amount = 1): void => {
  must(from.replica.execute('right.transfer', { right, amount, to: to.replica.actor }))
}

const rightsAt = ({ replica }: Device): QueryAnswer<'rights'> => must(replica.query('rights', {}, REACH))

const held = (at: Device, by: string, right: string): RightRow | undefined =>
  rightsAt(at).rights.find((row) => row.name === by && row.right === right)

const stockAt = ({ replica }: Device): readonly StockRow[] => must(replica.query('stock', {}, REACH)).items

const membersAt = ({ replica }: Device): QueryAnswer<'members'>['members'] =>
  must(replica.query('members', {}, REACH)).members

const wallOf = ({ replica }: Device, op: string): number | undefined =>
  must(replica.query('feed', { limit: 500 }, REACH)).rows.find((row) => row.op === op)?.wall

const newItem = (device: Device, name: string, quantity?: number): string =>
  must(device.replica.execute('stock.create', { name, ...(quantity === undefined ? {} : { quantity }) }))
    .record

test('QRY-4 rights of every kind stand with their holder, what is left, which numbers, and what was used', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const item = newItem(hq, 'Filter F7', 9)
  give(hq, tablet, 'job-number', 10)
  give(hq, desk, 'audit-number', 5)
  give(hq, desk, 'enrol', 2)
  give(hq, desk, stockRight(item as RecordId), 4)
  give(hq, desk, tokenRight('Cold store'))
  pull(tablet, hq)
  const [, second] = [newJob(tablet), newJob(tablet)]
  expect(page(tablet, second).number).toBe('J-0002')
  settle(site)
  for (const at of [hq, desk, tablet]) {
    expect(held(at, 'Tablet 1', 'job-number')).toMatchObject({ kind: 'range', left: 8, ranges: [[3, 10]], years: [0], used: 2 }) // prettier-ignore
    expect(held(at, 'Desk', 'audit-number')).toMatchObject({ of: 'audit-number', left: 5, ranges: [[1, 5]], years: [2026], used: 0 }) // prettier-ignore
    expect(held(at, 'Desk', 'enrol')).toMatchObject({ kind: 'quantity', left: 2, ranges: [], years: [] })
    expect(held(at, 'Desk', stockRight(item as RecordId))).toMatchObject({ of: 'stock', about: 'Filter F7', left: 4 }) // prettier-ignore
    expect(held(at, 'HQ', stockRight(item as RecordId))).toMatchObject({ left: 5 })
    expect(held(at, 'Desk', tokenRight('Cold store'))).toMatchObject({ kind: 'token', of: 'decide', about: 'Cold store', left: 1 }) // prettier-ignore
    expect(
      rightsAt(at)
        .rights.filter(({ self }) => self)
        .every(({ name }) => name === at.name),
    ).toBe(true)
  }
  expect(rightsAt(desk).rights.some(({ self }) => self)).toBe(true)
})

test('QRY-4 a token that came back lies with the authority, and with the next one after a handover', () => {
  const { hq, desk } = aSite()
  const right = tokenRight('Cold store')
  give(hq, desk, right)
  pull(desk, hq)
  give(desk, hq, right)
  sync(hq, desk)
  const holders = (at: Device): unknown =>
    rightsAt(at).rights.filter((row) => row.right === right).map(({ name, left }) => [name, left]) // prettier-ignore
  expect(holders(desk)).toEqual([['HQ', 1]])
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  sync(hq, desk)
  for (const device of [hq, desk]) expect(holders(device)).toEqual([['Desk', 1]])
})

test('QRY-4 the zones of jobs that are here can be given, each once', () => {
  const { hq } = aSite()
  for (const zone of ['North', 'Cold store', 'North'])
    must(hq.replica.execute('job.create', { title: 'Pump', zone }))
  newJob(hq)
  expect(rightsAt(hq).zones).toEqual(['Cold store', 'North'])
})

test('QRY-5 what is on hand lies with its holders to the last unit, through giving, drawing, taking back and a cut', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const item = newItem(hq, 'Filter F7', 20)
  newItem(desk, 'Belt')
  const right = stockRight(item as RecordId)
  give(hq, desk, right, 12)
  pull(desk, hq)
  give(desk, tablet, right, 7)
  pull(tablet, desk)
  must(tablet.replica.execute('right.spend', { right, amount: 4, record: newJob(tablet) }))
  const check = (figures: Partial<StockRow>, shares: readonly (readonly [string, number])[]): void => {
    settle(site)
    for (const device of [hq, desk, tablet]) {
      const [belt, filter] = stockAt(device)
      expect(belt).toMatchObject({ name: 'Belt', on_hand: 0, drawn: 0, held: [] })
      expect(filter).toMatchObject({ record: item, name: 'Filter F7', ...figures })
      const found = filter?.held.map(({ name, amount }) => [name, amount] as const) ?? []
      expect(new Map(found)).toEqual(new Map(shares))
      expect(found.reduce((sum, [, amount]) => sum + amount, 0)).toBe(filter?.on_hand)
      expect(page(device, item).stock).toEqual(filter)
    }
  }
  check({ on_hand: 16, drawn: 4 }, [['HQ', 8], ['Desk', 5], ['Tablet 1', 3]]) // prettier-ignore
  must(hq.replica.execute('right.reclaim', { right, actor: desk.replica.actor }))
  check({ on_hand: 16, drawn: 4 }, [['HQ', 13], ['Tablet 1', 3]]) // prettier-ignore
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost' }))
  check({ on_hand: 16, drawn: 4 }, [['HQ', 16]]) // prettier-ignore
})

test('QRY-5 stock tells its place and its unit, and no job is stock', () => {
  const { hq } = aSite()
  must(hq.replica.execute('stock.create', { name: 'Oil', location: 'Shelf 3', unit: 'litre', quantity: 5 }))
  expect(stockAt(hq)).toMatchObject([{ name: 'Oil', location: 'Shelf 3', unit: 'litre', on_hand: 5 }])
  expect(page(hq, newJob(hq)).stock).toBeNull()
})

test('QRY-6 members tell their person, and of a cut one why and when; what it used stays told', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  give(hq, tablet, 'job-number', 3)
  pull(tablet, hq)
  newJob(tablet)
  settle(site)
  const cutting = must(
    hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost in aisle 4' }),
  ).op
  settle(site)
  for (const device of [hq, desk]) {
    const found = membersAt(device)
    expect(found.map(({ name }) => name)).toEqual(['HQ', 'Desk', 'Edge', 'Tablet 1', 'Tablet 2'])
    const cut = found.find(({ name }) => name === 'Tablet 1')
    expect(cut).toMatchObject({ person: 'Tablet 1', role: 'technician', cut: true, cut_reason: 'lost in aisle 4', forked: false }) // prettier-ignore
    expect(cut?.cut_at).toBe(wallOf(device, cutting))
    expect(found.filter(({ self }) => self).map(({ name }) => name)).toEqual([device.name])
    expect(found[0]).toMatchObject({ role: 'authority', cut: false, cut_reason: null, cut_at: null })
    expect(held(device, 'Tablet 1', 'job-number')).toMatchObject({ left: 0, used: 1 })
  }
})

test('QRY-6 a device that signed two different ops under one number is told from the others, wherever both are known', () => {
  const { hq, desk, tablet } = aSite()
  const clone = copyOf(tablet)
  newJob(tablet)
  newJob(clone, [], 'Fan')
  pull(hq, tablet)
  expect(membersAt(hq).some(({ forked }) => forked)).toBe(false)
  pull(hq, clone)
  pull(desk, hq)
  for (const device of [hq, desk])
    expect(membersAt(device).filter(({ forked }) => forked).map(({ name }) => name)).toEqual(['Tablet 1']) // prettier-ignore
})

test('QRY-7 the board shows every kind by its own name, and jobs with the number that counts', () => {
  const { hq } = aSite()
  newItem(hq, 'Filter F7', 2)
  must(hq.replica.execute('case.create', { title: 'Complaint' }))
  must(hq.replica.execute('incident.create', { title: 'Fall' }))
  const job = newJob(hq)
  const row = (kind: 'job' | 'case' | 'incident' | 'stock'): unknown =>
    must(hq.replica.query('board', { kind }, REACH)).rows.map(({ title, number }) => [title, number])
  expect(row('stock')).toEqual([['Filter F7', null]])
  expect(row('case')).toEqual([['Complaint', null]])
  expect(row('incident')).toEqual([['Fall', null]])
  expect(row('job')).toEqual([['Pump', 'J-0001']])
  expect(page(hq, job)).toMatchObject({ number: 'J-0001', former_numbers: [] })
  const hits = must(hq.replica.query('search', { text: 'filter' }, REACH)).hits
  expect(hits).toMatchObject([{ kind: 'stock', title: 'Filter F7' }])
})

test('QRY-7 of two numbers given to a job apart, one counts everywhere and the other shows as former', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(desk)
  for (const to of [tablet, other]) give(hq, to, 'job-number', 1)
  settle(site)
  for (const device of [tablet, other])
    must(device.replica.execute('right.spend', { right: 'job-number', amount: 1, record }))
  settle(site)
  const { number, former_numbers } = page(hq, record)
  expect([number, ...former_numbers].sort()).toEqual(['J-0001', 'J-0002'])
  for (const device of [desk, tablet, other])
    expect(page(device, record)).toMatchObject({ number, former_numbers })
  expect(must(desk.replica.query('board', {}, REACH)).rows[0]?.number).toBe(number)
})

test('QRY-15 the retention policy is answered as the authority last set it', () => {
  const { hq, tablet } = aSite()
  const policy = (): unknown => must(tablet.replica.query('policies', {}, REACH))
  expect(policy()).toEqual({ retention: null })
  must(hq.replica.execute('policy.set', { max_bytes: 1000, types: ['image/*'] }))
  pull(tablet, hq)
  expect(policy()).toEqual({ retention: { max_bytes: 1000, types: ['image/*'], max_days: null } })
  must(hq.replica.execute('policy.set', { max_days: 30 }))
  pull(tablet, hq)
  expect(policy()).toEqual({ retention: { max_bytes: null, types: null, max_days: 30 } })
})
