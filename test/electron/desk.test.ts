/** The built program in Electron itself, where its program is here: the stand-in's promises, kept by the real one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../scripts/built.ts'

const folder = mkdtempSync(join(tmpdir(), 'tallydesk-electron-'))
let program: ElectronApplication
let page: Page

beforeAll(async () => {
  program = await _electron.launch({ cwd: ROOT, args: ['.', '--data', join(folder, 'data')] })
  page = await program.firstWindow()
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:/)
})

afterAll(async () => {
  await program.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('Electron', () => {
  test('SHELL-1 the window shows the desk that the node serves', async () => {
    await page.waitForFunction(() => document.body.innerText.trim().length > 0)
    expect(await page.title()).toContain('Tallydesk')
  })

  test('SHELL-2 the page is sandboxed and has no Node', async () => {
    expect(await page.evaluate(() => ['require' in globalThis, 'process' in globalThis])).toEqual([
      false,
      false,
    ])
  })

  test('SHELL-3 the page cannot leave the origin', async () => {
    const before = new URL(page.url()).origin
    await page.evaluate(() => {
      location.assign('https://example.org/')
    })
    await page.waitForTimeout(500)
    expect(new URL(page.url()).origin).toBe(before)
  })

  test('SHELL-4 the page cannot open a window', async () => {
    expect(await page.evaluate(() => window.open('https://example.org/') === null)).toBe(true)
    expect(program.windows()).toHaveLength(1)
  })

  test('SHELL-5 a permission is refused', async () => {
    const state = await page.evaluate(() => navigator.permissions.query({ name: 'geolocation' }))
    expect(state.state).not.toBe('granted')
  })

  test('SHELL-7 the page has exactly the three verbs', async () => {
    const verbs = await page.evaluate(() =>
      Object.keys(Reflect.get(globalThis, 'tallydesk') as object).sort(),
    )
    expect(verbs).toEqual(['notify', 'platform', 'revealDataFolder'])
  })
})
