/** kill -9 of a real node at random moments while commands run: what was answered is there, and no seq is used twice. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMachine } from '../../main/node/machine.ts'
import { storedSite } from '../../shared/replica/committing.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import { seededDice } from '../../main/demo/dice.ts'
import { runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'

const KILLS = Number(process.env.TALLYDESK_KILLS ?? 200)
/** Commands under way at a time. */
const AT_ONCE = 6
const LONGEST_LIFE_MS = 120

const folder = scratchFolder()
const random = seededDice(20_260)
/** Title by op, of every command that was answered. */
const answered = new Map<string, string>()
let serial = 0

beforeAll(async () => {
  const node = await runNode(folder.path)
  const founded = await node.client.do('setup.init', { site: 'Crash site', name: 'Desk' })
  expect(founded.ok).toBe(true)
  await node.stop()
}, 60_000)

afterAll(() => folder.remove())

test(`CRASH-1 nothing answered is lost over ${KILLS} kills, the chain stays whole, and no seq is used twice`, async () => {
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = new Map(answered)
    const node = await runNode(folder.path)
    if (kill % 10 === 0) await expectAll(node, before)
    await commandsUntilKilled(node)
  }
  const node = await runNode(folder.path)
  await expectAll(node, answered)
  await node.stop()
  expect(answered.size).toBeGreaterThan(KILLS)
  await expectSound()
}, 1_200_000)

async function commandsUntilKilled(node: NodeProcess): Promise<void> {
  const life = random() * LONGEST_LIFE_MS
  const workers = Array.from({ length: AT_ONCE }, async () => {
    while (await oneCommand(node));
  })
  await new Promise((resolve) => setTimeout(resolve, life))
  await Promise.all([node.kill(), ...workers])
}

/** False once the node is gone. */
async function oneCommand({ client }: NodeProcess): Promise<boolean> {
  serial += 1
  const title = `Job ${serial}`
  const done = await client.do('job.create', { title, tasks: ['one', 'two'], tags: ['crash'] })
  if (!done.ok) return false
  expect(answered.has(done.value.op), `seq of ${done.value.op} was used before`).toBe(false)
  answered.set(done.value.op, title)
  const noted = await client.do('note.add', { record: done.value.record, text: `Note of ${title}` })
  if (noted.ok) answered.set(noted.value.op, '')
  return noted.ok
}

async function expectAll({ client }: NodeProcess, ops: ReadonlyMap<string, string>): Promise<void> {
  for (const [op, title] of ops) {
    const found = await client.query('op', { op })
    expect(found.ok, `${op} was answered before the kill`).toBe(true)
    if (!found.ok || title === '') continue
    expect(found.value.effects).toContainEqual({
      what: 'set',
      field: 'title',
      child: null,
      value: title,
      settles: 0,
    })
  }
}

/** The doctor on the folder itself: chains, hashes, signatures, folds and views. */
async function expectSound(): Promise<void> {
  const machine = await openMachine(folder.path)
  try {
    const site = storedSite(machine.sql)
    if (!site) throw new Error('the folder holds a site')
    const { findings, ops } = openReplica(machine.world, machine.signer, site).diagnose()
    expect(findings).toEqual([])
    expect(ops).toBeGreaterThanOrEqual(answered.size)
  } finally {
    machine.close()
  }
}
