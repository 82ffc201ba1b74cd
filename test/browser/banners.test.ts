/** What a desk says over everything: a disk that takes nothing, a program that is too old; and an edit of which nobody can be asked. */
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { readControlFile } from '../../main/node/control-file.ts'
import { openMachine } from '../../main/node/machine.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { THIS_BUILD } from '../../shared/op/vocabulary.ts'
import { storedSite } from '../../shared/replica/committing.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import { failingDisk } from '../support/failing-disk.ts'
import { runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'
import { onPage } from './on-page.ts'
import { goTo, inEveryLook, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse } from './warehouse.ts'

let browser: Browser
const undo: (() => Promise<void> | void)[] = []

beforeAll(async () => {
  browser = await openBrowser()
})

afterAll(() => browser.close())

afterEach(async () => {
  for (const close of undo.splice(0).reverse()) await close()
})

const banner = (page: Page, name: RegExp) => page.getByRole('region', { name })
const DISK = /^(The disk of this device|El disco de este equipo)$/
const VERSION = /^(The version of this program|La versión de este programa)$/

async function founded(data: string, surroundings?: Parameters<typeof runNode>[2]): Promise<NodeProcess> {
  const node = await runNode(data, ['--no-mdns'], surroundings)
  undo.push(() => node.stop())
  must(await node.client.do('setup.init', { site: 'Harbour warehouse', name: 'Desk 1' }))
  must(await node.client.do('job.create', { title: 'Grease the lift', zone: 'North dock' }))
  return node
}

async function createJob(page: Page, title: string): Promise<void> {
  await page.keyboard.press('n')
  await page.keyboard.type(title)
  await page.keyboard.press('Enter')
}

test('DESK-220 a full disk stands over the desk with its since, what is there is shown, and it goes once there is room', async () => {
  const disk = failingDisk()
  undo.push(() => disk.remove())
  await (await founded(disk.data, disk.surroundings)).stop()
  disk.fail('full')
  const node = await runNode(disk.data, ['--no-mdns'], disk.surroundings)
  undo.push(() => node.stop())
  await inEveryLook(browser, node, 'disk-full', async (page) => {
    await onPage(banner(page, DISK)).toContainText(
      /The disk is full: nothing new is saved|El disco está lleno/,
    )
    await onPage(banner(page, DISK)).toContainText(/(since|desde) .*\d\d:\d\d/)
    await onPage(page.locator('a.card', { hasText: 'Grease the lift' })).toBeVisible()
  })
  const { page } = await openDesk(browser, node)
  await onPage(banner(page, DISK)).toBeVisible()
  await createJob(page, 'No room for it')
  await onPage(page.getByText('The disk is full; nothing was saved.')).toBeVisible()
  await keepPicture(page, 'disk-full-refused')
  disk.mend()
  await onPage(banner(page, DISK)).toHaveCount(0)
  await page.getByRole('button', { name: 'Create job' }).click()
  await onPage(page.locator('a.card', { hasText: 'No room for it' })).toHaveCount(1)
  await page.context().close()
})

test('DESK-220 a disk that fails while the desk is open says what the disk said', async () => {
  const disk = failingDisk()
  undo.push(() => disk.remove())
  const node = await founded(disk.data, disk.surroundings)
  disk.fail('broken')
  expect(await node.client.do('job.create', { title: 'Lost' })).toMatchObject({ ok: false })
  await inEveryLook(browser, node, 'disk-fails', async (page) => {
    await onPage(banner(page, DISK)).toContainText(/The disk fails: nothing new is saved|El disco falla/)
    await onPage(banner(page, DISK)).toContainText('SQLITE_IOERR')
  })
  disk.mend()
})

/** What the authority of a newer build wrote, as this build gets it. */
async function raiseRules(data: string): Promise<void> {
  const machine = await openMachine(data)
  try {
    const site = storedSite(machine.sql)
    invariant(site !== null, 'a site was founded here')
    const kept = machine.sql
      .prepare("SELECT value FROM meta WHERE key = 'vocabulary'")
      .get<{ value: string }>()
    const rules = THIS_BUILD.rules + 1
    const vocabulary = { ...THIS_BUILD, rules }
    const replica = openReplica({ ...machine.world, vocabulary }, machine.signer, site)
    must(replica.execute('rules.raise', { version: rules }))
    machine.sql.prepare("UPDATE meta SET value = ? WHERE key = 'vocabulary'").run(kept?.value ?? '')
  } finally {
    machine.close()
  }
}

test('DESK-221 a program that the site has left behind says so over the desk, refuses, and goes on showing', async () => {
  const scratch = scratchFolder()
  undo.push(() => scratch.remove())
  await (await founded(scratch.path)).stop()
  await raiseRules(scratch.path)
  const node = await runNode(scratch.path)
  undo.push(() => node.stop())
  await inEveryLook(browser, node, 'needs-upgrade', async (page) => {
    await onPage(banner(page, VERSION)).toContainText(/This device needs an upgrade|Este equipo/)
    await onPage(page.locator('a.card', { hasText: 'Grease the lift' })).toBeVisible()
  })
  const { page } = await openDesk(browser, node)
  await onPage(banner(page, VERSION)).toBeVisible()
  await createJob(page, 'By older rules')
  await onPage(page.getByText('This program is too old to write here')).toBeVisible()
  await keepPicture(page, 'needs-upgrade-refused')
  await page.context().close()
})

const pidOf = (node: NodeProcess): number => {
  const shown = readControlFile(join(node.data, 'control.json'))
  invariant(shown !== null, 'a running node shows itself')
  return shown.pid
}

test('DESK-222 an edit that nobody acknowledged is unknown from when the last device was heard, until somebody says', async () => {
  const warehouse = await openWarehouse()
  undo.push(() => warehouse.close())
  const others = [warehouse.hq, warehouse.tablet].map(pidOf)
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => others.forEach((pid) => process.kill(pid, name))
  undo.push(() => signal('SIGCONT'))
  const { desk } = warehouse
  await eventually(
    async () => must(await desk.client.query('status', {})).peers.linked,
    (linked) => linked === 2,
  )
  must(await desk.client.do('job.create', { title: 'Grease the lift' }))
  const { page } = await openDesk(browser, desk)
  await goTo(page, 'Activity')
  const mark = () => page.locator('article, li, tr', { hasText: 'Sweep the yard' }).locator('.where').first()
  await onPage(page.getByText('At the authority').first()).toBeVisible()
  signal('SIGSTOP')
  must(await desk.client.do('job.create', { title: 'Sweep the yard' }))
  await onPage(mark()).toHaveText('On this device only')
  await onPage(mark()).toHaveText(/Unknown since \d\d:\d\d$/)
  await page.context().close()
  await inEveryLook(browser, desk, 'unknown-since', async (each) => {
    await each
      .getByRole('link', { name: /^(Activity|Actividad)/ })
      .first()
      .click()
    await onPage(each.locator('.where.unknown')).toHaveText(/(Unknown since|Sin saberse desde) \d\d:\d\d$/)
    await onPage(each.locator('footer.status-line')).not.toContainText(/Heard now|ahora/)
  })
  const again = await openDesk(browser, desk)
  await goTo(again.page, 'Activity')
  signal('SIGCONT')
  await onPage(again.page.locator('.where.unknown')).toHaveCount(0)
  await again.page.context().close()
})
