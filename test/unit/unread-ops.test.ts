/** Logs that a build cannot read wholly: what it holds, and what becomes of that when a build that knows more opens them. */
import { describe, expect, test } from 'vitest'
import { KINDS } from '../../shared/model/kinds.ts'
import type { Role } from '../../shared/model/roles.ts'
import { EFFECT_CODES } from '../../shared/op/codes.ts'
import { THIS_BUILD, type Vocabulary } from '../../shared/op/vocabulary.ts'
import { toHex } from '../../shared/base/bytes.ts'
import { after, before, openWith } from '../support/builds.ts'
import { craftRaw } from '../support/crafting.ts'
import { foundSite, joinSite, must, pull, REACH, restart, sync, type Device } from '../support/replicas.ts'
import { judged, newJob, page, setTitle } from '../support/site.ts'

/** An older build, without counting, without the kind `stock` and without the field `label` of a job. */
const OLDER = before({
  effects: [EFFECT_CODES.count],
  kinds: [KINDS.stock.code],
  fields: [`${KINDS.job.code}.${KINDS.job.fields.label.code}`],
})
const NEWER = after(OLDER)

type Two = { readonly hq: Device; readonly old: Device; readonly third: Device }

function site(older: Vocabulary = OLDER, role: Role = 'supervisor'): Two {
  const hq = foundSite('versions', undefined, after(older))
  const old = joinSite(hq, 'Old', role, undefined, undefined, older)
  const third = joinSite(hq, 'Third', 'supervisor', undefined, undefined, after(older))
  pull(old, hq)
  return { hq, old, third }
}

const digest = ({ replica }: Device): string => toHex(replica.digest())
const bytesAt = (device: Device): string[] =>
  device.sql
    .prepare('SELECT hash, bytes FROM op ORDER BY hash')
    .all<{ hash: Uint8Array; bytes: Uint8Array }>()
    .map(({ bytes }) => toHex(bytes))
const settled = (device: Device): Device => {
  while (device.replica.work()) continue
  return device
}
const answers = ({ replica }: Device): unknown => ({
  hash: replica.status().state_hash,
  board: must(replica.query('board', {}, REACH)),
  stock: must(replica.query('stock', {}, REACH)),
  judged: must(replica.query('feed', { limit: 500 }, REACH)).rows.map(({ op, judgement, reason }) => [
    op,
    judgement,
    reason?.code,
  ]),
})

/** Work of a newer build on all that the older one lacks; the names of the ops, in order. */
function work({ replica }: Device): { record: string; held: string[] } {
  const record = must(replica.execute('job.create', { title: 'Pump' })).record
  const counted = must(replica.execute('tally.add', { record, field: 'labour', amount: 30 })).op
  const labelled = must(replica.execute('field.set', { record, field: 'label', value: 'blue' })).op
  const item = must(replica.execute('stock.create', { name: 'Filter', quantity: 5 }))
  const moved = must(replica.execute('field.set', { record: item.record, field: 'location', value: 'A3' })).op
  const tagged = must(replica.execute('set.add', { record: item.record, field: 'tags', key: 'hot' })).op
  const note = must(replica.execute('note.add', { record: item.record, text: 'Second shelf' })).op
  return { record, held: [counted, labelled, item.op, moved, tagged, note] }
}

describe('an older build', () => {
  test('VER-10 holds effects, kinds and fields that it does not know, with what stands upon them, and judges the rest', () => {
    const { hq, old } = site()
    const { record, held } = work(hq)
    const titled = setTitle(hq, record, 'Pump 2')
    pull(old, hq)
    for (const op of held) expect([op, judged(old, op)]).toEqual([op, 'held newer-version'])
    expect(judged(old, titled)).toBe('accepted')
    expect(page(old, record).title).toBe('Pump 2')
    expect(page(old, record).tallies).toEqual({ labour: 0 })
    expect(old.replica.status().review).toBe(0)
    expect(old.replica.diagnose().findings).toEqual([])
  })

  test('VER-11 keeps and passes on the very bytes', () => {
    const { hq, old, third } = site()
    work(hq)
    pull(old, hq)
    pull(third, old)
    expect(bytesAt(third)).toEqual(bytesAt(hq))
    expect(digest(third)).toBe(digest(hq))
    expect(answers(settled(third))).toEqual(answers(settled(hq)))
  })

  test('VER-10 goes on working beside what it holds, and its work counts for the newer ones', () => {
    const { hq, old } = site()
    const { record } = work(hq)
    pull(old, hq)
    const op = must(old.replica.execute('task.add', { record, text: 'Check seal' })).op
    pull(hq, old)
    expect(judged(hq, op)).toBe('accepted')
    expect(page(hq, record).tasks.map(({ text }) => text)).toEqual(['Check seal'])
  })
})

describe('the upgrade', () => {
  test('VER-12 a log that was kept by an older build is read and judged again by one that knows more, as if it always had', () => {
    const { hq, old } = site()
    const { record, held } = work(hq)
    pull(old, hq)
    const mine = must(old.replica.execute('task.add', { record, text: 'Check seal' })).op
    pull(hq, old)
    const grown = openWith(old, NEWER)
    for (const op of [...held, mine]) expect([op, judged(grown, op)]).toEqual([op, 'accepted'])
    expect(answers(settled(grown))).toEqual(answers(settled(hq)))
    expect(page(grown, record).tallies).toEqual({ labour: 30 })
    expect(grown.replica.diagnose().findings).toEqual([])
    restart(grown)
    expect(answers(settled(grown))).toEqual(answers(settled(hq)))
    sync(grown, hq)
    expect(digest(grown)).toBe(digest(hq))
  })

  test('VER-12 an act of control that could not be read changes what was judged without it', () => {
    const { hq, old, third } = site(before({ effects: [EFFECT_CODES.cut] }))
    const record = newJob(third)
    sync(third, hq)
    must(hq.replica.execute('member.cut', { actor: third.replica.actor, reason: 'lost' }))
    const late = setTitle(third, record, 'After the cut')
    pull(old, third)
    pull(old, hq)
    expect(judged(old, late)).toBe('accepted')
    pull(hq, third)
    expect(judged(hq, late)).toBe('rejected cut')
    const grown = openWith(old, THIS_BUILD)
    expect(judged(grown, late)).toBe('rejected cut')
    expect(answers(settled(grown))).toEqual(answers(settled(hq)))
  })

  test('VER-12 an act of review that could not be read changes what it names', () => {
    const { hq, old, third } = site(before({ effects: [EFFECT_CODES.adopt] }))
    const record = newJob(third)
    sync(third, hq)
    must(hq.replica.execute('member.cut', { actor: third.replica.actor, reason: 'lost' }))
    const late = setTitle(third, record, 'After the cut')
    pull(hq, third)
    must(hq.replica.execute('review.adopt', { op: late }))
    pull(old, hq)
    expect(judged(old, late)).toBe('rejected cut')
    const grown = openWith(old, THIS_BUILD)
    expect(judged(grown, late)).toBe('accepted')
    expect(answers(settled(grown))).toEqual(answers(settled(hq)))
  })

  test('VER-12 an upgrade that fails at any statement leaves the log as it was', () => {
    const { hq, old } = site()
    work(hq)
    pull(old, hq)
    const image = old.sql.serialize()
    for (let at = 1; ; at += 7) {
      old.sql.failAt(at)
      let failed = false
      try {
        openWith(old, NEWER)
      } catch {
        failed = true
      }
      old.sql.failAt(0)
      if (!failed) break
      expect(old.sql.serialize().equals(image)).toBe(true)
    }
    expect(answers(settled(openWith(old, NEWER)))).toEqual(answers(settled(hq)))
  })

  test('VER-13 what only looked like a later code is kept, and rejected by whoever knows the code', () => {
    const { hq, old, third } = site()
    const junk = craftRaw(old, [[EFFECT_CODES.count, 'nothing that can be counted']])
    expect(junk.outcome).toBe('stored')
    const op = `${old.replica.actor}:1`
    expect(judged(old, op)).toBe('held newer-version')
    pull(hq, old)
    pull(third, hq)
    for (const device of [hq, third]) expect(judged(device, op)).toBe('rejected bad-value')
    expect(digest(third)).toBe(digest(old))
    expect(judged(openWith(old, NEWER), op)).toBe('rejected bad-value')
  })

  test('VER-13 of what format 1 began with, what does not fit is refused by every build', () => {
    const { old } = site()
    expect(craftRaw(old, [[EFFECT_CODES.assign, 'nothing']])).toMatchObject({ outcome: 'refused' })
    expect(openWith(old, NEWER).replica.ownSeq()).toBe(0)
    expect(craftRaw(openWith(old, NEWER), [[EFFECT_CODES.assign, 1]])).toMatchObject({ outcome: 'refused' })
  })

  test('VER-14 a log that a newer build has read is opened by no older one, and left as it is', () => {
    const { hq } = site()
    work(hq)
    const image = hq.sql.serialize()
    expect(() => openWith(hq, OLDER)).toThrow(expect.objectContaining({ code: 'log-newer' }))
    expect(hq.sql.serialize().equals(image)).toBe(true)
  })
})
