/** Keeping of devices that have dropped history: archives, the doctor, repairs, backups; real nodes on real folders. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { repair } from '../../main/node/keeping/repairing.ts'
import { restore } from '../../main/node/keeping/restoring.ts'
import { audit } from '../../main/node/keeping/auditing.ts'
import { framesOf, refused, written } from './archives.ts'
import { tallydesk } from './command.ts'
import { codeOf, eventually, must, scratch } from './desks.ts'
import { ALONE, actorOf, codeFor, newJob, statusOf, titlesAt, type Place } from './places.ts'
import {
  copyOf,
  droppedIn,
  inDatabase,
  isSame,
  noiseOver,
  pageOf,
  pagesOf,
  parcelsAt,
  makeWorn,
  noFork,
  removeWorn,
  running,
  runningBeside,
  snapshotsIn,
  titlesNow,
  wearAgain,
  writes,
  type Worn,
} from './worn.ts'

let worn: Worn

beforeAll(async () => {
  worn = await makeWorn()
}, 120_000)
afterAll(() => removeWorn(worn))

async function exported(name: 'hq' | 'desk' | 'tablet') {
  const place = await running(copyOf(worn, name), ALONE)
  const archive = join(scratch(), 'hall.archive')
  return { place, archive, done: must(await place.node.api.do('node.export', { file: archive })) }
}

describe('an archive of a device that has dropped history', () => {
  test('KEEP-30 opened again it answers as the site did, and says since when its history is in it', async () => {
    for (const name of ['hq', 'desk', 'tablet'] as const) {
      const { place, archive, done } = await exported(name)
      expect(droppedIn(place.data)).toBeGreaterThan(500)
      expect(done).toMatchObject({
        state_hash: worn.stateHash,
        ops: (await statusOf(place)).log.ops,
        attachments: 0,
      })
      const { audited, answer } = await audit(archive, { query: 'record', input: { record: worn.job } })
      expect(audited).toMatchObject({
        ops: done.ops,
        members: 3,
        state_hash: worn.stateHash,
        since: worn.wall,
      })
      const row = must(await place.node.api.query('record', { record: worn.job }))
      expect(answer).toEqual({ ...row, may_decide: false, may_revoke: false })
      const board = await audit(archive, { query: 'board', input: {} })
      const { rows } = must(await place.node.api.query('board', {}))
      expect((board.answer as { rows: { title: string }[] }).rows.map(({ title }) => title)).toEqual(
        rows.map(({ title }) => title),
      )
      expect(readdirSync(dirname(archive))).toEqual(['hall.archive'])
    }
  }, 120_000)

  test('KEEP-30 what is still here before the last checkpoint is in it too, wherever history was dropped before', async () => {
    const place = await running(copyOf(worn, 'hq'), { ...ALONE, history: null })
    const set = (value: string) => place.node.api.do('field.set', { record: worn.job, field: 'title', value })
    for (const value of ['Between 1', 'Between 2']) must(await set(value))
    must(await place.node.api.do('checkpoint.publish', {}))
    must(await set('Behind'))
    const archive = join(scratch(), 'hall.archive')
    must(await place.node.api.do('node.export', { file: archive }))
    const { audited, answer } = await audit(archive, { query: 'feed', input: { record: worn.job } })
    expect(audited.since).toBe(worn.wall)
    expect(JSON.stringify(answer)).toContain('Between 1')
    expect(JSON.stringify(answer)).not.toContain('Pump 300')
  })

  test('KEEP-31 in which the state that it begins with was changed, moved or left out is refused with what and where', async () => {
    const { archive } = await exported('tablet')
    const frames = framesOf(archive)
    expect(await refused(written(frames))).toBe('accepted')
    const basis = frames.flatMap((frame) => (frame.kind === 'basis' ? [frame.bytes] : []))
    const whole = Buffer.concat(basis)
    const changed = (at: number) => {
      const bytes = new Uint8Array(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 1
      return bytes
    }
    const beginning = (bytes: Uint8Array): Promise<string> =>
      refused(
        written([
          ...frames.slice(0, 1),
          { kind: 'basis', bytes },
          ...frames.filter(({ kind }) => kind !== 'head' && kind !== 'basis'),
        ]),
      )
    for (let i = 1; i < 40; i += 1) {
      const at = Math.floor((whole.length * i) / 40)
      expect(await beginning(changed(at)), `byte ${at}`).toMatch(/is not as it was written: at byte \d+, /)
    }
    expect(await beginning(changed(whole.lastIndexOf('Pump 1050') + 5))).toMatch(
      /the state that it begins with: /,
    )
    expect(await beginning(whole.subarray(0, whole.length / 2))).toMatch(/the state that it begins with: /)
    expect(await refused(written(frames.filter(({ kind }) => kind !== 'basis')))).toMatch(/at byte \d+, /)
    const [head, ...rest] = frames.filter(({ kind }) => kind !== 'basis')
    if (!head) throw new Error('an archive has a head')
    const late = [head, ...rest.slice(0, 1), { kind: 'basis', bytes: whole } as const, ...rest.slice(1)]
    expect(await refused(written(late))).toMatch(/at byte \d+, /)
  }, 120_000)

  test('KEEP-30 audit by the command line says since when its history is in it', async () => {
    const { archive } = await exported('desk')
    const seen = await tallydesk(['audit', archive])
    expect(seen).toMatchObject({ code: 0, err: '' })
    expect(seen.out).toContain('the history before is not in it')
    expect(JSON.parse((await tallydesk(['audit', archive, '--json'])).out)).toMatchObject({
      since: worn.wall,
    })
  })
})

describe('a repair of a device that has dropped history', () => {
  const NOW = Date.UTC(2026, 10, 26)
  const TRIES = 8

  const isRepaired = (data: string): Promise<boolean> =>
    repair(data, NOW).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'database-lost' })
        return false
      },
    )

  const causeOf = async (place: Place) => (await statusOf(place)).halted?.cause ?? null
  test('KEEP-32 with the last snapshot at hand needs nobody: the desk goes on with all that it had', async () => {
    const data = copyOf(worn, 'desk')
    noiseOver(data, [pageOf(data, 'Pump 1050')])
    expect(await repair(data, NOW)).toMatchObject({ repaired: 'database', own_missing: 0, rejoin: false })
    const desk = await running(data, ALONE)
    expect(await statusOf(desk)).toMatchObject({ state_hash: worn.stateHash, halted: null })
    expect(must(await desk.node.api.do('node.doctor', {})).findings).toEqual([])
    must(await newJob(desk, 'On'))
  })

  test('KEEP-32 without one it comes up, begins from a peer’s, has what was saved and not sent, and writes again', async () => {
    const hq = await running(copyOf(worn, 'hq'))
    const data = copyOf(worn, 'tablet')
    const before = await running(data, ALONE)
    for (let i = 1; i <= 20; i += 1) must(await newJob(before, `Not sent ${i}`))
    await before.node.close()
    noiseOver(data, [pageOf(data, 'Pump 1050')])
    const done = await repair(data, NOW)
    expect(done).toMatchObject({ repaired: 'database', rejoin: false })
    expect(done.own_missing).toBeGreaterThan(0)
    const tablet = await running(data, ALONE)
    expect(await causeOf(tablet)).toBe('damaged')
    expect(codeOf(await newJob(tablet, 'Never'))).toBe('device-halted')
    await tablet.node.close()
    const back = await runningBeside(data, hq)
    await writes(back)
    await isSame(back, hq)
    expect(await titlesAt(back)).toContain('Not sent 20')
    must(await newJob(back, 'On under its own key'))
    await eventually('its work at headquarters', async () =>
      (await titlesAt(hq)).includes('On under its own key') ? true : null,
    )
    expect((await titlesAt(hq)).filter((title) => title.startsWith('Not sent'))).toHaveLength(20)
    expect(await noFork(hq)).toBe(true)
    expect(must(await back.node.api.do('node.doctor', {})).findings).toEqual([])
  }, 60_000)

  test('KEEP-32 where nobody can tell what was lost it begins all the same, and joins again with what was not sent, alone', async () => {
    const hq = await running(copyOf(worn, 'hq'))
    const data = copyOf(worn, 'tablet')
    const before = await running(data, ALONE)
    const actor = actorOf(before)
    for (const title of ['Not sent 1', 'Not sent 2']) must(await newJob(before, title))
    await before.node.close()
    const witness = JSON.parse(readFileSync(join(data, 'witness.json'), 'utf8')) as object
    writeFileSync(join(data, 'witness.json'), JSON.stringify({ ...witness, final: false }))
    noiseOver(data, [pageOf(data, 'Pump 1050')])
    expect(await repair(data, NOW)).toMatchObject({ rejoin: true })
    const back = await runningBeside(data, hq)
    await eventually('its work', async () => ((await titlesNow(back)).includes('Not sent 2') ? true : null))
    expect((await statusOf(back)).halted?.cause).toBe('restored')
    expect(await titlesAt(back)).toContain('Pump 1050')
    const code = await codeFor(hq.node.api, 'Again')
    must(await back.node.api.do('setup.join', { code, name: 'Again' }))
    const [parcel] = await parcelsAt(hq)
    expect(parcel).toMatchObject({ author: actor, cause: 'restored' })
    expect(parcel?.items.map(({ title }) => title)).toEqual(['Not sent 1', 'Not sent 2'])
    must(await newJob(back, 'On'))
    await isSame(back, hq)
    expect(await noFork(hq)).toBe(true)
  }, 60_000)

  test('KEEP-32 wherever the noise lies, what comes of it beside a peer is the same state, and no fork', async () => {
    let repaired = 0
    for (let i = 1; i <= TRIES; i += 1) {
      const data = copyOf(worn, 'tablet')
      const page = Math.floor((pagesOf(data) * i) / 9)
      noiseOver(data, [page, page + 1])
      // Under noise over what the tables are, nothing can be read.
      if (!(await isRepaired(data))) continue
      repaired += 1
      const hq = await running(copyOf(worn, 'hq'))
      const tablet = await runningBeside(data, hq)
      await isSame(tablet, hq)
      await writes(tablet)
      must(await newJob(tablet, `On ${i}`))
      await isSame(tablet, hq)
      expect(await noFork(hq), `noise over page ${page}`).toBe(true)
      await tablet.node.close()
      await hq.node.close()
    }
    expect(repaired).toBeGreaterThan(TRIES / 2)
  }, 120_000)
})

describe('the doctor on a device that has dropped history', () => {
  const kinds = async (data: string): Promise<string[]> => {
    const { node } = await running(data, ALONE)
    const { findings } = must(await node.api.do('node.doctor', {}))
    await node.close()
    return [...new Set(findings.map(({ what }) => what))].toSorted()
  }

  test('KEEP-33 finds nothing where all is well', async () => {
    for (const name of ['hq', 'desk', 'tablet'] as const) expect(await kinds(copyOf(worn, name))).toEqual([])
  })

  test('KEEP-33 finds what is left of dropped history changed or gone: names, values, words, and how far they reach', async () => {
    const word = (text: string): string => Buffer.from(text).toString('hex')
    const spoils: readonly (readonly [string, RegExp])[] = [
      ['DELETE FROM imprint WHERE seq = (SELECT max(seq) FROM imprint)', /chain/],
      ['DELETE FROM imprint WHERE seq = 300', /chain/],
      [
        `UPDATE imprint SET hash = zeroblob(16) WHERE seq = (SELECT max(seq) FROM imprint WHERE seq + 1 IN
           (SELECT seq FROM op WHERE op.line = imprint.line))`,
        /chain|context/,
      ],
      ['UPDATE imprint SET lamport = lamport + 5 WHERE seq = 300', /base/],
      ["UPDATE base_value SET value = 'Other' WHERE value = 'Pump 1050'", /base/],
      ["DELETE FROM base_value WHERE value = 'Pump 1050'", /base/],
      [
        `UPDATE base_text SET bytes = CAST(unhex(replace(hex(bytes), upper('${word('leaks')}'), upper('${word('lacks')}'))) AS BLOB)`,
        /base/,
      ],
      ['DELETE FROM base_text', /base/],
      ['DELETE FROM text_reach', /base/],
      ['UPDATE text_reach SET steps = substr(steps, 1, length(steps) - 12)', /base/],
    ]
    for (const [spoil, found] of spoils) {
      const data = copyOf(worn, 'tablet')
      const { changes } = inDatabase(data, (database) => database.prepare(spoil).run())
      expect(changes, spoil).toBeGreaterThan(0)
      expect((await kinds(data)).join(), spoil).toMatch(found)
    }
  }, 60_000)

  test('KEEP-33 a repair of a changed base begins from the last snapshot and never takes it for the truth', async () => {
    const data = copyOf(worn, 'desk')
    inDatabase(data, (database) =>
      database.exec("UPDATE base_value SET value = 'Other' WHERE value = 'Pump 1050'"),
    )
    expect(await repair(data, Date.UTC(2026, 10, 26))).toMatchObject({
      repaired: 'database',
      own_missing: 0,
      rejoin: false,
    })
    expect(await kinds(data)).toEqual([])
    const desk = await running(data, ALONE)
    expect((await statusOf(desk)).state_hash).toBe(worn.stateHash)
  })
})

test('KEEP-35 the jobs as a table are the same once their history was dropped, at every device', () => {
  const { before, after } = worn.tables
  expect(before.split('\r\n')).toHaveLength(4)
  expect(before).toContain('Pump 1050')
  expect(before).toMatch(/Done,closed,A-\d{4}-\d+,/)
  expect(after).toEqual([before, before, before])
})

describe('a backup of a device that has dropped history', () => {
  async function backedUp(place: Place): Promise<string> {
    const folder = join(scratch(), 'backup')
    const { ops } = must(await place.node.api.do('node.backup', { folder }))
    expect(ops).toBe((await statusOf(place)).log.ops)
    return folder
  }

  /** The authority publishes nothing by itself. */
  const BY_HAND = { authorityWait: 600_000 }

  /** Snapshots of a quiet site are a week apart. */
  function daysLater(): void {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 86_400_000, shouldAdvanceTime: true })
  }
  afterEach(() => vi.useRealTimers())

  async function restoredFrom(backup: string, onlyDevice = false): Promise<string> {
    const data = join(scratch(), 'data')
    await restore({ backup, data, onlyDevice, now: Date.UTC(2026, 10, 26) })
    return data
  }

  test('KEEP-34 holds what the device holds, the last snapshot among it, and the restored device answers as it did', async () => {
    for (const name of ['hq', 'tablet'] as const) {
      const place = await running(copyOf(worn, name), ALONE)
      const folder = await backedUp(place)
      const data = await restoredFrom(folder)
      const back = await running(data, ALONE)
      expect(await statusOf(back)).toMatchObject({
        state_hash: worn.stateHash,
        halted: { cause: 'restored' },
      })
      expect(must(await back.node.api.do('node.doctor', {})).findings).toEqual([])
      expect(existsSync(join(data, 'blobs'))).toBe(name === 'hq')
    }
  })

  test('KEEP-34 made again into its folder it leaves there only the last snapshot', async () => {
    const place = await running(copyOf(worn, 'hq'), BY_HAND)
    const folder = await backedUp(place)
    const [first] = snapshotsIn(folder)
    daysLater()
    await wearAgain(place, worn)
    must(await place.node.api.do('node.backup', { folder }))
    const left = snapshotsIn(folder)
    expect(left).toHaveLength(1)
    expect(left).not.toEqual([first])
    await restoredFrom(folder)
  }, 60_000)

  test('KEEP-34 restored far behind the device begins from a snapshot, writes nothing, and joins again with what was not sent', async () => {
    const tablet = await running(copyOf(worn, 'tablet'), ALONE)
    const actor = actorOf(tablet)
    must(await newJob(tablet, 'Unsent at the backup'))
    const folder = await backedUp(tablet)
    await tablet.node.close()
    daysLater()
    const hq = await running(copyOf(worn, 'hq'), BY_HAND)
    await wearAgain(hq, worn)
    const data = await restoredFrom(folder)
    const back = await runningBeside(data, hq)
    await eventually('what headquarters has', async () =>
      (await titlesNow(back)).includes('Worn 60') ? true : null,
    )
    expect(await statusOf(back)).toMatchObject({ halted: { cause: 'restored' } })
    expect(codeOf(await newJob(back, 'Never'))).toBe('device-halted')
    expect(await titlesAt(back)).toContain('Unsent at the backup')
    expect(await titlesAt(hq)).not.toContain('Unsent at the backup')
    expect(droppedIn(data)).toBe(droppedIn(hq.data))
    const code = await codeFor(hq.node.api, 'Tablet again')
    const again = must(await back.node.api.do('setup.join', { code, name: 'Tablet again' }))
    expect(again.actor).not.toBe(actor)
    const [parcel] = await parcelsAt(hq)
    expect(parcel).toMatchObject({ author: actor, cause: 'restored' })
    expect(parcel?.items.map(({ title }) => title)).toEqual(['Unsent at the backup'])
    must(await newJob(back, 'Writing again'))
    await eventually('its work at headquarters', async () =>
      (await titlesAt(hq)).includes('Writing again') ? true : null,
    )
    expect(must(await hq.node.api.query('members', {})).members.every(({ forked }) => !forked)).toBe(true)
  }, 120_000)
})
