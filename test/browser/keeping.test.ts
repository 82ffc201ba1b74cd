/** Keeping a device safe from its desk: the check, a backup and an archive of a real node. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../main/store/database.ts'
import { folderPaths } from '../../main/store/folder.ts'
import { runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, goTo, inEveryLook, keepPicture, openBrowser, openDesk } from './screens.ts'
import { must } from './warehouse.ts'

const scratch = scratchFolder()
const data = join(scratch.path, 'hq')
let node: NodeProcess
let browser: Browser
let page: Page

const start = (): Promise<NodeProcess> => runNode(data, ['--no-mdns'])
const panel = (on: Page) =>
  on.locator('section.panel', { hasText: /Keeping this device|Conservar este equipo/ })
const verb = (name: string) => panel(page).getByRole('button', { name })
const dialog = () => page.getByRole('dialog')

beforeAll(async () => {
  node = await start()
  must(await node.client.do('setup.init', { site: 'Harbour warehouse', name: 'Headquarters' }))
  must(await node.client.do('job.create', { title: 'Pump', tasks: ['Drain'] }))
  browser = await openBrowser()
  page = (await openDesk(browser, node)).page
  await goTo(page, 'Peers')
})

afterAll(async () => {
  await browser.close()
  await node.stop()
  scratch.remove()
})

describe('keeping a device', () => {
  test('DESK-230 the check says that all is whole, and of how much', async () => {
    await verb('Check').click()
    await onPage(panel(page).getByText('Everything is whole')).toBeVisible()
    await onPage(panel(page).getByText(/^\d+ edits, 1 record, 0 attachments$/)).toBeVisible()
  })

  test('DESK-231 a backup is made where it was asked for, by the keyboard alone, and the place is remembered', async () => {
    const folder = join(scratch.path, 'backup')
    await verb('Back up…').press('Enter')
    await dialog().getByLabel('Folder').fill(folder)
    await page.keyboard.press('Enter')
    await onPage(dialog()).toHaveCount(0)
    await onPage(panel(page).getByText('Backed up')).toBeVisible()
    await onPage(panel(page).getByText(folder)).toBeVisible()
    expect(existsSync(join(folder, 'manifest.json'))).toBe(true)
    await verb('Back up…').click()
    await onPage(dialog().getByLabel('Folder')).toHaveValue(folder)
    await page.keyboard.press('Escape')
    await onPage(dialog()).toHaveCount(0)
  })

  test('DESK-231 an archive is written once; a place that cannot be is explained in the dialog, and nothing is lost', async () => {
    const file = join(scratch.path, 'harbour.archive')
    await verb('Export…').click()
    await dialog().getByLabel('File').fill('harbour.archive')
    await dialog().getByRole('button', { name: 'Export' }).click()
    await onPage(dialog().getByText('Say where, from the top')).toBeVisible()
    await expectAccessible(page)
    await keepPicture(page, 'keeping-needed')
    await dialog().getByLabel('File').fill(file)
    await dialog().getByRole('button', { name: 'Export' }).click()
    await onPage(panel(page).getByText('Exported')).toBeVisible()
    await verb('Export…').click()
    await dialog().getByLabel('File').fill(file)
    await dialog().getByRole('button', { name: 'Export' }).click()
    await onPage(dialog().getByRole('alert')).toContainText(file)
    await page.keyboard.press('Escape')
    await onPage(panel(page).getByRole('alert')).toHaveCount(0)
    await panel(page).scrollIntoViewIfNeeded()
    await keepPicture(page, 'keeping-done')
  })

  test('DESK-230 what is not as it should be is named in every look, with what to do', async () => {
    await page.context().close()
    await node.stop()
    const sql = openDatabase(folderPaths(data).database)
    sql.exec("UPDATE board SET title = 'Something else'")
    sql.close()
    node = await start()
    await inEveryLook(browser, node, 'keeping-found', async (look, locale) => {
      await goTo(look, locale === 'en-GB' ? 'Peers' : 'Equipos')
      await panel(look)
        .getByRole('button', { name: /^(Check|Comprobar)$/ })
        .click()
      await onPage(panel(look)).toContainText(/1 thing is not|1 cosa no está/)
      await onPage(panel(look)).toContainText('tallydesk doctor --repair')
      await panel(look).scrollIntoViewIfNeeded()
    })
  })
})
