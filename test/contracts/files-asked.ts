/** A console's files, asked for over HTTP; on a real node, or over a store that a test can watch. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { expect } from 'vitest'
import { TallydeskError } from '../../shared/api/errors.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { openConsole } from '../../main/console/console.ts'
import type { DeskPort, FilesPort } from '../../main/console/port.ts'
import { Watches } from '../../main/console/watches.ts'
import type { RunningNode } from '../../main/node/node.ts'
import { folderPaths } from '../../main/store/folder.ts'
import { afterThis, must, scratch, startDesk } from './desks.ts'

export type Place = {
  readonly node: RunningNode
  readonly data: string
  readonly address: string
  readonly token: string
}
type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
export type Asked = {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
  readonly token?: string | null
}

export async function openSite(): Promise<Place> {
  const data = scratch()
  mkdirSync(join(data, 'pages'), { recursive: true })
  writeFileSync(join(data, 'pages/index.html'), '<p>desk</p>')
  const node = await startDesk(data)
  must(await node.api.do('setup.init', { site: 'Hall', name: 'Desk' }))
  invariant(node.control !== null, 'it has a console')
  return { node, data, ...node.control }
}

export function ask(
  { address, token: own }: Pick<Place, 'address' | 'token'>,
  { method = 'GET', path = '/files', headers = {}, body, token = own }: Asked,
): Promise<Answer> {
  const [host, port] = address.split(':')
  const shown = token === null ? {} : { authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, method, path, headers: { ...shown, ...headers } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (data: Buffer) => parts.push(data))
      response.on('end', () => {
        const { statusCode = 0, headers: told } = response
        resolve({ status: statusCode, headers: told, body: Buffer.concat(parts) })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

export const upload = (
  place: Place,
  body: Buffer | string,
  more: Omit<Asked, 'body'> = {},
): Promise<Answer> => ask(place, { method: 'POST', body, ...more })

export const hashOf = (body: Buffer | string): string => createHash('sha256').update(body).digest('hex')
export const jsonOf = ({ body }: Answer): unknown => JSON.parse(body.toString())

/** Everything in the folder of the bytes, finished or not. */
export function keptIn({ data }: Place): string[] {
  const folder = folderPaths(data).blobs
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}

/** Bytes as an attachment of a new job. */
export async function attached(
  place: Place,
  body: Buffer | string,
  name: string,
  mime = 'image/png',
): Promise<string> {
  const { api } = place.node
  const sha256 = hashOf(body)
  expect((await upload(place, body)).status).toBe(200)
  const { record } = must(await api.do('job.create', { title: name.slice(0, 20) }))
  must(await api.do('attachment.add', { record, sha256, name, mime }))
  return sha256
}

type StandIn = Pick<Place, 'address' | 'token'> & {
  readonly written: () => number
  readonly running: () => number
  readonly ended: () => number
  readonly release: () => void
}

/** The console over a store that a test can watch. */
export async function standIn({ most = 1e9, idle = 30_000, holds = false }): Promise<StandIn> {
  let [written, running, ended] = [0, 0, 0]
  let release = (): void => undefined
  const released = holds ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve()
  const files: FilesPort = {
    most,
    keep: async (body) => {
      running += 1
      let size = 0
      try {
        for await (const chunk of body) {
          size += chunk.length
          if (size > most) throw new TallydeskError('too-large', { size, limit: most })
          written = size
        }
        await released
        return { sha256: '', size }
      } finally {
        running -= 1
        ended += 1
      }
    },
    find: () => null,
  }
  const refused = { ok: false, error: new TallydeskError('no-site').toBody() } as const
  const port: DeskPort = {
    do: () => Promise.resolve(refused),
    absence: () => null,
    isSettled: () => true,
    query: () => refused,
  }
  const console = await openConsole({
    listen: { host: '127.0.0.1', port: 0 },
    token: 'T'.repeat(43),
    pages: scratch(),
    port,
    files,
    watches: new Watches(port),
    idle,
    onError: (error) => {
      throw error
    },
  })
  afterThis(() => console.close())
  return {
    address: console.address,
    token: 'T'.repeat(43),
    written: () => written,
    running: () => running,
    ended: () => ended,
    release: () => release(),
  }
}
