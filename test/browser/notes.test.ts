/** Notes at two desks of real nodes: words that are saved when they say so, and two people in one note. */
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NodeProcess } from '../support/node-process.ts'
import { holdLine } from './line.ts'
import { onPage } from './on-page.ts'
import { openBrowser, openDesk } from './screens.ts'
import { eventually, must, openWarehouse, type Warehouse } from './warehouse.ts'

/** ms over which an editor gathers what is typed. */
const PAUSE = 300
/** ms after which an editor takes back what is typed by itself. */
const UNDO_STEP = 600

let warehouse: Warehouse
let browser: Browser
let page: Page
let complaints: string[]
let record: string

/** The note's plain text at a node; null while the record is not there. */
const textAt = async (node: NodeProcess): Promise<string | null> => {
  const answer = await node.client.query('record', { record })
  return answer.ok ? (answer.value.notes[0]?.text ?? null) : null
}
const editorOf = (at: Page) => at.getByRole('textbox', { name: 'Note' })

/** Whether a node holds exactly this text. */
const holds = (node: NodeProcess, text: string) =>
  eventually(
    () => textAt(node),
    (now) => now?.trim() === text,
  )

async function openNote(at: Page): Promise<void> {
  await at.goto(`${at.url().split('#')[0] ?? ''}#/board/${record}`)
  await at.getByRole('button', { name: 'Edit the note' }).click()
  await onPage(editorOf(at)).toBeFocused()
}

/** Presses until the cursor stands there: an editor sets its own once more a moment after the focus. */
const goToStart = (at: Page) =>
  eventually(
    async () => {
      await at.keyboard.press('ControlOrMeta+Home')
      await at.waitForTimeout(100)
      return at.evaluate(() => getSelection()?.anchorOffset)
    },
    (offset) => offset === 0,
  )

beforeAll(async () => {
  warehouse = await openWarehouse()
  browser = await openBrowser()
})

beforeEach(async () => {
  const { desk } = warehouse
  ;({ record } = must(await desk.client.do('job.create', { title: `Notes ${Date.now()}` })))
  must(await desk.client.do('note.add', { record, text: 'Filter' }))
  await holds(warehouse.tablet, 'Filter')
  ;({ page, complaints } = await openDesk(browser, desk))
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

describe('a note', () => {
  test('DESK-15 says saved only when the node has committed it', async () => {
    await openNote(page)
    // It stands for a moment only.
    await page.evaluate(`new MutationObserver(() => {
      window.saving ||= document.body.textContent.includes('Saving…')
    }).observe(document.body, { subtree: true, childList: true, characterData: true })`)
    await page.keyboard.type(' was cracked')
    await onPage(page.getByText('Saved on this device')).toBeVisible()
    expect(await page.evaluate('window.saving')).toBe(true)
    expect((await textAt(warehouse.desk))?.trim()).toBe('Filter was cracked')
  })

  test('DESK-15 typing makes few operations: what comes within a short pause is one', async () => {
    await openNote(page)
    const words = ' was cracked, and the spare in the cage too'
    const own = async () => {
      const { cursor, actor } = must(await warehouse.desk.client.query('status', {}))
      return cursor[actor] ?? 0
    }
    const before = await own()
    const since = Date.now()
    await page.keyboard.type(words, { delay: 20 })
    await onPage(page.getByText('Saved on this device')).toBeVisible()
    const made = (await own()) - before
    expect(made).toBeGreaterThan(0)
    expect(made).toBeLessThanOrEqual(Math.ceil((Date.now() - since) / PAUSE) + 1)
    expect(made).toBeLessThan(words.length / 2)
  })

  test('DESK-16 two people write at once, and both have both', async () => {
    const other = await openDesk(browser, warehouse.tablet)
    await onPage(other.page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible()
    await openNote(page)
    await openNote(other.page)
    await goToStart(other.page)
    await Promise.all([
      page.keyboard.type(' was cracked', { delay: 15 }),
      other.page.keyboard.type('Pump 4: ', { delay: 15 }),
    ])
    for (const at of [page, other.page]) {
      await onPage(editorOf(at)).toHaveText('Pump 4: Filter was cracked')
    }
    await holds(warehouse.desk, 'Pump 4: Filter was cracked')
    await holds(warehouse.tablet, 'Pump 4: Filter was cracked')
    expect(other.complaints).toEqual([])
    await other.page.context().close()
  })

  test('DESK-16 undo takes back own words and leaves those of others', async () => {
    await openNote(page)
    // At once: what is written after a pause is another step.
    await page.keyboard.insertText(' was cracked')
    await onPage(page.getByText('Saved on this device')).toBeVisible()
    const { notes } = must(await warehouse.tablet.client.query('record', { record }))
    await holds(warehouse.tablet, 'Filter was cracked')
    must(
      await warehouse.tablet.client.do('note.edit', {
        record,
        note: notes[0]?.note ?? '',
        text: 'Big Filter was cracked',
      }),
    )
    await onPage(editorOf(page)).toHaveText('Big Filter was cracked')
    await page.keyboard.press('ControlOrMeta+z')
    await onPage(editorOf(page)).toHaveText('Big Filter')
    await holds(warehouse.tablet, 'Big Filter')
  })

  test('DESK-16 what is typed after a redo goes on behind what came back', async () => {
    await openNote(page)
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Bbb')
    await page.waitForTimeout(UNDO_STEP)
    await page.keyboard.press('ControlOrMeta+z')
    await onPage(editorOf(page)).not.toContainText('Bbb')
    await page.keyboard.press('ControlOrMeta+y')
    await page.keyboard.type('XYZ')
    await holds(warehouse.desk, 'Filter\nBbbXYZ')
    await page.waitForTimeout(UNDO_STEP)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.keyboard.type('!')
    await holds(warehouse.desk, 'Filter\nBbb!')
  })

  test('DESK-16 undo of what was typed, brought back and deleted with its paragraph is saved like anything else', async () => {
    await openNote(page)
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const pause = () => page.waitForTimeout(UNDO_STEP)
    await press('End', 'Enter', 'a')
    await pause()
    await press('Home', 'b', 'c')
    await pause()
    await press('ControlOrMeta+z', 'ControlOrMeta+Shift+z')
    await press('Home', 'ArrowRight', 'd', 'ArrowUp', 'End', 'Shift+ArrowDown', 'Shift+End', 'Backspace')
    await press('ControlOrMeta+z')
    await onPage(page.getByText('Saved on this device')).toBeVisible()
    await holds(warehouse.tablet, 'Filter\nbca')
    await onPage(editorOf(page)).toBeFocused()
    await page.keyboard.type('!')
    await holds(warehouse.tablet, 'Filter\nbca!')
  })

  test('DESK-16 lists, checkboxes and code are the same at the other desk', async () => {
    await openNote(page)
    await page.keyboard.press('Enter')
    await page.keyboard.type('- valve')
    await page.keyboard.press('Enter')
    await page.keyboard.type('seal')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Checkboxes' }).click()
    await page.keyboard.type('order two')
    await onPage(page.getByText('Saved on this device')).toBeVisible()
    const other = await openDesk(browser, warehouse.tablet)
    await onPage(other.page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible()
    await other.page.goto(`${other.page.url().split('#')[0] ?? ''}#/board/${record}`)
    const note = other.page.getByRole('document', { name: 'Note' })
    await onPage(note.getByRole('listitem').filter({ hasText: 'seal' })).toBeVisible()
    await onPage(note.getByRole('checkbox')).toBeVisible()
    expect(other.complaints).toEqual([])
    await other.page.context().close()
  })

  test('DESK-17 what was typed while the line to the node was down is sent when it is back', async () => {
    const line = await holdLine(page)
    await openNote(page)
    await page.keyboard.type(' was')
    await onPage(page.getByText('Saved on this device')).toBeVisible()
    await line.cut()
    await onPage(page.getByRole('alert').getByText(/No connection to this device’s node/)).toBeVisible()
    await page.keyboard.type(' cracked')
    await onPage(page.getByText('Not saved: no connection to the node')).toBeVisible()
    line.mend()
    await onPage(page.getByText('Saved on this device')).toBeVisible()
    await holds(warehouse.desk, 'Filter was cracked')
  })
})
