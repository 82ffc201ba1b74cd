/** What need not wait for the disk may go with the power: the last of it, as wholes, and never what was waited for. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { seededDice } from '../../main/demo/dice.ts'
import { openDatabase } from '../../main/store/database.ts'
import { scratchFolder } from '../support/node-process.ts'
import { ALL_LOST, chosenBy, Disk, type Fate } from './disk.ts'
import { compileRecorder } from './recording.ts'
import { readTrace, type FileEvent } from './trace.ts'

const PROGRAM = fileURLToPath(new URL('delaying.ts', import.meta.url))

test('STO-14 wherever the power goes, what was delayed goes from its end and what waited for the disk stays', () => {
  const scratch = scratchFolder()
  try {
    const events = record(scratch.path)
    const dice = seededDice(20_280)
    const disk = new Disk(join(scratch.path, 'root'))
    const lost = new Set<number>()
    let told = 0
    for (const event of events) {
      disk.happen(event)
      if (event.kind === 'write' && event.bytes.length === 1) told = event.bytes[0] ?? 0
      if (told === 0) continue
      for (const fate of [ALL_LOST, chosenBy(dice)]) {
        const here = numbersAfter(disk, fate)
        expect(here).toEqual(here.map((_, i) => i + 1))
        expect(here.length).toBeGreaterThanOrEqual(told)
        if (fate === ALL_LOST) lost.add(here.length - told)
      }
    }
    // With all lost that was not synced nothing delayed is there, but right before the next that waits has told.
    expect(lost).toEqual(new Set([0, 4]))
  } finally {
    scratch.remove()
  }
})

function record(scratch: string): readonly FileEvent[] {
  const library = compileRecorder(scratch)
  const trace = join(scratch, 'trace')
  const root = join(scratch, 'root')
  mkdirSync(root)
  const env = { ...process.env, LD_PRELOAD: library, TALLYDESK_TRACE: trace, TALLYDESK_TRACE_ROOT: root }
  const { signal, stderr } = spawnSync(process.execPath, [PROGRAM, root], { env, encoding: 'utf8' })
  expect(signal, stderr).toBe('SIGKILL')
  return readTrace(trace)
}

/** The numbers that are there after the power went now. */
function numbersAfter(disk: Disk, fate: Fate): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'tallydesk-delayed-'))
  try {
    disk.rebuild(folder, fate)
    const sql = openDatabase(join(folder, 'numbers.db'))
    expect(sql.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    const found = sql.prepare('SELECT n FROM number ORDER BY n').all<{ n: number }>()
    sql.close()
    return found.map(({ n }) => n)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
