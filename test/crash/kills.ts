/** kill -9 of real nodes at random moments while commands run, alone and beside a peer. */
import { expect } from 'vitest'
import { openMachine } from '../../main/node/machine.ts'
import { storedSite } from '../../shared/replica/committing.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import { answered, runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'

/** Commands under way at a time. */
const AT_ONCE = 6
/** What is looked for after each kill: the newest, and once in so many kills all that was ever answered. */
const NEWEST = 200
const ALL_EVERY = 100
/** Beside a peer a life must be long enough for a link. */
const LONGEST_LIFE_MS = { alone: 120, beside: 600 }
const WAIT_MS = 60_000

/** Title by op, of every command that a node answered; a note has none. */
type Answered = Map<string, string>

/** Kills a node again and again, and holds it to all that it had answered. */
export async function killAlone(kills: number, dice: () => number): Promise<void> {
  const folder = scratchFolder()
  const done: Answered = new Map()
  try {
    await found(folder.path)
    for (let kill = 0; kill < kills; kill += 1) {
      const before = new Map(done)
      const node = await runNode(folder.path)
      if (kill % 10 === 0) await expectAll(node, before)
      await Promise.all([killAfter(node, dice() * LONGEST_LIFE_MS.alone), workUntilKilled(node, done)])
    }
    const node = await runNode(folder.path)
    await expectAll(node, done)
    await node.stop()
    expect(done.size).toBeGreaterThan(kills)
    await lookInto(folder.path, ({ diagnose }) => {
      const { findings, ops } = diagnose()
      expect(findings).toEqual([])
      expect(ops).toBeGreaterThanOrEqual(done.size)
    })
  } finally {
    folder.remove()
  }
}

/**
 * Kills a tablet again and again while it and headquarters both work: each time, before it hears of anybody, it holds
 * what headquarters has of its ops, and what it had told headquarters that it has. Answers how much that was.
 */
export async function killBesidePeer(kills: number, dice: () => number): Promise<number> {
  const folder = scratchFolder()
  const [office, aisle] = [`${folder.path}/hq`, `${folder.path}/tablet`]
  const hq = await found(office).then(() => runNode(office))
  const peer = ['--no-mdns', '--peer', String(hq.ready.listen)]
  const done: Readonly<Record<'office' | 'aisle', Answered>> = { office: new Map(), aisle: new Map() }
  let held = 0
  try {
    const { code } = answered(await hq.client.do('invite.create', { role: 'technician', name: 'Tablet' }))
    let tablet = await runNode(aisle, peer)
    const { actor } = answered(await tablet.client.do('setup.join', { code, name: 'Tablet' }))
    for (let kill = 0; kill < kills; kill += 1) {
      const begin = Date.now()
      await Promise.all([
        killAfter(tablet, dice() * LONGEST_LIFE_MS.beside),
        workUntilKilled(tablet, done.aisle),
        ...(done.office.size < kills * 10 ? [oneCommand(hq, done.office)] : []),
      ])
      expect(Date.now() - begin).toBeLessThan(WAIT_MS)
      const isLast = kill === kills - 1
      const asked = (ops: Answered): readonly string[] =>
        [...ops.keys()].slice(isLast || kill % ALL_EVERY === 0 ? 0 : -NEWEST)
      const known = await knownAt(hq, actor, asked(done.office))
      held += known.acknowledged.length
      await lookInto(aisle, ({ replica, diagnose, holds }) => {
        expect(replica.ownSeq(), 'own ops that headquarters has').toBeGreaterThanOrEqual(known.seq)
        expect(known.acknowledged.filter((op) => !holds(op))).toEqual([])
        expect(asked(done.aisle).filter((op) => !holds(op))).toEqual([])
        if (isLast) expect(diagnose().findings).toEqual([])
      })
      tablet = await runNode(aisle, peer)
    }
    await untilAgreed(hq, tablet)
    await tablet.stop()
  } finally {
    await hq.kill()
    folder.remove()
  }
  return held
}

async function found(data: string): Promise<void> {
  const node = await runNode(data)
  answered(await node.client.do('setup.init', { site: 'Crash site', name: 'Desk' }))
  await node.stop()
}

async function killAfter(node: NodeProcess, life: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, life))
  await node.kill()
}

async function workUntilKilled(node: NodeProcess, done: Answered): Promise<void> {
  const worker = async (): Promise<void> => {
    while (await oneCommand(node, done));
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

let serial = 0

/** False once the node is gone. */
async function oneCommand({ client }: NodeProcess, done: Answered): Promise<boolean> {
  serial += 1
  const title = `Job ${serial}`
  const made = await client.do('job.create', { title, tasks: ['one', 'two'], tags: ['crash'] })
  if (!made.ok) return false
  expect(done.has(made.value.op), `seq of ${made.value.op} was used before`).toBe(false)
  done.set(made.value.op, title)
  const noted = await client.do('note.add', { record: made.value.record, text: `Note of ${title}` })
  if (noted.ok) done.set(noted.value.op, '')
  return noted.ok
}

async function expectAll({ client }: NodeProcess, ops: Answered): Promise<void> {
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

type Known = { readonly seq: number; readonly acknowledged: readonly string[] }

/** How far headquarters has the ops of a device, and which of its own the device has acknowledged. */
async function knownAt({ client }: NodeProcess, actor: string, ops: readonly string[]): Promise<Known> {
  const seq = answered(await client.query('status', {})).cursor[actor] ?? 0
  const acknowledged: string[] = []
  for (const op of ops) {
    const { where } = answered(await client.query('op', { op }))
    if (where.includes(actor)) acknowledged.push(op)
  }
  return { seq, acknowledged }
}

async function untilAgreed(...nodes: readonly NodeProcess[]): Promise<void> {
  const end = Date.now() + WAIT_MS
  for (;;) {
    const all = await Promise.all(nodes.map(({ client }) => client.query('status', {})))
    if (new Set(all.map((status) => answered(status).state_hash)).size === 1) return
    expect(Date.now(), 'both come to hold the same').toBeLessThan(end)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

type Look = {
  readonly replica: Replica
  readonly diagnose: () => ReturnType<Replica['diagnose']>
  /** Is an op here, by its id? */
  readonly holds: (op: string) => boolean
}

/** Into the folder itself, by nobody's word. */
async function lookInto(data: string, look: (found: Look) => void): Promise<void> {
  const machine = await openMachine(data)
  try {
    const site = storedSite(machine.sql)
    if (!site) throw new Error('the folder holds a site')
    const replica = openReplica(machine.world, machine.signer, site)
    const holds = (op: string): boolean => replica.query('op', { op }, { why: null, since: null }).ok
    look({ replica, holds, diagnose: () => replica.diagnose() })
  } finally {
    machine.close()
  }
}
