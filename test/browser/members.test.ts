/** Members on the desks of real nodes: their roles, cutting one off, handing the authority over. */
import { copyFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readManifest } from '../../main/node/keeping/manifest.ts'
import { folderPaths } from '../../main/store/folder.ts'
import { runNode, type NodeProcess } from '../support/node-process.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, goTo, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser
/** The desk of headquarters, which is the authority, and that of a supervisor. */
let hq: Page
let desk: Page
const complaints: string[] = []

const statusOf = async (node: NodeProcess) => must(await node.client.query('status', {}))
const row = (on: Page, name: string) => on.getByRole('row', { name: new RegExp(`^${name}`) })

async function choose(on: Page, name: string, verb: string): Promise<void> {
  await on.getByRole('button', { name: `What to do with ${name}` }).click()
  await on.getByRole('menuitem', { name: verb }).click()
}

async function openPeers(node: NodeProcess): Promise<Page> {
  const opened = await openDesk(browser, node)
  await goTo(opened.page, 'Peers')
  opened.page.on('pageerror', (error) => complaints.push(error.message))
  return opened.page
}

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
  hq = await openPeers(warehouse.hq)
  desk = await openPeers(warehouse.desk)
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('members', () => {
  test('DESK-107 each stands with role, link, and since when it is a member; the authority has no verbs over it', async () => {
    await onPage(row(desk, 'Headquarters')).toContainText('Authority')
    await onPage(row(desk, 'Tablet 1')).toContainText('Technician')
    await onPage(row(desk, 'Tablet 1')).toContainText('Linked')
    await onPage(row(desk, 'Tablet 1')).toContainText(/\d\d:\d\d/)
    await onPage(desk.getByRole('button', { name: 'What to do with Headquarters' })).toHaveCount(0)
    await desk.getByRole('button', { name: 'What to do with Tablet 1' }).focus()
    await desk.keyboard.press('Enter')
    await onPage(desk.getByRole('menuitem')).toHaveCount(2)
    await keepPicture(desk, 'member-menu')
    await desk.keyboard.press('Escape')
    await onPage(desk.getByRole('menu')).toHaveCount(0)
    await expectAccessible(desk)
  })

  test('DESK-108 the authority changes a role at once', async () => {
    await choose(hq, 'Tablet 1', 'Change role…')
    const dialog = hq.getByRole('dialog')
    await onPage(dialog.getByRole('button', { name: 'Change the role' })).toBeDisabled()
    await dialog.getByRole('radio', { name: /Supervisor/ }).check()
    await expectAccessible(hq)
    await keepPicture(hq, 'member-role')
    await dialog.getByRole('button', { name: 'Change the role' }).click()
    await onPage(hq.getByText('Tablet 1 is now: Supervisor')).toBeVisible()
    await onPage(row(desk, 'Tablet 1')).toContainText('Supervisor')
    await eventually(
      async () => (await statusOf(warehouse.tablet)).role,
      (role) => role === 'supervisor',
    )
  })

  test('DESK-108 any other device asks for it, and the question shows until it is answered', async () => {
    must(await warehouse.hq.client.do('network.set', { lan: false, wan: false }))
    await choose(desk, 'Tablet 1', 'Ask for another role…')
    const dialog = desk.getByRole('dialog')
    await dialog.getByRole('radio', { name: /Technician/ }).check()
    await dialog.getByRole('button', { name: 'Ask the authority' }).click()
    await onPage(row(desk, 'Tablet 1')).toContainText('Asked for: Technician')
    await onPage(row(desk, 'Tablet 1')).toContainText('Supervisor')
    await expectAccessible(desk)
    await keepPicture(desk, 'member-asked')
    const asked = must(await warehouse.desk.client.query('requests', {})).requests.find(
      ({ action, state }) => action === 'role' && state === 'waiting',
    )
    must(await warehouse.desk.client.do('request.withdraw', { request: asked?.request ?? '' }))
    await onPage(row(desk, 'Tablet 1')).not.toContainText('Asked for')
    must(await warehouse.hq.client.do('network.set', { lan: true, wan: true }))
  })

  test('DESK-109 cutting one off says what follows, wants a reason, and shows it as cut', async () => {
    const { actor } = await statusOf(warehouse.tablet)
    must(await warehouse.hq.client.do('right.transfer', { right: 'job-number', amount: 20, to: actor }))
    await choose(hq, 'Tablet 1', 'Cut off…')
    const dialog = hq.getByRole('dialog')
    await onPage(dialog).toContainText('goes to review')
    await onPage(dialog.getByText(/\d+ job numbers/)).toBeVisible()
    await dialog.getByRole('button', { name: 'Cut Tablet 1 off' }).click()
    await onPage(dialog.getByText('Give a reason')).toBeVisible()
    await expectAccessible(hq)
    await keepPicture(hq, 'member-cut-dialog')
    await dialog.getByLabel('Reason').fill('Left in a taxi')
    await hq.keyboard.press('Enter')
    await onPage(hq.getByText('Tablet 1 is cut off')).toBeVisible()
    for (const on of [hq, desk]) {
      await onPage(row(on, 'Tablet 1')).toContainText('Cut off')
      await onPage(on.getByText('“Left in a taxi”')).toBeVisible()
      await onPage(on.getByRole('button', { name: 'What to do with Tablet 1' })).toHaveCount(0)
    }
    await expectAccessible(desk)
    await keepPicture(desk, 'member-cut')
    await eventually(
      async () => must(await warehouse.hq.client.query('rights', {})).rights,
      (rights) => rights.every(({ holder, left }) => holder !== actor || left === 0),
    )
  })

  test('DESK-112 a device that was set back says that it may not write, and joins again with a code', async () => {
    const code = async (): Promise<string> =>
      must(await warehouse.hq.client.do('invite.create', { role: 'technician', name: 'Tablet 2' })).code
    const then = await warehouse.fresh()
    must(await then.client.do('setup.join', { code: await code(), name: 'Tablet 2' }))
    const { record } = must(await then.client.do('job.create', { title: 'Before the copy' }))
    const backup = join(dirname(then.data), `${basename(then.data)}-backup`)
    must(await then.client.do('node.backup', { folder: backup }))
    must(await then.client.do('field.set', { record, field: 'title', value: 'After the copy' }))
    await eventually(
      async () => (await statusOf(then)).outbox,
      (outbox) => outbox === 0,
    )
    await then.stop()
    const { database } = folderPaths(then.data)
    for (const end of ['-wal', '-shm']) rmSync(database + end, { force: true })
    copyFileSync(join(backup, readManifest(backup)?.database.name ?? ''), database)
    rmSync(backup, { recursive: true })

    const now = await runNode(then.data)
    try {
      const { page } = await openDesk(browser, now)
      const banner = page.getByRole('region', { name: 'The standing of this device' })
      await onPage(banner).toContainText('This device was set back to an earlier state')
      await onPage(banner).toContainText('It may not write')
      await expectAccessible(page)
      await keepPicture(page, 'halted-banner')
      await banner.getByRole('button', { name: 'Join again with a code' }).click()
      await expectAccessible(page)
      await keepPicture(page, 'rejoin')
      await page.getByLabel('Pairing code').fill(await code())
      await page.getByLabel('Name of this device').fill('Tablet 2 again')
      await page.getByRole('button', { name: 'Join the site' }).click()
      await onPage(page.getByText('This device is a member of Harbour warehouse again.')).toBeVisible()
      await onPage(banner).toHaveCount(0)
      await onPage(row(hq, 'Tablet 2 again')).toContainText('Technician')
      must(await now.client.do('job.create', { title: 'Writing again' }))
    } finally {
      await now.stop()
    }
  })

  test('DESK-111 the authority is handed over only by typing the name, and everybody sees who it is now', async () => {
    await choose(hq, 'Desk 1', 'Hand the authority over…')
    const dialog = hq.getByRole('dialog')
    await dialog.getByLabel('Type “Desk 1” to confirm').fill('Desk')
    await dialog.getByRole('button', { name: 'Hand the authority over' }).click()
    await onPage(dialog.getByText('This is not its name.')).toBeVisible()
    await expectAccessible(hq)
    await keepPicture(hq, 'member-handover')
    await dialog.getByLabel('Type “Desk 1” to confirm').fill('Desk 1')
    await hq.keyboard.press('Enter')
    await onPage(hq.getByText('Desk 1 is the authority now')).toBeVisible()
    for (const on of [hq, desk]) await onPage(row(on, 'Desk 1')).toContainText('Authority')
    await onPage(row(hq, 'Headquarters')).not.toContainText('Authority')
    expect(complaints).toEqual([])
  })
})
