/** A closing asked for at the desk while the WAN is out: why it waits, and its answer when the WAN is back. */
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, goTo, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser
let page: Page
let complaints: string[]

/** A job whose tasks are all ticked. */
async function finishedJob(title: string): Promise<string> {
  const { client } = warehouse.desk
  const { record } = must(
    await client.do('job.create', { title, tasks: ['Inspect valve', 'Replace filter'] }),
  )
  for (const { task } of must(await client.query('record', { record })).tasks) {
    must(await client.do('task.tick', { record, task }))
  }
  return record
}

/** Headquarters leaves the network with everything it is linked to, or comes back. */
async function setWan(up: boolean): Promise<void> {
  must(await warehouse.hq.client.do('network.set', { lan: up, wan: up }))
  await eventually(
    async () => must(await warehouse.desk.client.query('status', {})).wan.state,
    (state) => (state === 'up') === up,
  )
}

const requestsAtDesk = async () => must(await warehouse.desk.client.query('requests', {})).requests

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
  ;({ page, complaints } = await openDesk(browser, warehouse.desk))
  await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor()
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('requests', () => {
  test('DESK-63 a closing waits while the WAN is out, says why, and is accepted with its audit number', async () => {
    await finishedJob('Pump in bay 4')
    await setWan(false)
    await page.getByText('Pump in bay 4').click()
    await page.getByRole('button', { name: 'Ask to close' }).click()
    await goTo(page, 'Authority')
    const waiting = page.getByRole('article', { name: 'Close: Pump in bay 4' })
    await waiting.getByText(/The WAN is out since \d\d:\d\d, so Headquarters cannot be asked\./).waitFor()
    await waiting.getByText('asked by you').waitFor()
    await page.getByText(/Link down since/).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'authority-waiting')

    await setWan(true)
    const decided = page.getByRole('article', { name: 'Close: Pump in bay 4' })
    await decided.getByText('Accepted').waitFor()
    const year = new Date().getUTCFullYear()
    await decided.getByText(`A-${year}-0001`).waitFor()
    await page.getByText('Link up').waitFor()
    await page.getByText('No request is waiting').waitFor()
    await expectAccessible(page)
  })

  test('DESK-63 a closing that the policy refuses shows the reason', async () => {
    const { record } = must(
      await warehouse.desk.client.do('job.create', { title: 'Half done', tasks: ['Not ticked yet'] }),
    )
    must(await warehouse.desk.client.do('request.close', { record }))
    const decided = page.getByRole('article', { name: 'Close: Half done' })
    await decided.getByText('Rejected').waitFor()
    await decided.getByText('Not every task is ticked.').waitFor()
  })

  test('DESK-63 an own request can be withdrawn while it waits, after being asked once', async () => {
    const record = await finishedJob('Gate that squeaks')
    await setWan(false)
    must(await warehouse.desk.client.do('request.close', { record }))
    const row = page.getByRole('article', { name: 'Close: Gate that squeaks' })
    await row.getByRole('button', { name: 'Withdraw' }).click()
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
    await row.getByText('Withdrawn').waitFor()
    await setWan(true)
    const all = await eventually(requestsAtDesk, (requests) =>
      requests.every(({ state }) => state !== 'waiting'),
    )
    expect(all.find((request) => request.record === record)?.state).toBe('withdrawn')
    expect(complaints).toEqual([])
  })
})

describe('activity', () => {
  test('DESK-67 an edit of the tablet appears by itself, with author, time and where it is', async () => {
    await goTo(page, 'Activity')
    const feed = page.getByRole('list', { name: 'Edits, newest first' })
    const { record } = must(
      await warehouse.tablet.client.do('job.create', { title: 'Oil by gate 3', tasks: ['Wipe it up'] }),
    )
    const opened = feed.getByRole('listitem').filter({ hasText: 'Tablet 1 opened the job' })
    await opened.getByText('Oil by gate 3').waitFor()
    await opened.getByText('At the authority').waitFor()
    await opened.getByText(/^\d\d:\d\d$/).waitFor()
    must(await warehouse.tablet.client.do('note.add', { record, text: 'Filter was cracked' }))
    await feed.getByText('“Filter was cracked”').waitFor()
    await expectAccessible(page)
  })

  test('DESK-67 it narrows to an author, and to a kind of change', async () => {
    const feed = page.getByRole('list', { name: 'Edits, newest first' })
    await page.getByRole('combobox', { name: 'Author: Everyone' }).click()
    await page.getByRole('option', { name: 'Tablet 1' }).click()
    await feed.getByText('Desk 1').first().waitFor({ state: 'detached' })
    await page.getByRole('combobox', { name: 'Kind of change: All changes' }).click()
    await page.getByRole('option', { name: 'Notes' }).click()
    await feed.getByText('opened the job').waitFor({ state: 'detached' })
    expect(await feed.getByRole('listitem').count()).toBe(1)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Clear the filter' }).click()
    await feed.getByText('Desk 1').first().waitFor()
    expect(complaints).toEqual([])
  })

  test('DESK-67 an edit that came too late stands in the review with its reason and what it would have done', async () => {
    const { desk, tablet } = warehouse
    const record = await finishedJob('Valve of line 2')
    await eventually(
      async () => must(await tablet.client.query('board', { text: 'Valve of line' })).rows[0]?.progress.done,
      (done) => done === 2,
    )
    must(await tablet.client.do('network.set', { lan: false }))
    must(await desk.client.do('request.close', { record }))
    await eventually(
      async () => must(await desk.client.query('record', { record })).status,
      (status) => status === 'closed',
    )
    const [task] = must(await tablet.client.query('record', { record })).tasks
    must(await tablet.client.do('task.untick', { record, task: task?.task ?? '' }))
    must(await tablet.client.do('network.set', { lan: true }))
    await goTo(page, 'Conflicts')
    await page.getByRole('radio', { name: /^Review/ }).check()
    const item = page.getByRole('article', { name: 'Edit by Tablet 1 on Valve of line 2' })
    await item.getByText('Late').waitFor()
    await item.getByText('unticked “Inspect valve”').waitFor()
    await item.getByText(/was closed as A-\d{4}-\d{4} before this was known there/).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'review')
  })
})
