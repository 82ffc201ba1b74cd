/**
 * `node scripts/draw-icons.ts`: draws the pictures of build/ anew from the desk's mark. To be run after the mark
 * changed; the pictures are committed, so that a build needs no browser.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { ROOT } from './built.ts'
import { chromiumPath } from './chromium-path.ts'

/** The programs' icon keeps the margin that macOS gives its icons; the tray has no room for one. */
const PICTURES = [
  { file: 'icon.png', size: 1024, margin: 100 },
  { file: 'tray.png', size: 32, margin: 1 },
  { file: 'tray@2x.png', size: 64, margin: 2 },
]

const mark = readFileSync(join(ROOT, 'renderer', 'ui', 'mark.svg'), 'utf8')
const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage()
mkdirSync(join(ROOT, 'build'), { recursive: true })
for (const { file, size, margin } of PICTURES) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body { margin: ${margin}px } svg { display: block }</style>${mark}`)
  await page.screenshot({ path: join(ROOT, 'build', file), omitBackground: true })
}
await browser.close()
