/**
 * Cases, incidents and stock on the board of real nodes: shown, made, opened, drawn from, asked for and counted in;
 * a job's number, and the retention policy.
 */
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NodeProcess } from '../support/node-process.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, goTo, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, keepsCards, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser
let page: Page
let complaints: string[]

const panel = () => page.locator('section.job')
const card = (title: string) => page.locator('a.card', { hasText: title })
const line = (name: string) => page.getByRole('row', { name: new RegExp(name) })
const kind = (name: string | RegExp) => page.getByRole('radio', { name })
const dialog = () => page.getByRole('dialog')

const actorOf = async (node: NodeProcess) => must(await node.client.query('status', {})).actor

/** An item that headquarters counted in, with a share for the desk. */
async function stockWith(name: string, quantity: number, share: number): Promise<string> {
  const { hq, desk } = warehouse
  const input = { name, location: 'Aisle 4', unit: 'boxes', quantity }
  const { record } = must(await hq.client.do('stock.create', input))
  if (share > 0) {
    const give = { right: `stock:${record}`, amount: share, to: await actorOf(desk) }
    must(await hq.client.do('right.transfer', give))
  }
  await eventually(
    async () => must(await desk.client.query('stock', {})).items.find((item) => item.record === record),
    (item) => item?.on_hand === quantity && (share === 0 || item.held.some(({ amount }) => amount === share)),
  )
  return record
}

const stockAt = async (node: NodeProcess, record: string) =>
  must(await node.client.query('stock', {})).items.find((item) => item.record === record)

async function open(node: NodeProcess): Promise<void> {
  ;({ page, complaints } = await openDesk(browser, node))
  await onPage(page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible()
}

/** The same desk at another node. */
async function moveTo(node: NodeProcess): Promise<void> {
  expect(complaints).toEqual([])
  await page.context().close()
  await open(node)
}

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
})

beforeEach(() => open(warehouse.desk))

afterEach(async () => {
  must(await warehouse.hq.client.do('network.set', { lan: true, wan: true }))
  expect(complaints).toEqual([])
  await page.context().close()
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('the kinds of record', () => {
  test('DESK-120 one key shows another kind, and the next window shows it too', async () => {
    must(await warehouse.desk.client.do('case.create', { title: 'Lost pallets of May' }))
    await page.keyboard.press('7')
    await onPage(kind('Cases')).toBeChecked()
    await onPage(card('Lost pallets of May')).toBeVisible()
    const next = await openDesk(browser, warehouse.desk)
    await onPage(next.page.locator('a.card', { hasText: 'Lost pallets of May' })).toBeVisible()
    await next.page.context().close()
    await page.keyboard.press('6')
    await onPage(kind('Jobs')).toBeChecked()
    await onPage(card('Lost pallets of May')).toHaveCount(0)
  })

  test('DESK-121 an incident is told on every kind, stands among the open, and says what it is', async () => {
    must(await warehouse.tablet.client.do('incident.create', { title: 'Forklift hit rack 12' }))
    await onPage(kind('Incidents, 1 open')).toBeVisible()
    await page.keyboard.press('8')
    const opened = page.getByRole('region', { name: 'Open', exact: true })
    await onPage(opened.getByRole('link', { name: /Forklift hit rack 12/ })).toContainText('Incident')
    await onPage(page.getByRole('region', { name: 'In progress' })).toHaveCount(0)
    await page.keyboard.press('v')
    await onPage(line('Forklift hit rack 12')).toContainText('Incident')
    await page.keyboard.press('v')
    await keepsCards(warehouse.desk)
  })

  test('DESK-122 an incident is written down from the keyboard alone', async () => {
    await page.keyboard.press('8')
    await page.keyboard.press('n')
    await onPage(dialog().getByRole('radio', { name: 'Incident' })).toBeChecked()
    await onPage(page.getByLabel('Title')).toBeFocused()
    await page.keyboard.type('Acid on the floor')
    await dialog().getByLabel('Owner').fill('Maya Ortiz')
    await expectAccessible(page)
    await keepPicture(page, 'kinds-new-incident')
    await page.keyboard.press('Enter')
    await onPage(card('Acid on the floor')).toBeVisible()
    await eventually(
      async () => must(await warehouse.tablet.client.query('board', { kind: 'incident' })).rows,
      (rows) => rows.some(({ title }) => title === 'Acid on the floor'),
    )
  })

  test('DESK-122 what was typed stays when the kind changes, and the board goes where the record is', async () => {
    await page.keyboard.press('6')
    await page.keyboard.press('n')
    await page.keyboard.type('Damaged delivery')
    await dialog().getByRole('radio', { name: 'Case' }).check()
    await onPage(page.getByLabel('Title')).toHaveValue('Damaged delivery')
    await onPage(dialog().getByLabel('Zone')).toHaveCount(0)
    await dialog().getByRole('button', { name: 'Create case' }).click()
    await onPage(kind('Cases')).toBeChecked()
    await onPage(card('Damaged delivery')).toBeVisible()
  })

  test('DESK-122 only the authority may name a quantity', async () => {
    await page.keyboard.press('9')
    await page.keyboard.press('n')
    await onPage(dialog().getByLabel('Location')).toBeVisible()
    await onPage(dialog().getByText('The authority counts it in.', { exact: false })).toBeVisible()
    await onPage(dialog().getByLabel('Counted in')).toHaveCount(0)
    await page.keyboard.type('Safety gloves')
    await page.keyboard.press('Enter')
    await onPage(line('Safety gloves')).toBeVisible()
    await moveTo(warehouse.hq)
    await page.keyboard.press('9')
    await page.keyboard.press('n')
    await page.keyboard.type('Pallet wrap')
    await dialog().getByLabel('Unit').fill('rolls')
    await dialog().getByLabel('Counted in').fill('1.5')
    await page.keyboard.press('Enter')
    await onPage(dialog().getByText('A whole number from 1 to 1,000,000.')).toBeVisible()
    await dialog().getByLabel('Counted in').fill('240')
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await onPage(line('Pallet wrap').getByText('240 rolls').first()).toBeVisible()
  })
})

describe('the stock', () => {
  test('DESK-123 lists where an item lies, how much there is, and who holds it', async () => {
    await stockWith('Filter cartridges', 100, 20)
    await page.keyboard.press('9')
    const row = line('Filter cartridges')
    await onPage(row).toContainText('Aisle 4')
    await onPage(row).toContainText('100 boxes')
    await onPage(row.getByRole('cell').nth(4)).toHaveText('20 boxes')
    await onPage(row.getByRole('cell').nth(5)).toHaveText('Headquarters: 80 · Desk 1: 20')
    await page.keyboard.press('/')
    await page.keyboard.type('cartridge aisle')
    await onPage(line('Safety gloves')).toHaveCount(0)
    await onPage(row).toBeVisible()
  })

  test('DESK-124 is drawn by keyboard for a job, never more than this device holds', async () => {
    const { desk } = warehouse
    const record = await stockWith('Drive belts', 50, 8)
    must(await desk.client.do('job.create', { title: 'Replace belt of conveyor 3' }))
    await page.keyboard.press('9')
    await page.getByRole('button', { name: 'Draw Drive belts' }).focus()
    await page.keyboard.press('Enter')
    await onPage(dialog().getByText('This device holds 8 boxes.', { exact: false })).toBeVisible()
    await onPage(dialog().getByLabel('How many')).toBeFocused()
    await page.keyboard.type('9')
    await page.keyboard.press('Enter')
    await onPage(dialog().getByRole('alert')).toHaveText('This device holds 8 boxes.')
    await dialog().getByLabel('How many').fill('3')
    const drawnFor = dialog().getByRole('combobox', { name: /^Drawn for/ })
    await drawnFor.fill('conveyor')
    await onPage(dialog().getByRole('option', { name: /Replace belt of conveyor 3/ })).toBeVisible()
    await expectAccessible(page)
    await keepPicture(page, 'stock-draw')
    await drawnFor.press('Enter')
    await onPage(dialog().getByText('Replace belt of conveyor 3')).toBeVisible()
    await dialog().getByRole('button', { name: 'Draw', exact: true }).click()
    await onPage(line('Drive belts').getByRole('cell').nth(4)).toHaveText('5 boxes')
    await onPage(line('Drive belts').getByRole('cell').nth(2)).toHaveText('47 boxes')
    await eventually(
      () => stockAt(warehouse.tablet, record),
      (item) => item?.drawn === 3,
    )
    await page.getByRole('link', { name: 'Drive belts' }).click()
    await onPage(panel().getByText(/drew/i).first()).toBeVisible()
  })

  test('DESK-125 more is asked for at a desk while nobody can answer, and counted in at the authority', async () => {
    const { hq, desk } = warehouse
    const record = await stockWith('Marker paint', 30, 0)
    await page.keyboard.press('9')
    await onPage(page.getByRole('button', { name: 'Draw Marker paint' })).toHaveCount(0)
    must(await hq.client.do('network.set', { lan: false, wan: false }))
    await page.getByRole('button', { name: 'Ask for more Marker paint' }).click()
    await dialog().getByLabel('How many').fill('6')
    await dialog().getByRole('button', { name: 'Send the request' }).click()
    await onPage(line('Marker paint').getByText('6 asked for')).toBeVisible()
    await expectAccessible(page)
    must(await hq.client.do('network.set', { lan: true, wan: true }))
    await onPage(line('Marker paint').getByRole('cell').nth(4)).toHaveText('6 boxes')
    await moveTo(hq)
    await page.keyboard.press('9')
    await page.getByRole('button', { name: 'Count in Marker paint' }).click()
    await dialog().getByLabel('How many').fill('12')
    await dialog().getByRole('button', { name: 'Count in', exact: true }).click()
    await onPage(line('Marker paint').getByRole('cell').nth(2)).toHaveText('42 boxes')
    await eventually(
      () => stockAt(desk, record),
      (item) => item?.on_hand === 42,
    )
  })
})

describe('the panel of a record', () => {
  test('DESK-126 shows of a stock item its figures and holders, and nothing that only jobs have', async () => {
    await stockWith('Spill kits', 12, 4)
    await page.keyboard.press('9')
    await page.getByRole('link', { name: 'Spill kits' }).click()
    await onPage(panel().getByRole('textbox', { name: 'Name' })).toHaveValue('Spill kits')
    await onPage(panel().getByLabel('Location', { exact: true })).toHaveValue('Aisle 4')
    const holders = panel().getByRole('list', { name: 'Who holds it' })
    await onPage(holders.getByRole('listitem').nth(0)).toContainText('Headquarters')
    await onPage(holders.getByRole('listitem').nth(1)).toContainText('Desk 1 (this device)')
    for (const other of ['Checklist', 'Labour'])
      await onPage(panel().getByRole('heading', { name: other })).toHaveCount(0)
    await onPage(panel().getByRole('button', { name: 'Ask to close' })).toHaveCount(0)
    const name = panel().getByRole('textbox', { name: 'Name' })
    await name.fill('Spill kits, large')
    await name.press('Enter')
    await onPage(line('Spill kits, large')).toBeVisible()
    await expectAccessible(page)
    await keepPicture(page, 'stock-panel')
  })

  test('DESK-126 shows of an incident its owner and no zone, and says what it is', async () => {
    must(await warehouse.desk.client.do('incident.create', { title: 'Gas smell at dock 2', owner: 'Luis' }))
    await page.keyboard.press('8')
    await card('Gas smell at dock 2').click()
    await onPage(panel().getByText('Incident', { exact: true })).toBeVisible()
    await onPage(panel().getByLabel('Owner', { exact: true })).toHaveValue('Luis')
    await onPage(panel().getByLabel('Zone', { exact: true })).toHaveCount(0)
    await onPage(panel().getByRole('heading', { name: 'Checklist' })).toHaveCount(0)
    await expectAccessible(page)
    await keepPicture(page, 'incident-panel')
  })

  test('DESK-128 says why a job has no number, and numbers it when the block is here', async () => {
    const { hq, desk, tablet } = warehouse
    const held = async () => must(await tablet.client.query('rights', {})).rights
    const isBlock = ({ self, of }: { self: boolean; of: string }) => self && of === 'job-number'
    const rights = await eventually(held, (all) => all.some(isBlock))
    const amount = rights.find(isBlock)?.left ?? 0
    must(await hq.client.do('network.set', { lan: false, wan: false }))
    const pass = { right: 'job-number', amount, to: await actorOf(desk) }
    must(await tablet.client.do('right.transfer', pass))
    const { record, number } = must(await tablet.client.do('job.create', { title: 'Number me' }))
    expect(number).toBeNull()
    await page.keyboard.press('6')
    await card('Number me').click()
    await onPage(panel().getByText('No number yet.')).toBeVisible()
    await onPage(panel().getByRole('button', { name: 'Give it the next number' })).toBeVisible()
    await expectAccessible(page)
    await moveTo(tablet)
    await card('Number me').click()
    await onPage(panel().getByText(/This device (holds no|asked for a) block of numbers/)).toBeVisible()
    await keepPicture(page, 'job-unnumbered')
    must(await hq.client.do('network.set', { lan: true, wan: true }))
    await onPage(
      panel()
        .getByText(/^J-\d{4}$/)
        .first(),
    ).toBeVisible()
    await onPage(panel().getByText('No number yet.')).toHaveCount(0)
    expect(must(await tablet.client.query('record', { record })).number).toMatch(/^J-\d{4}$/)
  })

  test('DESK-128 shows the former number of a job that was given two', async () => {
    const { hq, desk } = warehouse
    const { record, number } = must(await desk.client.do('job.create', { title: 'Numbered twice' }))
    await eventually(
      async () => (await hq.client.query('record', { record })).ok,
      (isHere) => isHere,
    )
    must(await hq.client.do('right.spend', { right: 'job-number', amount: 1, record }))
    const now = await eventually(
      async () => must(await desk.client.query('record', { record })),
      ({ former_numbers: former }) => former.length === 1,
    )
    expect(now.number).toBe(number)
    await page.keyboard.press('6')
    await card('Numbered twice').click()
    await onPage(panel().getByText(`Formerly ${now.former_numbers[0]}`)).toBeVisible()
  })
})

describe('the retention policy', () => {
  test('DESK-127 is set at the authority, and read everywhere else', async () => {
    await moveTo(warehouse.hq)
    await goTo(page, 'Authority')
    await page.getByLabel('Largest size').fill('none')
    await page.getByRole('button', { name: 'Set the policy' }).click()
    await onPage(page.getByText(/^A number of MB greater than 0/)).toBeVisible()
    await page.getByLabel('Largest size').fill('10')
    await page.getByLabel('Kinds of file').fill('image/*')
    await page.getByRole('button', { name: 'Set the policy' }).click()
    await onPage(dialog().getByText(/cannot be taken back/)).toBeVisible()
    await expectAccessible(page)
    await keepPicture(page, 'policy-ask')
    await dialog().getByRole('button', { name: 'Apply it' }).click()
    await eventually(
      async () => must(await warehouse.desk.client.query('policies', {})).retention,
      (now) => now?.max_bytes === 10_000_000,
    )
    await moveTo(warehouse.desk)
    await goTo(page, 'Authority')
    await onPage(page.getByText('image/*', { exact: true })).toBeVisible()
    await onPage(page.getByText('Only Headquarters, the authority, can change this.')).toBeVisible()
    await onPage(page.getByRole('button', { name: 'Set the policy' })).toHaveCount(0)
  })
})

describe('every kind of record', () => {
  beforeAll(async () => {
    await stockWith('Ear plugs', 500, 60)
    must(await warehouse.desk.client.do('case.create', { title: 'Wet cartons', tags: ['rain', 'dock 3'] }))
    must(await warehouse.desk.client.do('incident.create', { title: 'Ladder slipped', owner: 'Maya Ortiz' }))
  })

  for (const [theme, width, height] of [
    ['light', 1440, 900],
    ['dark', 1024, 768],
  ] as const) {
    test(`DESK-129 hinders nobody in ${theme} at ${width}, beside an open record or without`, async () => {
      await page.emulateMedia({ colorScheme: theme })
      await page.setViewportSize({ width, height })
      for (const [key, name] of [
        ['7', 'cases'],
        ['8', 'incidents'],
        ['9', 'stock'],
      ] as const) {
        await page.keyboard.press(key)
        await page.locator('.card, .line').first().waitFor()
        await expectAccessible(page)
        await keepPicture(page, `kinds-${name}-${theme}-${width}`)
      }
      await page.keyboard.press('j')
      await page.keyboard.press('o')
      await onPage(panel().getByRole('textbox', { name: 'Name' })).toBeVisible()
      await expectAccessible(page)
      await keepPicture(page, `kinds-stock-open-${theme}-${width}`)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflow).toBeLessThanOrEqual(0)
    })
  }

  test('DESK-129 speaks Spanish as well, and fingers find 44 pixels', async () => {
    const next = await openDesk(browser, warehouse.desk, { hasTouch: true, isMobile: true, locale: 'es-ES' })
    must(await warehouse.desk.client.do('preference.set', { key: 'language', value: 'es' }))
    await next.page.getByRole('radio', { name: 'Existencias' }).check()
    await onPage(next.page.getByRole('columnheader', { name: 'Artículo' })).toBeVisible()
    const heights = await next.page
      .locator('.kinds label, .stock-line button')
      .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().height)))
    expect(heights.length).toBeGreaterThan(4)
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44)
    await keepPicture(next.page, 'kinds-stock-es-touch')
    must(await warehouse.desk.client.do('preference.set', { key: 'language', value: 'en' }))
    expect(next.complaints).toEqual([])
    await next.page.context().close()
  })
})
