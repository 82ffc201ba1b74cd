/** Nodes for contract tests: real ones, in this process, on scratch folders; all are closed after each test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import { invariant } from '../../shared/base/invariant.ts'
import type { Result } from '../../shared/base/result.ts'
import { openControlClient } from '../../main/node/control-client.ts'
import { readControlFile } from '../../main/node/control-file.ts'
import { type RunningNode, startNode } from '../../main/node/node.ts'
import type { NodeOptions } from '../../main/node/options.ts'

const undo: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of undo.splice(0).reverse()) await close()
})

export const afterThis = (close: () => Promise<void> | void): void => void undo.push(close)

export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tallydesk-'))
  afterThis(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function startDesk(data = scratch(), options: Partial<NodeOptions> = {}): Promise<RunningNode> {
  const node = await startNode({
    data,
    console: { listen: { host: '127.0.0.1', port: 0 }, pages: join(data, 'pages') },
    network: { listen: { host: '127.0.0.1', port: 0 }, mdns: null, peers: [], hq: null },
    decide: 'policy',
    demo: null,
    ...options,
  })
  afterThis(() => node.close())
  return node
}

/** The same node, asked over its control socket. */
export async function overSocket(data: string): Promise<DeskApi> {
  const control = readControlFile(join(data, 'control.json'))
  invariant(control !== null, 'a node with a console shows where it answers')
  const client = await openControlClient(control)
  afterThis(() => client.close())
  return client
}

export function must<T>(result: Result<T, ErrorBody>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

export function codeOf(result: Result<unknown, ErrorBody>): string {
  return result.ok ? 'ok' : result.error.code
}

/** Waits until `look` answers something other than null; `what` says what never came. */
export async function eventually<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
  const until = Date.now() + 20_000
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() > until) throw new Error(`It did not come: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
