/**
 * The authority killed between a request and its decision: at every statement of the engine, and at random moments of
 * the real program. However it ends, each request has one answer and each closing one number, and it goes on by itself.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededDice } from '../../main/demo/dice.ts'
import { openMachine } from '../../main/node/machine.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { decisionsIn, type Decisions } from '../support/decisions.ts'
import { answered, runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'
import { foundSite, joinSite, must, pull, restart, type Device } from '../support/replicas.ts'

/** Statements that fail, and kills of the real program: 500 in all. */
const FAILURES = 460
const KILLS = Number(process.env.TALLYDESK_AUTHORITY_KILLS ?? 40)

function expectAnswered(decisions: Decisions, closings: number): void {
  expectClosed(decisions, closings)
  const { minted } = decisions
  expect(new Set(minted).size, 'no number of a block was given twice').toBe(minted.length)
}

function expectClosed({ requests, answers, numbers }: Decisions, closings: number): void {
  const year = numbers[0]?.slice(0, 'A-2026-'.length) ?? ''
  const counted = Array.from({ length: closings }, (_, i) => `${year}${String(i + 1).padStart(4, '0')}`)
  expect(requests.filter((request) => answers.get(request) !== 1)).toEqual([])
  expect(answers.size).toBe(requests.length)
  expect(numbers, 'each closing has the next number').toEqual(counted)
}

describe('at every statement between a request and its decision', () => {
  /** A new site for every round, for what an authority reads at its start grows with its log. */
  function openRound(round: number): { readonly hq: Device; readonly tablet: Device } {
    const hq = foundSite(`killed authority ${round}`)
    return { hq, tablet: joinSite(hq, 'Tablet', 'technician') }
  }

  /** Two questions: a closing, which takes a number, and a block of numbers, which is minted beside its answer. */
  function ask({ replica }: Device): void {
    const { record } = must(replica.execute('job.create', { title: 'Pump', zone: 'North' }))
    must(replica.execute('request.close', { record }))
    must(replica.execute('request.numbers', { right: 'job-number', amount: 3 }))
  }

  function hearAndDecide(hq: Device, tablet: Device): void {
    pull(hq, tablet)
    while (hq.replica.decideWaiting(1) > 0);
    pull(tablet, hq)
  }

  /** True when it was killed; false when all was done before the statement. */
  function killedAt(statement: number, hq: Device, tablet: Device): boolean {
    hq.sql.failAt(statement)
    try {
      hearAndDecide(hq, tablet)
      return false
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('disk I/O error (by the test)')) return true
      throw error
    } finally {
      hq.sql.failAt(0)
      restart(hq)
    }
  }

  /** Killed at one statement after the other, until none is left or `most` kills were made; how many were. */
  function killedInRound(round: number, most: number): number {
    const { hq, tablet } = openRound(round)
    let [kills, closings, killed] = [0, 0, true]
    while (killed && kills < most) {
      ask(tablet)
      closings += 1
      killed = killedAt(kills + 1, hq, tablet)
      if (killed) kills += 1
      hearAndDecide(hq, tablet)
    }
    expectAnswered(decisionsIn(hq.sql), closings)
    expect(decisionsIn(tablet.sql)).toEqual(decisionsIn(hq.sql))
    expect(hq.replica.diagnose().findings).toEqual([])
    return kills
  }

  test(`CRS-20 the authority that fails at any statement, ${FAILURES} times, answers each request once and gives no number twice`, () => {
    let [kills, rounds] = [0, 0]
    while (kills < FAILURES) {
      kills += killedInRound(rounds, FAILURES - kills)
      rounds += 1
    }
    expect(rounds, 'every statement had its turn').toBeGreaterThan(1)
  }, 300_000)
})

describe('a desk that decides in its place', () => {
  test('CRS-22 a delegated closing that fails at any statement is there whole or not at all, and takes one number of the block', () => {
    const hq = foundSite('delegated')
    const [desk, tablet] = [joinSite(hq, 'Desk', 'supervisor'), joinSite(hq, 'Tablet', 'technician')]
    const to = desk.replica.actor
    must(hq.replica.execute('right.transfer', { right: 'decide:close:North', amount: 1, to }))
    must(hq.replica.execute('right.transfer', { right: 'audit-number', amount: 100, to }))
    pull(desk, hq)
    let [closings, swept] = [0, false]
    for (let statement = 1; !swept; statement += 1) {
      const { record } = must(tablet.replica.execute('job.create', { title: 'Pump', zone: 'North' }))
      const { request } = must(tablet.replica.execute('request.close', { record }))
      pull(desk, tablet)
      const decide = (): unknown => must(desk.replica.execute('decide', { request, accept: true }))
      desk.sql.failAt(statement)
      try {
        decide()
        swept = true
      } catch {
        desk.sql.failAt(0)
        restart(desk)
        expect(decisionsIn(desk.sql).answers.get(request), 'nothing of it is there').toBeUndefined()
        decide()
      }
      desk.sql.failAt(0)
      closings += 1
    }
    expect(closings).toBeGreaterThan(10)
    expectClosed(decisionsIn(desk.sql), closings)
    pull(hq, desk)
    expect(decisionsIn(hq.sql).numbers).toEqual(decisionsIn(desk.sql).numbers)
    expect(desk.replica.diagnose().findings).toEqual([])
  }, 120_000)
})

describe('the real program', () => {
  const folder = scratchFolder()
  const random = seededDice(20_261)
  const closingsAtOnce = 3
  const longestLife = 60
  let hq: NodeProcess
  let tablet: NodeProcess

  beforeAll(async () => {
    hq = await runNode(`${folder.path}/hq`)
    answered(await hq.client.do('setup.init', { site: 'Killed authority', name: 'HQ' }))
    await hq.stop()
    hq = await runNode(hq.data)
    const { code } = answered(await hq.client.do('invite.create', { role: 'technician', name: 'Tablet' }))
    const peer = ['--no-mdns', '--peer', String(hq.ready.listen)]
    tablet = await runNode(`${folder.path}/tablet`, peer)
    answered(await tablet.client.do('setup.join', { code, name: 'Tablet' }))
  }, 120_000)

  afterAll(async () => {
    await Promise.all([hq.stop(), tablet.stop()])
    folder.remove()
  })

  const requests = async ({ client }: NodeProcess): Promise<QueryAnswer<'requests'>['requests']> =>
    answered(await client.query('requests', {})).requests

  async function askToClose(): Promise<void> {
    for (let i = 0; i < closingsAtOnce; i += 1) {
      const { record } = answered(await tablet.client.do('job.create', { title: 'Pump' }))
      answered(await tablet.client.do('request.close', { record }))
    }
  }

  async function untilAnswered(): Promise<void> {
    const end = Date.now() + 60_000
    while ((await requests(tablet)).some(({ state }) => state === 'waiting')) {
      expect(Date.now(), 'the authority goes on by itself').toBeLessThan(end)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  test(`CRS-21 the authority killed ${KILLS} times while it decides answers each request once, by itself, and gives no number twice`, async () => {
    let between = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      const asked = askToClose()
      await new Promise((resolve) => setTimeout(resolve, random() * longestLife))
      await Promise.all([hq.kill(), asked])
      if ((await requests(tablet)).some(({ state }) => state === 'waiting')) between += 1
      hq = await runNode(hq.data)
      await untilAnswered()
    }
    expect(between, 'kills that came between a request and its decision').toBeGreaterThan(KILLS / 10)
    await expectSound(KILLS * closingsAtOnce)
  }, 600_000)

  async function expectSound(closings: number): Promise<void> {
    expect(answered(await hq.client.do('node.doctor', {})).findings).toEqual([])
    await hq.stop()
    const machine = await openMachine(hq.data)
    try {
      expectAnswered(decisionsIn(machine.sql), closings)
    } finally {
      machine.close()
    }
  }
})
