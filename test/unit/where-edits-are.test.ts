/** Where an edit is: every clause of it, over databases that are opened again. */
import { expect, test } from 'vitest'
import { coreOf, writeEffects } from '../support/crafting.ts'
import { copyOf, must, pull, REACH, restart, sync, type Device } from '../support/replicas.ts'
import { aSite, newJob } from '../support/site.ts'
import { SiteAnswers, type SiteAnswersOptions } from '../../main/node/site-answers.ts'
import { unlinked, type Reachability } from '../../main/node/unlinked.ts'
import { SocketPair } from './sync/socket-pair.ts'

const where = ({ replica }: Device): unknown =>
  must(replica.query('feed', { limit: 1 }, REACH)).rows[0]?.where
const outbox = ({ replica }: Device): number => {
  const { ops } = must(replica.query('outbox', {}, REACH))
  expect(replica.status().outbox).toBe(ops.length)
  return ops.length
}
/** The same before and after a restart. */
function told(device: Device): unknown {
  const before = [where(device), outbox(device)]
  restart(device)
  expect([where(device), outbox(device)]).toEqual(before)
  return before
}
const cursorOf = ({ replica }: Device): Uint8Array => replica.authorityCursor() ?? new Uint8Array(0)

function cut(hq: Device, member: Device): void {
  const head = coreOf(hq).log.head(member.replica.actor)
  const at = { through: head?.seq ?? 0, hash: head?.hash ?? new Uint8Array(0) }
  writeEffects(hq, [{ type: 'cut', actor: member.replica.actor, ...at, reason: 'lost' }])
}

test('TRU-1 on this device only, shared with n, at the authority: the same after a restart, and the outbox agrees', () => {
  const { hq, desk, tablet, other } = aSite()
  newJob(tablet)
  expect(told(tablet)).toEqual([{ at: 'device' }, 1])
  pull(other, tablet)
  expect(told(tablet)).toEqual([{ at: 'shared', devices: 1 }, 1])
  pull(desk, tablet)
  expect(told(tablet)).toEqual([{ at: 'shared', devices: 2 }, 0])
  pull(hq, desk)
  expect(tablet.replica.receiveAuthorityCursor(cursorOf(hq))).toBe(true)
  expect(told(tablet)).toEqual([{ at: 'authority' }, 0])
})

test('TRU-2 what the authority writes is at the authority, and waits in no outbox', () => {
  const { hq } = aSite()
  newJob(hq)
  expect(told(hq)).toEqual([{ at: 'authority' }, 0])
})

test('TRU-3 a device that was cut holds nothing for anybody, its own edits among it', () => {
  const { hq, desk, tablet, other } = aSite()
  newJob(tablet)
  pull(desk, tablet)
  pull(hq, tablet)
  expect(where(desk)).toEqual({ at: 'shared', devices: 1 })
  newJob(desk)
  pull(tablet, desk)
  pull(other, desk)
  expect(told(desk)).toEqual([{ at: 'shared', devices: 2 }, 0])
  const { op } = must(desk.replica.execute('job.create', { title: 'Pump' }))
  pull(tablet, desk)
  cut(hq, tablet)
  pull(desk, hq)
  expect(must(desk.replica.query('op', { op }, REACH)).where).toEqual([])
  expect(outbox(desk)).toBe(2)
  const theirs = must(desk.replica.query('feed', { limit: 500 }, REACH)).rows.filter(
    ({ author }) => author === tablet.replica.actor,
  )
  expect(theirs.map((row) => row.where)).toEqual([{ at: 'shared', devices: 1 }])
})

test('TRU-4 an older cursor that a relay plays again takes nothing back, and adds nothing', () => {
  const { hq, tablet } = aSite()
  const old = cursorOf(hq)
  newJob(tablet)
  pull(hq, tablet)
  const acked = coreOf(tablet)
  expect(acked.acks.sharedSeq()).toBeGreaterThan(0)
  tablet.replica.receiveAuthorityCursor(cursorOf(hq))
  expect(told(tablet)).toEqual([{ at: 'authority' }, 0])
  expect(tablet.replica.receiveAuthorityCursor(old)).toBe(true)
  expect(told(tablet)).toEqual([{ at: 'authority' }, 0])
})

test('TRU-5 what a former authority held is not at the authority, before a restart or after', () => {
  const { hq, desk, tablet } = aSite()
  newJob(tablet)
  pull(hq, tablet)
  tablet.replica.receiveAuthorityCursor(cursorOf(hq))
  expect(where(tablet)).toEqual({ at: 'authority' })
  const lost = newJob(tablet)
  pull(hq, tablet)
  tablet.replica.receiveAuthorityCursor(cursorOf(hq))
  pull(desk, hq)
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  pull(tablet, hq)
  const row = (): unknown =>
    must(tablet.replica.query('feed', { record: lost, limit: 1 }, REACH)).rows.map((one) => one.where)
  const before = row()
  expect(before).not.toEqual([{ at: 'authority' }])
  restart(tablet)
  expect(row()).toEqual(before)
  sync(tablet, desk)
  expect(tablet.replica.receiveAuthorityCursor(cursorOf(desk))).toBe(true)
  expect(row()).toEqual([{ at: 'authority' }])
})

test('TRU-6 a peer that was set back and names all that it holds is believed: what it lost is not shared any more', () => {
  const { edge, tablet } = aSite()
  const image = edge.sql.serialize()
  newJob(tablet)
  pull(edge, tablet)
  expect(told(tablet)).toEqual([{ at: 'shared', devices: 1 }, 0])
  const restored = copyOf(edge, image)
  const pair = new SocketPair(tablet.replica, restored.replica, {
    left: { admits: () => ({ ok: true }) },
    right: { admits: () => ({ ok: true }) },
  }).open()
  pair.deliver(pair.left)
  pair.deliver(pair.right)
  // The hellos differ: each now says all that it holds, before anything is sent again.
  pair.deliver(pair.right)
  expect(told(tablet)).toEqual([{ at: 'device' }, 1])
  pair.flush()
  expect(told(tablet)).toEqual([{ at: 'shared', devices: 1 }, 0])
})

test('TRU-8 with nobody heard it is not known where earlier edits are that nobody acknowledged; later ones are here alone', () => {
  const { desk, tablet } = aSite()
  newJob(tablet)
  pull(desk, tablet)
  newJob(tablet)
  const since = Date.UTC(2026, 0, 5, 14, 2)
  const alone = unlinked(
    since,
    tablet.replica.ownSeq(),
    () => false,
    () => null,
  )
  newJob(tablet)
  const heard: Reachability = { ...alone, unknownThrough: () => null }
  const rows = (around: Reachability): unknown => {
    const options: Pick<SiteAnswersOptions, 'replica' | 'around'> = {
      replica: tablet.replica,
      around: () => around,
    }
    const answers = new SiteAnswers(options as SiteAnswersOptions)
    const answer = must(answers.answer({ query: 'feed', input: { limit: 3 } })) as unknown as {
      rows: { where: unknown }[]
    }
    return answer.rows.map((row) => row.where)
  }
  expect(rows(alone)).toEqual([{ at: 'device' }, { at: 'unknown', since }, { at: 'shared', devices: 1 }])
  expect(rows(heard)).toEqual([{ at: 'device' }, { at: 'device' }, { at: 'shared', devices: 1 }])
})

test('TRU-7 clocks decide nothing of it', () => {
  const { edge, tablet } = aSite()
  const back = copyOf(tablet, undefined, { now: () => Date.UTC(1999, 0) })
  newJob(back)
  pull(edge, back)
  newJob(back)
  const ahead = copyOf(back, undefined, { now: () => Date.UTC(2099, 0) })
  newJob(ahead)
  expect(told(ahead)).toEqual([{ at: 'device' }, 2])
})
