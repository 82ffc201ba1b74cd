/** A piece of a shift on real nodes: what is done here is what the record of their files is about. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandInput, CommandName, CommandResult } from '../../shared/api/commands.ts'
import { answered, type NodeProcess } from '../support/node-process.ts'
import type { Recorded } from './recording.ts'

const WAIT_MS = 60_000

async function run<C extends CommandName>(
  { client }: NodeProcess,
  command: C,
  input: CommandInput<C>,
): Promise<CommandResult<C>> {
  return answered(await client.do(command, input))
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_MS
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`it did not come: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const states = async ({ client }: NodeProcess): Promise<string[]> =>
  answered(await client.query('requests', {})).requests.map(({ state }) => state)

/** Headquarters and a tablet: founding, joining, work on both, decisions, an orderly end, kills, and work again. */
export async function shift(hq: Recorded, tablet: Recorded, rounds: number): Promise<void> {
  let office = await hq.run()
  await run(office, 'setup.init', { site: 'Power', name: 'HQ' })
  await run(office, 'preference.set', { key: 'theme', value: 'dark' })
  await office.stop()
  office = await hq.run()
  const { code } = await run(office, 'invite.create', { role: 'technician', name: 'Tablet' })
  const peer = ['--peer', String(office.ready.listen)]
  let aisle = await tablet.run(...peer)
  await run(aisle, 'setup.join', { code, name: 'Tablet' })
  for (let round = 0; round < rounds; round += 1) {
    await inTheAisle(aisle, round)
    await inTheOffice(office, hq, round)
    await until('every decision', async () => !(await states(aisle)).includes('waiting'))
    if (round % 3 === 0) {
      await aisle.kill()
      aisle = await tablet.run(...peer)
    }
    if (round % 3 === 1) {
      await (round % 2 === 0 ? office.stop() : office.kill())
      office = await hq.run()
    }
  }
  await Promise.all([aisle.stop(), office.stop()])
}

async function inTheAisle(node: NodeProcess, round: number): Promise<void> {
  const { record } = await run(node, 'job.create', {
    title: `Pump ${round}`,
    zone: 'North',
    tasks: ['Close valve'],
  })
  const { task } = await run(node, 'task.add', { record, text: 'Empty it' })
  await run(node, 'task.tick', { record, task })
  const { note } = await run(node, 'note.add', { record, text: 'It drips.\nAt the flange.' })
  await run(node, 'note.edit', { record, note, text: 'It dripped.\nAt the flange.' })
  await run(node, 'tally.add', { record, field: 'labour', amount: 15 })
  const done = await run(node, 'job.create', { title: `Filter ${round}`, zone: 'South' })
  await run(node, 'request.close', { record: done.record })
  await run(node, 'request.numbers', { right: 'job-number', amount: 5 })
}

async function inTheOffice(node: NodeProcess, { root }: Recorded, round: number): Promise<void> {
  const { record } = await run(node, 'job.create', { title: `Lamp ${round}`, tags: ['light'] })
  const file = join(root, '..', `photo-${round}.png`)
  writeFileSync(file, `no photo, but bytes of one: ${round}`.repeat(500))
  await run(node, 'attachment.add', { record, file })
  await run(node, 'field.set', { record, field: 'title', value: `Lamp ${round} is out` })
  const orders = ['work_order,title', ...[1, 2, 3].map((line) => `W-${round}-${line},Order ${line}`)]
  await run(node, 'import.csv', { content: orders.join('\n') })
  await run(node, 'request.close', { record })
}

/** One device alone, for what needs no other. */
export async function alone(desk: Recorded, jobs: number): Promise<void> {
  const node = await desk.run()
  await run(node, 'setup.init', { site: 'Power', name: 'Desk' })
  for (let i = 0; i < jobs; i += 1) {
    const { record } = await run(node, 'job.create', { title: `Job ${i}`, tasks: ['one'] })
    await run(node, 'request.close', { record })
  }
  await node.stop()
}
