/** A job open beside the board, on real nodes: its fields, checklist, conflicts, requests, and what others see of it. */
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CommandInput } from '../../shared/api/commands.ts'
import type { NodeProcess } from '../support/node-process.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser
let page: Page
let complaints: string[]

const recordAt = async (node: NodeProcess, record: string) =>
  must(await node.client.query('record', { record }))
const panel = () => page.locator('section.job')
const field = (name: string) => panel().getByLabel(name, { exact: true })

/** Makes a job at the desk, waits for it at the tablet, and opens it. */
async function openJob(input: CommandInput<'job.create'>): Promise<string> {
  const { record } = must(await warehouse.desk.client.do('job.create', input))
  await eventually(
    async () => (await warehouse.tablet.client.query('record', { record })).ok,
    (isThere) => isThere,
  )
  await page.locator('a.card', { hasText: input.title }).click()
  await onPage(panel().getByRole('textbox', { name: 'Title' })).toHaveValue(input.title)
  return record
}

async function whileApart(work: () => Promise<void>): Promise<void> {
  must(await warehouse.tablet.client.do('network.set', { lan: false }))
  await work()
  must(await warehouse.tablet.client.do('network.set', { lan: true }))
}

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
})

beforeEach(async () => {
  ;({ page, complaints } = await openDesk(browser, warehouse.desk))
  await onPage(page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible()
})

afterEach(async () => {
  expect(complaints).toEqual([])
  await page.context().close()
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('an open job', () => {
  test('DESK-12 the title is edited where it stands: Enter keeps it, Escape takes it back', async () => {
    const record = await openJob({ title: 'Oil the gate' })
    const title = panel().getByRole('textbox', { name: 'Title' })
    await title.fill('Oil the north gate')
    await title.press('Enter')
    await eventually(
      () => recordAt(warehouse.tablet, record),
      ({ title: now }) => now === 'Oil the north gate',
    )
    await title.fill('Never mind')
    await title.press('Escape')
    await onPage(title).toHaveValue('Oil the north gate')
    await onPage(panel()).toBeVisible()
  })

  test('DESK-12 what somebody else set while one typed is told, and can be brought back', async () => {
    const record = await openJob({ title: 'Read the gauge' })
    const title = panel().getByRole('textbox', { name: 'Title' })
    await title.pressSequentially(' again')
    must(
      await warehouse.tablet.client.do('field.set', { record, field: 'title', value: 'The gauge is broken' }),
    )
    await onPage(page.locator('a.card', { hasText: 'The gauge is broken' })).toBeVisible()
    await title.press('Enter')
    await onPage(title).toHaveValue(/again/)
    const told = page.getByText(/Meanwhile .* had set it to “The gauge is broken”/)
    await onPage(told).toBeVisible()
    await page.getByRole('button', { name: 'Bring that back' }).click()
    await onPage(title).toHaveValue('The gauge is broken')
    await onPage(told).toHaveCount(0)
    await title.fill('The gauge is mended')
    await title.press('Enter')
    await onPage(page.locator('a.card', { hasText: 'The gauge is mended' })).toBeVisible()
    await onPage(page.getByText(/Meanwhile .* had set it/)).toHaveCount(0)
  })

  test('DESK-12 zone, assignee, priority and due day are set and cleared in place', async () => {
    const record = await openJob({ title: 'Sweep the yard' })
    await field('Zone').fill('Yard')
    await field('Zone').press('Enter')
    await field('Assignee').fill('Luis Prado')
    await field('Assignee').blur()
    await panel()
      .getByRole('combobox', { name: /^Priority/ })
      .click()
    await page.getByRole('option', { name: 'Urgent' }).click()
    await field('Due').fill('2031-05-17')
    await field('Due').press('Enter')
    const valueOf = async (name: string) =>
      (await recordAt(warehouse.desk, record)).fields[name]?.values[0]?.value
    await eventually(
      async () => [
        await valueOf('zone'),
        await valueOf('assignee'),
        await valueOf('priority'),
        await valueOf('due'),
      ],
      (values) => values.join() === 'Yard,Luis Prado,urgent,2031-05-17',
    )
    await field('Zone').fill('')
    await field('Zone').press('Enter')
    await eventually(
      () => valueOf('zone'),
      (zone) => zone === null,
    )
  })

  test('DESK-13 a title set apart shows both values with their authors and is settled right there', async () => {
    const record = await openJob({ title: 'Belt slips' })
    const set = (node: NodeProcess, value: string) =>
      node.client.do('field.set', { record, field: 'title', value }).then(must)
    await whileApart(async () => {
      await set(warehouse.tablet, 'Belt 2 slips, says the tablet')
      await set(warehouse.desk, 'Belt slips when cold, says the desk')
    })
    const conflict = panel().getByRole('group', { name: /^Title: 2 values/ })
    await onPage(conflict.getByText('Tablet 1,')).toBeVisible()
    await onPage(conflict.getByText('Desk 1,')).toBeVisible()
    await onPage(page.locator('a.card', { hasText: '1 conflict' })).toBeVisible()
    await expectAccessible(page)
    await keepPicture(page, 'job-conflict')
    await conflict.getByRole('button', { name: /^Keep this: Belt 2 slips/ }).focus()
    await page.keyboard.press('Enter')
    await onPage(conflict).toHaveCount(0)
    await eventually(
      async () => (await recordAt(warehouse.tablet, record)).fields.title?.values.map(({ value }) => value),
      (values) => values?.join() === 'Belt 2 slips, says the tablet',
    )
  })

  test('DESK-14 tasks are added with Enter and ticked with the space bar, and who ticked stands there', async () => {
    const record = await openJob({ title: 'Inspect the crane', tasks: ['hook'] })
    await page.keyboard.press('t')
    await onPage(panel().getByRole('textbox', { name: 'Add a task' })).toBeFocused()
    await page.keyboard.type('rope')
    await page.keyboard.press('Enter')
    await onPage(panel().getByRole('checkbox', { name: 'rope' })).toBeVisible()
    await panel().getByRole('checkbox', { name: 'hook' }).focus()
    await page.keyboard.press('ArrowDown')
    await onPage(panel().getByRole('checkbox', { name: 'rope' })).toBeFocused()
    await page.keyboard.press('Space')
    await onPage(panel().getByText('Ticked by Desk 1')).toBeVisible()
    const { task = '' } =
      (await recordAt(warehouse.desk, record)).tasks.find(({ text }) => text === 'hook') ?? {}
    must(await warehouse.tablet.client.do('task.tick', { record, task }))
    await onPage(panel().getByText('Ticked by Tablet 1')).toBeVisible()
    await onPage(panel().getByText('2 of 2')).toBeVisible()
  })

  test('DESK-14 a task is removed after one question, and Escape leaves the field for new ones', async () => {
    await openJob({ title: 'Guard the ramp', tasks: ['Lock out', 'Sweep'] })
    const box = (text: string) => panel().getByRole('checkbox', { name: text })
    const ask = async () => {
      await panel().getByRole('button', { name: 'Remove the task Lock out' }).click()
      await onPage(
        page.getByRole('dialog', { name: 'Remove this task?' }).getByText('Lock out'),
      ).toBeVisible()
    }
    await ask()
    await page.keyboard.press('Escape')
    await onPage(box('Lock out')).toBeVisible()
    await ask()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await onPage(box('Lock out')).toHaveCount(0)
    await onPage(box('Sweep')).toBeVisible()
    const field = panel().getByRole('textbox', { name: 'Add a task' })
    await field.focus()
    await page.keyboard.press('Escape')
    await onPage(field).not.toBeFocused()
    await onPage(panel()).toBeVisible()
  })

  test('DESK-14 tags and minutes are a press away', async () => {
    const record = await openJob({ title: 'Change the lamp', tags: ['light'] })
    await panel().getByRole('textbox', { name: 'Add a tag' }).fill('aisle 4')
    await page.keyboard.press('Enter')
    await panel().getByRole('button', { name: 'Remove the tag light' }).click()
    await panel().getByRole('button', { name: 'Add 15 minutes' }).click()
    await panel().getByRole('button', { name: 'Add 5 minutes' }).click()
    await onPage(panel().getByText('20 min', { exact: true })).toBeVisible()
    await eventually(
      () => recordAt(warehouse.tablet, record),
      ({ tags, tallies }) => tags.join() === 'aisle 4' && tallies.labour === 20,
    )
  })

  test('DESK-18 each edit says where it is: here only, shared, at the authority', async () => {
    const { desk } = warehouse
    must(await desk.client.do('network.set', { lan: false, wan: false }))
    await page.keyboard.press('n')
    await page.keyboard.type('Written alone')
    await page.keyboard.press('Enter')
    await page.locator('a.card', { hasText: 'Written alone' }).click()
    await onPage(panel().getByText('On this device only')).toBeVisible()
    await onPage(page.locator('a.card', { hasText: 'Not shared yet' })).toHaveCount(1)
    must(await desk.client.do('network.set', { lan: true, wan: true }))
    await onPage(panel().getByText(/^(At the authority|Shared with)/)).toBeVisible()
    await onPage(page.locator('a.card', { hasText: 'Not shared yet' })).toHaveCount(0)
  })

  test('DESK-19 a close request waits in sight while the WAN is out, and comes back with a number', async () => {
    await openJob({ title: 'Empty the skip', tasks: ['call the carrier'] })
    await panel().getByRole('checkbox').check()
    must(await warehouse.desk.client.do('network.set', { wan: false }))
    // Else the tablet, which has a line of its own to headquarters, would carry the question and the answer.
    must(await warehouse.hq.client.do('network.set', { lan: false, wan: false }))
    await onPage(page.getByRole('contentinfo').getByText(/Switched off here/)).toBeVisible()
    await panel().getByRole('button', { name: 'Ask to close' }).click()
    await onPage(panel().getByText('Waiting to be closed')).toBeVisible()
    await onPage(panel().getByText('Meanwhile everything here can still be changed.')).toBeVisible()
    await onPage(
      page.getByRole('region', { name: 'Waiting for authority' }).getByText('Empty the skip'),
    ).toBeVisible()
    await keepPicture(page, 'job-waiting')
    must(await warehouse.hq.client.do('network.set', { lan: true, wan: true }))
    must(await warehouse.desk.client.do('network.set', { wan: true }))
    await onPage(panel().getByText(/Audit number A-\d{4}-\d{4}/)).toBeVisible()
    await onPage(
      page.getByRole('region', { name: 'Closed', exact: true }).getByText('Empty the skip'),
    ).toBeVisible()
  })

  test('DESK-19 a closed job shows its frozen fields as frozen, and its notes stay open', async () => {
    await openJob({ title: 'Return the pallets' })
    await panel().getByRole('button', { name: 'Ask to close' }).click()
    await onPage(panel().getByText(/Audit number/)).toBeVisible()
    await onPage(panel().getByText('Frozen: the job is closed')).toBeVisible()
    await onPage(panel().getByRole('textbox', { name: 'Title' })).not.toBeEditable()
    await onPage(field('Zone')).toHaveCount(0)
    await onPage(panel().getByRole('textbox', { name: 'Add a task' })).toHaveCount(0)
    await expectAccessible(page)
    await panel().getByRole('button', { name: 'Write a note' }).click()
    await page.keyboard.type('Came back with two more')
    await onPage(panel().getByText('Saved on this device').last()).toBeVisible()
    await panel().getByRole('button', { name: 'Ask to reopen' }).click()
    await onPage(panel().getByRole('textbox', { name: 'Title' })).toBeEditable()
  })

  test('DESK-19 a refused closing says why', async () => {
    await openJob({ title: 'Weigh the lorry', tasks: ['calibrate'] })
    await panel().getByRole('button', { name: 'Ask to close' }).click()
    await onPage(panel().getByText(/^Closing was refused/)).toBeVisible()
    await onPage(panel().getByText('Not every task is ticked.').first()).toBeVisible()
  })

  test('DESK-19 an edit that came after the closing is shown as late, in plain words', async () => {
    const record = await openJob({ title: 'Fix the ramp', tasks: ['weld'] })
    const { task = '' } = (await recordAt(warehouse.desk, record)).tasks[0] ?? {}
    must(await warehouse.desk.client.do('task.tick', { record, task }))
    await whileApart(async () => {
      must(await warehouse.tablet.client.do('task.add', { record, text: 'paint' }))
      await panel().getByRole('button', { name: 'Ask to close' }).click()
      await onPage(panel().getByText(/Audit number/)).toBeVisible()
    })
    await onPage(panel().getByRole('region', { name: 'Set aside' })).toBeVisible()
    await onPage(
      panel()
        .getByText(/The record was closed as A-/)
        .first(),
    ).toBeVisible()
    await onPage(page.locator('a.card', { hasText: '1 to review' })).toHaveCount(1)
    await expectAccessible(page)
    await keepPicture(page, 'job-late')
  })

  test('DESK-213 a supervisor withdraws a value and a note with a reason, and nothing tells any more what they said', async () => {
    const record = await openJob({ title: 'Sweep the ramp' })
    must(await warehouse.desk.client.do('note.add', { record, text: 'Some unkind words' }))
    const field = panel().getByRole('textbox', { name: 'Title' })
    await field.fill('Words that hurt')
    await field.press('Enter')
    const said = (text: string) => panel().getByRole('listitem').filter({ hasText: text })
    const asked = () => page.getByRole('dialog', { name: 'Withdraw from every view' })
    const reason = () => asked().getByRole('textbox', { name: 'Why it is withdrawn' })

    await said('Words that hurt').getByRole('button', { name: 'Withdraw' }).click()
    await onPage(reason()).toBeFocused()
    await page.keyboard.press('Enter')
    await onPage(asked().getByText('Say why: others will ask.')).toBeVisible()
    await reason().fill('Nobody is called that here')
    await keepPicture(page, 'withdraw-value')
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await onPage(asked()).toHaveCount(0)
    await onPage(field).toHaveValue('Sweep the ramp')

    await said('Some unkind words').getByRole('button', { name: 'Withdraw' }).click()
    await reason().fill('Not in our house')
    await asked().getByRole('button', { name: 'Withdraw' }).click()
    await onPage(asked()).toHaveCount(0)
    await onPage(said('withdrew a value of the title: Nobody is called that here')).toBeVisible()
    await onPage(said('wrote a note that was withdrawn')).toBeVisible()
    await onPage(panel().getByText(/hurt|unkind/)).toHaveCount(0)
    await keepPicture(page, 'withdrawn')
    const there = await eventually(
      () => warehouse.tablet.client.query('feed', { record }),
      (answer) => answer.ok && !/hurt|unkind/.test(JSON.stringify(answer.value)),
    )
    expect(must(there).rows.flatMap((row) => row.withdrawable)).toEqual([])
  })

  test('DESK-10 an address opens its job, and one that is not here says so', async () => {
    const record = await openJob({ title: 'Count the forks' })
    const base = page.url().split('#')[0] ?? ''
    await page.goto(`${base}#/activity/${record}`)
    await onPage(panel().getByRole('textbox', { name: 'Title' })).toHaveValue('Count the forks')
    await page.goto(`${base}#/board/${'0'.repeat(32)}`)
    await onPage(page.getByRole('heading', { name: 'This job is not on this device' })).toBeVisible()
  })

  for (const theme of ['light', 'dark'] as const) {
    test(`DESK-22 nothing hinders anyone in an open job in ${theme}`, async () => {
      await page.emulateMedia({ colorScheme: theme })
      await openJob({
        title: `Paint the door, ${theme}`,
        zone: 'Yard',
        tags: ['paint'],
        tasks: ['sand', 'paint'],
      })
      await panel().getByRole('button', { name: 'Write a note' }).click()
      await page.keyboard.type('Two coats')
      await onPage(panel().getByText('Saved on this device')).toBeVisible()
      await expectAccessible(page)
      await keepPicture(page, `job-${theme}`)
    })
  }
})
