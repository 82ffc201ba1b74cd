/** Folders for kills around snapshots: of a device that lacks what headquarters has dropped, and of one that is to make one. */
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { storedSite } from '../../shared/replica/committing.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import { openMachine } from '../../main/node/machine.ts'
import { startNode, type RunningNode } from '../../main/node/node.ts'
import type { NodeOptions } from '../../main/node/options.ts'
import { answered } from '../support/node-process.ts'

/** Edits of one title: more than a snapshot is made for. */
const EDITS = 1_050
export const ALONE = 25

export const start = (
  data: string,
  network: NodeOptions['network'],
  history?: number,
): Promise<RunningNode> =>
  startNode({
    data,
    console: null,
    network,
    decide: 'policy',
    demo: null,
    authorityWait: 0,
    ...(history === undefined ? {} : { history }),
  })

export const calling = (...peers: readonly string[]): NonNullable<NodeOptions['network']> => ({
  listen: { host: '127.0.0.1', port: 0 },
  mdns: null,
  peers,
  hq: null,
})

export async function until(
  what: string,
  look: () => boolean | Promise<boolean>,
  limit = 60_000,
): Promise<void> {
  const end = Date.now() + limit
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`it did not come: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export async function wear(api: DeskApi, record: string): Promise<void> {
  for (let i = 1; i <= EDITS; i += 1)
    answered(await api.do('field.set', { record, field: 'title', value: `Pump ${i}` }))
}

export type Apart = {
  readonly hq: RunningNode
  /** Of a tablet that knows the job as it was, and has worked alone since; it is stopped. */
  readonly tablet: string
  /** Every op that it had answered. */
  readonly ops: readonly string[]
}

/** Headquarters, which runs and has dropped what a tablet lacks. */
export async function comeApart(
  folder: string,
  together: (hq: RunningNode, tablet: RunningNode) => Promise<void> = () => Promise.resolve(),
): Promise<Apart> {
  const tablet = join(folder, 'tablet')
  const hq = await start(join(folder, 'hq'), calling(), 0)
  answered(await hq.api.do('setup.init', { site: 'Harbour', name: 'HQ' }))
  const { record } = answered(await hq.api.do('job.create', { title: 'Pump' }))
  const { code } = answered(await hq.api.do('invite.create', { role: 'technician', name: 'Tablet' }))
  const joined = await start(tablet, calling(hq.identity().listen ?? ''))
  answered(await joined.api.do('setup.join', { code, name: 'Tablet' }))
  await until('the job', async () => (await joined.api.query('record', { record })).ok)
  await together(hq, joined)
  // What it asks for by itself it has, so that copies of it write nothing that another does not.
  await until('its rights', async () =>
    answered(await joined.api.query('rights', {})).rights.some(({ self }) => self),
  )
  await joined.close()
  const alone = await start(tablet, null)
  const ops: string[] = []
  const { record: own, op } = answered(await alone.api.do('job.create', { title: 'Alone' }))
  ops.push(op)
  for (let i = 1; i < ALONE; i += 1)
    ops.push(
      answered(await alone.api.do('field.set', { record: own, field: 'title', value: `Alone ${i}` })).op,
    )
  answered(await alone.api.do('preference.set', { key: 'theme', value: 'dark' }))
  await alone.close()
  await wear(hq.api, record)
  answered(await hq.api.do('checkpoint.publish', {}))
  await until('the drop', async () => {
    const { checkpoint } = answered(await hq.api.query('status', {}))
    return checkpoint !== null && (await isDropped(hq))
  })
  return { hq, tablet, ops }
}

async function isDropped({ api }: RunningNode): Promise<boolean> {
  const { log } = answered(await api.query('status', {}))
  return log.bytes < log.ops * 100
}

export function copied(template: string, to: string): string {
  cpSync(template, to, { recursive: true })
  return to
}

export const leftovers = (data: string): string[] =>
  readdirSync(data, { recursive: true })
    .map(String)
    .filter((name) => /\.begun|\.snapshot|\.unfinished/.test(name))

/** What a node wrote down of its doings. */
export const logOf = (data: string): string => readFileSync(join(data, 'tallydesk.log'), 'utf8')

export type Look = {
  readonly replica: Replica
  readonly dropped: number
  readonly holds: (op: string) => boolean
}

/** Into the folder itself, by nobody's word, as at a start. */
export async function lookInto<T>(data: string, look: (found: Look) => T): Promise<T> {
  const machine = await openMachine(data)
  try {
    const site = storedSite(machine.sql)
    if (!site) throw new Error('the folder holds a site')
    const replica = openReplica(machine.world, machine.signer, site)
    const dropped = machine.sql.prepare('SELECT count(*) AS n FROM imprint').get<{ n: number }>()?.n ?? 0
    return look({
      replica,
      dropped,
      holds: (op) => replica.query('op', { op }, { why: null, since: null }).ok,
    })
  } finally {
    machine.close()
  }
}
