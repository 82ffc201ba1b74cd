/** Pages of a real Chromium on the desks of real nodes. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContextOptions, type Page } from '@playwright/test'
import { expect } from 'vitest'
import { chromiumPath } from '../../scripts/chromium-path.ts'
import type { NodeProcess } from '../support/node-process.ts'

const ARTEFACTS = join(import.meta.dirname, '..', '..', 'test-results', 'screens')

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A page, and whatever it complains of. */
export type Opened = { readonly page: Page; readonly complaints: string[] }

/** The desk of a node, as a person opens it. */
export const openDesk = (
  browser: Browser,
  node: NodeProcess,
  options: BrowserContextOptions = {},
): Promise<Opened> => openPage(browser, String(node.ready.desk), options)

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    ...options,
  })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(url)
  return { page, complaints }
}

/** Goes to a place by its link. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('link', { name: place }).first().click()
  await page.getByRole('heading', { level: 1, name: place }).waitFor()
}

/** Until what fades or slides has come to rest: a colour half-way between two themes is nobody's. */
const atRest = (page: Page): Promise<unknown> =>
  page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
        .map((one) => one.finished),
    ),
  )

export async function expectAccessible(page: Page): Promise<void> {
  await atRest(page)
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join('; ')}`,
  )
  expect(found).toEqual([])
}

/** Keeps a picture for whoever looks at the test's results. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true })
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) })
}

/** What of the status line is cut off. */
const cutOff = (page: Page): Promise<(string | null)[]> =>
  page
    .locator('footer.status-line .how')
    .evaluateAll((all) =>
      all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent),
    )

/** Both themes, both languages, a wide desk and a narrow one. */
const LOOKS = [
  { width: 1440, colorScheme: 'light', locale: 'en-GB' },
  { width: 1440, colorScheme: 'dark', locale: 'es-ES' },
  { width: 768, colorScheme: 'light', locale: 'es-ES' },
  { width: 768, colorScheme: 'dark', locale: 'en-GB' },
] as const

export type Look = (typeof LOOKS)[number]

/** Opens the desk of a node in every look; `look` brings up what is to be seen, which must be accessible and fit. */
export async function inEveryLook(
  browser: Browser,
  node: NodeProcess,
  name: string,
  look: (page: Page, spoken: Look['locale']) => Promise<void>,
): Promise<void> {
  for (const { width, colorScheme, locale } of LOOKS) {
    const viewport = { width, height: 900 }
    const { page, complaints } = await openDesk(browser, node, { viewport, colorScheme, locale })
    await look(page, locale)
    await expectAccessible(page)
    await keepPicture(page, `${name}-${colorScheme}-${width}`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow, `${name} is no wider than the window`).toBeLessThanOrEqual(0)
    expect(await cutOff(page), `${name}: nothing of the status line is cut off`).toEqual([])
    expect(complaints).toEqual([])
    await page.context().close()
  }
}
