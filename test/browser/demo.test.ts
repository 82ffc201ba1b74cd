/**
 * What a newcomer sees: from the first screen into the demo warehouse, and there, within two minutes, work arriving,
 * a title conflict that appears and is settled, and a closing that waits for the WAN and gets its audit number.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownTallydesk } from '../../main/demo/command.ts'
import { Warehouse } from '../../main/demo/warehouse.ts'
import { startNode, type RunningNode } from '../../main/node/node.ts'
import { expectAccessible, goTo, keepPicture, openBrowser, openPage } from './screens.ts'
import { eventually, must } from './warehouse.ts'

const PAGES = join(import.meta.dirname, '..', '..', 'out', 'renderer')
/** Generous: the machine that tests may be slow and busy. */
const PATIENT = { timeout: 120_000 }
const CONFLICTED = /Two people named one job differently|were set differently by two people/

let folder: string
let node: RunningNode
let browser: Browser
let page: Page
let complaints: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallydesk-test-'))
  node = await startNode({
    data: folder,
    console: { listen: { host: '127.0.0.1', port: 0 }, pages: PAGES },
    network: null,
    decide: 'policy',
    demo: new Warehouse(ownTallydesk()),
  })
  browser = await openBrowser()
  const { address, token } = node.control ?? { address: '', token: '' }
  ;({ page, complaints } = await openPage(browser, `http://${address}/#token=${token}`))
})

afterAll(async () => {
  await browser.close()
  await node.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The shift makes a conflict whenever it comes to it, and for as long as one stands the bar points at that. */
async function settleUntil(hint: Locator): Promise<void> {
  await eventually(
    async () => {
      const { conflicts } = must(await node.api.query('conflicts', {}))
      const choices = conflicts.flatMap(({ record, child, field, values: [first] }) =>
        first ? [{ record, field, pick: first.dot, ...(child === null ? {} : { child }) }] : [],
      )
      if (choices.length > 0) must(await node.api.do('conflict.resolve', { choices }))
      return hint.isVisible()
    },
    (isVisible) => isVisible,
  )
}

describe('the demo', () => {
  test('DESK-68 the first screen opens it, and work arrives from the tablets by itself', async () => {
    await page.getByRole('button', { name: /Open the demo warehouse/ }).click()
    await page.getByRole('heading', { name: 'Starting the warehouse…' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor(PATIENT)
    const bar = page.getByRole('complementary', { name: 'Demo warehouse' })
    await bar.getByText(/(Ana|Ben) (ticked|opened|wrote|booked|asked)/).waitFor(PATIENT)
    await page.getByText(/Watch the Board|named one job differently/).waitFor()
    await expectAccessible(page)
    await keepPicture(page, 'demo-board')
  })

  test('DESK-68 a title conflict appears, and is settled with three keys', async () => {
    await page.getByText(CONFLICTED).waitFor(PATIENT)
    await page.keyboard.press('2')
    const list = page.getByRole('list', { name: 'Conflicted fields' })
    await list
      .getByText(/^Ana.s tablet/)
      .first()
      .waitFor()
    await list
      .getByText(/^Ben.s tablet/)
      .first()
      .waitFor()
    await keepPicture(page, 'demo-conflict')
    await page.keyboard.press('1')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'This 1 field will be set' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('1 field settled').waitFor()
  })

  test('DESK-68 a closing waits while the WAN is out, and gets its audit number when it is back', async () => {
    await page.getByRole('switch', { name: 'WAN: up' }).click()
    await page.getByRole('switch', { name: 'WAN: out' }).waitFor()
    await page.getByText(/^Out since \d\d:\d\d$/).waitFor()
    await page.getByText(/closings? waits? for headquarters\./).waitFor(PATIENT)
    await page.keyboard.press('3')
    const waiting = page
      .getByRole('article', { name: /^Close: / })
      .filter({ hasText: /WAN is out|has not reached Headquarters/ })
    const asked = (await waiting.first().getAttribute('aria-label')) ?? ''
    await keepPicture(page, 'demo-waiting')

    await page.getByRole('switch', { name: 'WAN: out' }).click()
    const answered = page.getByRole('article', { name: asked }).filter({ hasText: 'Accepted' })
    await answered.getByText(/^A-\d{4}-\d{4}$/).waitFor(PATIENT)
    await settleUntil(page.getByText(/Headquarters is back and closed it as A-\d{4}-\d{4}\./))
    await keepPicture(page, 'demo-answered')
  })

  test('DESK-68 a tablet that is taken off the Wi-Fi goes on working, and comes back', async () => {
    await goTo(page, 'Peers')
    const tablet = page.getByRole('row', { name: /Ana.s tablet Technician/ })
    await tablet.getByText('Linked, Wi-Fi').waitFor(PATIENT)
    await page.getByRole('switch', { name: /^Wi-Fi of Ana.s tablet: up/ }).click()
    await tablet.getByText('Not linked').waitFor(PATIENT)
    await page.getByText(/Ana.s tablet is off the Wi-Fi and goes on working\./).waitFor(PATIENT)
    await page.getByRole('switch', { name: /^Wi-Fi of Ana.s tablet: out/ }).click()
    await tablet.getByText('Linked, Wi-Fi').waitFor(PATIENT)
    await expectAccessible(page)
  })

  test('DESK-211 a photo that somebody took on a tablet is at the desk, with its bytes', async () => {
    await goTo(page, 'Board')
    await page
      .locator('a.card', { hasText: /photos? (or|and) files?/ })
      .first()
      .click(PATIENT)
    const photo = page
      .locator('section.job')
      .getByRole('button', { name: /^Open [a-z0-9-]+\.jpg$/ })
      .first()
    await photo.getByText(/^On \d devices$/).waitFor(PATIENT)
    await photo.click()
    await page.getByRole('dialog').locator('img[src^="blob:"]').waitFor()
    await keepPicture(page, 'demo-photo')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('DESK-68 the hints can be put away and called back', async () => {
    await page.getByRole('button', { name: 'Hide the hints' }).click()
    await page.getByRole('button', { name: 'Show hints' }).click()
    await page.getByRole('button', { name: 'Hide the hints' }).waitFor()
    expect(complaints).toEqual([])
  })
})
