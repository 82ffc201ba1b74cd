/**
 * Devices of a site whose history was dropped, made once: each test runs on copies of their folders, which are real
 * ones, of nodes that were stopped in order.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { writeJobs } from '../../main/cli/jobs-csv.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { NodeOptions } from '../../main/node/options.ts'
import type { RunningNode } from '../../main/node/node.ts'
import { startNode } from '../../main/node/node.ts'
import { eventually, must, scratch, startDesk } from './desks.ts'
import { calling, codeFor, isShared, statusOf, titlesAt, type Place } from './places.ts'

/** Edits of one title, all but the last of them superseded: more than a snapshot is made for. */
const EDITS = 1_050
const NETWORK = { listen: { host: '127.0.0.1', port: 0 }, mdns: null, peers: [], hq: null }

export type Worn = {
  readonly folder: string
  /** The job that was edited, with a note that grew; one that was closed. */
  readonly job: string
  readonly note: string
  readonly closed: string
  readonly wall: number
  readonly stateHash: string
  /** The jobs as a table: at headquarters while all history was there, and then at each device once it was dropped. */
  readonly tables: { readonly before: string; readonly after: readonly string[] }
}

/** Nothing is kept longer than a checkpoint needs. */
export const DROPS = { history: 0, authorityWait: 0 } as const

const start = (data: string, network: NodeOptions['network']): Promise<RunningNode> =>
  startNode({ data, console: null, network, decide: 'policy', demo: null, ...DROPS })

/** Headquarters, a desk and a tablet, which all have dropped the same history; to be made before the first test. */
export async function makeWorn(): Promise<Worn> {
  const folder = mkdtempSync(join(tmpdir(), 'tallydesk-worn-'))
  const hq: Place = { data: join(folder, 'hq'), node: await start(join(folder, 'hq'), NETWORK) }
  must(await hq.node.api.do('setup.init', { site: 'Hall', name: 'Headquarters' }))
  const desk = await member(hq, folder, 'desk', 'supervisor')
  const { record: closed } = must(await hq.node.api.do('job.create', { title: 'Done', zone: 'A' }))
  must(await hq.node.api.do('request.close', { record: closed }))
  const { record: job } = must(
    await hq.node.api.do('job.create', { title: 'Pump', tasks: ['inspect valve'] }),
  )
  const { note } = must(await hq.node.api.do('note.add', { record: job, text: 'It leaks' }))
  for (let i = 1; i <= EDITS; i += 1) {
    must(await hq.node.api.do('field.set', { record: job, field: 'title', value: `Pump ${i}` }))
    if (i % 50 === 0)
      must(await hq.node.api.do('note.edit', { record: job, note, text: `It leaks, seen ${i}` }))
  }
  // Only now: of the long chain before its admission most is dropped.
  const tablet = await member(hq, folder, 'tablet', 'technician')
  for (let i = 1; i <= 12; i += 1)
    must(await tablet.node.api.do('field.set', { record: job, field: 'zone', value: `Zone ${i}` }))
  for (const place of [tablet, desk]) await isSame(place, hq)
  await eventually('the audit number', async () =>
    must(await hq.node.api.query('record', { record: closed })).audit_number === null ? null : true,
  )
  const before = await tableOf(hq, folder)
  must(await hq.node.api.do('checkpoint.publish', {}))
  for (const { data } of [hq, desk, tablet])
    await eventually(`the drop at ${data}`, () => (compactedBeneath(data) > 0 ? true : null))
  const after: string[] = []
  for (const place of [hq, desk, tablet]) after.push(await tableOf(place, folder))
  must(await tablet.node.api.do('job.create', { title: 'From the tablet' }))
  await isShared(tablet)
  must(await hq.node.api.do('job.create', { title: 'Behind the checkpoint' }))
  for (const place of [tablet, desk]) await isSame(place, hq)
  const { checkpoint, state_hash: stateHash } = await statusOf(hq)
  for (const { node } of [tablet, desk, hq]) await node.close()
  return { folder, job, note, closed, wall: checkpoint?.wall ?? 0, stateHash, tables: { before, after } }
}

/** Days later, more of the same: what came since the first snapshot is dropped too, behind another one. */
export async function wearAgain({ data, node }: Place, { job }: Worn): Promise<void> {
  const before = droppedIn(data)
  for (let i = 1; i <= 60; i += 1)
    must(await node.api.do('field.set', { record: job, field: 'title', value: `Worn ${i}` }))
  must(await node.api.do('checkpoint.publish', {}))
  await eventually('the second drop', () => (droppedIn(data) >= before + 50 ? true : null))
}

async function tableOf({ node }: Place, folder: string): Promise<string> {
  const file = join(folder, 'jobs.csv')
  await writeJobs(node.api, file)
  const text = readFileSync(file, 'utf8')
  rmSync(file)
  return text
}

async function member(
  hq: Place,
  folder: string,
  name: string,
  role: 'supervisor' | 'technician',
): Promise<Place> {
  const data = join(folder, name)
  const node = await start(data, { ...NETWORK, peers: [hq.node.identity().listen ?? ''] })
  must(await node.api.do('setup.join', { code: await codeFor(hq.node.api, name, role), name }))
  return { data, node }
}

export const removeWorn = ({ folder }: Worn): void => rmSync(folder, { recursive: true, force: true })

/** A copy of the folder of one of them, of which none runs. */
export function copyOf({ folder }: Worn, name: 'hq' | 'desk' | 'tablet'): string {
  const data = join(scratch(), name)
  cpSync(join(folder, name), data, { recursive: true })
  return data
}

export async function running(data: string, options: Partial<NodeOptions> = {}): Promise<Place> {
  return { data, node: await startDesk(data, { ...DROPS, ...options }) }
}

export const runningBeside = (data: string, ...places: readonly Place[]): Promise<Place> =>
  running(data, calling(...places))

/** Null while it changes over to another database. */
export async function standing({ node }: Place): Promise<QueryAnswer<'status'> | null> {
  const told = await node.api.query('status', {})
  return told.ok ? told.value : null
}

export const isSame = (a: Place, b: Place): Promise<true> =>
  eventually('that both hold the same', async () => {
    const [one, other] = [await standing(a), await standing(b)]
    return one !== null && one.state_hash === other?.state_hash ? true : null
  })

export const inDatabase = <T>(data: string, work: (database: Database.Database) => T): T => {
  const database = new Database(join(data, 'tallydesk.db'))
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const reading = <T>(data: string, text: string): T => {
  const database = new Database(join(data, 'tallydesk.db'), { readonly: true })
  try {
    return database.prepare(text).pluck().get() as T
  } finally {
    database.close()
  }
}

export const droppedIn = (data: string): number => reading(data, 'SELECT count(*) FROM imprint')

const compactedBeneath = (data: string): number =>
  reading<number | undefined>(data, "SELECT value FROM meta WHERE key = 'compacted'") ?? 0

const PAGE = 4096
const file = (data: string): string => join(data, 'tallydesk.db')

export const pagesOf = (data: string): number => statSync(file(data)).size / PAGE

/** Noise over whole pages of the file. */
export function noiseOver(data: string, pages: readonly number[]): void {
  const bytes = readFileSync(file(data))
  for (const page of pages) bytes.fill(0xa7, page * PAGE, (page + 1) * PAGE)
  writeFileSync(file(data), bytes)
}

/** The page on which an op with this title lies. */
export function pageOf(data: string, title: string): number {
  const op = inDatabase(
    data,
    (database) =>
      database
        .prepare('SELECT bytes FROM op WHERE instr(bytes, ?) > 0')
        .pluck()
        .get(Buffer.from(title)) as Buffer,
  )
  return Math.floor(readFileSync(file(data)).indexOf(op.subarray(0, 80)) / PAGE)
}

/** None while it changes over to another database. */
export const titlesNow = (place: Place): Promise<string[]> => titlesAt(place).catch(() => [])

export const parcelsAt = ({ node }: Place) =>
  eventually('the parcel', async () => {
    const { parcels } = must(await node.api.query('parcels', {}))
    return parcels.length > 0 ? parcels : null
  })

export const writes = (place: Place): Promise<true> =>
  eventually('that it writes', async () => ((await standing(place))?.halted === null ? true : null))

export const noFork = async ({ node }: Place): Promise<boolean> =>
  must(await node.api.query('members', {})).members.every(({ forked }) => !forked)

/** In a backup of a device that has no attachments. */
export const snapshotsIn = (folder: string): string[] =>
  readdirSync(join(folder, 'blobs'), { recursive: true })
    .map((name) => basename(String(name)))
    .filter((name) => name.length === 64)
