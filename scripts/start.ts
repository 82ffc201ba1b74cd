/**
 * `npm start`: builds what is missing or stale and opens the desk: in a window of its own, or, where Electron's
 * program cannot be had, in the browser. The node and the pages are the same in both.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { TallydeskError } from '../shared/api/errors.ts'
import { build } from './build.ts'
import { isBuilt, ROOT } from './built.ts'
import { deskInBrowser } from './desk-in-browser.ts'
import { findElectron } from './electron-program.ts'

/** ms: a window that ends with an error sooner than this never opened, for want of a system library perhaps. */
const NEVER_OPENED = 5000

const { values } = parseArgs({
  options: { data: { type: 'string' }, demo: { type: 'boolean', default: false } },
})
const data = values.data ?? join(ROOT, '.data', values.demo ? 'demo' : 'desk')

/** False: the window did not open at all. */
function deskInWindow(program: string): Promise<boolean> {
  const began = performance.now()
  const args = ['.', '--data', data, ...(values.demo ? ['--demo'] : [])]
  const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit' })
  return new Promise((resolve) => {
    child.on('error', () => resolve(false))
    child.on('exit', (code) => {
      const opened = code === 0 || performance.now() - began > NEVER_OPENED
      if (opened) process.exitCode = code ?? 0
      resolve(opened)
    })
  })
}

async function start(): Promise<void> {
  if (!isBuilt()) {
    console.log('Building the desk, once…')
    await build({ quiet: true })
  }
  const electron = await findElectron(join(ROOT, 'node_modules', 'electron'))
  if (electron.found && (await deskInWindow(electron.program))) return
  const why = electron.found ? "Electron's window did not open" : electron.why
  console.log(`No window of its own, for ${why}: the desk opens in your browser instead.`)
  await deskInBrowser({ data, demo: values.demo })
}

try {
  await start()
} catch (error) {
  if (!(error instanceof TallydeskError)) throw error
  console.error(`${error.message} ${error.hint}`)
  process.exitCode = 1
}
