/** How a start finds Electron's program, on packages of the same shape that are made here. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fetchProgram, hindrance, installed } from '../../scripts/electron-program.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallydesk-package-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function install(): void {
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist', 'electron'), '')
  chmodSync(join(folder, 'dist', 'electron'), 0o755)
  writeFileSync(join(folder, 'path.txt'), 'electron')
}

describe('finding Electron', () => {
  test('SHELL-24 a program that is there is found', () => {
    expect(installed(folder)).toBeNull()
    install()
    expect(installed(folder)).toBe(join(folder, 'dist', 'electron'))
  })

  test('SHELL-24 a download that fails is over at once', async () => {
    writeFileSync(join(folder, 'install.js'), 'process.exit(1)')
    await fetchProgram(folder, 60_000)
    expect(installed(folder)).toBeNull()
  })

  test('SHELL-24 a download that hangs ends at its limit', async () => {
    writeFileSync(join(folder, 'install.js'), 'setInterval(() => {}, 1000)')
    await fetchProgram(folder, 300)
    expect(installed(folder)).toBeNull()
  })

  test('SHELL-24 a download that succeeds is used', async () => {
    const source = "const fs = require('fs'); fs.mkdirSync(__dirname + '/dist');"
    const rest =
      "fs.writeFileSync(__dirname + '/dist/electron', ''); fs.writeFileSync(__dirname + '/path.txt', 'electron')"
    writeFileSync(join(folder, 'install.js'), source + rest)
    await fetchProgram(folder, 60_000)
    expect(installed(folder)).toBe(join(folder, 'dist', 'electron'))
  })

  if (process.platform === 'linux') {
    test('SHELL-24 without a display no window is tried', () => {
      expect(hindrance({})).toContain('display')
    })
  }
})
