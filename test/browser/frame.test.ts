/** The desk's frame on a real node: its key, its places, its one status line, and what it remembers. */
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { holdLine } from './line.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, keepPicture, openBrowser, openDesk } from './screens.ts'
import { must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser
let page: Page
let complaints: string[]

const heading = (name: string) => page.getByRole('heading', { level: 1, name })
const line = () => page.locator('footer.status-line')

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
  must(await warehouse.desk.client.do('job.create', { title: 'Grease the lift' }))
})

beforeEach(async () => {
  ;({ page, complaints } = await openDesk(browser, warehouse.desk))
  await onPage(heading('Board')).toBeVisible()
})

afterEach(async () => {
  expect(complaints).toEqual([])
  await page.context().close()
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('the key to the desk', () => {
  test('DESK-1 is taken out of the address bar, and a reload still opens', async () => {
    expect(page.url()).not.toContain('token')
    await page.reload()
    await onPage(heading('Board')).toBeVisible()
  })

  test('DESK-2 a window without it is told so and shown nothing', async () => {
    const bare = await (await browser.newContext()).newPage()
    await bare.goto(new URL('/', page.url()).href)
    await onPage(bare.getByRole('heading', { name: 'This window has no key to the desk' })).toBeVisible()
    await onPage(bare.getByText('Grease the lift')).toHaveCount(0)
    await expectAccessible(bare)
    await bare.context().close()
  })

  test('DESK-2 a window with a wrong one is told so', async () => {
    const wrong = await browser.newPage()
    await wrong.goto(new URL('/#token=wrong', page.url()).href)
    await onPage(wrong.getByRole('heading', { name: 'The node does not accept this window' })).toBeVisible()
    await wrong.close()
  })
})

describe('places', () => {
  test('DESK-20 each of the five is one key away, and a second letter after g works too', async () => {
    for (const [key, name] of [
      ['2', 'Conflicts'],
      ['g', ''],
      ['a', 'Authority'],
      ['4', 'Peers'],
      ['5', 'Activity'],
      ['1', 'Board'],
    ] as const) {
      await page.keyboard.press(key)
      if (name === '') continue
      await onPage(heading(name)).toBeVisible()
      await onPage(page.getByRole('link', { name: new RegExp(`^${name}`) }).first()).toHaveAttribute(
        'aria-current',
        'page',
      )
    }
  })

  test('DESK-20 a letter typed into a field is a letter', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type('2n')
    await onPage(heading('Board')).toBeVisible()
    await onPage(page.getByRole('searchbox', { name: 'Search the board' })).toHaveValue('2n')
    await onPage(page.getByRole('dialog')).toHaveCount(0)
  })

  test('DESK-20 single keys can be switched off', async () => {
    const toggle = async () => {
      await page.getByRole('button', { name: 'Preferences' }).click()
      await page.getByRole('menuitem', { name: /Single-key shortcuts/ }).click()
      await onPage(page.getByRole('menu')).toBeHidden()
    }
    await toggle()
    await page.keyboard.press('2')
    await page.keyboard.press('Control+k')
    await onPage(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')
    await onPage(heading('Board')).toBeVisible()
    await toggle()
    await page.keyboard.press('2')
    await onPage(heading('Conflicts')).toBeVisible()
  })

  test('DESK-20 the palette finds jobs and commands', async () => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('grease')
    await onPage(page.getByRole('option', { name: /Grease the lift/ })).toBeVisible()
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await onPage(page.getByRole('region', { name: 'Grease the lift' })).toBeVisible()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('peers')
    await page.keyboard.press('Enter')
    await onPage(heading('Peers')).toBeVisible()
  })

  test('DESK-20 the help lists what the keys do now', async () => {
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await onPage(help.getByText('New record')).toBeVisible()
    await expectAccessible(page)
  })
})

describe('the status line', () => {
  test('DESK-6 says what the node knows of WAN, LAN, outbox and authority, and follows it', async () => {
    await onPage(line().getByText('Connected')).toBeVisible()
    await onPage(line().getByText('1 device')).toBeVisible()
    await onPage(line().getByText('Everything shared')).toBeVisible()
    must(await warehouse.desk.client.do('network.set', { lan: false, wan: false }))
    must(await warehouse.desk.client.do('job.create', { title: 'Alone' }))
    await onPage(line().getByText('1 edit not yet shared')).toBeVisible()
    await onPage(line().getByText(/^Unknown since \d\d:\d\d$/)).toBeVisible()
    await onPage(line().getByText('Switched off here')).toHaveCount(2)
    await keepPicture(page, 'status-alone')
    must(await warehouse.desk.client.do('network.set', { lan: true, wan: true }))
    await onPage(line().getByText('Everything shared')).toBeVisible()
    await onPage(line().getByText('Connected')).toBeVisible()
    await onPage(line().getByText(/Unknown/)).toHaveCount(0)
    const headquarters = await openDesk(browser, warehouse.hq)
    const there = headquarters.page.locator('footer.status-line')
    await onPage(there.getByText('All at the authority, here')).toBeVisible()
    await headquarters.page.context().close()
  })

  test('DESK-6 without its own node it claims nothing, and recovers by itself', async () => {
    const held = await holdLine(page)
    await onPage(line().getByText('Connected')).toBeVisible()
    await held.cut()
    await onPage(line().getByText(/^No connection to this device’s node since \d\d:\d\d/)).toBeVisible()
    await onPage(line().getByText('Connected')).toHaveCount(0)
    await onPage(line().getByText('Everything shared')).toHaveCount(0)
    await keepPicture(page, 'status-lost')
    await expectAccessible(page)
    must(await warehouse.desk.client.do('job.create', { title: 'Made meanwhile' }))
    held.mend()
    await onPage(line().getByText('Connected')).toBeVisible()
    await onPage(page.locator('a.card', { hasText: 'Made meanwhile' })).toBeVisible()
  })

  test('DESK-6 a command given without a line is refused in words, not lost in silence', async () => {
    const held = await holdLine(page)
    await onPage(line().getByText('Connected')).toBeVisible()
    await held.cut()
    await onPage(line().getByText(/No connection/)).toBeVisible()
    await page.keyboard.press('n')
    await page.keyboard.type('Into the void')
    await page.keyboard.press('Enter')
    await onPage(page.getByText('The desk is not connected to its node, so nothing was sent.')).toBeVisible()
    held.mend()
    await onPage(line().getByText('Connected')).toBeVisible()
    await page.getByRole('button', { name: 'Create job' }).click()
    await onPage(page.locator('a.card', { hasText: 'Into the void' })).toHaveCount(1)
  })
})

describe('preferences', () => {
  test('DESK-21 theme, language and size hold at once and in the next window', async () => {
    const choose = async (menu: string, choice: string) => {
      await page.getByRole('button', { name: menu }).click()
      await page.getByRole('menuitemradio', { name: choice }).click()
    }
    await choose('Preferences', 'Dark')
    await choose('Preferences', 'Large, for a wall')
    await choose('Preferences', 'Español')
    await onPage(heading('Tablero')).toBeVisible()
    await onPage(page.getByRole('menu')).toHaveCount(0)
    await page.keyboard.press('n')
    await onPage(page.getByRole('dialog', { name: 'Nuevo trabajo' })).toBeVisible()
    await page.keyboard.press('Escape')
    await keepPicture(page, 'board-es-dark-large')
    await expectAccessible(page)
    const next = await openDesk(browser, warehouse.desk)
    await onPage(next.page.getByRole('heading', { level: 1, name: 'Tablero' })).toBeVisible()
    const root = next.page.locator('html')
    await onPage(root).toHaveAttribute('lang', 'es')
    await onPage(root).toHaveAttribute('data-theme', 'dark')
    await onPage(root).toHaveAttribute('data-size', 'large')
    await next.page.context().close()
    await choose('Preferencias', 'English')
    await choose('Preferences', 'Normal')
    await choose('Preferences', 'As the system')
    await onPage(page.locator('html')).not.toHaveAttribute('data-theme')
  })
})
