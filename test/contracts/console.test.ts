/** The console as a stranger on this machine meets it: raw requests and raw frames against a real node. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CONTROL_PATH, CONTROL_PROTOCOL, tokenProtocol } from '../../shared/api/desk-api.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { readControlFile } from '../../main/node/control-file.ts'
import type { RunningNode } from '../../main/node/node.ts'
import { afterThis, codeOf, eventually, must, overSocket, scratch, startDesk } from './desks.ts'

type Control = NonNullable<RunningNode['control']>

async function openConsole(
  data = scratch(),
): Promise<Control & { readonly node: RunningNode; readonly data: string }> {
  mkdirSync(join(data, 'pages'), { recursive: true })
  writeFileSync(join(data, 'pages/index.html'), '<p>desk</p>')
  const node = await startDesk(data)
  invariant(node.control !== null, 'it has a console')
  return { ...node.control, node, data }
}

type Headers = Readonly<Record<string, string>>
type Answer = {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

function ask({ address }: Control, headers: Headers = {}, method = 'GET', path = '/'): Promise<Answer> {
  const [host, port] = address.split(':')
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, method, path, headers }, (response) => {
      let body = ''
      response.on('data', (data: Buffer) => (body += data.toString()))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** How an attempt to open the control socket ends: `open`, or the HTTP status that refuses it. */
function attempt(
  { address }: Control,
  protocols: string[],
  headers: Headers = {},
  path = CONTROL_PATH,
): Promise<string | number> {
  const socket = new WebSocket(`ws://${address}${path}`, protocols, { headers })
  return new Promise((resolve) => {
    socket.on('error', () => undefined)
    socket.once('open', () => {
      socket.close()
      resolve('open')
    })
    socket.once('unexpected-response', (_, response) => {
      socket.terminate()
      resolve(response.statusCode ?? 0)
    })
  })
}

const shown = ({ token }: Control): string[] => [CONTROL_PROTOCOL, tokenProtocol(token)]

/** A client that sends what it likes. */
class RawClient {
  readonly socket: WebSocket
  readonly frames: string[] = []
  closed: number | null = null

  constructor(control: Control) {
    this.socket = new WebSocket(`ws://${control.address}${CONTROL_PATH}`, shown(control), {
      perMessageDeflate: false,
    })
    this.socket.on('message', (data: Buffer) => void this.frames.push(data.toString()))
    this.socket.on('close', (code) => (this.closed = code))
    this.socket.on('error', () => undefined)
    afterThis(() => this.socket.terminate())
  }

  async opened(): Promise<this> {
    await new Promise((resolve) => this.socket.once('open', resolve))
    return this
  }

  async until(holds: () => boolean): Promise<void> {
    const end = Date.now() + 20_000
    while (!holds()) {
      invariant(Date.now() < end, 'it comes within 20 s')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** The next frame after sending. */
  async ask(data: string | Buffer, binary = false): Promise<unknown> {
    const before = this.frames.length
    this.socket.send(data, { binary })
    await this.until(() => this.frames.length > before || this.closed !== null)
    return this.frames[before] === undefined ? this.closed : JSON.parse(this.frames[before])
  }
}

const STATUS = JSON.stringify({ type: 'query', id: 1, query: 'node', input: {} })

describe('CTL-2 only its own pages and its own name may ask the console', () => {
  test('CTL-2 a request under a foreign name is refused, whatever it asks', async () => {
    const control = await openConsole()
    const port = control.address.split(':')[1] ?? ''
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${port}`,
    ]) {
      expect((await ask(control, { host })).status, host).toBe(403)
      expect(await attempt(control, shown(control), { host }), host).toBe(403)
    }
    expect((await ask(control, { host: `localhost:${port}` })).status).toBe(200)
  })

  test('CTL-2 a page of another origin is refused, even with the token', async () => {
    const control = await openConsole()
    const port = control.address.split(':')[1] ?? ''
    for (const origin of [
      'http://evil.example',
      'null',
      'http://127.0.0.1:1',
      `https://${control.address}`,
    ]) {
      expect(await attempt(control, shown(control), { origin }), origin).toBe(403)
    }
    // Its own page under its other name is another origin too: the Host decides which one it is.
    expect(await attempt(control, shown(control), { origin: `http://localhost:${port}` })).toBe(403)
    expect(await attempt(control, shown(control), { origin: `http://${control.address}` })).toBe('open')
  })
})

describe('CTL-3 the control socket opens with the token of this start alone', () => {
  test('CTL-3 no token, a wrong one, one too many, another path', async () => {
    const control = await openConsole()
    expect(await attempt(control, [CONTROL_PROTOCOL])).toBe(401)
    expect(await attempt(control, [CONTROL_PROTOCOL, tokenProtocol('A'.repeat(43))])).toBe(401)
    expect(await attempt(control, [CONTROL_PROTOCOL, control.token])).toBe(401)
    expect(await attempt(control, [...shown(control), 'more'])).toBe(400)
    expect(await attempt(control, shown(control), {}, '/other')).toBe(404)
    expect(await attempt(control, shown(control))).toBe('open')
  })

  test('CTL-3 the token stands in a file for its owner alone, is new at each start, and goes with the node', async () => {
    const data = scratch()
    const first = await openConsole(data)
    const file = join(data, 'control.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readControlFile(file)).toEqual({ pid: process.pid, address: first.address, token: first.token })
    expect(first.token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    await first.node.close()
    expect(readControlFile(file)).toBeNull()
    const second = await openConsole(data)
    expect(second.token).not.toBe(first.token)
    expect(await attempt(second, shown(first))).toBe(401)
  })

  test('CTL-3 the log names neither token nor codes nor keys', async () => {
    const control = await openConsole()
    const { recovery } = must(await control.node.api.do('setup.init', { site: 'Hall', name: 'Desk' }))
    const { code } = must(await control.node.api.do('invite.create', { role: 'edge', name: 'Edge' }))
    await control.node.api.do('setup.join', { code, name: 'x' })
    await control.node.close()
    const log = readFileSync(join(control.data, 'tallydesk.log'), 'utf8')
    for (const secret of [control.token, recovery, code, 'PRIVATE KEY']) expect(log).not.toContain(secret)
    expect(log).toContain('the node starts')
  })
})

describe('CTL-4 the pages come with a strict policy and are kept nowhere', () => {
  test('CTL-4 scripts and connections of this origin alone, no framing, no sniffing, no cache', async () => {
    const control = await openConsole()
    const { headers, body } = await ask(control)
    expect(body).toBe('<p>desk</p>')
    const policy = String(headers['content-security-policy'])
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]) {
      expect(policy).toContain(rule)
    }
    expect(policy).toContain(`connect-src 'self' ws://${control.address}`)
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  test('CTL-4 only GET and HEAD', async () => {
    const control = await openConsole()
    expect((await ask(control, {}, 'HEAD')).status).toBe(200)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await ask(control, {}, method)).status, method).toBe(405)
    }
  })
})

describe('CTL-5 whatever is sent is answered, and the connection goes on', () => {
  test('CTL-5 malformed JSON, invalid UTF-8, a binary frame, an unknown type', async () => {
    const client = await new RawClient(await openConsole()).opened()
    expect(await client.ask('{"type":"do","id":3,')).toMatchObject({
      type: 'error',
      id: 3,
      error: { code: 'bad-json' },
    })
    const broken = Buffer.concat([Buffer.from('{"id":4,"x":"'), Buffer.from([0xc3, 0x28])])
    expect(await client.ask(broken)).toMatchObject({ id: 4, error: { code: 'bad-utf8' } })
    expect(await client.ask(Buffer.from(STATUS), true)).toMatchObject({ id: 0, error: { code: 'bad-json' } })
    expect(await client.ask('{"type":"dance","id":5}')).toMatchObject({ id: 5, error: { code: 'bad-input' } })
    expect(await client.ask('{"type":"do","id":6,"command":"x","input":{}}')).toMatchObject({
      id: 6,
      error: { code: 'unknown-command' },
    })
    expect(await client.ask(STATUS)).toMatchObject({ type: 'answer', id: 1 })
  })

  test('CTL-5 a frame with a text of ten megabytes is refused under its id', async () => {
    const client = await new RawClient(await openConsole()).opened()
    const huge = `{"type":"do","id":8,"command":"note.add","input":{"text":"${'x'.repeat(10 * 1024 * 1024)}"}}`
    expect(await client.ask(huge)).toMatchObject({
      id: 8,
      error: { code: 'too-large', params: { size: huge.length, limit: LIMITS.controlBytes } },
    })
    expect(await client.ask(STATUS)).toMatchObject({ type: 'answer', id: 1 })
  })

  test('CTL-5 a frame beyond all measure ends the connection and nothing else', async () => {
    const control = await openConsole()
    const client = await new RawClient(control).opened()
    expect(await client.ask('x'.repeat(33 * 1024 * 1024))).toBe(1009)
    const other = await new RawClient(control).opened()
    expect(await other.ask(STATUS)).toMatchObject({ type: 'answer', id: 1 })
  })

  test('CTL-5 a thousand questions at once have a thousand answers', async () => {
    const client = await new RawClient(await openConsole()).opened()
    for (let id = 1; id <= 1000; id += 1) {
      client.socket.send(JSON.stringify({ type: 'query', id, query: 'node', input: {} }))
    }
    await client.until(() => client.frames.length === 1000)
    const ids = client.frames.map((frame) => (JSON.parse(frame) as { id: number }).id)
    expect(ids).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
  })
})

describe('CTL-8 what the node holds for a client is bounded', () => {
  test('CTL-9 a client may watch two hundred queries and no more', async () => {
    const client = await new RawClient(await openConsole()).opened()
    for (let id = 1; id <= 201; id += 1) {
      client.socket.send(JSON.stringify({ type: 'watch', id, query: 'node', input: {} }))
    }
    await client.until(() => client.frames.length === 201)
    expect(JSON.parse(client.frames[200] ?? '')).toMatchObject({ id: 201, error: { code: 'too-many' } })
    client.socket.send('{"type":"unwatch","id":7}')
    expect(await client.ask('{"type":"watch","id":300,"query":"node","input":{}}')).toMatchObject({
      type: 'answer',
    })
  })

  test('CTL-8 a client that does not read gets the newest answer once it does, and not every one before it', async () => {
    const { node, ...control } = await openConsole()
    const client = await new RawClient(control).opened()
    const value = (i: number) => `${i} ${'x'.repeat(3990)}`
    for (let i = 0; i < 400; i += 1)
      must(await node.api.do('preference.set', { key: `key ${i}`, value: value(0) }))
    client.socket.send('{"type":"watch","id":1,"query":"preferences","input":{}}')
    await client.until(() => client.frames.length === 1)
    client.socket.pause()
    const changes = 40
    for (let i = 1; i <= changes; i += 1) {
      must(await node.api.do('preference.set', { key: 'key 0', value: value(i) }))
      await new Promise((resolve) => setTimeout(resolve, 110))
    }
    client.socket.resume()
    await client.until(() => client.frames.at(-1)?.includes(`"key 0":"${changes} x`) === true)
    expect(client.frames.length).toBeLessThan(changes)
  })
})

describe('CTL-11 an address that cannot be had is named', () => {
  test('CTL-11 a port in use', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    afterThis(() => void server.close())
    const address = server.address()
    invariant(typeof address === 'object' && address !== null, 'it listens')
    const data = scratch()
    const start = startDesk(data, {
      console: { listen: { host: '127.0.0.1', port: address.port }, pages: data },
    })
    await expect(start).rejects.toMatchObject({
      code: 'address-in-use',
      params: { address: `127.0.0.1:${address.port}` },
    })
    const node = await startDesk(data)
    expect(codeOf(await node.api.query('node', {}))).toBe('ok')
  })

  test('CTL-1 an address that other machines could reach', async () => {
    const data = scratch()
    const start = startDesk(data, { console: { listen: { host: '0.0.0.0', port: 0 }, pages: data } })
    await expect(start).rejects.toBeInstanceOf(TallydeskError)
  })
})

test('CTL-17 a node that stops says so: who waits gets an answer, and the folder is free', async () => {
  const { node, data } = await openConsole()
  const api = await overSocket(data)
  const heard: string[] = []
  api.watch('node', {}, (answer) => heard.push(codeOf(answer)))
  expect(codeOf(await api.query('node', {}))).toBe('ok')
  await node.close()
  expect(codeOf(await api.query('node', {}))).toBe('connection-lost')
  await eventually('the end of the watch', () => (heard.at(-1) === 'connection-lost' ? true : null))
  const again = await startDesk(data)
  expect(codeOf(await again.api.query('node', {}))).toBe('ok')
})
