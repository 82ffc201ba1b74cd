/** What is final, on the desks of real nodes: at the authority, which publishes, and at a desk, which compares. */
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../main/store/database.ts'
import { folderPaths } from '../../main/store/folder.ts'
import { runNode, scratchFolder } from '../support/node-process.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, goTo, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser
let atHeadquarters: Page
let atDesk: Page
const complaints: string[][] = []

async function open(node: Warehouse['desk'], options = {}): Promise<Page> {
  const opened = await openDesk(browser, node, options)
  complaints.push(opened.complaints)
  return opened.page
}

const panel = (page: Page) => page.locator('section.panel', { hasText: 'Checkpoints' })

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
  const { record } = must(await warehouse.desk.client.do('job.create', { title: 'Sweep the dock' }))
  await eventually(
    () => warehouse.hq.client.query('record', { record }),
    (answer) => answer.ok,
  )
  atHeadquarters = await open(warehouse.hq)
  atDesk = await open(warehouse.desk)
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('what is final', () => {
  test('CKP-11 the authority publishes from its place, once it was asked again, and every desk says so', async () => {
    await goTo(atHeadquarters, 'Authority')
    await goTo(atDesk, 'Authority')
    await onPage(panel(atDesk).getByText('There is no checkpoint yet.')).toBeVisible()
    await onPage(panel(atDesk).getByRole('button')).toHaveCount(0)
    await panel(atHeadquarters).getByRole('button', { name: 'Publish a checkpoint' }).click()
    await expectAccessible(atHeadquarters)
    await keepPicture(atHeadquarters, 'checkpoint-confirm')
    await atHeadquarters.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click()
    for (const page of [atHeadquarters, atDesk])
      await onPage(panel(page).getByText('Same state')).toBeVisible()
    await onPage(panel(atHeadquarters).getByRole('button', { name: 'Publish a checkpoint' })).toBeDisabled()
    await panel(atHeadquarters).scrollIntoViewIfNeeded()
    await expectAccessible(atHeadquarters)
    await keepPicture(atHeadquarters, 'checkpoint-authority')
  })

  test('CKP-11 in a job and in the feed an edit that is final says so, and a later one does not', async () => {
    await goTo(atDesk, 'Board')
    await atDesk.getByText('Sweep the dock').first().click()
    const activity = atDesk.getByRole('region', { name: 'Activity' })
    await onPage(activity.getByText('Final', { exact: true })).toHaveCount(1)
    const { rows } = must(await warehouse.desk.client.query('board', {}))
    const record = rows[0]?.record ?? ''
    must(
      await warehouse.desk.client.do('field.set', { record, field: 'title', value: 'Sweep the north dock' }),
    )
    await onPage(activity.getByRole('listitem')).toHaveCount(2)
    await onPage(activity.getByText('Final', { exact: true })).toHaveCount(1)
    await onPage(activity.getByText('1 of 2 final')).toBeVisible()
    await activity.scrollIntoViewIfNeeded()
    await expectAccessible(atDesk)
    await keepPicture(atDesk, 'checkpoint-job')
    await goTo(atDesk, 'Activity')
    await onPage(atDesk.getByText(/published a checkpoint: \d+ changes are final/)).toBeVisible()
    await keepPicture(atDesk, 'checkpoint-feed')
  })

  test('CKP-11 in the dark, on a narrow desk, and in Spanish', async () => {
    const page = await open(warehouse.hq, {
      viewport: { width: 1024, height: 768 },
      colorScheme: 'dark',
      locale: 'es-ES',
    })
    await goTo(page, 'Autoridad')
    const part = page.locator('section.panel', { hasText: 'Puntos de control' })
    await onPage(part.getByText('El mismo estado')).toBeVisible()
    await part.scrollIntoViewIfNeeded()
    await expectAccessible(page)
    await keepPicture(page, 'checkpoint-dark')
  })

  test('CKP-12 a device that finds another state says so over its whole desk', async () => {
    const scratch = scratchFolder()
    const data = join(scratch.path, 'alone')
    const node = await runNode(data)
    must(await node.client.do('setup.init', { site: 'Harbour warehouse', name: 'Headquarters' }))
    must(await node.client.do('checkpoint.publish', {}))
    await node.stop()
    const sql = openDatabase(folderPaths(data).database)
    // As a damaged disk or a wrong build would leave it.
    sql.prepare('UPDATE checkpoint SET agreed = 0').run()
    sql.close()
    const again = await runNode(data)
    const page = await open(again)
    await onPage(page.getByRole('alert').filter({ hasText: 'finds another state' })).toBeVisible()
    await expectAccessible(page)
    await goTo(page, 'Authority')
    await keepPicture(page, 'checkpoint-alarm')
    await page.close()
    await again.stop()
    scratch.remove()
  })

  test('CKP-11 no page complained', () => {
    expect(complaints.flat()).toEqual([])
  })
})
