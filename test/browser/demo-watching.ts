/** Somebody who watches the demo: a page that is never reloaded, and what the desk behind it holds. */
import type { Browser, Locator, Page } from '@playwright/test'
import type { QueryAnswer, QueryInput, QueryName } from '../../shared/api/queries.ts'
import type { Stage } from './demo-stage.ts'
import { keepPicture, openBrowser, openPage, type Opened } from './screens.ts'
import { eventually, must } from './warehouse.ts'

/** More than any page has places to stop at. */
const MOST_TABS = 200

export class Watching {
  readonly page: Page
  readonly complaints: readonly string[]
  readonly #name: string
  readonly #stage: Stage
  readonly #browser: Browser

  private constructor(name: string, stage: Stage, browser: Browser, { page, complaints }: Opened) {
    this.#name = name
    this.#stage = stage
    this.#browser = browser
    this.page = page
    this.complaints = complaints
  }

  static async begin(name: string, stage: Stage): Promise<Watching> {
    const browser = await openBrowser()
    return new Watching(name, stage, browser, await openPage(browser, stage.url))
  }

  async end(): Promise<void> {
    await this.#browser.close()
    await this.#stage.close()
  }

  get bar(): Locator {
    return this.page.getByRole('complementary', { name: 'Demo warehouse' })
  }

  get statusLine(): Locator {
    return this.page.getByRole('contentinfo')
  }

  /** The open job. */
  get panel(): Locator {
    return this.page.locator('section.job')
  }

  /** A switch of the demo bar, whose name tells its state. */
  switchOf(what: string, state: 'up' | 'out'): Locator {
    return this.bar.getByRole('switch', { name: `${what}: ${state}`, exact: true })
  }

  /** By the rail: a hint's link may turn to another place while the mouse is on its way. */
  async goTo(place: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click()
    await this.page.getByRole('heading', { level: 1, name: place }).waitFor()
  }

  column(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true })
  }

  keep(moment: string): Promise<void> {
    return keepPicture(this.page, `story-${this.#name}-${moment}`)
  }

  /** When this page was loaded, ms since 1970; another number after a reload. */
  loaded(): Promise<number> {
    return this.page.evaluate(() => performance.timeOrigin)
  }

  /** As often as it takes: Tab leads to everything. */
  async tabTo(target: Locator): Promise<void> {
    for (let steps = 0; steps < MOST_TABS; steps += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return
      await this.page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not lead to ${String(target)}`)
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  async ask<Q extends QueryName>(query: Q, input: QueryInput<Q>): Promise<QueryAnswer<Q>> {
    return must(await this.#stage.desk.query(query, input))
  }

  /** The records that hold a conflict. */
  async conflicted(): Promise<readonly string[]> {
    return (await this.ask('conflicts', {})).conflicts.map(({ record }) => record)
  }

  /** How many ops of a device are here. */
  async opsOf(device: string): Promise<number> {
    const { members } = await this.ask('members', {})
    const { cursor } = await this.ask('status', {})
    return cursor[members.find(({ name }) => name === device)?.actor ?? ''] ?? 0
  }

  /** Waits until the shift tells of somebody who did something after `wall`. */
  async untilDoneBy(person: string, wall: number): Promise<void> {
    await eventually(
      async () => (await this.ask('node', {})).demo?.shift ?? [],
      (told) => told.some((one) => one.params.who === person && one.wall > wall),
    )
  }
}
