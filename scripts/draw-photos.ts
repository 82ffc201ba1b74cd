/**
 * `node scripts/draw-photos.ts`: makes the photos that the demo's people take, by tracing light through scenes of a
 * warehouse. They are committed, so that a demo needs neither a browser nor minutes; nobody else has a right to them.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { ROOT } from './built.ts'
import { chromiumPath } from './chromium-path.ts'
import { pngOf } from './photos/png.ts'
import { SCENES } from './photos/scenes.ts'
import { trace } from './photos/trace.ts'

const SIZE = { width: 480, height: 360 }
/** What a hand-held camera blurs hides what few paths of light leave uneven. */
const LARGE = 960
const SMALL = 320
const LIGHT_PATHS = 18

const folder = join(ROOT, 'main', 'demo', 'photos')
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage()
for (const [name, scene] of Object.entries(SCENES)) {
  const png = pngOf(trace(scene, SIZE, LIGHT_PATHS), SIZE).toString('base64')
  for (const [ending, width, quality] of [
    ['jpg', LARGE, 80],
    ['small.jpg', SMALL, 62],
  ] as const) {
    await page.setViewportSize({ width, height: Math.round((width * SIZE.height) / SIZE.width) })
    await page.setContent(
      `<style>body { margin: 0 } img { display: block; width: 100%; filter: blur(0.12vw) }</style><img src="data:image/png;base64,${png}">`,
    )
    await page.screenshot({ path: join(folder, `${name}.${ending}`), type: 'jpeg', quality })
  }
}
await browser.close()
