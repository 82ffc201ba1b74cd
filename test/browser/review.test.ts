/** The review on the desks of real nodes: what does not count, who adopts or dismisses it, and what its author sees. */
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NodeProcess } from '../support/node-process.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, goTo, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser
let page: Page
let complaints: string[]
const jobs: Record<'pump' | 'valve', string> = { pump: '', valve: '' }

const reviewAt = async (node: NodeProcess) => must(await node.client.query('review', {})).items
const openAt = async (node: NodeProcess) => (await reviewAt(node)).filter(({ state }) => state === 'open')
const statusOf = async (node: NodeProcess) => must(await node.client.query('status', {}))
const ownOps = async (node: NodeProcess): Promise<number> => {
  const { cursor, actor } = await statusOf(node)
  return cursor[actor] ?? 0
}

/** Everything that the tablet did has reached headquarters. */
async function settle(): Promise<void> {
  const { hq, tablet } = warehouse
  const { actor } = await statusOf(tablet)
  const head = await ownOps(tablet)
  await eventually(
    async () => (await statusOf(hq)).cursor[actor] ?? 0,
    (seen) => seen === head,
  )
}

async function create(title: string, tasks: string[] = []): Promise<string> {
  const { desk, tablet } = warehouse
  const { record } = must(await desk.client.do('job.create', { title, tasks }))
  await eventually(
    async () => (await tablet.client.query('record', { record })).ok,
    (isThere) => isThere,
  )
  return record
}

/** The authority gives the tablet a role that writes nothing, and the desk knows it. */
async function setTablet(role: 'edge' | 'technician'): Promise<void> {
  const { hq, desk, tablet } = warehouse
  const { actor } = await statusOf(tablet)
  must(await hq.client.do('member.setRole', { actor, role }))
  await eventually(
    async () => must(await desk.client.query('members', {})).members.find((one) => one.actor === actor)?.role,
    (now) => now === role,
  )
}

/** What the tablet does while it is away and, unknown to it, may not. */
async function workUnpermitted(work: (node: NodeProcess) => Promise<void>, count: number): Promise<void> {
  const { desk, tablet } = warehouse
  await settle()
  must(await tablet.client.do('network.set', { lan: false }))
  await setTablet('edge')
  await work(tablet)
  must(await tablet.client.do('network.set', { lan: true }))
  await eventually(
    async () => (await openAt(desk)).length,
    (open) => open === count,
  )
  await setTablet('technician')
}

const list = (on = page) => on.getByRole('list', { name: 'Edits to review' })
const edits = (on = page) => list(on).getByRole('article')
const rail = () => page.getByRole('navigation').getByRole('link', { name: /Conflicts/ })
const onCheckbox = (on = page) =>
  on.waitForFunction(() => document.activeElement?.getAttribute('type') === 'checkbox')

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
  jobs.pump = await create('Pump in bay 4')
  jobs.valve = await create('Valve of line 2')
  await workUnpermitted(async ({ client }) => {
    must(await client.do('task.add', { record: jobs.pump, text: 'Grease it' }))
    must(await client.do('field.set', { record: jobs.pump, field: 'zone', value: 'Yard' }))
    must(await client.do('tally.add', { record: jobs.valve, field: 'labour', amount: 30 }))
  }, 3)
  ;({ page, complaints } = await openDesk(browser, warehouse.desk))
  await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor()
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('the review', () => {
  test('DESK-100 edits that do not count stand by record, with their author, why, and what they would have changed', async () => {
    await onPage(rail()).toContainText('3 edits to review')
    await page.keyboard.press('2')
    await onPage(page.getByRole('radio', { name: 'Review (3)' })).toBeChecked()
    const ofPump = list().getByRole('list', { name: 'Pump in bay 4' }).getByRole('article')
    await onPage(ofPump).toHaveCount(2)
    const first = list().getByRole('article', { name: 'Edit by Tablet 1 on Pump in bay 4' }).first()
    await onPage(first).toContainText('Rejected')
    await onPage(first).toContainText('added the task “Grease it”')
    await onPage(first).toContainText('The role edge may not do this.')
    await onPage(edits()).toHaveCount(3)
    await expectAccessible(page)
    await keepPicture(page, 'review-open')
  })

  test('DESK-101 several are adopted from the keyboard as one op', async () => {
    await onCheckbox()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('Shift+J')
    await onPage(page.getByText('2 selected')).toBeVisible()
    await keepPicture(page, 'review-selected')
    await page.keyboard.press('Enter')
    await onPage(page.getByRole('heading', { name: 'These 2 edits will count' })).toBeVisible()
    await expectAccessible(page)
    await keepPicture(page, 'review-adopt')
    const before = await ownOps(warehouse.desk)
    await page.keyboard.press('Enter')
    await onPage(page.getByText('2 edits count now')).toBeVisible()
    expect(await ownOps(warehouse.desk)).toBe(before + 1)
    await onPage(edits()).toHaveCount(1)
    await onPage(rail()).toContainText('1 edit to review')
    const pump = await eventually(
      async () => must(await warehouse.tablet.client.query('record', { record: jobs.pump })),
      ({ tasks }) => tasks.length === 1,
    )
    expect(pump.tasks[0]?.text).toBe('Grease it')
    expect(pump.fields.zone?.values.map(({ value, name }) => [value, name])).toEqual([['Yard', 'Tablet 1']])
  })

  test('DESK-104 one is dismissed, with a reason that must be given', async () => {
    await onCheckbox()
    await page.keyboard.press('d')
    await onPage(page.getByRole('heading', { name: 'Dismiss 1 edit' })).toBeVisible()
    await page.keyboard.press('Enter')
    await onPage(page.getByText('Give a reason: the author will want to know.')).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.type('Booked on the wrong job')
    await page.keyboard.press('Enter')
    await onPage(page.getByText('1 edit dismissed')).toBeVisible()
    await onPage(page.getByRole('heading', { name: 'Nothing to review' })).toBeVisible()
    await onPage(rail()).not.toContainText('to review')
    const valve = must(await warehouse.desk.client.query('record', { record: jobs.valve }))
    expect(valve.tallies.labour ?? 0).toBe(0)
  })

  test('DESK-103 what was settled stays, with who did it and why', async () => {
    await page.keyboard.press('f')
    await onPage(page.getByRole('radio', { name: 'Settled (3)' })).toBeChecked()
    await onPage(list().getByText(/Adopted by Desk 1, \d\d:\d\d/)).toHaveCount(2)
    const dismissed = list().getByRole('article', { name: 'Edit by Tablet 1 on Valve of line 2' })
    await onPage(dismissed).toContainText('Dismissed by Desk 1')
    await onPage(dismissed).toContainText('“Booked on the wrong job”')
    await expectAccessible(page)
    await keepPicture(page, 'review-settled')
    await page.keyboard.press('f')
    await page.keyboard.press('f')
  })

  test('DESK-103 the author sees at the own device what became of each of theirs, and can decide nothing', async () => {
    const { page: own } = await openDesk(browser, warehouse.tablet)
    await goTo(own, 'Conflicts')
    await own.getByRole('radio', { name: /^Review/ }).check()
    await onPage(own.getByRole('radio', { name: 'Mine (3)' })).toBeChecked()
    await onPage(list(own).getByText(/Adopted by Desk 1/)).toHaveCount(2)
    await onPage(list(own).getByText('“Booked on the wrong job”')).toBeVisible()
    await onPage(own.getByText('A supervisor or the authority decides about these.')).toBeVisible()
    await onPage(own.getByRole('button', { name: /Adopt|Dismiss/ })).toHaveCount(0)
    await expectAccessible(own)
    await keepPicture(own, 'review-own')
    await own.context().close()
  })
})

describe('an edit that came too late', () => {
  test('DESK-102 says what stands in its way, asks for the reopening, and can be adopted after it', async () => {
    const { desk, tablet } = warehouse
    const record = await create('Gate that squeaks', ['Oil it'])
    const [task] = must(await desk.client.query('record', { record })).tasks
    must(await desk.client.do('task.tick', { record, task: task?.task ?? '' }))
    await settle()
    must(await tablet.client.do('network.set', { lan: false }))
    must(await desk.client.do('request.close', { record }))
    await eventually(
      async () => must(await desk.client.query('record', { record })).status,
      (status) => status === 'closed',
    )
    must(await tablet.client.do('field.set', { record, field: 'zone', value: 'South dock' }))
    must(await tablet.client.do('network.set', { lan: true }))

    const late = edits().filter({ hasText: 'South dock' })
    await onPage(late).toContainText('Late')
    await onPage(late).toContainText('Obstacle')
    await onPage(list().getByRole('button', { name: 'Adopt' })).toHaveCount(0)
    await expectAccessible(page)
    await keepPicture(page, 'review-late')
    await page.keyboard.press('r')
    await onPage(page.getByText('The reopening is asked for.')).toBeVisible()
    await list().getByRole('button', { name: 'Adopt' }).click()
    await onPage(page.getByText('1 edit counts now')).toBeVisible()
    await eventually(
      async () => must(await desk.client.query('record', { record })).fields.zone?.values[0]?.value,
      (zone) => zone === 'South dock',
    )
    expect(complaints).toEqual([])
  })
})

describe('fingers', () => {
  test('DESK-115 everything to press in the review and among the members is at least 44 px high', async () => {
    await workUnpermitted(async ({ client }) => {
      must(await client.do('task.add', { record: jobs.pump, text: 'Wipe it' }))
    }, 1)
    const touch = { hasTouch: true, isMobile: true, viewport: { width: 1024, height: 768 } }
    const { page: tablet } = await openDesk(browser, warehouse.desk, touch)
    for (const place of ['Conflicts', 'Peers'] as const) {
      await goTo(tablet, place)
      await tablet.locator('[aria-busy=true]').waitFor({ state: 'detached' })
      if (place === 'Conflicts') await edits(tablet).first().waitFor()
      const small = await tablet
        .locator('main :is(button, label:has(input))')
        .evaluateAll((all) =>
          all
            .filter((one) => one.getBoundingClientRect().height < 44)
            .map((one) => one.textContent || one.ariaLabel),
        )
      expect(small, place).toEqual([])
      await keepPicture(tablet, `touch-${place.toLowerCase()}`)
    }
    await tablet.context().close()
  })
})

describe('parcels', () => {
  test('DESK-105 a file that is no parcel is refused in words', async () => {
    await page.keyboard.press('h')
    const dialog = page.getByRole('dialog')
    await onPage(dialog.getByRole('button', { name: 'Hand in' })).toBeDisabled()
    await dialog.getByLabel('Choose a file').setInputFiles({
      name: 'lunch.parcel',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('not work at all'),
    })
    await onPage(dialog.getByText('lunch.parcel')).toBeVisible()
    await expectAccessible(page)
    await keepPicture(page, 'parcel-hand-in')
    await dialog.getByRole('button', { name: 'Hand in' }).click()
    await onPage(dialog.getByRole('alert')).toBeVisible()
    await page.keyboard.press('Escape')
    await onPage(dialog).toHaveCount(0)
  })

  test('DESK-110 a device that was cut off says so over its whole desk, and saves its unsent work as a file', async () => {
    const { hq, desk, tablet } = warehouse
    await settle()
    must(await tablet.client.do('network.set', { lan: false }))
    must(await tablet.client.do('task.add', { record: jobs.valve, text: 'Order a gasket' }))
    must(await tablet.client.do('field.set', { record: jobs.valve, field: 'zone', value: 'North dock' }))
    const { actor } = await statusOf(tablet)
    must(await hq.client.do('member.cut', { actor, reason: 'Lost in the yard' }))
    await eventually(
      async () =>
        must(await desk.client.query('members', {})).members.find((one) => one.actor === actor)?.cut,
      (cut) => cut === true,
    )
    must(await tablet.client.do('network.set', { lan: true }))

    const { page: own } = await openDesk(browser, tablet, { acceptDownloads: true })
    const banner = own.getByRole('region', { name: 'The standing of this device' })
    await onPage(banner).toContainText('This device was cut off from Harbour warehouse')
    await onPage(banner).toContainText('“Lost in the yard”')
    await onPage(banner).toContainText(/since \d\d:\d\d/)
    await expectAccessible(own)
    await keepPicture(own, 'cut-banner')
    const download = own.waitForEvent('download')
    await banner.getByRole('button', { name: 'Save unsent work as a file' }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe('tallydesk-Tablet-1.parcel')
    await onPage(banner).toContainText('tallydesk-Tablet-1.parcel holds 2 edits.')
    await onPage(banner).toContainText('hand it in there')
    await expectAccessible(own)
    await keepPicture(own, 'cut-banner-saved')

    await page.keyboard.press('h')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Choose a file').setInputFiles(await file.path())
    await dialog.getByRole('button', { name: 'Hand in' }).click()
    await onPage(page.getByText('Parcel handed in: 2 items to review')).toBeVisible()
    await own.context().close()
  })

  test('DESK-66 parcels and edits to review pass the check in the dark, 1024 pixels wide', async () => {
    const viewport = { width: 1024, height: 900 }
    const { page: dark } = await openDesk(browser, warehouse.desk, { colorScheme: 'dark', viewport })
    await goTo(dark, 'Conflicts')
    await onPage(edits(dark)).toHaveCount(3)
    const whole = dark.getByRole('checkbox', { name: 'Select everything: Parcel of Tablet 1' })
    await whole.click()
    await onPage(whole).toBeChecked()
    await onPage(dark.getByText('2 selected')).toBeVisible()
    await expectAccessible(dark)
    await keepPicture(dark, 'review-dark-1024')
    const overflow = await dark.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    await dark.context().close()
  })

  test('DESK-106 its items say whose they are and why, and are taken over or dismissed one by one', async () => {
    const { desk } = warehouse
    const parcel = list().getByRole('listitem').filter({ hasText: 'Work of Tablet 1' }).first()
    await onPage(parcel).toContainText('The device was cut off from the site before it could send this.')
    await onPage(parcel).toContainText('Handed in by Desk 1')
    const items = list().getByRole('list', { name: 'Parcel of Tablet 1' }).getByRole('article')
    await onPage(items).toHaveCount(2)
    await onPage(items.first()).toContainText('added the task “Order a gasket”')
    await expectAccessible(page)
    await keepPicture(page, 'parcel')
    await parcel.getByRole('button', { name: 'Take over' }).first().click()
    await onPage(items).toHaveCount(1)
    await parcel.getByRole('button', { name: 'Dismiss…' }).click()
    await page.keyboard.type('The valve stays where it is')
    await page.keyboard.press('Enter')
    await onPage(items).toHaveCount(0)
    await onPage(page.getByRole('dialog')).toHaveCount(0)
    const valve = must(await desk.client.query('record', { record: jobs.valve }))
    expect(valve.tasks.map(({ text }) => text)).toEqual(['Order a gasket'])
    expect(valve.tasks[0]?.values[0]?.name).toBe('Desk 1')
    expect(valve.fields.zone?.values ?? []).toEqual([])
    await page.keyboard.press('f')
    await onPage(items.first()).toContainText('Taken over')
    await onPage(items.last()).toContainText('Dismissed')
    expect(complaints).toEqual([])
  })
})
