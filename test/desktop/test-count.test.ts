/** The closing line of `npm test`, on real runs of vitest over small suites. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROOT } from '../../scripts/built.ts'
import { SUITES } from '../../scripts/suites.ts'
import { count, succeeded, type Count, type Report } from '../../scripts/test-count.ts'

const PASSING = `import { test } from 'vitest'\ntest('a', () => {})\ntest('b', () => {})\n`

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(ROOT, 'node_modules', '.tallydesk-suite-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(files: Readonly<Record<string, string>>): Count {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `export default { test: { include: ['*.test.mjs'], exclude: [] } }`,
  )
  const report = join(folder, 'report.json')
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--root', folder, '--reporter=json', `--outputFile=${report}`]
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
  return count(JSON.parse(readFileSync(report, 'utf8')) as Report, status ?? 1)
}

describe('closing line', () => {
  test('SHELL-25 tests that pass are counted', () => {
    const result = run({ 'a.test.mjs': PASSING })
    expect(result).toEqual({ passed: 2, failed: 0 })
    expect(succeeded(result)).toBe(true)
  })

  test('SHELL-25 a failing test, one that did not run and a file that does not load all count as failed', () => {
    const result = run({
      'a.test.mjs': `${PASSING}test('c', () => { throw new Error('c') })\ntest.skip('d', () => {})\n`,
      'b.test.mjs': `import './nowhere.mjs'\n`,
    })
    expect(result).toEqual({ passed: 2, failed: 3 })
    expect(succeeded(result)).toBe(false)
  })

  test('SHELL-25 an error outside any test fails the run', () => {
    const result = run({
      'a.test.mjs': `${PASSING}setTimeout(() => { throw new Error('late') }, 0)\ntest('c', () => new Promise((r) => setTimeout(r, 100)))\n`,
    })
    expect(result).toEqual({ passed: 3, failed: 1 })
  })

  test('SHELL-25 every test file belongs to one suite', () => {
    const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    const tests = files.filter((file) => file.endsWith('.test.ts'))
    const folders = SUITES.flatMap((suite) => suite.folders)
    expect(new Set(folders).size).toBe(folders.length)
    expect(tests.filter((file) => !folders.includes(file.split(sep)[0] ?? ''))).toEqual([])
  })

  test('SHELL-25 no tests are no success', () => {
    expect(succeeded(count(null, 0))).toBe(false)
    expect(count(null, 1)).toEqual({ passed: 0, failed: 1 })
  })
})
