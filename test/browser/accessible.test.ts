/** Every place with something in it, in both themes and at the widths that desks have, through the accessibility check. */
import type { Browser } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, goTo, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

const PLACES = ['Conflicts', 'Authority', 'Peers', 'Activity'] as const

let warehouse: Warehouse
let browser: Browser

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
  const { desk, tablet, hq } = warehouse
  const { record } = must(
    await desk.client.do('job.create', { title: 'Pump', zone: 'Yard', priority: 'normal' }),
  )
  await eventually(
    async () => must(await tablet.client.query('board', {})).rows.length,
    (count) => count === 1,
  )
  must(await tablet.client.do('network.set', { lan: false }))
  for (const [field, theirs, ours] of [
    ['title', 'Pump, leaking', 'Pump of bay 4'],
    ['zone', 'North dock', 'South dock'],
    ['priority', 'urgent', 'high'],
  ] as const) {
    must(await tablet.client.do('field.set', { record, field, value: theirs }))
    must(await desk.client.do('field.set', { record, field, value: ours }))
  }
  must(await tablet.client.do('network.set', { lan: true }))
  await eventually(
    async () => must(await desk.client.query('conflicts', {})).conflicts.length,
    (count) => count === 3,
  )
  must(await hq.client.do('network.set', { lan: false, wan: false }))
  must(await desk.client.do('request.close', { record }))
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('accessibility', () => {
  for (const width of [1440, 1024, 768]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`DESK-66 every place passes the check, ${colorScheme}, ${width} pixels wide`, async () => {
        const viewport = { width, height: 900 }
        const { page, complaints } = await openDesk(browser, warehouse.desk, { viewport, colorScheme })
        for (const place of PLACES) {
          await goTo(page, place)
          await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
          await expectAccessible(page)
          await keepPicture(page, `${place.toLowerCase()}-${colorScheme}-${width}`)
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
          expect(overflow, `${place} is as wide as the window`).toBeLessThanOrEqual(0)
        }
        expect(complaints).toEqual([])
        await page.context().close()
      })
    }
  }
})
