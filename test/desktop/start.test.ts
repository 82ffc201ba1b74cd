/** `npm start` where no window can be opened: the whole program, from its first line to Ctrl+C. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { openFolder } from '../../main/store/folder.ts'
import { ROOT } from '../../scripts/built.ts'
import { newDataFolder, removeFolders } from './program.ts'

type Start = {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly output: () => string
  readonly exited: Promise<number | null>
}

const started: Start[] = []

function start(dataFolder: string): Start {
  const environment = { ...process.env }
  delete environment.DISPLAY
  delete environment.WAYLAND_DISPLAY
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'start.ts'), '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const exited = new Promise<number | null>((resolve) => {
    child.on('exit', resolve)
  })
  const one = { child, output: () => output, exited }
  started.push(one)
  return one
}

afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    child.kill('SIGKILL')
    await exited
  }
  removeFolders()
})

if (process.platform === 'linux') {
  describe('start', () => {
    test('SHELL-24 it says in one line that there is no window, and serves the same desk for a browser', async () => {
      const { child, output, exited } = start(newDataFolder())
      await expect.poll(output, { timeout: 60_000 }).toContain('Ctrl+C')
      const lines = output()
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('Building'))
      expect(lines).toHaveLength(3)
      expect(lines[0]).toBe(
        'No window of its own, for there is no display here: the desk opens in your browser instead.',
      )
      const page = /^The desk is at (http:\/\/127\.0\.0\.1:\d+\/)#token=\S+$/.exec(lines[1] ?? '')?.[1] ?? ''
      const response = await fetch(page)
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(await response.text()).toContain('<title>Tallydesk</title>')
      child.kill('SIGINT')
      expect(await exited).toBe(0)
      await expect(fetch(page)).rejects.toThrow()
    })

    test('SHELL-24 a data folder in use is named with its holder and what to do', async () => {
      const dataFolder = newDataFolder()
      const held = openFolder(dataFolder)
      const { output, exited } = start(dataFolder)
      expect(await exited).toBe(1)
      expect(output()).toContain(`in use by process ${process.pid}. Use the running node`)
      held.release()
    })
  })
}
