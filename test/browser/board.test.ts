/** The board at the desk of a real node: every job where it belongs, found by filter and key, and new ones made. */
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CommandInput } from '../../shared/api/commands.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, keepsCards, must, openWarehouse, type Warehouse } from './warehouse.ts'

const MANY = 300
const ZONES = ['Cold store', 'Dock 1', 'Yard'] as const

let warehouse: Warehouse
let browser: Browser
let page: Page
let complaints: string[]

const create = async (input: CommandInput<'job.create'>): Promise<string> =>
  must(await warehouse.desk.client.do('job.create', input)).record

const column = (stage: string) => page.getByRole('region', { name: stage, exact: true })
const card = (title: string) => page.locator('a.card', { hasText: title })
const rowsOf = async (text: string) =>
  must(await warehouse.desk.client.query('board', { text, limit: 10 })).rows

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
  for (let i = 0; i < MANY; i++) {
    await create({ title: `Check rack ${i}`, zone: ZONES[i % ZONES.length] ?? '', tags: ['rack'] })
  }
  const begun = await create({
    title: 'Grease the lift',
    assignee: 'Maya Ortiz',
    tasks: ['grease', 'test run'],
  })
  const { tasks } = must(await warehouse.desk.client.query('record', { record: begun }))
  must(await warehouse.desk.client.do('task.tick', { record: begun, task: tasks[0]?.task ?? '' }))
})

beforeEach(async () => {
  ;({ page, complaints } = await openDesk(browser, warehouse.desk))
  await onPage(column('To do').locator('a.card').first()).toBeVisible()
})

afterEach(async () => {
  expect(complaints).toEqual([])
  await page.context().close()
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('the board', () => {
  test('DESK-7 every job stands in the column of its stage, with the number of all that stand there', async () => {
    await onPage(column('To do').locator('.count')).toHaveText(String(MANY))
    await onPage(column('In progress').locator('.count')).toHaveText('1')
    await onPage(column('In progress').getByRole('link', { name: 'Grease the lift' })).toBeVisible()
    await onPage(column('In progress').getByRole('progressbar', { name: '1 of 2 tasks done' })).toBeVisible()
    await onPage(column('Closed').getByText('Nothing closed yet')).toBeVisible()
  })

  test('DESK-7 a long column holds few elements, and scrolling reaches its last job', async () => {
    const list = column('To do').locator('.scroller')
    expect(await list.locator('a.card').count()).toBeLessThan(60)
    const oldest = list.getByText('Check rack 0', { exact: true })
    await eventually(
      async () => {
        await list.evaluate((element) => element.scrollTo(0, element.scrollHeight))
        return oldest.isVisible()
      },
      (isThere) => isThere,
    )
    expect(await list.locator('a.card').count()).toBeLessThan(60)
  })

  test('DESK-7 what happens elsewhere shows without asking', async () => {
    const title = 'A tablet opened this'
    must(await warehouse.tablet.client.do('job.create', { title }))
    await onPage(card(title)).toBeVisible()
  })

  test('DESK-8 filters narrow the board, say so, and are there again in the next window', async () => {
    await page.getByRole('combobox', { name: 'Zone: Any' }).click()
    await page.getByRole('option', { name: /^Yard/ }).click()
    await onPage(column('To do').locator('.count')).toHaveText(String(MANY / ZONES.length))
    await onPage(page.getByRole('combobox', { name: 'Zone: Yard' })).toBeVisible()
    const next = await openDesk(browser, warehouse.desk)
    await onPage(next.page.getByRole('combobox', { name: 'Zone: Yard' })).toBeVisible()
    await next.page.context().close()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await onPage(column('To do').locator('.count')).not.toHaveText(String(MANY / ZONES.length))
  })

  test('DESK-8 a slash searches, and a board without a match says so', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type('lift')
    await onPage(card('Grease the lift')).toBeVisible()
    await onPage(card('Check rack 1')).toHaveCount(0)
    await page.keyboard.type(' that nobody has')
    await onPage(page.getByRole('heading', { name: 'No job matches' })).toBeVisible()
    await page.keyboard.press('Escape')
    await onPage(column('In progress')).toBeVisible()
  })

  test('DESK-9 a job is made from the keyboard alone, with its checklist', async () => {
    await page.keyboard.press('n')
    await onPage(page.getByLabel('Title')).toBeFocused()
    await page.keyboard.type('Replace the filter of pump 4')
    await page.getByLabel('Task 1', { exact: true }).focus()
    await page.keyboard.type('inspect valve')
    await page.keyboard.press('Enter')
    await onPage(page.getByLabel('Task 2', { exact: true })).toBeFocused()
    await page.keyboard.type('replace filter')
    await page.getByRole('button', { name: 'Create job' }).focus()
    await page.keyboard.press('Enter')
    await onPage(card('Replace the filter of pump 4')).toBeVisible()
    const [row] = await rowsOf('filter of pump 4')
    expect(row).toMatchObject({ priority: 'normal', progress: { done: 0, total: 2 } })
  })

  test('DESK-9 a job without a title is not made, and the dialog says why', async () => {
    const before = must(await warehouse.desk.client.query('board', { limit: 1 })).counts
    await page.getByRole('button', { name: 'New job' }).click()
    await page.getByRole('button', { name: 'Create job' }).click()
    await onPage(page.getByText('A job needs a title.')).toBeVisible()
    expect(must(await warehouse.desk.client.query('board', { limit: 1 })).counts).toEqual(before)
  })

  test('DESK-10 arrows walk the board, Enter opens a job beside it, Escape gives the focus back', async () => {
    await page.keyboard.press('j')
    const first = column('To do').locator('a.card').first()
    await onPage(first).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await onPage(card('Grease the lift')).toBeFocused()
    await page.keyboard.press('Enter')
    await onPage(page.getByRole('region', { name: 'Grease the lift' })).toBeVisible()
    expect(new URL(page.url()).hash).toMatch(/^#\/board\/[0-9a-f]{32}$/)
    await page.keyboard.press('Escape')
    await onPage(page.getByRole('region', { name: 'Grease the lift' })).toHaveCount(0)
    await onPage(card('Grease the lift')).toBeFocused()
  })

  test('DESK-11 the table shows the same jobs, and the choice is remembered', async () => {
    await page.keyboard.press('v')
    const row = page.getByRole('row', { name: /Grease the lift/ })
    await onPage(row.getByText('Maya Ortiz')).toBeVisible()
    await expectAccessible(page)
    await keepPicture(page, 'board-table')
    await page.reload()
    await onPage(page.getByRole('table', { name: 'Board' })).toBeVisible()
    await page.keyboard.press('v')
    await onPage(column('To do')).toBeVisible()
    await keepsCards(warehouse.desk)
  })

  for (const theme of ['light', 'dark'] as const) {
    for (const [width, height] of [
      [1440, 900],
      [1024, 768],
    ] as const) {
      test(`DESK-22 nothing hinders anyone on the board in ${theme} at ${width}`, async () => {
        await page.emulateMedia({ colorScheme: theme })
        await page.setViewportSize({ width, height })
        await expectAccessible(page)
        await keepPicture(page, `board-${theme}-${width}`)
      })
    }
  }
})
