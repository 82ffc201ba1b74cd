/** Photos of other devices on real nodes: where their bytes are, how they come, and how all of it looks. */
import { join } from 'node:path'
import type { Browser, Locator, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { photoFiles } from '../../main/demo/photos.ts'
import type { NodeProcess } from '../support/node-process.ts'
import { onPage } from './on-page.ts'
import { expectAccessible, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser

const panelOf = (page: Page): Locator => page.locator('section.job')
const tileOn = (page: Page, name: string): Locator =>
  panelOf(page).getByRole('button', { name: `Open ${name}` })

async function show(page: Page, record: string, title: string): Promise<void> {
  await page.goto(`${page.url().split('#')[0] ?? ''}#/board/${record}`)
  await onPage(panelOf(page).getByRole('textbox', { name: 'Title' })).toHaveValue(title)
}

/** A job that all three have. */
async function newJob(title: string): Promise<string> {
  const { record } = must(await warehouse.desk.client.do('job.create', { title }))
  await eventually(
    async () => (await warehouse.tablet.client.query('record', { record })).ok,
    (isThere) => isThere,
  )
  return record
}

const take = async (node: NodeProcess, record: string, name: string): Promise<void> => {
  must(await node.client.do('attachment.add', { record, ...photoFiles(name) }))
}

/** Waits for a photo to be shown large, whole; how many pixels it has. */
async function shownLarge(page: Page, name: string): Promise<number> {
  const large = page.getByRole('dialog').getByRole('img', { name })
  await onPage(large).toHaveAttribute('src', /^blob:/)
  return large.evaluate(async (image) => {
    const picture = image as HTMLImageElement
    await picture.decode()
    return picture.naturalWidth
  })
}

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('photos of other devices', () => {
  test('DESK-208 a photo of a tablet stands at the desk with its small picture, and its bytes come by themselves', async () => {
    const { page, complaints } = await openDesk(browser, warehouse.desk)
    const record = await newJob('Oil by gate 3')
    await show(page, record, 'Oil by gate 3')
    await take(warehouse.tablet, record, 'oil-on-floor')
    const tile = tileOn(page, 'oil-on-floor.jpg')
    await onPage(tile).toContainText('Tablet 1, now')
    await onPage(tile.locator('img')).toHaveAttribute('src', /^data:image\/jpeg/)
    await onPage(tile).toContainText(/On \d devices/)
    await tile.click()
    expect(await shownLarge(page, 'oil-on-floor.jpg')).toBe(960)
    await page.keyboard.press('Escape')
    await onPage(page.getByRole('dialog')).toHaveCount(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('DESK-208 a tablet says where a photo is, and has it when it was opened', async () => {
    const record = await newJob('Roller squeals')
    await take(warehouse.desk, record, 'worn-roller')
    const { page, complaints } = await openDesk(browser, warehouse.tablet, {
      viewport: { width: 768, height: 1024 },
      hasTouch: true,
      isMobile: true,
    })
    await show(page, record, 'Roller squeals')
    const tile = tileOn(page, 'worn-roller.jpg')
    await onPage(tile).toContainText('Not yet here: on ')
    await keepPicture(page, 'photos-tablet')
    await tile.tap()
    expect(await shownLarge(page, 'worn-roller.jpg')).toBe(960)
    await keepPicture(page, 'photos-tablet-large')
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).tap()
    await onPage(tile).toContainText(/On \d devices/)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('DESK-208 out of reach, a photo says on which device it is, and comes when that is back', async () => {
    const record = await newJob('Pallet leans')
    await take(warehouse.desk, record, 'leaning-pallet')
    await eventually(
      async () => must(await warehouse.tablet.client.query('record', { record })).attachments.length,
      (count) => count === 1,
    )
    must(await warehouse.tablet.client.do('network.set', { lan: false, wan: false }))
    const { page, complaints } = await openDesk(browser, warehouse.tablet)
    await show(page, record, 'Pallet leans')
    await tileOn(page, 'leaning-pallet.jpg').click()
    const box = page.getByRole('dialog')
    await onPage(box).toContainText('Not yet here: on ')
    await onPage(box.getByRole('status')).toContainText('No device in reach has it.')
    await expectAccessible(page)
    await keepPicture(page, 'photos-away')
    must(await warehouse.tablet.client.do('network.set', { lan: true, wan: true }))
    expect(await shownLarge(page, 'leaning-pallet.jpg')).toBe(960)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

describe('how photos look', () => {
  test('DESK-209 photos pass the accessibility check and are pressed and swiped with fingers', async () => {
    const record = await newJob('Check the shelf')
    for (const name of ['shelf-14', 'oil-on-floor', 'leaning-pallet', 'worn-roller'])
      await take(warehouse.desk, record, name)
    must(
      await warehouse.desk.client.do('attachment.add', {
        record,
        file: join(import.meta.dirname, '..', '..', 'LICENSE'),
      }),
    )
    for (const [width, colorScheme, hasTouch] of [
      [1440, 'light', false],
      [1024, 'dark', false],
      [768, 'light', true],
    ] as const) {
      const viewport = { width, height: 900 }
      const touch = { hasTouch, isMobile: hasTouch }
      const { page, complaints } = await openDesk(browser, warehouse.desk, {
        viewport,
        colorScheme,
        ...touch,
      })
      await show(page, record, 'Check the shelf')
      await tileOn(page, 'worn-roller.jpg').scrollIntoViewIfNeeded()
      await expectAccessible(page)
      await keepPicture(page, `photos-${colorScheme}-${width}`)
      const first = tileOn(page, 'shelf-14.jpg')
      await (hasTouch ? first.tap() : first.click())
      await shownLarge(page, 'shelf-14.jpg')
      await expectAccessible(page)
      await keepPicture(page, `photos-large-${colorScheme}-${width}`)
      if (hasTouch) await fingers(page)
      expect(complaints).toEqual([])
      await page.context().close()
    }
  })
})

/** Everything to press is large enough, and a swipe goes on. */
async function fingers(page: Page): Promise<void> {
  const box = page.getByRole('dialog')
  const small = await box
    .getByRole('button')
    .evaluateAll((buttons) =>
      buttons
        .filter((one) => one.getBoundingClientRect().height < 44 || one.getBoundingClientRect().width < 44)
        .map((one) => one.textContent || one.getAttribute('aria-label')),
    )
  expect(small).toEqual([])
  const title = box.getByRole('heading', { level: 2 })
  await onPage(title).toHaveText('shelf-14.jpg')
  const swipe = (to: number): Promise<void> =>
    box.getByRole('group', { name: 'shelf-14.jpg' }).evaluate((stage, aside) => {
      const at = (type: string, clientX: number): void => {
        const options = {
          bubbles: true,
          pointerId: 1,
          pointerType: 'touch',
          clientX,
          clientY: 400,
          isPrimary: true,
        }
        stage.dispatchEvent(new PointerEvent(type, options))
      }
      stage.setPointerCapture = () => undefined
      at('pointerdown', 400)
      at('pointermove', 400 + aside / 2)
      at('pointerup', 400 + aside)
    }, to)
  await swipe(-20)
  await onPage(title).toHaveText('shelf-14.jpg')
  await swipe(-180)
  await onPage(title).toHaveText('oil-on-floor.jpg')
}
