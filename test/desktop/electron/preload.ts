/**
 * Runs a preload as a sandboxed window does: one CommonJS script that may require `electron` alone, with the few
 * properties of `process` that a sandbox leaves, beside the page and reached through the context bridge.
 */
import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import type { Page } from '@playwright/test'

export type Invoke = (channel: string, ...args: unknown[]) => Promise<unknown>

type Verbs = Readonly<Record<string, unknown>>

/** Functions are called in the preload's world, everything else is copied, and nobody can change either. */
async function expose(page: Page, name: string, verbs: Verbs): Promise<void> {
  const functions: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(verbs)) {
    if (typeof value !== 'function') values[key] = value
    else {
      functions.push(key)
      const verb = value as (...args: unknown[]) => unknown
      await page.exposeBinding(`__${name}_${key}`, (_source, ...args: unknown[]) => verb(...args))
    }
  }
  await page.addInitScript(
    ([bridge, keys, copied]) => {
      const world = globalThis as unknown as Record<string, (...args: unknown[]) => unknown>
      const calls = keys.map((key) => {
        const call = world[`__${bridge}_${key}`]
        return [key, (...args: unknown[]) => call?.(...args)] as const
      })
      const exposed = Object.freeze({ ...Object.fromEntries(calls), ...copied })
      Object.defineProperty(globalThis, bridge, { value: exposed, enumerable: true })
    },
    [name, functions, values] as const,
  )
}

/** Resolves once the page has what the preload exposed. */
export async function runPreload(page: Page, path: string, invoke: Invoke): Promise<void> {
  const exposing: Promise<void>[] = []
  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, verbs: Verbs) => void exposing.push(expose(page, name, verbs)),
    },
    ipcRenderer: { invoke },
  }
  const require = (name: string): unknown => {
    if (name === 'electron') return electron
    throw new Error(`module not found: ${name}`)
  }
  const world = {
    require,
    module: { exports: {} },
    exports: {},
    process: { platform: process.platform },
    TypeError,
  }
  runInContext(readFileSync(path, 'utf8'), createContext(world), { filename: path })
  await Promise.all(exposing)
}
