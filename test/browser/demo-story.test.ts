/**
 * The demo's story, start to end, on its five real nodes: once with the mouse, from the first screen on, and once with
 * the keyboard alone. Each step is a test and goes on where the one before ended.
 */
import { errors, type Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { OWN_ZONE } from '../../main/demo/endowment.ts'
import { demoByCommand, deskWithoutSite } from './demo-stage.ts'
import { Watching } from './demo-watching.ts'
import { onPage } from './on-page.ts'
import { expectAccessible } from './screens.ts'
import { eventually } from './warehouse.ts'

/** The shift goes at the pace of people, and the machine that tests may be slow and busy besides. */
const PATIENT = { timeout: 90_000 }
/** For what may not come, since a tablet was quicker. */
const SOON = { timeout: 5_000 }
const WAN_OUT = /The WAN is out since \d\d:\d\d, so Headquarters cannot be asked\./
const AUDIT = new RegExp(`A-${new Date().getUTCFullYear()}-\\d{4}`)
const ANA = 'Ana’s tablet'

let story: Watching
let page: Page
let loaded: number
/** The title of the job that the desk asks to close. */
let closing: string

async function begin(watching: Promise<Watching>): Promise<void> {
  story = await watching
  page = story.page
  loaded = await story.loaded()
}

/** By itself, a card moves into the next column, and the bar tells what somebody did. */
async function expectArrivals(): Promise<void> {
  await onPage(story.column('In progress').locator('a.card').first()).toBeVisible(PATIENT)
  await onPage(story.bar.getByText(/^(Ana|Ben) (ticked|opened|wrote|booked)/)).toBeVisible(PATIENT)
  await story.keep('board')
}

/** One value of the tablet that stayed on the Wi-Fi, and one of the tablet that was out of it. */
async function expectTitleConflict(): Promise<void> {
  await onPage(page.getByRole('heading', { level: 1, name: 'Conflicts' })).toBeVisible()
  const values = page.getByRole('group', { name: /^Title of .+, 2 values$/ }).first()
  await onPage(values.getByText('Ana’s tablet')).toBeVisible()
  await onPage(values.getByText('Ben’s tablet')).toBeVisible()
  await story.keep('conflict')
}

type Row = QueryAnswer<'board'>['rows'][number]

/** The tablets ask too, now and then for the very job; and what is in the zone of the desk's own token it closes itself. */
const isForHeadquarters = ({ stage, progress, zone, conflicts }: Row): boolean =>
  stage === 'doing' &&
  progress.total > 0 &&
  progress.done === progress.total &&
  zone !== OWN_ZONE &&
  conflicts === 0

/** Answers the job's title. */
async function askToCloseOne(): Promise<string> {
  for (;;) {
    const { rows } = await story.ask('board', {})
    for (const { record } of rows.filter(isForHeadquarters)) {
      try {
        await story.column('In progress').locator(`a.card[href*="${record}"]`).click(SOON)
        const title = await story.panel.getByRole('textbox', { name: 'Title' }).inputValue(SOON)
        await story.panel.getByRole('button', { name: 'Ask to close' }).click(SOON)
        return title
      } catch (error) {
        if (!(error instanceof errors.TimeoutError)) throw error
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** A dialog that is closing still takes the keys. */
async function expectNoDialog(): Promise<void> {
  await onPage(page.getByRole('dialog')).toHaveCount(0)
}

/** Chooses and applies as `settle` does, and expects that one op of the desk settled one field. */
async function expectSettled(settle: () => Promise<void>): Promise<string> {
  const before = await story.conflicted()
  const ops = await story.opsOf('Desk')
  await settle()
  const after = await eventually(
    () => story.conflicted(),
    (now) => before.some((record) => !now.includes(record)),
  )
  const settled = before.filter((record) => !after.includes(record))
  expect(settled).toHaveLength(1)
  expect(await story.opsOf('Desk')).toBe(ops + 1)
  await onPage(page.getByText('1 field settled').last()).toBeVisible()
  await expectNoDialog()
  return settled[0] ?? ''
}

async function expectBackInQueue(record: string): Promise<void> {
  await onPage(page.getByText('1 field is back in the queue')).toBeVisible()
  expect(await story.conflicted()).toContain(record)
}

async function expectWanOut(): Promise<void> {
  await onPage(story.switchOf('WAN', 'out')).toBeVisible()
  await onPage(story.statusLine.getByText(/^Out since \d\d:\d\d$/)).toBeVisible(PATIENT)
}

async function expectJobWaiting(): Promise<void> {
  await onPage(story.panel.getByText('Waiting to be closed')).toBeVisible()
  await onPage(story.panel.getByText(WAN_OUT)).toBeVisible(PATIENT)
  await story.keep('job-waiting')
}

/** The shift may add something to its title meanwhile. */
const ownClosing = () => page.getByRole('article', { name: `Close: ${closing}` })

/** The desk's own closing and one of a tablet, each with why it waits and since when. */
async function expectWaitingAtAuthority(): Promise<void> {
  const own = ownClosing()
  await onPage(own.getByText(WAN_OUT)).toBeVisible()
  await onPage(own.getByText(/asked by you/)).toBeVisible()
  const ofTablet = page.getByRole('article').filter({ hasText: /asked by Ben’s tablet/ })
  await onPage(ofTablet.filter({ hasText: WAN_OUT }).first()).toBeVisible(PATIENT)
  await story.keep('authority-waiting')
}

async function expectAccepted(): Promise<void> {
  const own = ownClosing()
  await onPage(own.getByText('Accepted')).toBeVisible(PATIENT)
  await onPage(own.getByText(AUDIT)).toBeVisible()
  await onPage(story.statusLine.getByText('Connected')).toBeVisible(PATIENT)
  await story.keep('authority-accepted')
}

/** Whatever is done on it is not known here until it is back. */
async function expectTabletOff(): Promise<void> {
  await onPage(story.switchOf(`Wi-Fi of ${ANA}`, 'out')).toBeVisible()
  await onPage(page.getByRole('row', { name: /^Ana’s tablet Technician Not linked/ })).toBeVisible(PATIENT)
  const known = await story.opsOf(ANA)
  await story.untilDoneBy('Ana', Date.now())
  expect(await story.opsOf(ANA)).toBe(known)
  await story.keep('tablet-off')
}

async function expectTabletBack(known: number): Promise<void> {
  await onPage(story.switchOf(`Wi-Fi of ${ANA}`, 'up')).toBeVisible()
  await onPage(page.getByRole('row', { name: /^Ana’s tablet Technician Linked, Wi-Fi/ })).toBeVisible(PATIENT)
  await eventually(
    () => story.opsOf(ANA),
    (now) => now > known,
  )
}

async function expectSamePage(): Promise<void> {
  expect(await story.loaded()).toBe(loaded)
  expect(story.complaints).toEqual([])
}

describe('by mouse', () => {
  beforeAll(() => begin(deskWithoutSite().then((stage) => Watching.begin('mouse', stage))))
  afterAll(() => story.end())

  test('DEMO-1 the first screen opens the demo, with the work orders on its board', async () => {
    await page.getByRole('button', { name: /Open the demo warehouse/ }).click()
    await onPage(page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible(PATIENT)
    await onPage(story.column('To do').locator('.count')).toHaveText(/^2\d\d$/, PATIENT)
    await onPage(story.switchOf('WAN', 'up')).toBeVisible(PATIENT)
  })

  test('DEMO-2 work arrives from the tablets by itself', async () => {
    await expectArrivals()
    await story.goTo('Activity')
    const feed = page.getByRole('list', { name: 'Edits, newest first' })
    await onPage(feed.getByText(/^(Ana|Ben)’s tablet/).first()).toBeVisible(PATIENT)
    await story.goTo('Board')
  })

  test('DEMO-3 a title conflict appears, is settled as one op, taken back and settled again', async () => {
    await onPage(page.locator('a.card', { hasText: '1 conflict' }).first()).toBeVisible(PATIENT)
    await story.goTo('Conflicts')
    await expectTitleConflict()
    const settle = async (): Promise<void> => {
      await page.locator('.option').first().click()
      await page.getByRole('button', { name: /^Preview 1 change/ }).click()
      await onPage(page.getByRole('heading', { name: 'This 1 field will be set' })).toBeVisible()
      await page.getByRole('button', { name: /^Settle 1 field/ }).click()
    }
    const record = await expectSettled(settle)
    await page.getByRole('button', { name: /^Undo/ }).click()
    await expectBackInQueue(record)
    await expectSettled(settle)
  })

  test('DEMO-4 with the WAN out a closing waits, and the desk says why', async () => {
    await story.switchOf('WAN', 'up').click()
    await expectWanOut()
    await story.goTo('Board')
    closing = await askToCloseOne()
    await expectJobWaiting()
    await story.goTo('Authority')
    await expectWaitingAtAuthority()
    await expectAccessible(page)
  })

  test('DEMO-5 with the WAN back it is accepted with an audit number', async () => {
    await story.switchOf('WAN', 'out').click()
    await expectAccepted()
    await ownClosing().getByText(closing).click()
    await onPage(story.panel.getByText(/Audit number/)).toContainText(AUDIT)
  })

  test('DEMO-6 a tablet off the Wi-Fi works on, and what it did arrives when it is back', async () => {
    await story.goTo('Peers')
    await story.switchOf(`Wi-Fi of ${ANA}`, 'up').click()
    await expectTabletOff()
    const known = await story.opsOf(ANA)
    await story.switchOf(`Wi-Fi of ${ANA}`, 'out').click()
    await expectTabletBack(known)
    await expectSamePage()
  })
})

describe('by keyboard', () => {
  const TITLE = 'Sweep glass out of aisle 3'

  beforeAll(() => begin(demoByCommand().then((stage) => Watching.begin('keyboard', stage))))
  afterAll(() => story.end())

  test('DEMO-1 the command opens the demo at once', async () => {
    await onPage(page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible(PATIENT)
    await onPage(story.column('To do').locator('.count')).toHaveText(/^2\d\d$/, PATIENT)
  })

  test('DEMO-2 work arrives from the tablets by itself', async () => {
    await expectArrivals()
    await story.press('5')
    const feed = page.getByRole('list', { name: 'Edits, newest first' })
    await onPage(feed.getByText(/^(Ana|Ben)’s tablet/).first()).toBeVisible(PATIENT)
  })

  test('DEMO-3 a title conflict appears, is settled as one op, taken back and settled again', async () => {
    await onPage(story.bar.getByText(/named one job differently|fields were set differently/)).toBeVisible(
      PATIENT,
    )
    await story.press('2')
    await expectTitleConflict()
    const settle = async (): Promise<void> => {
      await expectTitleConflict()
      await story.press('1', 'Enter')
      await onPage(page.getByRole('heading', { name: 'This 1 field will be set' })).toBeVisible()
      await onPage(page.getByRole('button', { name: /^Settle 1 field/ })).toBeFocused()
      await story.press('Enter')
    }
    const record = await expectSettled(settle)
    await story.press('Control+z')
    await expectBackInQueue(record)
    await expectSettled(settle)
  })

  test('DEMO-4 with the WAN out a closing waits, and the desk says why', async () => {
    closing = TITLE
    await story.tabTo(story.switchOf('WAN', 'up'))
    await story.press('Space')
    await expectWanOut()
    await story.press('g', 'b')
    await onPage(page.getByRole('heading', { level: 1, name: 'Board' })).toBeVisible()
    await story.press('n')
    await onPage(page.getByLabel('Title', { exact: true })).toBeFocused()
    await page.keyboard.type(TITLE)
    await story.tabTo(page.getByLabel('Task 1', { exact: true }))
    await page.keyboard.type('Close the aisle')
    await story.press('Enter')
    await page.keyboard.type('Sweep')
    await story.tabTo(page.getByRole('button', { name: 'Create job' }))
    await story.press('Enter')
    await onPage(page.getByText(`“${TITLE}” is on the board.`)).toBeVisible()
    await expectNoDialog()
    await story.press('/')
    await onPage(page.getByRole('searchbox', { name: 'Search the board' })).toBeFocused()
    await page.keyboard.type(TITLE)
    const card = page.locator('a.card', { hasText: TITLE })
    await onPage(page.locator('a.card')).toHaveCount(1)
    await story.tabTo(card)
    await story.press('Enter')
    await story.tabTo(story.panel.getByRole('checkbox', { name: 'Close the aisle' }))
    await story.press('Space', 'ArrowDown', 'Space')
    await onPage(story.panel.getByText('2 of 2')).toBeVisible()
    await story.press('c')
    await onPage(story.panel.getByRole('button', { name: 'Ask to close' })).toBeFocused()
    await story.press('Enter')
    await expectJobWaiting()
    await story.press('3')
    await expectWaitingAtAuthority()
  })

  test('DEMO-5 with the WAN back it is accepted with an audit number', async () => {
    await story.tabTo(story.switchOf('WAN', 'out'))
    await story.press('Space')
    await expectAccepted()
  })

  test('DEMO-6 a tablet off the Wi-Fi works on, and what it did arrives when it is back', async () => {
    await story.press('4')
    await story.tabTo(story.switchOf(`Wi-Fi of ${ANA}`, 'up'))
    await story.press('Space')
    await expectTabletOff()
    const known = await story.opsOf(ANA)
    await story.tabTo(story.switchOf(`Wi-Fi of ${ANA}`, 'out'))
    await story.press('Space')
    await expectTabletBack(known)
    await expectSamePage()
  })
})
