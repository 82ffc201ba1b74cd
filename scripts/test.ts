/**
 * `npm test [suite…]`: runs the suites that can run on this machine and ends with the line `N passed, N failed`.
 * A test that did not run in a suite that did counts as failed, and so does a run without tests.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './built.ts'
import { SUITES } from './suites.ts'
import { count, succeeded, type Report } from './test-count.ts'

const REPORT = join(ROOT, 'test-results', 'report.json')
const USUAL = SUITES.filter((suite) => suite.usual).map((suite) => suite.name)

/** Why a suite cannot run here, in one line; undefined when it can. */
const obstacles: Readonly<Record<string, () => string | undefined>> = {
  network() {
    if (process.platform !== 'linux') return 'network namespaces exist on Linux only'
    if (process.getuid?.() !== 0) return 'network namespaces need root'
    const name = `tallydesk-${process.pid}`
    const made = spawnSync('ip', ['netns', 'add', name], { stdio: 'ignore' }).status === 0
    if (made) spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
    return made ? undefined : 'this machine gives no network namespaces, or ip is missing'
  },
  power() {
    if (process.platform !== 'linux') return 'the record of files is made by preloading, as Linux does it'
    const compiler = spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0
    return compiler ? undefined : 'there is no C compiler, cc, for the recorder'
  },
  electron() {
    const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(ROOT, 'node_modules', 'electron', 'dist')
    return existsSync(join(dist, 'version')) ? undefined : "Electron's program is not here"
  },
}

function canRun(suite: string): boolean {
  const obstacle = obstacles[suite]?.()
  if (obstacle !== undefined) console.log(`not run: ${suite}: ${obstacle}`)
  return obstacle === undefined
}

function vitest(suites: readonly string[]): Promise<number> {
  const chosen = suites.map((suite) => `--project=${suite}`)
  const args = ['run', ...chosen, '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`]
  const child = spawn('vitest', args, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' })
  return new Promise((resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', (code) => resolve(code ?? 1))
  })
}

function readReport(): Report | null {
  return existsSync(REPORT) ? (JSON.parse(readFileSync(REPORT, 'utf8')) as Report) : null
}

const asked = process.argv.slice(2)
const suites = (asked.length > 0 ? asked : USUAL).filter(canRun)
if (suites.length > 0) {
  mkdirSync(dirname(REPORT), { recursive: true })
  rmSync(REPORT, { force: true })
  const exitCode = await vitest(suites)
  const result = count(readReport(), exitCode)
  process.exitCode = succeeded(result) ? 0 : 1
  console.log(`${result.passed} passed, ${result.failed} failed`)
}
