/** The doctor on real nodes: what it finds, what it repairs, and that a repaired device never forks itself. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { TallydeskError } from '../../shared/api/errors.ts'
import { repair } from '../../main/node/keeping/repairing.ts'
import { blobPath } from '../../main/store/whole-files.ts'
import { witnessAt } from '../../main/store/witness.ts'
import { tallydesk } from './command.ts'
import { codeOf, eventually, must, scratch, startDesk } from './desks.ts'
import {
  ALONE,
  actorOf,
  calling,
  codeFor,
  founded,
  isShared,
  joined,
  newJob,
  restart,
  sees,
  statusOf,
  titlesAt,
  type Place,
} from './places.ts'

const NOW = Date.UTC(2026, 10, 26)
const PAGE = 4096

const databaseOf = ({ data }: Place): string => join(data, 'tallydesk.db')

/** Changes the database of a stopped node. */
function inDatabase<T>(place: Place, work: (database: Database.Database) => T): T {
  const database = new Database(databaseOf(place))
  try {
    return work(database)
  } finally {
    database.close()
  }
}

/** The number of the op that made a job of this title. */
const opOf = (place: Place, title: string): number =>
  inDatabase(
    place,
    (database) =>
      database
        .prepare('SELECT max(no) FROM op WHERE instr(bytes, ?) > 0')
        .pluck()
        .get(Buffer.from(title)) as number,
  )

/** What is written of an op becomes something else. */
const spoil = (place: Place, title: string): void =>
  inDatabase(place, (database) => {
    database.prepare('UPDATE op SET bytes = zeroblob(70) WHERE no = ?').run(opOf(place, title))
  })

/** Noise over the whole page of the file on which an op lies. */
function noiseOver(place: Place, title: string): void {
  const bytes = inDatabase(
    place,
    (database) =>
      database.prepare('SELECT bytes FROM op WHERE no = ?').pluck().get(opOf(place, title)) as Buffer,
  )
  const file = readFileSync(databaseOf(place))
  const at = file.indexOf(bytes.subarray(0, 80))
  expect(at).toBeGreaterThan(PAGE)
  file.fill(0xa7, at - (at % PAGE), at - (at % PAGE) + PAGE)
  writeFileSync(databaseOf(place), file)
}

const kindsFound = async ({ node }: Place): Promise<string[]> => {
  const { findings } = must(await node.api.do('node.doctor', {}))
  return [...new Set(findings.map(({ what }) => what))].toSorted()
}

const causeOf = async (place: Place) => (await statusOf(place)).halted?.cause ?? null

/** What a device asks for by itself may still be on its way. */
const isSame = (a: Place, b: Place) =>
  eventually('that both hold the same', async () =>
    (await statusOf(a)).state_hash === (await statusOf(b)).state_hash ? true : null,
  )

const asides = ({ data }: Place): string[] =>
  readdirSync(data).filter((name) => name.startsWith('tallydesk.db.damaged-') && !/-(wal|shm)$/.test(name))

/** A tablet and its headquarters with this work, of which all is shared but what is named last. */
async function pair(shared: readonly string[], unsent: readonly string[] = []) {
  const hq = await founded()
  const tablet = await joined(hq, 'Tablet')
  for (const title of shared) must(await newJob(tablet, title))
  await isShared(tablet)
  if (unsent.length > 0) await restart(tablet, ALONE)
  for (const title of unsent) must(await newJob(tablet, title))
  await tablet.node.close()
  return { hq, tablet }
}

const repaired = (place: Place) => repair(place.data, NOW)

describe('the doctor', () => {
  test('KEEP-9 finds nothing on a device that is well, and changes nothing', async () => {
    const hq = await founded()
    must(await newJob(hq, 'One'))
    const { state_hash, cursor, log } = await statusOf(hq)
    expect(await kindsFound(hq)).toEqual([])
    expect(await statusOf(hq)).toMatchObject({ state_hash, cursor, log })
  })

  test('KEEP-9 names damage of the file, of the log, of what is shown, of attachments and of the witness', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'One'))
    const photo = join(scratch(), 'photo.png')
    writeFileSync(photo, 'a photo')
    const { sha256 } = must(await hq.node.api.do('attachment.add', { record, file: photo }))
    writeFileSync(blobPath(join(hq.data, 'blobs'), sha256), 'noise!!')
    // It is written some time after a commit, and not again before the next.
    const witness = join(hq.data, 'witness.json')
    const seq = (await statusOf(hq)).cursor[actorOf(hq)]
    await eventually('the witness', () =>
      Promise.resolve(witnessAt(witness).read()?.seq === seq ? true : null),
    )
    rmSync(witness)
    expect(await kindsFound(hq)).toEqual(['attachment', 'witness'])
    await hq.node.close()
    inDatabase(hq, (database) => database.exec("UPDATE board SET title = 'Two'"))
    hq.node = await startDesk(hq.data, ALONE)
    expect(await kindsFound(hq)).toEqual(['attachment', 'table'])
    await hq.node.close()
    spoil(hq, 'One')
    inDatabase(hq, (database) =>
      database.exec('PRAGMA foreign_keys = OFF; UPDATE line SET base = 99 WHERE no = 1'),
    )
    const { code, out } = await tallydesk(['doctor', '--data', hq.data])
    expect(code).toBe(1)
    expect(out === '' ? 'refused' : out).toMatch(/refused|the log|the file|not as it was written/)
  })
})

describe('a repair', () => {
  test('KEEP-10 of folds and views makes them anew from the log, which stays as it is', async () => {
    const { hq, tablet } = await pair(['One', 'Two'])
    inDatabase(tablet, (database) => {
      database.exec(
        "UPDATE board SET title = 'Wrong'; DELETE FROM value; UPDATE record SET hash = zeroblob(32)",
      )
    })
    expect(await repaired(tablet)).toMatchObject({ repaired: 'views', aside: null, rejoin: false })
    expect(await repaired(tablet)).toMatchObject({ repaired: 'nothing' })
    tablet.node = await startDesk(tablet.data, calling(hq))
    expect(await kindsFound(tablet)).toEqual([])
    expect(await titlesAt(tablet)).toEqual(['One', 'Two'])
    await isSame(tablet, hq)
    must(await newJob(tablet, 'Three'))
    await sees(hq, 'One', 'Three', 'Two')
  })

  test('KEEP-11 of a damaged log keeps every op that verifies, and the rest comes from a peer', async () => {
    const { hq, tablet } = await pair(['One'])
    tablet.node = await startDesk(tablet.data)
    for (const title of ['From headquarters', 'After that']) must(await newJob(hq, title))
    await restart(tablet, calling(hq))
    await sees(tablet, 'After that', 'From headquarters', 'One')
    await tablet.node.close()
    spoil(tablet, 'From headquarters')
    const done = await repaired(tablet)
    expect(done).toMatchObject({ repaired: 'database', lost: 1, rejoin: false })
    expect(asides(tablet)).toHaveLength(1)
    expect(done.aside).toBe(join(tablet.data, asides(tablet)[0] ?? ''))
    tablet.node = await startDesk(tablet.data, ALONE)
    expect(await titlesAt(tablet)).toEqual(['One'])
    await restart(tablet, calling(hq))
    await sees(tablet, 'After that', 'From headquarters', 'One')
    await eventually('that it writes', async () => ((await causeOf(tablet)) === null ? true : null))
    must(await newJob(tablet, 'On under its own key'))
    await sees(hq, 'After that', 'From headquarters', 'On under its own key', 'One')
    expect(await kindsFound(tablet)).toEqual([])
    await isSame(tablet, hq)
  })

  test('KEEP-11 of a file with noise in it reads around the noise, and keeps what the device has for itself', async () => {
    const { hq, tablet } = await pair(Array.from({ length: 30 }, (_, i) => `Job number ${i + 10}`))
    tablet.node = await startDesk(tablet.data)
    must(await tablet.node.api.do('preference.set', { key: 'theme', value: 'dark' }))
    await tablet.node.close()
    noiseOver(tablet, 'Job number 25')
    const told = await startDesk(tablet.data, ALONE).then(
      async (node) => {
        const found = await kindsFound({ data: tablet.data, node })
        await node.close()
        return found.includes('file')
      },
      (error: unknown) => error instanceof TallydeskError && error.code === 'database-damaged',
    )
    expect(told).toBe(true)
    const done = await repaired(tablet)
    expect(done.repaired).toBe('database')
    expect(done.lost).toBeGreaterThan(0)
    expect(done.own_missing).toBeGreaterThan(0)
    tablet.node = await startDesk(tablet.data, calling(hq))
    await eventually('its work back', async () => ((await titlesAt(tablet)).length === 30 ? true : null))
    await eventually('that it writes', async () => ((await causeOf(tablet)) === null ? true : null))
    must(await newJob(tablet, 'On'))
    await eventually('that it is there', async () => ((await titlesAt(hq)).includes('On') ? true : null))
    expect(must(await tablet.node.api.query('preferences', {})).preferences).toEqual({ theme: 'dark' })
    expect(must(await hq.node.api.query('members', {})).members.every(({ forked }) => !forked)).toBe(true)
  })

  test('KEEP-12 where own ops are missing the device writes nothing until they are back from a peer', async () => {
    const { hq, tablet } = await pair(['One', 'Two', 'Three'])
    spoil(tablet, 'Three')
    const done = await repaired(tablet)
    expect(done).toMatchObject({ repaired: 'database', lost: 1, rejoin: false })
    expect(done.own_missing).toBeGreaterThan(0)
    tablet.node = await startDesk(tablet.data, ALONE)
    expect(await causeOf(tablet)).toBe('damaged')
    expect(codeOf(await newJob(tablet, 'Never'))).toBe('device-halted')
    await restart(tablet, calling(hq))
    await sees(tablet, 'One', 'Three', 'Two')
    await eventually('that it writes', async () => ((await causeOf(tablet)) === null ? true : null))
    must(await newJob(tablet, 'Four'))
    await sees(hq, 'Four', 'One', 'Three', 'Two')
    await restart(tablet, ALONE)
    expect(await causeOf(tablet)).toBeNull()
  })

  test('KEEP-12 where nobody has them it joins anew, and hands in what it could save on both sides of the gap', async () => {
    const { hq, tablet } = await pair(['Shared'], ['Before the gap', 'Lost', 'Behind the gap'])
    const actor = actorOf(tablet)
    spoil(tablet, 'Lost')
    expect(await repaired(tablet)).toMatchObject({ own_missing: 2, rejoin: false })
    tablet.node = await startDesk(tablet.data, calling(hq))
    must(await newJob(hq, 'News'))
    await sees(tablet, 'Before the gap', 'News', 'Shared')
    expect(await causeOf(tablet)).toBe('damaged')
    expect(await titlesAt(hq)).toEqual(['News', 'Shared'])
    const code = await codeFor(hq.node.api, 'Again')
    must(await tablet.node.api.do('setup.join', { code, name: 'Again' }))
    const [parcel] = await eventually('the parcel', async () => {
      const { parcels } = must(await hq.node.api.query('parcels', {}))
      return parcels.length > 0 ? parcels : null
    })
    expect(parcel?.author).toBe(actor)
    const titles = parcel?.items.map(({ title }) => title)
    expect(titles).toContain('Before the gap')
    expect(titles).toContain('Behind the gap')
    must(await newJob(tablet, 'On'))
    await sees(hq, 'News', 'On', 'Shared')
  })

  test('KEEP-12 after a crash nobody can tell what was lost last: the device joins anew', async () => {
    const { hq, tablet } = await pair(['One', 'Two', 'Three'])
    const file = join(tablet.data, 'witness.json')
    const witness = JSON.parse(readFileSync(file, 'utf8')) as object
    expect(witness).toMatchObject({ final: true })
    writeFileSync(file, JSON.stringify({ ...witness, final: false }))
    spoil(tablet, 'Three')
    expect(await repaired(tablet)).toMatchObject({ rejoin: true })
    tablet.node = await startDesk(tablet.data, calling(hq))
    await sees(tablet, 'One', 'Three', 'Two')
    expect(await causeOf(tablet)).toBe('restored')
    expect(codeOf(await newJob(tablet, 'Never'))).toBe('device-halted')
  })

  test('KEEP-13 one that was cut off is finished at the next start, and the damaged file stays', async () => {
    const { tablet } = await pair(['One', 'Two'])
    const whole = readFileSync(databaseOf(tablet))
    writeFileSync(databaseOf(tablet), 'noise')
    writeFileSync(`${databaseOf(tablet)}.repaired`, whole)
    tablet.node = await startDesk(tablet.data, ALONE)
    expect(await titlesAt(tablet)).toEqual(['One', 'Two'])
    expect(asides(tablet).map((name) => readFileSync(join(tablet.data, name), 'utf8'))).toEqual(['noise'])
    await tablet.node.close()
    renameSync(databaseOf(tablet), `${databaseOf(tablet)}.repaired`)
    tablet.node = await startDesk(tablet.data, ALONE)
    expect(await titlesAt(tablet)).toEqual(['One', 'Two'])
  })

  test('KEEP-13 of a file of which nothing can be read is refused, and leaves it as it is', async () => {
    const { tablet } = await pair(['One'])
    const noise = 'noise '.repeat(4000)
    writeFileSync(databaseOf(tablet), noise)
    const before = readdirSync(tablet.data).toSorted()
    await expect(repaired(tablet)).rejects.toMatchObject({ code: 'database-lost' })
    expect(readFileSync(databaseOf(tablet), 'utf8')).toBe(noise)
    expect(
      readdirSync(tablet.data)
        .filter((name) => !/-(wal|shm)$/.test(name))
        .toSorted(),
    ).toEqual(before.filter((name) => !/-(wal|shm)$/.test(name)))
    expect(existsSync(`${databaseOf(tablet)}.repaired`)).toBe(false)
    const nothing = scratch()
    await expect(repair(nothing, NOW)).rejects.toMatchObject({ code: 'no-site' })
  })

  test('KEEP-14 puts a damaged attachment aside, so that it can come from another device', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'One'))
    const file = join(scratch(), 'photo.png')
    writeFileSync(file, 'a photo')
    const { sha256 } = must(await hq.node.api.do('attachment.add', { record, file }))
    await hq.node.close()
    const path = blobPath(join(hq.data, 'blobs'), sha256)
    writeFileSync(path, 'noise!!')
    expect(await repaired(hq)).toMatchObject({ repaired: 'nothing', attachments: 1 })
    expect(existsSync(path)).toBe(false)
    expect(readdirSync(join(path, '..'))).toEqual([`${sha256}.damaged-2026-11-26T00-00-00`])
    hq.node = await startDesk(hq.data, ALONE)
    expect(await kindsFound(hq)).toEqual([])
    expect(must(await hq.node.api.query('record', { record })).attachments[0]?.where).toEqual([])
  })

  test('KEEP-8 doctor and repair by the command line: people and JSON, exit codes, and not beside a running node', async () => {
    const { tablet } = await pair(['One'])
    const well = await tallydesk(['doctor', '--data', tablet.data])
    expect(well).toMatchObject({ code: 0, err: '' })
    expect(well.out).toMatch(/^Checked \d+ ops in 1 records, and 0 attachments; differences: 0\.\n$/)
    inDatabase(tablet, (database) => database.exec("UPDATE board SET title = 'Wrong'"))
    const ill = await tallydesk(['doctor', '--data', tablet.data])
    expect(ill.code).toBe(1)
    expect(ill.out).toContain('what is shown is not what the log says: board')
    expect(ill.err).toContain('tallydesk doctor --repair')
    const done = await tallydesk(['doctor', '--repair', '--data', tablet.data, '--json'])
    expect(done.code).toBe(0)
    expect(JSON.parse(done.out)).toMatchObject({ repaired: 'views' })
    tablet.node = await startDesk(tablet.data, ALONE)
    const busy = await tallydesk(['doctor', '--repair', '--data', tablet.data, '--json'])
    expect(busy.code).toBe(1)
    expect(JSON.parse(busy.out)).toMatchObject({ error: { code: 'data-folder-in-use' } })
  })
})
