/** The packing plan: valid for electron-builder, sealed, and holding what the shell needs at run time. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import type { Configuration } from 'electron-builder'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../scripts/built.ts'

/** What electron-builder itself reads and checks its plan with. */
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'))
const { load } = builder('js-yaml') as { load: (text: string) => unknown }
const { validateConfiguration } = builder('app-builder-lib/out/util/config/config') as {
  validateConfiguration: (plan: unknown, log: { isEnabled: boolean }) => Promise<void>
}

const text = readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')
const plan = (): Configuration => load(text) as Configuration

describe('packing', () => {
  test('SHELL-20 the packing plan is valid against the schema of electron-builder', async () => {
    await expect(validateConfiguration(plan(), { isEnabled: false })).resolves.toBeUndefined()
    const wrong = { ...plan(), electronFuses: { runAsNode: 'no' } }
    await expect(validateConfiguration(wrong, { isEnabled: false })).rejects.toThrow(/runAsNode/)
  })

  test('SHELL-21 every fuse of Electron is decided, and none leaves a door open', () => {
    const fuses = Object.keys(FuseV1Options).filter((key) => Number.isNaN(Number(key)))
    const decided = plan().electronFuses ?? {}
    const keys = fuses.map((fuse) => fuse.charAt(0).toLowerCase() + fuse.slice(1))
    expect(Object.keys(decided).sort()).toEqual(keys.sort())
    expect(decided).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      grantFileProtocolExtraPrivileges: false,
    })
  })

  test('SHELL-22 the native part of the database is unpacked, and macOS is told why the local network is used', () => {
    const { asarUnpack, mac } = plan()
    expect(asarUnpack).toContain('node_modules/better-sqlite3/**')
    expect(mac?.extendInfo).toMatchObject({
      NSLocalNetworkUsageDescription: expect.stringContaining('local network') as string,
      NSBonjourServices: ['_tallydesk._tcp'],
    })
  })

  test('SHELL-23 the pictures that the shell names are in the package', () => {
    for (const picture of ['build/icon.png', 'build/tray.png', 'build/tray@2x.png']) {
      expect(existsSync(join(ROOT, picture)), picture).toBe(true)
    }
    expect(plan().files).toEqual(expect.arrayContaining(['build/icon.png', 'build/tray*.png', 'out/main/**']))
  })
})
