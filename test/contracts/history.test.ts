/** What a device says of history that it no longer keeps, and while it begins from a snapshot: real nodes on real files. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { type RunningNode, startNode } from '../../main/node/node.ts'
import type { NodeOptions } from '../../main/node/options.ts'
import { CLI } from '../support/node-process.ts'
import { clearedAt, EDITS, workOn } from '../support/worn-site.ts'
import { afterThis, eventually, must, scratch, startDesk } from './desks.ts'

type Status = QueryAnswer<'status'>

const DAY_MS = 86_400_000
const at = (...peers: readonly string[]): NonNullable<NodeOptions['network']> => ({
  listen: { host: '127.0.0.1', port: 0 },
  mdns: null,
  peers,
  hq: null,
})
const addressOf = (node: RunningNode): string => node.identity().listen ?? ''
const statusOf = async ({ api }: RunningNode): Promise<Status> => must(await api.query('status', {}))

/** The folders of devices that all have been stopped in order; made once, and each test runs on copies. */
const made = mkdtempSync(join(tmpdir(), 'tallydesk-history-'))
let job: string
let first: string
/** What the job's feed said of changes that are no longer kept, while it was watched. */
const heard: number[] = []

beforeAll(async () => {
  const start = (name: string, peers: readonly string[], history?: number): Promise<RunningNode> =>
    startNode({
      data: join(made, name),
      console: null,
      network: at(...peers),
      decide: 'policy',
      demo: null,
      ...(history === undefined ? {} : { history }),
    })
  const hq = await start('hq', [], 0)
  must(await hq.api.do('setup.init', { site: 'Harbour', name: 'HQ' }))
  job = must(await hq.api.do('job.create', { title: 'Pump', tasks: ['inspect valve'] })).record
  first = must(await hq.api.do('field.set', { record: job, field: 'title', value: 'Old pump' })).op
  const member = async (name: string, history?: number): Promise<RunningNode> => {
    const node = await start(name, [addressOf(hq)], history)
    const { code } = must(await hq.api.do('invite.create', { role: 'technician', name }))
    must(await node.api.do('setup.join', { code, name }))
    await sameAs(hq, node)
    return node
  }
  const [short, week] = [await member('short', 0), await member('week', 7 * DAY_MS)]
  await (await member('away')).close()
  expect(must(await hq.api.query('feed', { record: job }))).toMatchObject({ cleared: 0 })
  expect(must(await hq.api.query('op', { op: first }))).toMatchObject({ final: false, cleared: false })
  const stop = hq.api.watch('feed', { record: job, limit: 5 }, (answer) => {
    if (answer.ok) heard.push(answer.value.cleared)
  })
  await workOn(hq.api, job, () => Promise.all([sameAs(hq, short), sameAs(hq, week)]))
  for (const node of [hq, short]) await isCleared(node)
  await eventually('the word of it', () => (heard.at(-1) === EDITS ? true : null))
  stop()
  for (const node of [week, short]) await sameAs(hq, node)
  await eventually(
    'the word of the snapshot',
    async () => (await statusOf(week)).checkpoint?.snapshot ?? null,
  )
  for (const node of [week, short, hq]) await node.close()
}, 180_000)

afterAll(() => rmSync(made, { recursive: true, force: true }))

function copyOf(name: string): string {
  const data = join(scratch(), name)
  cpSync(join(made, name), data, { recursive: true })
  return data
}

const sameAs = (a: RunningNode, b: RunningNode): Promise<true> =>
  eventually('the same state', async () =>
    (await statusOf(a)).state_hash === (await statusOf(b)).state_hash ? true : null,
  )

const isCleared = (node: RunningNode): Promise<number> =>
  eventually('the drop of what is final', async () => {
    const cleared = await clearedAt(node.api)
    return cleared > EDITS / 2 ? cleared : null
  })

describe('what of the past is no longer kept', () => {
  test('CKP-50 feed and op tell how much and what of the past is no longer kept, and who watches hears of it', async () => {
    const { api } = await startDesk(copyOf('hq'), { network: null, history: 0 })
    const cleared = await clearedAt(api)
    const ofJob = must(await api.query('feed', { record: job, limit: 500 }))
    // The title that stands and what made the job are here; the old title and the others are not.
    expect([ofJob.cleared, ofJob.rows.length]).toEqual([EDITS, 2])
    expect(heard.at(-1)).toBe(EDITS)
    expect(must(await api.query('feed', {})).cleared).toBe(cleared)
    expect(must(await api.query('feed', { record: '0'.repeat(32) }))).toMatchObject({ rows: [], cleared: 0 })
    expect(must(await api.query('op', { op: first }))).toMatchObject({
      judgement: 'accepted',
      effects: [],
      final: true,
      cleared: true,
    })
    expect(must(await api.query('record', { record: job })).final).toEqual({ ops: EDITS + 2, of: EDITS + 2 })
  })

  test('CKP-51 status tells of the snapshot, where it is, how long history is kept and how much is not any more', async () => {
    const [hq, week] = [copyOf('hq'), copyOf('week')]
    const [atHq, atWeek] = [
      await startDesk(hq, { network: null, history: 0 }),
      await startDesk(week, { network: null, history: 7 * DAY_MS }),
    ]
    const cleared = await clearedAt(atHq.api)
    const { checkpoint } = await statusOf(atHq)
    expect(checkpoint).toMatchObject({ history: { days: 0, cleared }, snapshot: { here: true } })
    expect(checkpoint?.snapshot?.wall).toBe(checkpoint?.wall)
    expect(checkpoint?.snapshot?.size).toBeGreaterThan(10_000)
    expect((await statusOf(atWeek)).checkpoint).toMatchObject({
      history: { days: 7, cleared: 0 },
      snapshot: { ...checkpoint?.snapshot, here: false },
    })
    for (const node of [atHq, atWeek]) await node.close()
    const said = (data: string, LANG: string): string =>
      spawnSync(process.execPath, [CLI, 'status', '--data', data], {
        env: { ...process.env, LANG, LC_ALL: '' },
        encoding: 'utf8',
      }).stdout
    expect(said(week, 'en_GB.UTF-8')).toContain('it is not on this device.')
    expect(said(hq, 'es_ES.UTF-8')).toContain(`cambios que ya no se guardan aquí: ${cleared}.`)
  })
})

describe('while a device begins from a snapshot', () => {
  test('CKP-52 status says that nobody linked has a snapshot, then how far it is, and nothing once it goes on', async () => {
    const short = await startDesk(copyOf('short'), { network: at(), history: 0 })
    const back = await startDesk(copyOf('away'), { network: at(addressOf(short)) })
    // Each turn, since it is through within some tens of them: a watch is told less often.
    const seen: Status['beginning'][] = []
    const eyes = { areOpen: true }
    const looking = (async () => {
      while (eyes.areOpen) {
        seen.push((await statusOf(back)).beginning)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    await eventually('the word that nobody has one', async () =>
      (await statusOf(back)).beginning?.state === 'nobody' ? true : null,
    )
    must(await back.api.do('task.add', { record: job, text: 'Clean it' }))
    const hq = await startDesk(copyOf('hq'), { network: at(addressOf(back)), history: 0 })
    await sameAs(hq, back)
    await eventually('the end of it', async () => ((await statusOf(back)).beginning === null ? true : null))
    eyes.areOpen = false
    await looking
    expect(seen.some((one) => one?.state === 'coming' || one?.state === 'reading')).toBe(true)
    for (const one of seen) expect(one?.done ?? 0).toBeLessThanOrEqual(one?.size ?? Infinity)
    const { tasks, title } = must(await hq.api.query('record', { record: job }))
    expect([title, tasks.length]).toEqual([`Pump, seen ${EDITS} times`, 2])
  }, 120_000)

  test('CKP-54 commands that are given while it changes over are carried out, watches go on, and it never seems to be without a site', async () => {
    const hq = await startDesk(copyOf('hq'), { network: at(), history: 0 })
    const back = await startDesk(copyOf('away'), { network: at(addressOf(hq)) })
    const troubles: string[] = []
    const phases = new Set<string>()
    afterThis(
      back.api.watch('board', { limit: 5 }, (answer) => {
        if (!answer.ok) troubles.push(answer.error.code)
      }),
    )
    afterThis(
      back.api.watch('node', {}, (answer) => {
        if (answer.ok) phases.add(answer.value.phase)
      }),
    )
    const jobs: string[] = []
    while ((await clearedAt(back.api)) === 0 && jobs.length < 300) {
      const answer = await back.api.do('job.create', { title: `Meanwhile ${jobs.length}` })
      if (answer.ok) jobs.push(answer.value.record)
      else troubles.push(answer.error.code)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await sameAs(hq, back)
    expect(troubles).toEqual([])
    expect([...phases]).toEqual(['running'])
    for (const record of jobs)
      expect(must(await hq.api.query('record', { record })).status, record).toBe('open')
  }, 120_000)
})

describe('how long history is kept', () => {
  const run = (data: string, days: string, LANG = 'en_GB.UTF-8') =>
    spawnSync(process.execPath, [CLI, 'run', '--data', data, '--no-mdns', '--history', days], {
      env: { ...process.env, LANG, LC_ALL: '' },
      encoding: 'utf8',
      timeout: 30_000,
    })

  test.each(['0', '-3', 'abc', '', '1e3', '36501', 'Forever'])(
    'CKP-53 --history %j is refused as usage before the folder is touched',
    (days) => {
      const data = join(scratch(), 'none')
      const { status, stdout, stderr } = run(data, days)
      expect(status).toBe(2)
      expect(stdout + stderr).toContain('--history must be a number of days above 0 and up to 36500')
      expect(existsSync(data)).toBe(false)
    },
  )

  test('CKP-53 it is refused in Spanish too', () => {
    const { stdout, stderr } = run(join(scratch(), 'none'), 'abc', 'es_ES.UTF-8')
    expect(stdout + stderr).toContain('--history debe ser un número de días')
  })

  test('CKP-53 for good: nothing is let go', async () => {
    const kept = await startDesk(copyOf('week'), { network: null, history: null })
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect((await statusOf(kept)).checkpoint?.history).toEqual({ days: null, cleared: 0 })
    const dropping = await startDesk(copyOf('week'), { network: at(), history: 1 })
    expect(await isCleared(dropping)).toBeGreaterThan(EDITS / 2)
    expect((await statusOf(kept)).checkpoint?.history.cleared).toBe(0)
  })
})
