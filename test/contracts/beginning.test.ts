/** Devices that lack what others have dropped begin from a snapshot: real nodes, over TLS, on real files. */
import { existsSync, mkdirSync, renameSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { openMachine } from '../../main/node/machine.ts'
import type { RunningNode } from '../../main/node/node.ts'
import { openDatabase } from '../../main/store/database.ts'
import { eventually, must, scratch, startDesk } from './desks.ts'

/** Edits of one title, all but the last of them superseded: more than a snapshot is made for. */
const EDITS = 1_050

type Office = { readonly hq: RunningNode; readonly api: DeskApi; readonly data: string; readonly job: string }

const NETWORK = { listen: { host: '127.0.0.1', port: 0 }, mdns: null, hq: null } as const

async function foundOffice(data = scratch()): Promise<Office> {
  const hq = await startDesk(data, { history: 0 })
  must(await hq.api.do('setup.init', { site: 'Harbour', name: 'HQ' }))
  const { record } = must(await hq.api.do('job.create', { title: 'Pump', tasks: ['inspect valve'] }))
  return { hq, api: hq.api, data, job: record }
}

async function wear({ api, job }: Office): Promise<void> {
  for (let i = 1; i <= EDITS; i += 1)
    must(await api.do('field.set', { record: job, field: 'title', value: `Pump ${i}` }))
}

/** Publishes what there is as final, and waits until it is written down and what is not needed is dropped. */
async function publish({ api, data }: Office): Promise<void> {
  must(await api.do('checkpoint.publish', {}))
  await eventually('the drop of what is final', () => (droppedIn(data) > EDITS / 2 ? true : null))
}

function droppedIn(data: string): number {
  const sql = openDatabase(join(data, 'tallydesk.db'))
  try {
    return sql.prepare('SELECT count(*) AS n FROM imprint').get<{ n: number }>()?.n ?? 0
  } finally {
    sql.close()
  }
}

async function joinAs(name: string, office: Office, data = scratch()): Promise<RunningNode> {
  const { code } = must(await office.api.do('invite.create', { role: 'technician', name }))
  const node = await startDesk(data, { network: { ...NETWORK, peers: [office.hq.identity().listen ?? ''] } })
  must(await node.api.do('setup.join', { code, name }))
  return node
}

const hashOf = async (api: DeskApi): Promise<string> => must(await api.query('status', {})).state_hash

async function sameState(a: DeskApi, b: DeskApi): Promise<void> {
  await eventually('the same state', async () => ((await hashOf(a)) === (await hashOf(b)) ? true : null))
}

describe('beginning from a snapshot', () => {
  test('CKP-20 a device that joins after history was dropped begins from a snapshot and shows the same', async () => {
    const office = await foundOffice()
    await wear(office)
    await publish(office)
    const tablet = await joinAs('Tablet 1', office)
    await sameState(office.api, tablet.api)
    const row = must(await tablet.api.query('record', { record: office.job }))
    expect(row.fields.title?.values.map(({ value }) => value)).toEqual([`Pump ${EDITS}`])
    expect(must(await tablet.api.query('status', {})).log.ops).toBe(
      must(await office.api.query('status', {})).log.ops,
    )
    must(await tablet.api.do('task.tick', { record: office.job, task: row.tasks[0]?.task ?? '' }))
    await sameState(office.api, tablet.api)
  }, 120_000)

  test('CKP-21 a device that was away comes back through a snapshot with its unsent work, which is judged as anyone’s', async () => {
    const office = await foundOffice()
    const folder = scratch()
    const tablet = await joinAs('Tablet 1', office, folder)
    await sameState(office.api, tablet.api)
    await tablet.close()
    const alone = await startDesk(folder, { network: null })
    const made: string[] = []
    for (let i = 1; i <= 40; i += 1)
      made.push(must(await alone.api.do('job.create', { title: `Alone ${i}` })).record)
    must(await alone.api.do('field.set', { record: office.job, field: 'title', value: 'Seen alone' }))
    await alone.close()
    await wear(office)
    await publish(office)
    const back = await startDesk(folder, {
      network: { ...NETWORK, peers: [office.hq.identity().listen ?? ''] },
    })
    await sameState(office.api, back.api)
    expect(droppedIn(folder)).toBeGreaterThan(EDITS / 2)
    for (const { api } of [office, back])
      for (const record of made) expect(must(await api.query('record', { record })).status).toBe('open')
    const { values } = must(await back.api.query('record', { record: office.job })).fields.title ?? {
      values: [],
    }
    expect(values.map(({ value }) => value).sort()).toEqual([`Pump ${EDITS}`, 'Seen alone'])
    expect(existsSync(join(folder, 'tallydesk.db.begun'))).toBe(false)
  }, 120_000)
})

test('NOD-41 a database that cannot be opened anew is opened by the next try, and the folder stays held until all is closed', async () => {
  const folder = scratch()
  const database = join(folder, 'tallydesk.db')
  const machine = await openMachine(folder)
  renameSync(database, `${database}.away`)
  mkdirSync(database)
  await expect(machine.renewed()).rejects.toThrow()
  await expect(openMachine(folder)).rejects.toMatchObject({ code: 'data-folder-in-use' })
  rmdirSync(database)
  renameSync(`${database}.away`, database)
  const again = await machine.renewed()
  expect(again.facts.authorityHeard()).toBeNull()
  again.close()
  again.close()
  const free = await openMachine(folder)
  free.close()
})
