/** Photos of a job on real nodes: added by picker, paste and drop, looked at, and where their bytes are. */
import type { Browser, Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MOST_FILE_BYTES } from '../../shared/api/files.ts'
import type { AttachmentRow } from '../../shared/api/rows.ts'
import type { NodeProcess } from '../support/node-process.ts'
import { onPage } from './on-page.ts'
import { give, noisy, photo, turned, type Given } from './pictures.ts'
import { expectAccessible, keepPicture, openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

let warehouse: Warehouse
let browser: Browser
let page: Page
let complaints: string[]

const panel = (): Locator => page.locator('section.job')
const tile = (name: string): Locator => panel().getByRole('button', { name: `Open ${name}` })
const box = (): Locator => page.getByRole('dialog')
const boxClosed = (): Promise<void> => onPage(box()).toHaveCount(0)
const picker = (): Locator => panel().getByLabel('Choose photos or files')

async function attachments(node: NodeProcess, record: string): Promise<readonly AttachmentRow[]> {
  const found = await node.client.query('record', { record })
  return found.ok ? found.value.attachments : []
}

async function openJob(title: string): Promise<string> {
  const { record } = must(await warehouse.desk.client.do('job.create', { title }))
  await page.locator('a.card', { hasText: title }).click()
  await onPage(panel().getByRole('textbox', { name: 'Title' })).toHaveValue(title)
  return record
}

async function jpeg(name: string, of = 0): Promise<Given> {
  return { name, mimeType: 'image/jpeg', buffer: await photo(page, of) }
}

/** The size in which the browser has drawn an image. */
const drawn = (image: Locator): Promise<[number, number]> =>
  image.evaluate(async (element) => {
    const picture = element as HTMLImageElement
    await picture.decode()
    return [picture.naturalWidth, picture.naturalHeight]
  })

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
})

beforeEach(async () => {
  ;({ page, complaints } = await openDesk(browser, warehouse.desk))
  await onPage(page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible()
})

afterEach(async () => {
  expect(complaints).toEqual([])
  await page.context().close()
})

afterAll(async () => {
  await browser.close()
  await warehouse.close()
})

describe('adding photos', () => {
  test('DESK-200 several files at once by the picker, each with a small picture, its size, who and where', async () => {
    // The browser is told to hand its choosers over a while before one opens.
    const chooser = page.waitForEvent('filechooser', { timeout: 60_000 })
    const record = await openJob('Pallet wrapper stops')
    const files = [await jpeg('gate.jpg'), await jpeg('belt.jpg', 2)]
    await onPage(panel().getByRole('button', { name: 'Add photo' })).toBeVisible()
    await page.keyboard.press('p')
    await (await chooser).setFiles(files)
    await onPage(tile('gate.jpg')).toBeVisible()
    await onPage(tile('belt.jpg')).toContainText('Desk 1, now')
    await onPage(tile('belt.jpg')).toContainText('kB')
    const [gate, belt] = await attachments(warehouse.desk, record)
    expect(belt?.name).toBe('belt.jpg')
    expect(gate).toMatchObject({ name: 'gate.jpg', mime: 'image/jpeg', size: files[0]?.buffer.length })
    expect(await drawn(tile('gate.jpg').locator('img'))).toEqual([320, 240])
    await onPage(page.locator('a.card', { hasText: 'Pallet wrapper' }).getByText('2 photos')).toBeAttached()
  })

  test('DESK-210 a photo that was added stands in the activity with its small picture', async () => {
    await openJob('Sweep the ramp')
    await picker().setInputFiles(await jpeg('ramp.jpg'))
    const told = panel().getByRole('listitem').filter({ hasText: 'attached “ramp.jpg”' })
    await onPage(told.locator('img')).toHaveCount(1)
  })

  test('DESK-200 a small picture stands upright, however the camera was held', async () => {
    await openJob('Read the meter')
    await picker().setInputFiles({ ...(await jpeg('meter.jpg')), buffer: turned(await photo(page)) })
    await onPage(tile('meter.jpg')).toBeVisible()
    expect(await drawn(tile('meter.jpg').locator('img'))).toEqual([240, 320])
  })

  test('DESK-200 a photo so full of detail that a good small picture would be too large has a plainer one', async () => {
    const record = await openJob('Sort the screws')
    const buffer = await noisy(page)
    await picker().setInputFiles({ name: 'screws.jpg', mimeType: 'image/jpeg', buffer })
    expect(Math.max(...(await drawn(tile('screws.jpg').locator('img'))))).toBeGreaterThanOrEqual(160)
    const [row] = await attachments(warehouse.desk, record)
    expect(row?.thumbnail?.length).toBeLessThanOrEqual(16_384)
  })

  test('DESK-201 what is pasted is added, and words that are pasted stay words', async () => {
    const record = await openJob('Label is torn')
    await give(page, 'section.job .body', 'paste', [{ ...(await jpeg('image.png')), mimeType: 'image/png' }])
    await onPage(panel().getByRole('button', { name: /^Open Photo \d{4}-\d\d-\d\d .*\.png$/ })).toBeVisible()
    await panel().getByRole('textbox', { name: 'Title' }).focus()
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.setData('text/plain', 'words')
      data.items.add(new File(['x'], 'words.png', { type: 'image/png' }))
      const options = { bubbles: true, cancelable: true, clipboardData: data }
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', options))
    })
    await picker().setInputFiles(await jpeg('after.jpg'))
    await onPage(tile('after.jpg')).toBeVisible()
    expect(await attachments(warehouse.desk, record)).toHaveLength(2)
  })

  test('DESK-201 what is dropped on the panel is added; the target shows where it falls', async () => {
    const record = await openJob('Rack is bent')
    const over = (on: string) =>
      page.evaluate((selector) => {
        const data = new DataTransfer()
        data.items.add(new File(['x'], 'x.jpg', { type: 'image/jpeg' }))
        const event = new DragEvent('dragover', { bubbles: true, cancelable: true, dataTransfer: data })
        document.querySelector(selector)?.dispatchEvent(event)
      }, on)
    await over('section.job .body')
    await onPage(panel().getByText('Drop to add')).toBeVisible()
    await keepPicture(page, 'photos-drop')
    await over('h1')
    await onPage(panel().getByText('Drop to add')).toHaveCount(0)
    await give(page, 'h1', 'drop', [await jpeg('beside.jpg')])
    await give(page, 'section.job .body', 'drop', [await jpeg('rack.jpg', 1), await jpeg('rack-2.jpg', 3)])
    await onPage(tile('rack.jpg')).toBeVisible()
    await onPage(tile('rack-2.jpg')).toBeVisible()
    expect((await attachments(warehouse.desk, record)).map(({ name }) => name)).not.toContain('beside.jpg')
  })

  test('DESK-202 incidents have photos too, and so has a closed job', async () => {
    await page.keyboard.press('Escape')
    const { record } = must(await warehouse.desk.client.do('incident.create', { title: 'Oil by gate 3' }))
    await page.goto(`${page.url().split('#')[0]}#/board/${record}`)
    await onPage(panel().getByRole('textbox', { name: 'Title' })).toHaveValue('Oil by gate 3')
    await picker().setInputFiles(await jpeg('oil.jpg'))
    await onPage(tile('oil.jpg')).toBeVisible()
    const closed = must(await warehouse.desk.client.do('job.create', { title: 'Swept the yard' })).record
    must(await warehouse.desk.client.do('request.close', { record: closed }))
    await eventually(
      async () => must(await warehouse.desk.client.query('record', { record: closed })).status,
      (status) => status === 'closed',
    )
    await page.goto(`${page.url().split('#')[0] ?? ''}#/board/${closed}`)
    await onPage(panel().getByText('Its fields and checklist are frozen.')).toBeVisible()
    await picker().setInputFiles(await jpeg('yard.jpg'))
    await onPage(tile('yard.jpg')).toBeVisible()
  })

  test('DESK-203 what is no picture shows what kind of file it is, and is not shown large', async () => {
    await openJob('Find the manual')
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "owned"</script></svg>'
    await picker().setInputFiles([
      { name: 'manual.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') },
      { name: 'plan.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(svg) },
      { name: 'fake.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('<script>alert(1)</script>') },
    ])
    for (const name of ['manual.pdf', 'plan.svg', 'fake.jpg']) {
      await tile(name).click()
      await onPage(box().getByText('This kind of file is not shown here.')).toBeVisible()
      await onPage(box().locator('img')).toHaveCount(0)
      await page.keyboard.press('Escape')
      await boxClosed()
    }
    expect(await page.title()).not.toBe('owned')
  })
})

describe('what goes wrong', () => {
  test('DESK-204 a file that is too large, empty or unreadable says so, and the others are added', async () => {
    const record = await openJob('Sort the shelf')
    await page.evaluate((size) => {
      const large = new File(['x'], 'huge.jpg', { type: 'image/jpeg' })
      Object.defineProperty(large, 'size', { value: size })
      const gone = new File(['x'], 'gone.jpg', { type: 'image/jpeg' })
      gone.slice = () => {
        throw new DOMException('moved away', 'NotFoundError')
      }
      const data = { types: ['Files'], files: [large, gone, new File([], 'empty.jpg')] }
      const event = new Event('drop', { bubbles: true, cancelable: true })
      Object.assign(event, { dataTransfer: data })
      document.querySelector('section.job .body')?.dispatchEvent(event)
    }, MOST_FILE_BYTES + 1)
    await picker().setInputFiles(await jpeg('fine.jpg'))
    await onPage(tile('fine.jpg')).toBeVisible()
    const refused = (name: string) =>
      panel()
        .getByRole('alert')
        .filter({ hasText: `${name} was not added` })
    await onPage(refused('huge.jpg')).toContainText('at most 105 MB')
    await onPage(refused('gone.jpg')).toContainText('cannot be read')
    await onPage(refused('empty.jpg')).toContainText('empty')
    await expectAccessible(page)
    await keepPicture(page, 'photos-refused')
    await panel().getByRole('button', { name: 'Leave out huge.jpg' }).click()
    await onPage(refused('huge.jpg')).toHaveCount(0)
    expect(await attachments(warehouse.desk, record)).toHaveLength(1)
  })

  test('DESK-205 a full disk is told; trying again adds it once', async () => {
    const record = await openJob('Count the rolls')
    let isFull = true
    await page.route('**/files', (route) =>
      isFull
        ? route.fulfill({
            status: 507,
            json: { error: { code: 'disk-full', message: 'full', hint: 'free some', params: {} } },
          })
        : route.continue(),
    )
    await picker().setInputFiles(await jpeg('rolls.jpg'))
    await onPage(panel().getByRole('alert')).toContainText('The disk is full')
    isFull = false
    await panel().getByRole('button', { name: 'Try again' }).click()
    await onPage(tile('rolls.jpg')).toBeVisible()
    expect(await attachments(warehouse.desk, record)).toHaveLength(1)
    complaints.splice(0)
  })

  test('DESK-205 an upload goes on while another job is looked at', async () => {
    const record = await openJob('Paint the line')
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/files', async (route) => {
      await held
      await route.continue()
    })
    await picker().setInputFiles(await jpeg('line.jpg'))
    await onPage(panel().getByRole('progressbar', { name: 'Adding line.jpg' })).toBeVisible()
    await openJob('Something else')
    release()
    await eventually(
      () => attachments(warehouse.desk, record),
      (rows) => rows.length === 1,
    )
    await onPage(tile('line.jpg')).toHaveCount(0)
  })
})

describe('looking at photos', () => {
  test('DESK-206 a photo opens large and is walked, zoomed and closed by keys', async () => {
    await openJob('Check the dock')
    await picker().setInputFiles([await jpeg('a.jpg', 1), await jpeg('b.jpg', 2), await jpeg('c.jpg', 3)])
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) await onPage(tile(name)).toBeVisible()
    await keepPicture(page, 'photos-grid')
    await expectAccessible(page)
    const names = await panel()
      .getByRole('button', { name: /^Open .\.jpg$/ })
      .allInnerTexts()
    expect(names).toHaveLength(3)
    await tile('a.jpg').focus()
    await page.keyboard.press('Enter')
    const title = box().getByRole('heading', { level: 2 })
    const first = (await title.innerText()).trim()
    expect(first).toBe('a.jpg')
    const large = box().getByRole('img', { name: 'a.jpg' })
    await onPage(large).toHaveAttribute('src', /^blob:/)
    expect(await drawn(large)).toEqual([1600, 1200])
    await expectAccessible(page)
    await keepPicture(page, 'photos-large')
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    await onPage(large).toHaveAttribute('style', /scale\(2\.25\)/)
    await page.keyboard.press('-')
    await onPage(large).toHaveAttribute('style', /scale\(1\.5\)/)
    const seen = [first]
    for (let i = 0; i < 2; i += 1) {
      await page.keyboard.press('ArrowRight')
      await onPage(title).not.toHaveText(seen.at(-1) ?? '')
      seen.push((await title.innerText()).trim())
    }
    expect([...seen].sort()).toEqual(['a.jpg', 'b.jpg', 'c.jpg'])
    await page.keyboard.press('ArrowRight')
    await onPage(title).toHaveText('a.jpg')
    await page.keyboard.press('ArrowLeft')
    await onPage(title).toHaveText(seen.at(-1) ?? '')
    await page.keyboard.press('Escape')
    await boxClosed()
    await onPage(panel()).toBeVisible()
  })

  test('DESK-207 it is downloaded under its name, and removed after one question', async () => {
    const record = await openJob('Take stock')
    const given = await jpeg('shelf 14.jpg', 4)
    await picker().setInputFiles(given)
    await tile('shelf 14.jpg').click()
    const download = page.waitForEvent('download')
    await box().getByRole('button', { name: 'Download' }).click()
    expect((await download).suggestedFilename()).toBe('shelf 14.jpg')
    await box().getByRole('button', { name: 'Remove' }).click()
    await box()
      .getByRole('group', { name: 'Remove it from every device?' })
      .getByRole('button', { name: 'Remove' })
      .click()
    await boxClosed()
    await onPage(tile('shelf 14.jpg')).toHaveCount(0)
    await eventually(
      () => attachments(warehouse.hq, record),
      (rows) => rows.length === 0,
    )
  })

  test('DESK-212 a supervisor withdraws it with a reason, which the activity keeps; a technician cannot', async () => {
    const record = await openJob('Badge reader fails')
    await picker().setInputFiles([await jpeg('badge.jpg'), await jpeg('reader.jpg', 2)])
    await tile('badge.jpg').click()
    const withdraw = () => box().getByRole('button', { name: 'Withdraw' })
    await withdraw().click()
    const reason = box().getByRole('textbox', { name: 'Why it is withdrawn' })
    await onPage(reason).toBeFocused()
    await page.keyboard.press('Escape')
    await onPage(reason).toHaveCount(0)
    await withdraw().click()
    // Nothing is withdrawn without a reason, and keys that turn pages elsewhere are letters here.
    await page.keyboard.press('Enter')
    await reason.pressSequentially('Shows 10 + 10 faces')
    await onPage(reason).toHaveValue('Shows 10 + 10 faces')
    await keepPicture(page, 'photos-withdraw')
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await boxClosed()
    await onPage(tile('badge.jpg')).toHaveCount(0)
    await onPage(tile('reader.jpg')).toBeVisible()
    await onPage(panel().getByText('withdrew an attachment: Shows 10 + 10 faces')).toBeVisible()
    const there = await eventually(
      () => warehouse.tablet.client.query('record', { record }),
      (answer) => answer.ok && answer.value.attachments.length === 1,
    )
    expect(must(there)).toMatchObject({ may_revoke: false, attachments: [{ name: 'reader.jpg' }] })
  })
})
