/** Cards of any height, in columns where jobs come in above and grow while somebody looks. */
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onPage } from './on-page.ts'
import { openBrowser, openDesk } from './screens.ts'
import { must, openWarehouse, type Warehouse } from './warehouse.ts'

/** px that a column leaves between two cards. */
const GAP = 8
const LONG = 'with a title that needs a second line on its card, as many titles do'

let warehouse: Warehouse
let browser: Browser
let page: Page

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
  ;({ page } = await openDesk(browser, warehouse.desk))
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

async function create(title: string): Promise<string> {
  return must(await warehouse.tablet.client.do('job.create', { title })).record
}

/** px between each card and the one below it, top to bottom. */
function gaps(): Promise<readonly number[]> {
  return page.evaluate(() => {
    const cards = [...document.querySelectorAll('a.card')].map((card) => card.getBoundingClientRect())
    cards.sort((a, b) => a.top - b.top)
    return cards.slice(1).map(({ top }, i) => Math.round(top - (cards[i]?.bottom ?? 0)))
  })
}

async function expectApart(cards: number): Promise<void> {
  await onPage(page.locator('a.card')).toHaveCount(cards)
  const wrong = async () => (await gaps()).filter((gap) => Math.abs(gap - GAP) > 1)
  await onPage.poll(wrong).toEqual([])
}

describe('cards', () => {
  test('DESK-7 cards stay apart when jobs come in above them and when they grow', async () => {
    const records: string[] = []
    for (let i = 0; i < 6; i += 1) {
      records.push(await create(i % 2 === 0 ? `Job ${i} ${LONG}` : `Job ${i}`))
      await expectApart(i + 1)
    }
    for (const [i, record] of records.entries()) {
      must(await warehouse.tablet.client.do('field.set', { record, field: 'zone', value: 'Yard' }))
      await onPage(page.locator('a.card', { hasText: `Job ${i}` })).toContainText('Yard')
      await expectApart(6)
    }
    expect(await gaps()).toHaveLength(5)
  })
})
