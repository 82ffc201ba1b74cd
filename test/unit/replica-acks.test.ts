import { expect, test } from 'vitest'
import { decodeCbor, encodeCbor, type CborValue } from '../../shared/base/cbor.ts'
import { coreOf, writeEffects } from '../support/crafting.ts'
import { foundSite, must, pull, REACH, restart, type Device } from '../support/replicas.ts'
import { aSite, newJob } from '../support/site.ts'

const outboxOf = ({ replica }: Device): number => must(replica.query('outbox', {}, REACH)).ops.length

const whereIs = ({ replica }: Device): unknown =>
  must(replica.query('feed', { limit: 1 }, REACH)).rows[0]?.where

/** `by` says that it has committed what it holds of `to`'s ops. */
const acknowledge = (to: Device, by: Device): void => {
  to.replica.acknowledged(by.replica.actor, by.replica.heads())
}

function cut(hq: Device, member: Device): void {
  const head = coreOf(hq).log.head(member.replica.actor)
  const actor = member.replica.actor
  const at = { through: head?.seq ?? 0, hash: head?.hash ?? new Uint8Array(0) }
  writeEffects(hq, [{ type: 'cut', actor, ...at, reason: 'lost' }])
}

test('REP-1 one tablet is not enough, two are; a desk alone is', () => {
  const { desk, tablet, other } = aSite()
  newJob(tablet)
  expect([outboxOf(tablet), tablet.replica.status().outbox, whereIs(tablet)]).toEqual([
    1,
    1,
    { at: 'device' },
  ])
  pull(other, tablet)
  expect([outboxOf(tablet), whereIs(tablet)]).toEqual([1, { at: 'shared', devices: 1 }])
  const [row] = must(tablet.replica.query('outbox', {}, REACH)).ops
  expect(row?.acked_by).toEqual([other.replica.actor])
  pull(desk, tablet)
  expect([outboxOf(tablet), whereIs(tablet)]).toEqual([0, { at: 'shared', devices: 2 }])
})

test('REP-1 an acknowledgement names what it holds by hash, never goes back, and survives a restart', () => {
  const { edge, tablet } = aSite()
  newJob(tablet)
  const [head] = tablet.replica.heads().filter((one) => one.actor === tablet.replica.actor)
  if (!head) throw new Error('the tablet wrote')
  tablet.replica.acknowledged(edge.replica.actor, [{ ...head, hash: new Uint8Array(16) }])
  expect(outboxOf(tablet)).toBe(1)
  tablet.replica.acknowledged(edge.replica.actor, [head])
  newJob(tablet)
  tablet.replica.acknowledged(edge.replica.actor, [head])
  restart(tablet)
  expect(outboxOf(tablet)).toBe(1)
})

test('REP-1 acknowledgements of a cut device do not count any more', () => {
  const { hq, tablet, edge } = aSite()
  const { op } = must(tablet.replica.execute('job.create', { title: 'Pump' }))
  pull(edge, tablet)
  acknowledge(tablet, edge)
  expect(outboxOf(tablet)).toBe(0)
  cut(hq, edge)
  pull(tablet, hq)
  expect(outboxOf(tablet)).toBe(1)
  expect(must(tablet.replica.query('op', { op }, REACH)).where).toEqual([])
})

test('REP-1 the signed word of the authority reaches others through relays, and says what it holds', () => {
  const { hq, desk, tablet } = aSite()
  newJob(tablet)
  pull(desk, tablet)
  pull(hq, desk)
  const cursor = hq.replica.authorityCursor()
  if (!cursor) throw new Error('the authority signs')
  expect(desk.replica.receiveAuthorityCursor(cursor)).toBe(true)
  expect(desk.replica.authorityCursor()).toEqual(cursor)
  expect(tablet.replica.receiveAuthorityCursor(desk.replica.authorityCursor() ?? cursor)).toBe(true)
  expect([outboxOf(tablet), whereIs(tablet)]).toEqual([0, { at: 'authority' }])
  restart(tablet)
  expect(whereIs(tablet)).toEqual({ at: 'authority' })
  expect(tablet.replica.status().authority_heard).toBeGreaterThan(0)
})

const changed = (cursor: Uint8Array, change: (parts: CborValue[]) => CborValue[]): Uint8Array => {
  const decoded = decodeCbor(cursor, 1 << 20)
  if (!decoded.ok || !Array.isArray(decoded.value)) throw new Error('a cursor is an array')
  return encodeCbor(change([...(decoded.value as CborValue[])]))
}

test('REP-16 a cursor with anything changed, of another site, or by anybody else is not believed', () => {
  const { hq, desk, tablet } = aSite()
  const cursor = hq.replica.authorityCursor()
  if (!cursor) throw new Error('the authority signs')
  const elsewhere = foundSite('another site').replica.authorityCursor()
  const core = coreOf(desk)
  core.acks.sign(desk.signer, Date.UTC(2030, 0))
  const forgeries = [
    changed(cursor, ([body, signature]) => [encodeCbor(['more', body ?? null]), signature ?? null]),
    changed(cursor, ([body]) => [body ?? null, new Uint8Array(64)]),
    changed(cursor, (parts) => [...parts, null]),
    Uint8Array.of(...cursor, 0),
    cursor.subarray(1),
    elsewhere ?? cursor,
    desk.sql.prepare("SELECT value FROM meta WHERE key = 'authority-cursor'").get<{ value: Uint8Array }>()
      ?.value ?? cursor,
  ]
  for (const forgery of forgeries) expect(tablet.replica.receiveAuthorityCursor(forgery)).toBe(false)
  expect(tablet.replica.authorityCursor()).toBeNull()
  expect(tablet.replica.status().authority_heard).toBeNull()
})

test('REP-16 the newer of two cursors is the one that covers more, whatever the clocks say', () => {
  const { hq, tablet } = aSite()
  const core = coreOf(hq)
  const signedAt = (wall: number): Uint8Array => {
    core.acks.sign(hq.signer, wall)
    return core.acks.authorityCursor() ?? new Uint8Array(0)
  }
  const early = signedAt(Date.UTC(2036, 0))
  expect(tablet.replica.receiveAuthorityCursor(early)).toBe(true)
  newJob(hq)
  const later = coreOf(hq)
  later.acks.sign(hq.signer, Date.UTC(2026, 5))
  const more = later.acks.authorityCursor() ?? new Uint8Array(0)
  expect(tablet.replica.receiveAuthorityCursor(more)).toBe(true)
  expect(tablet.replica.authorityCursor()).toEqual(more)
  expect(tablet.replica.receiveAuthorityCursor(early)).toBe(true)
  expect(tablet.replica.authorityCursor()).toEqual(more)
})

test('REP-16 a cursor that came before the genesis op is offered again and then believed', () => {
  const { hq, tablet } = aSite()
  const cursor = hq.replica.authorityCursor() ?? new Uint8Array(0)
  const sql = tablet.sql
  sql.exec('DELETE FROM op; DELETE FROM context; DELETE FROM line; DELETE FROM actor')
  restart(tablet)
  expect(tablet.replica.receiveAuthorityCursor(cursor)).toBe(false)
  pull(tablet, hq)
  expect(tablet.replica.receiveAuthorityCursor(cursor)).toBe(true)
})

test('REP-17 listeners hear of a commit once it is durable, with its records, and of nothing that failed', () => {
  const { hq, tablet } = aSite()
  const heard: { records: string[]; own: boolean; control: boolean; ops: number }[] = []
  const stop = tablet.replica.onCommit(({ records, own, control }) => {
    const ops = tablet.replica.status().log.ops
    heard.push({ records: [...records], own, control, ops })
  })
  const before = tablet.replica.status().log.ops
  const record = newJob(tablet)
  expect(heard).toEqual([{ records: [record], own: true, control: false, ops: before + 1 }])
  tablet.sql.failAt(3)
  expect(() => tablet.replica.execute('job.create', { title: 'x' })).toThrow()
  tablet.sql.failAt(0)
  expect(heard.length).toBe(1)
  const theirs = newJob(hq)
  must(hq.replica.execute('request.close', { record: theirs }))
  pull(tablet, hq)
  const [last] = heard.slice(-1)
  expect(last).toMatchObject({ own: false, control: true, ops: before + 3 })
  expect(last?.records).toEqual([theirs])
  stop()
  newJob(tablet)
  expect(heard.at(-1)).toBe(last)
})

test('REP-18 a database holds one site: another is refused, and whose it is is said', () => {
  const { tablet } = aSite()
  const other = foundSite('another site')
  expect(() => restart({ ...tablet, replica: other.replica })).toThrow(
    expect.objectContaining({ code: 'data-folder-taken' }),
  )
  tablet.sql.exec('PRAGMA user_version = 99')
  expect(() => restart(tablet)).toThrow(expect.objectContaining({ code: 'data-folder-newer' }))
})
