/** Where kept history ends, and a device that begins from a snapshot, on the desks of real nodes. */
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'
import { clearedAt, EDITS, workOn } from '../support/worn-site.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, goTo, inEveryLook, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, freeAddress, must } from './warehouse.ts'

/** History goes as soon as it is final: within some ms, which a snapshot takes longer to make. */
const SHORT = ['--history', '0.0000001']
const scratch = scratchFolder()
const running = new Set<NodeProcess>()
let browser: Browser
let hq: NodeProcess
let short: NodeProcess
let hqAddress: string
let shortAddress: string
let job: string
let cleared: number

async function start(name: string, ...args: readonly string[]): Promise<NodeProcess> {
  const node = await runNode(join(scratch.path, name), ['--no-mdns', ...args])
  running.add(node)
  return node
}

async function stop(node: NodeProcess): Promise<void> {
  running.delete(node)
  await node.stop()
}

const hashAt = async ({ client }: NodeProcess): Promise<string> =>
  must(await client.query('status', {})).state_hash

const sameAs = (a: NodeProcess, b: NodeProcess): Promise<boolean> =>
  eventually(
    async () => (await hashAt(a)) === (await hashAt(b)),
    (same) => same,
  )

async function member(name: string, args: readonly string[] = []): Promise<NodeProcess> {
  const node = await start(name, ...args)
  const { code } = must(await hq.client.do('invite.create', { role: 'technician', name }))
  must(await node.client.do('setup.join', { code, name }))
  await sameAs(hq, node)
  return node
}

/** A tablet that was away while the others went on, and let go of what it lacks. */
beforeAll(async () => {
  browser = await openBrowser()
  ;[hqAddress, shortAddress] = [await freeAddress(), await freeAddress()]
  hq = await start('hq', ...SHORT, '--listen', hqAddress)
  must(await hq.client.do('setup.init', { site: 'Harbour warehouse', name: 'Headquarters' }))
  job = must(await hq.client.do('job.create', { title: 'Pump', zone: 'North dock' })).record
  short = await member('Tablet 1', [...SHORT, '--listen', shortAddress])
  await stop(await member('Tablet 2'))
  await workOn(hq.client, job, () => sameAs(hq, short))
  for (const { client } of [hq, short])
    await eventually(
      () => clearedAt(client),
      (n) => n > EDITS / 2,
    )
  cleared = await clearedAt(hq.client)
})

afterAll(async () => {
  await browser.close()
  await Promise.all([...running].map((node) => node.stop()))
  scratch.remove()
})

/** The desk in each look: through the accessibility check, and no wider than its window. */
const board = (page: Page) => page.locator('a.card', { hasText: 'Pump' })

describe('history that is no longer kept', () => {
  test('DESK-225 the activity of a job ends with how many of its changes are no longer kept', async () => {
    await inEveryLook(browser, hq, 'history-job', async (page, locale) => {
      await board(page).first().click()
      const end = page.locator('.history-end')
      await onPage(end).toContainText(
        locale === 'en-GB'
          ? `${EDITS - 1} earlier changes are final; their history is no longer kept on this device.`
          : `${EDITS - 1} cambios anteriores son definitivos; su historial ya no se guarda en este equipo.`,
      )
      await end.scrollIntoViewIfNeeded()
    })
  })

  test('DESK-225 and so does the activity of the site, once it is read to its end', async () => {
    const { page } = await openDesk(browser, hq, { viewport: { width: 768, height: 900 } })
    await goTo(page, 'Activity')
    const end = page.locator('.history-end')
    await onPage(page.locator('.feed li').first()).toBeVisible()
    while ((await end.count()) === 0) {
      await page.mouse.wheel(0, 20_000)
      await page.waitForTimeout(50)
    }
    await onPage(end).toContainText(`${cleared} earlier changes are final`)
    await end.scrollIntoViewIfNeeded()
    await expectAccessible(page)
    await keepPicture(page, 'history-feed-768')
    await page.setViewportSize({ width: 1440, height: 900 })
    await end.scrollIntoViewIfNeeded()
    await keepPicture(page, 'history-feed-1440')
    await page.context().close()
  })

  test('DESK-226 the authority’s place says what snapshot there is, where, and how long history is kept', async () => {
    const panel = (page: Page) => page.locator('section.panel', { hasText: /Checkpoints|Puntos de control/ })
    await inEveryLook(browser, hq, 'history-snapshot', async (page) => {
      await onPage(board(page)).toBeVisible()
      await page.keyboard.press('3')
      await onPage(panel(page)).toContainText(/On this device|En este equipo/)
      await onPage(panel(page)).toContainText(/Of .*, \d.*B|De .*, \d.*B/)
      await onPage(panel(page)).toContainText(/Kept for less than a day|Se guarda menos de un día/)
      await onPage(panel(page)).toContainText(new RegExp(`${cleared} (edits are|cambios) `))
      await panel(page).scrollIntoViewIfNeeded()
    })
    const { page } = await openDesk(browser, short)
    await goTo(page, 'Authority')
    await onPage(panel(page)).toContainText('Not on this device')
    await page.context().close()
  })
})

type Beginning = NonNullable<QueryAnswer<'status'>['beginning']>

/** The desk as it is while the node says this: what goes by in a moment on a small site. */
async function pretend(page: Page, beginning: Beginning): Promise<void> {
  await page.routeWebSocket(/\/api$/, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => {
      const isStatus = typeof message === 'string' && message.includes('"state_hash"')
      socket.send(
        isStatus ? message.replace('"beginning":null', `"beginning":${JSON.stringify(beginning)}`) : message,
      )
    })
  })
  await page.reload()
}

const banner = (page: Page) => page.getByRole('region', { name: /^(Catching up|Poniéndose al día)$/ })

describe('a device that was away', () => {
  const STATES = [
    {
      state: 'coming',
      done: 88_080_384,
      size: 209_715_200,
      says: /catching up from a snapshot|se pone al día/,
    },
    {
      state: 'reading',
      done: 146_800_640,
      size: 209_715_200,
      says: /takes in a snapshot now|lee una instantánea/,
    },
    {
      state: 'nobody',
      done: 0,
      size: null,
      says: /nobody whom it is linked to|nadie con quien está enlazado/,
    },
    { state: 'unusable', done: 0, size: null, says: /cannot be used|no sirve/ },
  ] as const

  test.each(STATES)(
    'DESK-227 what it says while it is “$state”, in every look',
    async ({ says, ...beginning }) => {
      await inEveryLook(browser, short, `beginning-${beginning.state}`, async (page) => {
        await pretend(page, beginning)
        await onPage(banner(page)).toContainText(says)
        if (beginning.state === 'coming') {
          await onPage(banner(page)).toContainText(/42\s?%/)
          await onPage(banner(page).getByRole('progressbar')).toHaveAttribute('aria-valuenow', '88080384')
        }
        if (beginning.state === 'reading') await onPage(banner(page)).toContainText(/70\s?%/)
        await onPage(page.locator('a.card').first()).toBeVisible()
      })
    },
  )

  test('DESK-227 it says that nobody has a snapshot, and once somebody has goes on without the desk going away', async () => {
    await stop(hq)
    const back = await start('Tablet 2', '--peer', shortAddress)
    const { page, complaints } = await openDesk(browser, back)
    await onPage(banner(page)).toContainText('nobody whom it is linked to has a snapshot')
    await onPage(board(page)).toHaveCount(1)
    await keepPicture(page, 'beginning-real-nobody')
    await page.evaluate(() => {
      const seen: string[] = []
      const look = (): void => {
        const said = document.querySelector('section.banner')?.textContent.trim() ?? ''
        const cards = document.querySelectorAll('a.card').length
        const place = document.querySelector('.shell') ? (cards > 0 ? 'board' : 'empty board') : 'elsewhere'
        const now = `${place}: ${said}`
        if (seen.at(-1) !== now) seen.push(now)
      }
      new MutationObserver(look).observe(document.body, {
        childList: true,
        subtree: true,
        characterData: true,
      })
      Object.assign(globalThis, { seen })
    })
    hq = await start('hq', ...SHORT, '--listen', hqAddress)
    await onPage(board(page)).toContainText(`Pump, seen ${EDITS} times`)
    await onPage(banner(page)).toHaveCount(0)
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
    expect(seen.filter((one) => !one.startsWith('board'))).toEqual([])
    await sameAs(hq, back)
    await page.getByRole('link', { name: 'Activity' }).first().click()
    await keepPicture(page, 'beginning-real-over')
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
