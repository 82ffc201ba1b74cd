/**
 * `npm run check [part…]`: types, lint, format, import boundaries and dead code. Every part runs, whatever became
 * of the others; the exit code is 1 when any failed.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** The longest first. */
const parts: Readonly<Record<string, readonly string[]>> = {
  lint: ['eslint', '.', '--max-warnings', '0'],
  'types-shared': ['tsc', '-p', 'shared/tsconfig.json'],
  'types-main': ['tsc', '-p', 'tsconfig.json'],
  'types-test': ['tsc', '-p', 'test/tsconfig.json'],
  'types-renderer': [
    'svelte-check',
    '--tsconfig',
    'renderer/tsconfig.json',
    '--fail-on-warnings',
    '--output',
    'human',
  ],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  boundaries: [
    'depcruise',
    '--config',
    '.dependency-cruiser.cjs',
    'shared',
    'main',
    'renderer',
    'scripts',
    'test',
  ],
  'dead-code': ['knip', '--config', 'knip.js'],
}

type Outcome = {
  readonly part: string
  readonly passed: boolean
  readonly output: string
  readonly seconds: number
}

function run(part: string, command: readonly string[]): Promise<Outcome> {
  const [program = '', ...args] = command
  const began = performance.now()
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const settle = (passed: boolean): void =>
      resolve({ part, passed, output, seconds: (performance.now() - began) / 1000 })
    child.on('error', (error) => {
      output += String(error)
      settle(false)
    })
    child.on('close', (code) => settle(code === 0))
  })
}

function report({ part, passed, output, seconds }: Outcome): void {
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${part} (${seconds.toFixed(1)} s)`)
  if (!passed) console.log(output.trimEnd())
}

async function work(queue: string[], outcomes: Outcome[]): Promise<void> {
  for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
    const outcome = await run(part, parts[part] ?? [])
    report(outcome)
    outcomes.push(outcome)
  }
}

const asked = process.argv.slice(2)
const unknown = asked.filter((part) => !(part in parts))
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}`)
  process.exit(2)
}

const queue = asked.length > 0 ? asked : Object.keys(parts)
const outcomes: Outcome[] = []
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, () => work(queue, outcomes)))
const failed = outcomes.filter((outcome) => !outcome.passed)
console.log(
  failed.length === 0 ? 'check passed' : `check failed: ${failed.map((one) => one.part).join(', ')}`,
)
process.exitCode = failed.length === 0 ? 0 : 1
