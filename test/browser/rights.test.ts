/**
 * Rights given out in advance, on real nodes: what a desk may do while headquarters is out of reach, asking for more,
 * a zone's closing at a desk, and the two sign-offs of an incident. Headquarters decides by hand.
 */
import type { Browser, Locator, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onPage } from './on-page.ts'
import { expectAccessible, goTo, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser
let atDesk: Page
let atHeadquarters: Page
const complaints: string[][] = []

async function open(node: Warehouse['desk']): Promise<Page> {
  const opened = await openDesk(browser, node)
  complaints.push(opened.complaints)
  await goTo(opened.page, 'Authority')
  return opened.page
}

const wallet = (page: Page): Locator => page.getByRole('list', { name: 'Wallet of rights' })
const delegated = (page: Page): Locator => page.getByRole('list', { name: 'Delegated' })
const holdersOf = (page: Page, right: string): Locator =>
  page.getByRole('region', { name: right, exact: true })
const request = (page: Page, name: string | RegExp): Locator => page.getByRole('article', { name })
const panel = (page: Page): Locator => page.locator('section.job')

async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page
    .getByRole('dialog')
    .getByRole('combobox', { name: new RegExp(`^${label}`) })
    .click()
  await page.getByRole('option', { name: option }).click()
}

async function send(page: Page, verb: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: verb, exact: true }).click()
  await onPage(page.getByRole('dialog')).toHaveCount(0)
}

async function setWan(up: boolean): Promise<void> {
  must(await warehouse.hq.client.do('network.set', { lan: up, wan: up }))
  await eventually(
    async () => must(await warehouse.desk.client.query('status', {})).wan.state,
    (state) => (state === 'up') === up,
  )
}

/** What the desk holds of a right, as its own node says. */
async function heldAtDesk(right: string): Promise<number> {
  const { rights } = must(await warehouse.desk.client.query('rights', {}))
  return rights.find((row) => row.self && row.right === right)?.left ?? 0
}

beforeAll(async () => {
  warehouse = await openWarehouse(['--decide', 'manual'])
  browser = await openBrowser()
  for (const zone of ['North', 'Yard'])
    must(await warehouse.hq.client.do('job.create', { title: `Sweep ${zone}`, zone }))
  atDesk = await open(warehouse.desk)
  atHeadquarters = await open(warehouse.hq)
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('the wallet of rights', () => {
  test('DESK-88 the authority gives numbers, and sees who holds them', async () => {
    await atHeadquarters.getByRole('button', { name: 'Give…', exact: true }).click()
    await choose(atHeadquarters, 'What', 'Audit numbers')
    await choose(atHeadquarters, 'To', /^Desk 1/)
    await atHeadquarters.getByRole('textbox', { name: 'How many' }).fill('46')
    await expectAccessible(atHeadquarters)
    await keepPicture(atHeadquarters, 'rights-give')
    await send(atHeadquarters, 'Give')
    await onPage(holdersOf(atHeadquarters, 'Audit numbers').getByText('46 left')).toBeVisible()
  })

  test('DESK-85 the wallet says what the desk may do by itself, how often, and with which numbers', async () => {
    const audits = wallet(atDesk).getByRole('listitem').filter({ hasText: 'You hold 46 audit numbers' })
    await onPage(audits.getByText(`Numbers ${new Date().getUTCFullYear()}: 1–46`)).toBeVisible()
    await expectAccessible(atDesk)
  })

  test('DESK-87 numbers are passed on to a tablet, at most as many as are held', async () => {
    await wallet(atDesk).getByRole('button', { name: 'More about Audit numbers' }).click()
    await atDesk.getByRole('menuitem', { name: 'Pass on…' }).click()
    await choose(atDesk, 'To', /^Tablet 1/)
    const amount = atDesk.getByRole('textbox', { name: 'How many' })
    await amount.fill('47')
    await atDesk.getByRole('dialog').getByRole('button', { name: 'Pass on', exact: true }).click()
    await onPage(atDesk.getByText('At most 46.')).toBeVisible()
    await amount.fill('6')
    await expectAccessible(atDesk)
    await send(atDesk, 'Pass on')
    await onPage(wallet(atDesk).getByText('You hold 40 audit numbers')).toBeVisible()
    await eventually(
      async () => must(await warehouse.tablet.client.query('rights', {})).rights,
      (rights) => rights.some((row) => row.self && row.of === 'audit-number' && row.left === 6),
    )
  })

  test('DESK-86 more is asked for while the WAN is out, and is held only once it was granted', async () => {
    await setWan(false)
    const before = await heldAtDesk('enrol')
    await atDesk.getByRole('button', { name: 'Ask for a right…' }).click()
    await choose(atDesk, 'What', 'Admissions of tablets')
    await atDesk.getByRole('textbox', { name: 'How many' }).fill('3')
    await send(atDesk, 'Ask')
    const admissions = wallet(atDesk).getByRole('listitem').filter({ hasText: 'admit' })
    await onPage(admissions).toContainText('Asked for leave to admit 3 devices')
    await onPage(admissions).toContainText(/The WAN is out since \d\d:\d\d/)
    expect(await heldAtDesk('enrol')).toBe(before)
    await expectAccessible(atDesk)
    await keepPicture(atDesk, 'rights-asked')
    await setWan(true)
    await request(atHeadquarters, 'Admissions: Leave to admit 3 devices')
      .getByRole('button', { name: 'Accept' })
      .click()
    await onPage(wallet(atDesk).getByText(`You can admit ${before + 3} more tablets`)).toBeVisible()
    await onPage(request(atDesk, 'Admissions: Leave to admit 3 devices').getByText('Accepted')).toBeVisible()
  })
})

describe('a delegated zone', () => {
  test('DESK-84 the authority gives a zone to a desk, with audit numbers to close its jobs', async () => {
    await atHeadquarters.getByRole('button', { name: 'Give a zone…' }).click()
    await atHeadquarters.getByRole('combobox', { name: 'Zone' }).fill('North')
    await choose(atHeadquarters, 'To', /^Desk 1/)
    await atHeadquarters.getByRole('textbox', { name: 'Audit numbers to go with it' }).fill('10')
    await expectAccessible(atHeadquarters)
    await keepPicture(atHeadquarters, 'zone-give')
    await send(atHeadquarters, 'Give')
    await onPage(delegated(atHeadquarters).getByText('North with Desk 1')).toBeVisible()
    await onPage(delegated(atDesk).getByText('North with this device')).toBeVisible()
    await onPage(delegated(atDesk).getByText('50 audit numbers left')).toBeVisible()
    await onPage(
      wallet(atDesk).getByText('You can close jobs of zone North, 50 audit numbers left'),
    ).toBeVisible()
    await onPage(atDesk.getByText('With the authority: Yard.')).toBeVisible()
  })

  test('DESK-90 the desk closes a job of its zone with the WAN out, after a question where it is unfinished', async () => {
    const { record } = must(
      await warehouse.desk.client.do('job.create', { title: 'Oil the crane', zone: 'North', tasks: ['oil'] }),
    )
    await setWan(false)
    await atDesk.goto(`${new URL(atDesk.url()).origin}/#/authority/${record}`)
    await panel(atDesk).getByRole('button', { name: 'Close now' }).click()
    await onPage(atDesk.getByRole('dialog').getByText('1 task is not ticked.')).toBeVisible()
    await expectAccessible(atDesk)
    await keepPicture(atDesk, 'close-now')
    await atDesk.getByRole('dialog').getByRole('button', { name: 'Not yet' }).click()
    await panel(atDesk).getByRole('checkbox').check()
    await panel(atDesk).getByRole('button', { name: 'Close now' }).click()
    await onPage(panel(atDesk).getByText(/Audit number A-\d{4}-\d{4}/)).toBeVisible()
    await onPage(request(atDesk, 'Close: Oil the crane').getByText('decided on this device')).toBeVisible()
    await onPage(
      wallet(atDesk).getByText('You can close jobs of zone North, 49 audit numbers left'),
    ).toBeVisible()
    await keepPicture(atDesk, 'closed-here')
  })

  test('DESK-89 a closing elsewhere waits, and says what still works and what would come late', async () => {
    const { record } = must(
      await warehouse.desk.client.do('job.create', { title: 'Clear the yard', zone: 'Yard' }),
    )
    await atDesk.goto(`${new URL(atDesk.url()).origin}/#/authority/${record}`)
    await panel(atDesk).getByRole('button', { name: 'Ask to close' }).click()
    const state = panel(atDesk).locator('.state.wait')
    await onPage(state.getByText(/The WAN is out since \d\d:\d\d/)).toBeVisible()
    await onPage(state.getByText('Notes and photos: they count whenever they come')).toBeVisible()
    await onPage(state.getByText(/count if Headquarters has seen them before it closes/)).toBeVisible()
    await onPage(panel(atDesk).getByText('Closed', { exact: true })).toHaveCount(0)
    await expectAccessible(atDesk)
    await keepPicture(atDesk, 'job-waiting-meanwhile')
    await setWan(true)
    await request(atHeadquarters, 'Close: Clear the yard').getByRole('button', { name: 'Accept' }).click()
    await onPage(panel(atDesk).getByText(/Audit number A-\d{4}-\d{4}/)).toBeVisible()
    await onPage(request(atDesk, 'Close: Clear the yard').getByText('decided by Headquarters')).toBeVisible()
    await atDesk.keyboard.press('Escape')
  })

  test('DESK-84 the desk gives a zone back, and is given it again and has it taken back', async () => {
    await delegated(atDesk).getByRole('button', { name: 'Give back…' }).click()
    await onPage(atDesk.getByText(/From now on Headquarters decides there again/)).toBeVisible()
    await send(atDesk, 'Give back')
    await onPage(delegated(atDesk)).toHaveCount(0)
    await onPage(delegated(atHeadquarters)).toHaveCount(0)
    await atHeadquarters.getByRole('button', { name: 'Give a zone…' }).click()
    await atHeadquarters.getByRole('combobox', { name: 'Zone' }).fill('North')
    await atHeadquarters.getByRole('textbox', { name: 'Audit numbers to go with it' }).fill('0')
    await send(atHeadquarters, 'Give')
    await onPage(delegated(atDesk).getByText('North with this device')).toBeVisible()
    await atHeadquarters.getByRole('button', { name: 'Take back Closing of zone North from Desk 1' }).click()
    await expectAccessible(atHeadquarters)
    await send(atHeadquarters, 'Take back')
    await onPage(delegated(atDesk)).toHaveCount(0)
    await atHeadquarters.getByRole('button', { name: 'Take back Audit numbers from Desk 1' }).click()
    await send(atHeadquarters, 'Take back')
    await eventually(
      () => heldAtDesk('audit-number'),
      (left) => left === 0,
    )
  })
})

describe('requests of every kind', () => {
  const member = async (name: string): Promise<string> => {
    const { members } = must(await warehouse.hq.client.query('members', {}))
    return members.find((one) => one.name === name)?.actor ?? ''
  }

  test('DESK-80 each says what it asks for, and is decided where it may be decided', async () => {
    const { client } = warehouse.desk
    const tablet = await member('Tablet 1')
    const { record: item } = must(
      await warehouse.hq.client.do('stock.create', { name: 'Filter F7', quantity: 40 }),
    )
    await eventually(
      async () => (await client.query('record', { record: item })).ok,
      (isThere) => isThere,
    )
    must(await client.do('request.numbers', { right: 'decide:close:Yard', amount: 1 }))
    must(await client.do('request.stock', { item, amount: 50 }))
    must(await client.do('request.role', { actor: tablet, role: 'supervisor' }))
    must(await client.do('request.cut', { actor: tablet, reason: 'lost in the harbour' }))
    for (const name of [
      'Zone: The closing of zone Yard',
      'Stock: 50 of Filter F7',
      'Role: Make Tablet 1 supervisor',
      'Removal: Remove Tablet 1: lost in the harbour',
    ]) {
      await onPage(request(atHeadquarters, name).getByRole('button', { name: 'Accept' })).toBeVisible()
      await onPage(request(atDesk, name).getByRole('button', { name: 'Withdraw' })).toBeVisible()
      await onPage(request(atDesk, name).getByRole('button', { name: 'Accept' })).toHaveCount(0)
    }
    await expectAccessible(atHeadquarters)
    await keepPicture(atHeadquarters, 'authority-pending')
  })

  test('DESK-82 they are decided by keys alone, and the focus goes on to the next', async () => {
    const row = (name: string): Locator => request(atHeadquarters, name)
    await atHeadquarters.getByRole('heading', { level: 1 }).focus()
    while (!(await row('Stock: 50 of Filter F7').evaluate((one) => one === document.activeElement)))
      await atHeadquarters.keyboard.press('j')
    await atHeadquarters.keyboard.press('a')
    await onPage(row('Stock: 50 of Filter F7').getByText('Accepted')).toBeVisible()
    await onPage(row('Role: Make Tablet 1 supervisor')).toBeFocused()
    await atHeadquarters.keyboard.press('j')
    await onPage(row('Removal: Remove Tablet 1: lost in the harbour')).toBeFocused()
    await atHeadquarters.keyboard.press('r')
    await atHeadquarters.keyboard.type('It was found again')
    await atHeadquarters.keyboard.press('Enter')
    await onPage(row('Removal: Remove Tablet 1: lost in the harbour').getByText('Rejected')).toBeVisible()
    await onPage(
      request(atDesk, 'Removal: Remove Tablet 1: lost in the harbour').getByText('It was found again'),
    ).toBeVisible()
    await onPage(wallet(atDesk).getByText('You hold 50 of Filter F7')).toBeVisible()
  })

  test('DESK-81 answers stand with who gave them, and a withdrawn request with neither', async () => {
    const role = request(atDesk, 'Role: Make Tablet 1 supervisor')
    await role.focus()
    await atDesk.keyboard.press('w')
    await send(atDesk, 'Withdraw')
    await onPage(role.getByText('Withdrawn')).toBeVisible()
    await onPage(role.getByText(/decided/)).toHaveCount(0)
    await onPage(request(atDesk, 'Stock: 50 of Filter F7').getByText('decided by Headquarters')).toBeVisible()
    await expectAccessible(atDesk)
  })
})

describe('an incident', () => {
  test('DESK-83 it is closed only after two persons signed it off, each after the last change', async () => {
    const { record } = must(
      await warehouse.desk.client.do('incident.create', { title: 'Fork lift against rack 7' }),
    )
    await atDesk.goto(`${new URL(atDesk.url()).origin}/#/authority/${record}`)
    await onPage(panel(atDesk).getByText('Nobody has signed off yet.')).toBeVisible()
    await panel(atDesk).getByRole('button', { name: 'Sign off' }).click()
    await onPage(panel(atDesk).getByText(/1 more person must sign off/)).toBeVisible()
    must(await warehouse.desk.client.do('field.set', { record, field: 'owner', value: 'Ana Ruiz' }))
    await onPage(panel(atDesk).getByText('Outdated')).toBeVisible()
    await expectAccessible(atDesk)
    await keepPicture(atDesk, 'incident-outdated')
    await panel(atDesk).getByRole('button', { name: 'Sign off again' }).click()
    await onPage(panel(atDesk).getByText('Stands')).toBeVisible()
    await panel(atDesk).getByRole('button', { name: 'Ask to close' }).click()

    const waiting = request(atHeadquarters, 'Close: Fork lift against rack 7')
    await onPage(waiting.getByText(/Signed off by Desk 1\..*One more person must sign off/)).toBeVisible()
    await onPage(waiting.getByRole('button', { name: 'Accept' })).toBeDisabled()
    await keepPicture(atHeadquarters, 'incident-pending')
    await atHeadquarters.goto(`${new URL(atHeadquarters.url()).origin}/#/authority/${record}`)
    await panel(atHeadquarters).getByRole('button', { name: 'Sign off' }).click()
    await onPage(panel(atHeadquarters).getByText(/Both have signed off/)).toBeVisible()
    await expectAccessible(atHeadquarters)
    await keepPicture(atHeadquarters, 'incident-signed')
    await panel(atHeadquarters).getByRole('button', { name: 'Close now' }).click()
    await onPage(panel(atDesk).getByText(/Audit number A-\d{4}-\d{4}/)).toBeVisible()
    expect(complaints.flat()).toEqual([])
  })
})

describe('the authority’s page', () => {
  for (const [width, colorScheme, locale, reads] of [
    [1440, 'dark', 'en-GB', 'Wallet of rights'],
    [1024, 'light', 'es-ES', 'Cartera de derechos'],
    [1024, 'dark', 'en-GB', 'Wallet of rights'],
  ] as const) {
    test(`DESK-66 with rights in it, it passes the check, ${colorScheme}, ${width} pixels wide, ${locale}`, async () => {
      const viewport = { width, height: 900 }
      for (const [who, node] of [
        ['desk', warehouse.desk],
        ['hq', warehouse.hq],
      ] as const) {
        const { page } = await openDesk(browser, node, {
          viewport,
          colorScheme,
          locale,
          hasTouch: width < 1100,
          isMobile: width < 1100,
        })
        await page.goto(`${new URL(page.url()).origin}/#/authority`)
        await onPage(page.getByRole('heading', { name: reads })).toBeVisible()
        await expectAccessible(page)
        await keepPicture(page, `rights-${who}-${colorScheme}-${width}-${locale}`)
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(overflow).toBeLessThanOrEqual(0)
        await page.context().close()
      }
    })
  }
})
