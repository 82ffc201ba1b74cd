/** Thirty conflicts, settled at the desk of a real node from the keyboard alone, and what the tablet sees of it. */
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FieldValue } from '../../shared/api/rows.ts'
import type { NodeProcess } from '../support/node-process.ts'
import { expectAccessible, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

const COUNT = 30

let warehouse: Warehouse
let browser: Browser
let page: Page
let complaints: string[]
const records: string[] = []

const conflictsAt = async (node: NodeProcess) => must(await node.client.query('conflicts', {})).conflicts
const ownOps = async (node: NodeProcess): Promise<number> => {
  const { cursor, actor } = must(await node.client.query('status', {}))
  return cursor[actor] ?? 0
}
const valuesOf = async (node: NodeProcess, record: string): Promise<readonly FieldValue[]> =>
  must(await node.client.query('record', { record })).fields.title?.values ?? []

/** Desk and tablet name every job apart from each other; then they meet. */
async function nameApart(): Promise<void> {
  const { desk, tablet } = warehouse
  must(await tablet.client.do('network.set', { lan: false }))
  for (const [i, record] of records.entries()) {
    must(
      await tablet.client.do('field.set', {
        record,
        field: 'title',
        value: `Filter ${i} is cracked, says the tablet`,
      }),
    )
    must(await desk.client.do('field.set', { record, field: 'title', value: `Filter ${i}, says the desk` }))
  }
  must(await tablet.client.do('network.set', { lan: true }))
  await eventually(
    () => conflictsAt(desk),
    (conflicts) => conflicts.length === COUNT,
  )
  await eventually(
    () => conflictsAt(tablet),
    (conflicts) => conflicts.length === COUNT,
  )
}

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
  for (let i = 0; i < COUNT; i++) {
    records.push(must(await warehouse.desk.client.do('job.create', { title: `Filter ${i}` })).record)
  }
  await eventually(
    async () => must(await warehouse.tablet.client.query('board', { limit: 100 })).rows.length,
    (count) => count === COUNT,
  )
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

beforeEach(async () => {
  await nameApart()
  ;({ page, complaints } = await openDesk(browser, warehouse.desk))
  await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor()
})

/** From the board by its key, and on until the keyboard stands in the list. */
async function goToQueue(): Promise<void> {
  await page.keyboard.press('2')
  await page.getByRole('heading', { level: 1, name: 'Conflicts' }).waitFor()
  await page.getByText(`${COUNT} of ${COUNT} left`).waitFor()
  await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'radio')
}

const rowTitle = (nth: number) =>
  page.getByRole('list', { name: 'Conflicted fields' }).getByRole('listitem').nth(nth)

describe('the queue', () => {
  test('DESK-60 thirty conflicts are settled from the keyboard alone, as one op', async () => {
    await goToQueue()
    const queue = await conflictsAt(warehouse.desk)
    const before = await ownOps(warehouse.desk)

    await page.keyboard.press('1')
    await page.keyboard.press('2')
    await page.keyboard.press('m')
    await page.keyboard.type('Both filters, said by hand')
    await page.keyboard.press('Enter')
    await page.getByText('27 of 30 left').waitFor()

    await page.keyboard.press('x')
    for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+J')
    await page.getByText('Choose for the 5 selected').waitFor()
    await page.keyboard.press('l')
    await page.getByText('22 of 30 left').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Choose for the other 22').waitFor()
    await page.keyboard.press('o')
    await page.getByText('0 of 30 left').waitFor()
    await expectAccessible(page)

    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'These 30 fields will be set' }).waitFor()
    expect(await page.getByRole('dialog').getByRole('row').count()).toBe(COUNT + 1)
    await expectAccessible(page)
    await keepPicture(page, 'conflicts-preview')
    expect(await conflictsAt(warehouse.desk)).toHaveLength(COUNT)

    await page.keyboard.press('Enter')
    await page.getByText('30 fields settled').waitFor()
    await page.getByRole('heading', { name: 'Nothing to settle' }).waitFor()
    expect(await ownOps(warehouse.desk)).toBe(before + 1)

    await eventually(
      () => conflictsAt(warehouse.tablet),
      (conflicts) => conflicts.length === 0,
    )
    const settled = await Promise.all(
      queue.map(async ({ record }) => (await valuesOf(warehouse.tablet, record))[0]?.value),
    )
    expect(settled.slice(0, 3)).toEqual([
      queue[0]?.values[0]?.value,
      queue[1]?.values[1]?.value,
      'Both filters, said by hand',
    ])
    for (const title of settled.slice(3, 8)) expect(title).toContain('says the tablet')
    for (const title of settled.slice(8)) expect(title).toContain('says the desk')
    expect(complaints).toEqual([])
  })

  test('DESK-61 Ctrl+Z puts all of them back into the queue, on every device, with who wrote what', async () => {
    await goToQueue()
    const before = new Map(
      (await conflictsAt(warehouse.desk)).map((one) => [one.record, textsOf(one.values)]),
    )
    await page.keyboard.press('n')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'These 30 fields will be set' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('30 fields settled').waitFor()
    await eventually(
      () => conflictsAt(warehouse.tablet),
      (conflicts) => conflicts.length === 0,
    )
    const ops = await ownOps(warehouse.desk)

    await page.keyboard.press('Control+z')
    await page.getByText('30 fields are back in the queue').waitFor()
    expect(await ownOps(warehouse.desk)).toBe(ops + 1)
    const again = await eventually(
      () => conflictsAt(warehouse.tablet),
      (conflicts) => conflicts.length === COUNT,
    )
    for (const one of again) expect(textsOf(one.values)).toEqual(before.get(one.record))
    await rowTitle(0).getByText('Tablet 1').waitFor()

    await page.keyboard.press('o')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByText('30 fields settled').waitFor()
    expect((await valuesOf(warehouse.desk, records[0] ?? ''))[0]?.value).toContain('says the desk')
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await eventually(
      () => conflictsAt(warehouse.desk),
      (conflicts) => conflicts.length === COUNT,
    )
    expect(complaints).toEqual([])
  })

  test('DESK-62 what another device settled meanwhile leaves the preview, and it says so', async () => {
    await goToQueue()
    for (let i = 0; i < 3; i++) await page.keyboard.press('1')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'These 3 fields will be set' }).waitFor()
    const [first] = await conflictsAt(warehouse.desk)
    if (!first) throw new Error('there are conflicts')
    await settleElsewhere(first.record)
    await page.getByRole('heading', { name: 'These 2 fields will be set' }).waitFor()
    await page.getByText('1 field was settled or changed by somebody else meanwhile').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('2 fields settled').waitFor()
    expect((await valuesOf(warehouse.desk, first.record)).map(({ value }) => value)).toEqual([
      'Said by headquarters',
    ])
  })

  test('DESK-62 a choice that the page could not know to be stale is refused with the whole batch, and explained', async () => {
    await page.context().close()
    const deaf = await openDeafDesk()
    await goToQueue()
    for (let i = 0; i < 3; i++) await page.keyboard.press('1')
    const [first] = await conflictsAt(warehouse.desk)
    if (!first) throw new Error('there are conflicts')
    deaf.start()
    await settleElsewhere(first.record)
    await eventually(
      () => conflictsAt(warehouse.desk),
      (conflicts) => conflicts.length === COUNT - 1,
    )
    const before = await ownOps(warehouse.desk)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'These 3 fields will be set' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('There is no conflict in "title" any more.').waitFor()
    await page.getByText('The list now shows how things stand.').waitFor()
    await page.getByText(`${COUNT - 3} of ${COUNT - 1} left`).waitFor()
    expect(await ownOps(warehouse.desk)).toBe(before)
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByText('2 fields settled').waitFor()
  })
})

const textsOf = (values: readonly FieldValue[]): string[] => values.map(({ value }) => String(value)).sort()

/** The authority settles one field, and the desk hears of it. */
async function settleElsewhere(record: string): Promise<void> {
  const { hq, desk } = warehouse
  await eventually(
    () => conflictsAt(hq),
    (conflicts) => conflicts.some((one) => one.record === record),
  )
  must(
    await hq.client.do('conflict.resolve', {
      choices: [{ record, field: 'title', value: 'Said by headquarters' }],
    }),
  )
  await eventually(
    () => valuesOf(desk, record),
    (values) => values.length === 1,
  )
}

/** A desk whose line can be made to lose what is pushed for the queue, as a slow line would for a moment. */
async function openDeafDesk(): Promise<{ start(): void }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  page = await context.newPage()
  const watches = new Set<number>()
  let isDeaf = false
  await page.routeWebSocket(/\/api$/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((frame) => {
      const asked = readFrame(frame)
      if (asked.type === 'watch' && asked.query === 'conflicts') watches.add(asked.id)
      server.send(frame)
    })
    server.onMessage((frame) => {
      if (!isDeaf || !watches.has(readFrame(frame).id)) socket.send(frame)
    })
  })
  await page.goto(String(warehouse.desk.ready.desk))
  await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor()
  return { start: () => (isDeaf = true) }
}

type Frame = { readonly type: string; readonly id: number; readonly query?: string }
const readFrame = (frame: string | Buffer): Frame => JSON.parse(String(frame)) as Frame
