/** The first screen on nodes without a site: a new site with its recovery key, and joining by a code of another desk. */
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NodeProcess } from '../support/node-process.ts'
import { expectAccessible, goTo, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

async function openFirstScreen(
  node: NodeProcess,
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const opened = await openDesk(browser, node)
  await opened.page.getByRole('heading', { level: 1, name: 'Welcome to Tallydesk' }).waitFor()
  return opened
}

describe('joining', () => {
  test('DESK-64 a device joins by the code that a desk shows, and the desk says so', async () => {
    const { page: host } = await openDesk(browser, warehouse.hq)
    await goTo(host, 'Peers')
    await host.keyboard.press('i')
    await host.getByLabel('Its name').fill('Desk 2')
    await host.getByRole('radio', { name: /Supervisor/ }).check()
    await expectAccessible(host)
    await host.getByRole('button', { name: 'Make a code' }).click()
    await host
      .getByRole('dialog')
      .getByText(/Works once, for (9:\d\d|10:00) more/)
      .waitFor()
    const code = await host.getByLabel('One-time code').inputValue()
    const picture = host.getByAltText('The same code as a picture to scan')
    expect(
      await picture.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth),
    ).toBeGreaterThan(20)
    await expectAccessible(host)
    await keepPicture(host, 'invite')

    const node = await warehouse.fresh()
    const { page, complaints } = await openFirstScreen(node)
    await expectAccessible(page)
    await keepPicture(page, 'first-screen')
    await page.getByRole('button', { name: /Join with a code/ }).click()
    await page.getByRole('button', { name: 'Join the site' }).click()
    await page.getByText('Paste the code that the other device shows.').waitFor()
    await page.getByText('Name this device.').waitFor()

    await page.getByLabel('Pairing code').fill(code.slice(0, -3))
    await page.getByLabel('Name of this device').fill('Desk 2')
    await page.getByRole('button', { name: 'Join the site' }).click()
    await page.getByText('This is not a pairing code.').waitFor()
    expect(await page.getByLabel('Pairing code').getAttribute('aria-invalid')).toBe('true')
    await expectAccessible(page)

    await page.getByLabel('Pairing code').fill(code)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor()
    await page.getByText('Desk 2 · Supervisor').waitFor()
    await host.getByRole('heading', { name: 'Desk 2 has joined' }).waitFor()
    await host.getByRole('button', { name: 'Done' }).click()
    await host.getByRole('row', { name: /Desk 2 Supervisor Linked/ }).waitFor()
    await expectAccessible(host)

    const { record } = must(await warehouse.desk.client.do('job.create', { title: 'Seen by the newcomer' }))
    await page.getByText('Seen by the newcomer').waitFor()
    expect(record).toHaveLength(32)
    expect(complaints).toEqual([])
  })

  test('DESK-64 a code that was used is explained at its field', async () => {
    const { code } = must(
      await warehouse.hq.client.do('invite.create', { role: 'technician', name: 'Tablet 2' }),
    )
    const first = await warehouse.fresh()
    must(await first.client.do('setup.join', { code, name: 'Tablet 2' }))
    const { page } = await openFirstScreen(await warehouse.fresh())
    await page.getByRole('button', { name: /Join with a code/ }).click()
    await page.getByLabel('Pairing code').fill(code)
    await page.getByLabel('Name of this device').fill('Tablet 3')
    await page.getByRole('button', { name: 'Join the site' }).click()
    await page.getByText('The pairing code was used already.').waitFor()
    await page.getByText('A code admits one device. Ask for a new one.').waitFor()
  })

  test('DESK-64 a code can be withdrawn before it was used', async () => {
    const { page: host } = await openDesk(browser, warehouse.hq)
    await goTo(host, 'Peers')
    await host.getByRole('button', { name: 'Invite a device' }).click()
    await host.getByLabel('Its name').fill('Tablet 9')
    await host.keyboard.press('Enter')
    await host.getByRole('dialog').getByRole('button', { name: 'Withdraw the code' }).click()
    const left = await eventually(
      async () =>
        must(await warehouse.hq.client.query('invites', {})).invites.filter(({ state }) => state === 'open'),
      (open) => open.length === 0,
    )
    expect(left).toEqual([])
  })
})

describe('a new site', () => {
  test('DESK-65 the recovery key is shown once, and the desk opens only when it is kept', async () => {
    const node = await warehouse.fresh()
    const { page, complaints } = await openFirstScreen(node)
    await page.getByRole('button', { name: /Set up a new site/ }).click()
    await page.getByLabel('Name of the site').fill('Warehouse South')
    await page.getByLabel('Name of this device').fill('Desk 1')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Write down the recovery key' }).waitFor()
    const key = await page.getByLabel('Recovery key').inputValue()
    expect(key.length).toBeGreaterThan(20)
    await expectAccessible(page)
    await keepPicture(page, 'recovery-key')

    await page.getByRole('button', { name: 'Open the desk' }).click()
    await page.getByText('Confirm that you keep the key; it is not shown again.').waitFor()
    await page.getByLabel(/I have written it down/).check()
    await page.getByRole('button', { name: 'Open the desk' }).click()
    await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor()
    await page.getByText('Warehouse South').first().waitFor()

    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor()
    expect(await page.getByText(key).count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('DESK-65 it speaks Spanish to those who do', async () => {
    const { page } = await openDesk(browser, await warehouse.fresh(), { locale: 'es-ES' })
    await page.getByRole('heading', { level: 1, name: 'Bienvenido a Tallydesk' }).waitFor()
    await page.getByRole('radio', { name: 'English' }).check()
    await page.getByRole('heading', { level: 1, name: 'Welcome to Tallydesk' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
  })
})
