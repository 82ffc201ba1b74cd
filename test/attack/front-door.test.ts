/** The same at the front door: `tallydesk do` refuses with a sentence, and nothing is written. */
import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ErrorBody } from '../../shared/api/errors.ts'
import { answered, CLI, type NodeProcess } from '../support/node-process.ts'
import { HonestSite, run, until } from './honest-site.ts'

const site = new HonestSite()
const NOWHERE = '00000000000000000000000000000000'

type Said = { readonly exit: unknown; readonly error: ErrorBody }

/** One command line, as a person would type it. */
function typed({ data }: NodeProcess, command: string, input: object): Promise<Said> {
  return new Promise((resolve) => {
    const line = [CLI, 'do', '--data', data, command, JSON.stringify(input)]
    execFile(process.execPath, line, (failed, stdout) => {
      const { error } = JSON.parse(stdout) as { readonly error: ErrorBody }
      resolve({ exit: failed?.code ?? 0, error })
    })
  })
}

const opsAt = async ({ client }: NodeProcess): Promise<number> =>
  answered(await client.query('status', {})).log.ops

async function expectRefused(node: NodeProcess, command: string, input: object, code: string): Promise<void> {
  const before = await opsAt(node)
  const { exit, error } = await typed(node, command, input)
  expect({ exit, code: error.code }, `${command} ${JSON.stringify(input)}`).toEqual({ exit: 1, code })
  expect(error.message).toMatch(/^[A-Z].*\.$/)
  expect(error.hint).toMatch(/^[A-Z].*\.$/)
  expect(await opsAt(node), 'nothing was written').toBe(before)
}

const reaches = (node: NodeProcess, op: string): Promise<void> =>
  until(async () => (await node.client.query('op', { op })).ok, `${op} arrives`)

/** Blocks of job numbers are asked for by themselves: once they are here, only what a person does is written. */
async function quiet(): Promise<void> {
  for (const { client, data } of [site.desk, site.tablet]) {
    const holds = async (): Promise<boolean> =>
      answered(await client.query('rights', {})).rights.some(
        ({ self, right }) => self && right === 'job-number',
      )
    await until(holds, `${data} holds job numbers`)
  }
}

let job: string
let closed: string
let request: string
let settled: string
let counted: string
let item: string

beforeAll(async () => {
  await site.found()
  await quiet()
  const made = await run(site.tablet, 'job.create', { title: 'Pump', zone: 'North' })
  const done = await run(site.tablet, 'job.create', { title: 'Done', zone: 'North' })
  const stock = await run(site.hq, 'stock.create', { name: 'Filter', quantity: 20 })
  ;[job, counted, closed, item] = [made.record, made.op, done.record, stock.record]
  ;({ request: settled } = await run(site.tablet, 'request.close', { record: closed }))
  await reaches(site.hq, settled)
  const { op } = await run(site.hq, 'decide', { request: settled, accept: true })
  ;({ request } = await run(site.tablet, 'request.close', { record: job }))
  await Promise.all([site.hq, site.desk].map((node) => reaches(node, request)))
  await Promise.all([site.desk, site.tablet].map((node) => reaches(node, op)))
  await Promise.all([site.desk, site.tablet].map((node) => reaches(node, stock.op)))
}, 120_000)

afterAll(() => site.close())

test('ATK-25 asking about what is gone, closed or asked already is refused with a sentence, and nothing is written', async () => {
  await expectRefused(site.desk, 'request.close', { record: NOWHERE }, 'not-found')
  await expectRefused(site.desk, 'request.close', { record: closed }, 'already-closed')
  await expectRefused(site.desk, 'request.close', { record: job }, 'already-requested')
  await expectRefused(site.desk, 'request.close', { record: item }, 'cannot-close')
  await expectRefused(site.desk, 'request.reopen', { record: job }, 'already-open')
  await expectRefused(site.desk, 'request.withdraw', { request }, 'not-permitted')
})

test('ATK-25 deciding without the right, or twice, is refused with a sentence, and nothing is written', async () => {
  await expectRefused(site.tablet, 'decide', { request, accept: true }, 'token-elsewhere')
  await expectRefused(site.hq, 'decide', { request: settled, accept: true }, 'request-settled')
  await expectRefused(site.desk, 'decide', { request, accept: true }, 'token-elsewhere')
  await expectRefused(site.hq, 'decide', { request: counted, accept: true }, 'not-found')
  const to = await site.actorOf(site.desk)
  const { op } = await run(site.hq, 'right.transfer', { right: 'decide:close:North', amount: 1, to })
  await reaches(site.desk, op)
  await expectRefused(site.hq, 'decide', { request, accept: true }, 'token-out')
  // It holds the right of the zone, and no audit number.
  await expectRefused(site.desk, 'decide', { request, accept: true }, 'not-enough')
})

test('ATK-25 moving more than is held, or a right that does not exist, is refused with a sentence, and nothing is written', async () => {
  const to = await site.actorOf(site.tablet)
  await expectRefused(site.desk, 'right.transfer', { right: `stock:${item}`, amount: 1, to }, 'not-enough')
  await expectRefused(site.desk, 'right.transfer', { right: 'audit-number', amount: 1, to }, 'not-enough')
  await expectRefused(site.desk, 'right.transfer', { right: 'job-number', amount: 1000, to }, 'not-enough')
  await expectRefused(site.desk, 'right.transfer', { right: 'gold', amount: 1, to }, 'unknown-right')
  await expectRefused(site.desk, 'right.transfer', { right: 'job-number', amount: 0, to }, 'bad-input')
  await expectRefused(
    site.desk,
    'right.transfer',
    { right: 'decide:close:North', amount: 1, to },
    'token-passed',
  )
  await expectRefused(
    site.tablet,
    'right.spend',
    { right: `stock:${item}`, amount: 1, record: job },
    'not-enough',
  )
  await expectRefused(site.desk, 'right.reclaim', { right: 'job-number', actor: to }, 'not-authority')
  await expectRefused(site.hq, 'right.reclaim', { right: `stock:${item}`, actor: to }, 'holds-nothing')
})

test('ATK-25 adopting what is not in review, a role that does not exist and cutting the authority are refused with a sentence, and nothing is written', async () => {
  const [hq, tablet] = [await site.actorOf(site.hq), await site.actorOf(site.tablet)]
  await expectRefused(site.desk, 'review.adopt', { op: counted }, 'not-in-review')
  await expectRefused(site.tablet, 'review.adopt', { op: counted }, 'not-in-review')
  await expectRefused(site.hq, 'member.setRole', { actor: tablet, role: 'emperor' }, 'bad-input')
  await expectRefused(site.hq, 'member.setRole', { actor: tablet, role: 'authority' }, 'bad-input')
  await expectRefused(site.hq, 'member.setRole', { actor: hq, role: 'technician' }, 'authority-itself')
  await expectRefused(site.hq, 'member.cut', { actor: hq, reason: 'a slip' }, 'authority-itself')
  await expectRefused(site.desk, 'member.cut', { actor: tablet, reason: 'a slip' }, 'not-authority')
  await expectRefused(site.desk, 'request.cut', { actor: hq, reason: 'a coup' }, 'authority-itself')
  await expectRefused(site.hq, 'member.cut', { actor: '0'.repeat(64), reason: 'a slip' }, 'not-found')
})
