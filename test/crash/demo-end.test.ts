/** The demo leaves nothing behind: however its desk ends, its other nodes end too. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readControlFile } from '../../main/node/control-file.ts'
import { CLI, scratchFolder } from '../support/node-process.ts'

const WAIT_MS = 30_000

let scratch: ReturnType<typeof scratchFolder>
let demo: ChildProcess

beforeEach(async () => {
  scratch = scratchFolder()
  const env = { ...process.env, TMPDIR: scratch.path, TEMP: scratch.path, TMP: scratch.path }
  demo = spawn(process.execPath, [CLI, 'demo'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await firstLine(demo)
})

afterEach(async () => {
  await end('SIGKILL')
  scratch.remove()
})

function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}`)))
    if (child.stdout) createInterface({ input: child.stdout }).once('line', () => resolve())
  })
}

/** Of every node of the demo but its desk. */
function others(): readonly number[] {
  const warehouse = readdirSync(scratch.path).find((name) => /^tallydesk-demo-(?!desk-)/.test(name)) ?? ''
  return readdirSync(join(scratch.path, warehouse))
    .map((node) => readControlFile(join(scratch.path, warehouse, node, 'control.json'))?.pid)
    .filter((pid) => pid !== undefined)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (demo.exitCode !== null || demo.signalCode !== null) return
  const gone = new Promise((resolve) => demo.once('exit', resolve))
  demo.kill(signal)
  await gone
}

async function untilGone(pids: readonly number[]): Promise<void> {
  const until = Date.now() + WAIT_MS
  while (pids.some(isAlive) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(pids.filter(isAlive)).toEqual([])
}

describe('the end of the demo', () => {
  test('DEMO-7 a desk that is stopped takes its nodes and their folders along', async () => {
    const nodes = others()
    expect(nodes).toHaveLength(4)
    await end('SIGTERM')
    await untilGone(nodes)
    expect(readdirSync(scratch.path)).toEqual([])
  })

  test('DEMO-7 a desk that is killed takes its nodes along', async () => {
    const nodes = others()
    expect(nodes).toHaveLength(4)
    await end('SIGKILL')
    await untilGone(nodes)
  })
})
