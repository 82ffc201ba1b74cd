/** kill -9 of real nodes while they make a snapshot, fetch one, and begin anew from one. */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededDice } from '../../main/demo/dice.ts'
import { answered, runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'
import { comeApart, copied, leftovers, logOf, lookInto, start, until, wear, type Apart } from './snapshots.ts'

const KILLS = Number(process.env.CRASH_SNAPSHOTS ?? 24)
const folder = scratchFolder()
let apart: Apart

beforeAll(async () => {
  apart = await comeApart(folder.path)
}, 300_000)

afterAll(async () => {
  await apart.hq.close()
  folder.remove()
})

const calls = (): string[] => ['--no-mdns', '--peer', apart.hq.identity().listen ?? '']
const hasBegun = (data: string): boolean => logOf(data).includes('goes on from a snapshot')

async function killAfter(node: NodeProcess, life: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, life))
  await node.kill()
}

/** Everything that was answered is there, nothing more of its own is, and the folder is tidy. */
async function expectWhole(data: string, own: number, isThorough: boolean): Promise<number> {
  const dropped = await lookInto(data, (found) => {
    expect(apart.ops.filter((op) => !found.holds(op))).toEqual([])
    expect(found.replica.ownSeq()).toBe(own)
    if (isThorough) expect(found.replica.diagnose().findings).toEqual([])
    return found.dropped
  })
  expect(leftovers(data)).toEqual([])
  return dropped
}

describe('beginning from a snapshot', () => {
  test(`CKP-40 killed at ${KILLS} moments while it fetches a snapshot and begins from it, a device has all that it had answered, from before or anew, and goes on`, async () => {
    const dice = seededDice(20_270)
    const own = await lookInto(copied(apart.tablet, join(folder.path, 'whole')), ({ replica }) =>
      replica.ownSeq(),
    )
    const first = await runNode(copied(apart.tablet, join(folder.path, 'first')), calls())
    const begin = Date.now()
    await until('it begins anew', () => hasBegun(first.data))
    const usual = Date.now() - begin
    await first.kill()
    const seen = { anew: 0, before: 0, unfinished: 0, named: 0 }
    let last = ''
    const isOneSided = (): boolean => seen.before === 0 || seen.anew === 0
    for (let kill = 0; kill < KILLS || (kill < KILLS * 2 && isOneSided()); kill += 1) {
      last = copied(apart.tablet, join(folder.path, `kill-${kill}`))
      const node = await runNode(last, calls())
      // The machine may be slower by now than it was.
      await killAfter(node, dice() * usual * (kill < KILLS ? 1.3 : 3))
      if (existsSync(join(last, 'tallydesk.db.begun.unfinished'))) seen.unfinished += 1
      if (existsSync(join(last, 'tallydesk.db.begun'))) seen.named += 1
      seen[(await expectWhole(last, own, kill % 6 === 0)) > 0 ? 'anew' : 'before'] += 1
    }
    expect(seen.before).toBeGreaterThan(0)
    expect(seen.anew).toBeGreaterThan(0)
    const node = await runNode(last, calls())
    await until('it begins anew', () => hasBegun(last))
    const { op } = answered(await node.client.do('job.create', { title: 'After all that' }))
    expect(op.endsWith(`:${own + 1}`)).toBe(true)
    await until('headquarters has it', async () => (await apart.hq.api.query('op', { op })).ok)
    await until('both show the same', async () => {
      const [a, b] = [await node.client.query('status', {}), await apart.hq.api.query('status', {})]
      return answered(a).state_hash === answered(b).state_hash
    })
    expect(answered(await node.client.query('preferences', {})).preferences).toMatchObject({ theme: 'dark' })
    await node.stop()
    await expectWhole(last, own + 1, true)
  }, 600_000)

  test('CKP-41 between any two steps of the one database taking the place of the other, a crash is finished at the next start', async () => {
    const begun = copied(apart.tablet, join(folder.path, 'begun'))
    const node = await runNode(begun, calls())
    await until('it begins anew', () => hasBegun(begun))
    await node.stop()
    const own = await lookInto(begun, ({ replica }) => replica.ownSeq())
    const fresh = join(begun, 'tallydesk.db')
    const states: readonly (readonly [string, 'anew' | 'before', (data: string) => void])[] = [
      ['half of one', 'before', (data) => writeFileSync(join(data, 'tallydesk.db.begun.unfinished'), 'half')],
      ['one that has not its name yet', 'before', (data) => copyFileSync(fresh, join(data, 'tallydesk.db.begun.unfinished'))],
      ['one with its name', 'anew', (data) => copyFileSync(fresh, join(data, 'tallydesk.db.begun'))],
      [
        'what belongs to the one before is still there',
        'anew',
        (data) => {
          copyFileSync(fresh, join(data, 'tallydesk.db.begun'))
          for (const end of ['-wal', '-shm']) writeFileSync(join(data, `tallydesk.db${end}`), 'of the one before')
        },
      ],
    ] // prettier-ignore
    for (const [state, outcome, make] of states) {
      const data = copied(apart.tablet, join(folder.path, state.replaceAll(' ', '-')))
      make(data)
      expect((await expectWhole(data, own, true)) > 0, state).toBe(outcome === 'anew')
    }
  }, 300_000)
})

test('CKP-42 killed while it makes a snapshot, headquarters has lost nothing, makes it at the next start and leaves nothing over', async () => {
  const template = join(folder.path, 'making')
  const made = await start(template, null)
  answered(await made.api.do('setup.init', { site: 'Quay', name: 'HQ' }))
  const { record } = answered(await made.api.do('job.create', { title: 'Pump' }))
  await wear(made.api, record)
  await made.close()
  const dice = seededDice(20_271)
  const isMade = (data: string): boolean => logOf(data).includes('a snapshot was made')
  const seen = { copying: 0, making: 0, made: 0 }
  let usual = 0
  let last = ''
  for (let kill = 0; kill <= KILLS / 2; kill += 1) {
    last = copied(template, join(folder.path, `making-${kill}`))
    const node = await runNode(last)
    const { op } = answered(await node.client.do('checkpoint.publish', {}))
    const begin = Date.now()
    if (kill === 0) {
      await until('the snapshot', () => isMade(last))
      usual = Date.now() - begin
      await node.kill()
      continue
    }
    await killAfter(node, dice() * usual * 1.2)
    if (existsSync(join(last, 'tallydesk.db.snapshot.unfinished'))) seen.copying += 1
    else if (existsSync(join(last, 'tallydesk.db.snapshot'))) seen.making += 1
    if (isMade(last)) seen.made += 1
    await lookInto(last, ({ holds, replica }) => {
      expect(holds(op)).toBe(true)
      if (kill % 4 === 0) expect(replica.diagnose().findings).toEqual([])
    })
  }
  const node = await runNode(last)
  await until('the snapshot', () => isMade(last))
  await until('it is tidy', () => leftovers(last).length === 0)
  await node.stop()
  expect(leftovers(last)).toEqual([])
  await lookInto(last, ({ replica }) => expect(replica.snapshot()).not.toBeNull())
}, 600_000)
