/** The desk's end of the line, against a real WebSocket server that can break, fall silent and come back. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { backoff } from '../../renderer/services/backoff.ts'
import type { Link } from '../../renderer/services/link.ts'
import { DeskSocket } from '../../renderer/services/socket.ts'

type Frame = { readonly type: string; readonly id: number; readonly query?: string }

let server: WebSocketServer
let port: number
let isSilent: boolean
/** What the server answers `preferences` with. */
let theme: string
const frames: Frame[] = []

async function listen(at: number): Promise<void> {
  server = new WebSocketServer({ host: '127.0.0.1', port: at, handleProtocols: () => 'tallydesk.v1' })
  server.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => hear(socket, JSON.parse(data.toString()) as Frame)),
  )
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
}

function hear(socket: ServerSocket, frame: Frame): void {
  frames.push(frame)
  if (isSilent || frame.type === 'unwatch' || frame.query === 'status') return
  socket.send(JSON.stringify({ type: 'answer', id: frame.id, result: { preferences: { theme } } }))
}

/** Ends every connection, as a node does that stops. */
async function fall(): Promise<void> {
  for (const socket of server.clients) socket.terminate()
  await new Promise((resolve) => server.close(resolve))
}

/** A desk of its own, with the states of its line. */
function open(): { readonly desk: DeskSocket; readonly links: readonly Link['state'][] } {
  const links: Link['state'][] = []
  const desk = new DeskSocket({
    url: `ws://127.0.0.1:${port}/api`,
    token: 'key',
    onLink: (link) => links.push(link.state),
    nodeRuns: () => Promise.resolve(false),
  })
  return { desk, links }
}

const until = (holds: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(holds()).toBe(true), { timeout: 15_000, interval: 20 })

const watched = (type: string): Frame[] => frames.filter((frame) => frame.type === type)

beforeEach(async () => {
  isSilent = false
  theme = 'dark'
  frames.length = 0
  await listen(0)
})

afterEach(fall)

describe('the line to the node', () => {
  test('DESK-3 without a line a request is answered at once: nothing was sent', async () => {
    const answer = await open().desk.do('preference.set', { key: 'theme', value: 'dark' })
    expect(answer).toMatchObject({ ok: false, error: { code: 'not-connected' } })
  })

  test('DESK-3 a request whose line breaks is answered: it is not known what became of it', async () => {
    const { desk, links } = open()
    await until(() => links.includes('up'))
    const answer = desk.query('status', {})
    await until(() => frames.some((frame) => frame.query === 'status'))
    for (const socket of server.clients) socket.terminate()
    expect(await answer).toMatchObject({ ok: false, error: { code: 'connection-lost' } })
    expect(links.at(-1)).toBe('down')
  })

  test('DESK-4 a watch goes on by itself when the node comes back', async () => {
    const { desk, links } = open()
    const seen: string[] = []
    const hear = ({ preferences }: QueryAnswer<'preferences'>) => seen.push(preferences.theme ?? '')
    desk.watch('preferences', {}, (outcome) => outcome.ok && hear(outcome.value))
    await until(() => seen.join() === 'dark')
    await fall()
    await until(() => links.at(-1) === 'down')
    theme = 'light'
    await listen(port)
    await until(() => seen.join() === 'dark,light')
  })

  test('DESK-4 equal watches are one on the wire, and the second knows at once what the first does', async () => {
    const { desk } = open()
    let first = 0
    let second = 0
    const leaveFirst = desk.watch('preferences', {}, () => (first += 1))
    await until(() => first === 1)
    const leaveSecond = desk.watch('preferences', {}, () => (second += 1))
    expect(second).toBe(1)
    leaveFirst()
    expect(watched('unwatch')).toHaveLength(0)
    leaveSecond()
    await until(() => watched('unwatch').length === 1)
    expect(watched('watch')).toHaveLength(1)
  })

  test('DESK-4 a watch that was left says no more', async () => {
    const { desk, links } = open()
    let heard = 0
    const leave = desk.watch('preferences', {}, () => (heard += 1))
    await until(() => heard === 1)
    leave()
    await fall()
    await listen(port)
    await until(() => links.filter((state) => state === 'up').length === 2)
    expect(watched('watch')).toHaveLength(1)
    expect(heard).toBe(1)
  })

  test('DESK-5 a node that falls silent counts as gone after six seconds', async () => {
    const { links } = open()
    await until(() => links.includes('up'))
    isSilent = true
    const since = Date.now()
    await until(() => links.at(-1) === 'down')
    expect(Date.now() - since).toBeGreaterThan(2_500)
    expect(Date.now() - since).toBeLessThan(9_000)
  })

  test('DESK-2 a node that runs and takes no socket has refused the key', async () => {
    const states: Link['state'][] = []
    await fall()
    new DeskSocket({
      url: `ws://127.0.0.1:${port}/api`,
      token: 'wrong',
      onLink: (link) => states.push(link.state),
      nodeRuns: () => Promise.resolve(true),
    })
    await until(() => states.includes('refused'))
    await listen(port)
  })

  test('DESK-4 attempts come at growing, bounded pauses that differ from tab to tab', () => {
    const pauses = [0, 1, 2, 3, 9, 1_000].map((attempt) => backoff(attempt, 0.5))
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 5_000, 5_000])
    expect(backoff(3, 0)).toBeLessThan(backoff(3, 1))
  })
})
