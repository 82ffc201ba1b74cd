/** Frames, live queries and pages, each by itself; the whole console is under test in test/contracts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ok } from '../../shared/base/result.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { readFrame } from '../../main/console/frames.ts'
import { Pages } from '../../main/console/pages.ts'
import { type Watched } from '../../main/console/port.ts'
import { Watches } from '../../main/console/watches.ts'

const bytes = (text: string) => Buffer.from(text)

describe('CTL-5 every frame is answered under its id', () => {
  test.each([
    ['{"type":"do","id":7,"command":"x","input":{}', 'bad-json', 7],
    ['no json at all', 'bad-json', 0],
    ['{"id":3,"type":"dance"}', 'bad-input', 3],
    ['{"type":"query","id":4,"query":"board"}', 'bad-input', 4],
    ['{"type":"query","id":"4","query":"board","input":{}}', 'bad-input', 0],
    ['{"type":"unwatch","id":5,"more":1}', 'bad-input', 5],
    ['[]', 'bad-input', 0],
    ['null', 'bad-input', 0],
  ])('CTL-5 %s', (text, code, id) => {
    const read = readFrame(bytes(text), true)
    expect('refused' in read ? [read.refused.code, read.id] : read).toEqual([code, id])
  })

  test('CTL-5 text that is no UTF-8, and a binary frame', () => {
    const broken = Buffer.concat([bytes('{"type":"query","id":9,"query":"'), Buffer.from([0xff, 0xfe])])
    const read = readFrame(broken, true)
    expect('refused' in read ? [read.refused.code, read.id] : read).toEqual(['bad-utf8', 9])
    const binary = readFrame(bytes('{"type":"unwatch","id":1}'), false)
    expect('refused' in binary ? binary.refused.code : binary).toBe('bad-json')
  })

  test('CTL-5 no bytes at all make it throw', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (input, isText) => {
      expect('refused' in readFrame(input, isText)).toBe(true)
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

describe('CTL-7 a watch answers at once and then whenever its answer has changed', () => {
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  /** A node whose one answer is a number that the test sets. */
  function counter() {
    const asked = { times: 0, value: 0 }
    const watches = new Watches({
      absence: () => null,
      isSettled: () => true,
      query: () => {
        asked.times += 1
        return ok({ value: asked.value })
      },
    })
    return { asked, watches }
  }

  test('CTL-7 the first answer comes before anything changes', () => {
    const { watches } = counter()
    const heard: Watched[] = []
    watches.watch('status', {}, (watched) => heard.push(watched))
    expect(heard.map(({ json }) => json)).toEqual(['{"value":0}'])
    watches.close()
  })

  test('CTL-7 many changes at once are told as one, within a fifth of a second', async () => {
    const { asked, watches } = counter()
    const heard: string[] = []
    watches.watch('status', {}, ({ json }) => heard.push(json))
    for (asked.value = 1; asked.value < 50; asked.value += 1) watches.changed()
    await pause(200)
    expect(heard).toEqual(['{"value":0}', '{"value":50}'])
    expect(asked.times).toBe(2)
    watches.close()
  })

  test('CTL-7 a change that leaves the answer as it was is told to nobody', async () => {
    const { watches } = counter()
    let heard = 0
    watches.watch('status', {}, () => (heard += 1))
    watches.changed()
    await pause(150)
    expect(heard).toBe(1)
    watches.close()
  })

  test('CTL-7 what many watch is asked once, and no longer once nobody watches', async () => {
    const { asked, watches } = counter()
    const heard = [0, 0, 0]
    const stops = heard.map((_, i) =>
      watches.watch('board', { limit: 1 }, () => (heard[i] = (heard[i] ?? 0) + 1)),
    )
    expect(asked.times).toBe(1)
    asked.value = 1
    watches.changed()
    await pause(150)
    expect([asked.times, ...heard]).toEqual([2, 2, 2, 2])
    for (const stop of stops) stop()
    watches.changed()
    await pause(150)
    expect(asked.times).toBe(2)
    watches.close()
  })

  test('CTL-7 under constant change it is told about ten times a second and ends with the last', async () => {
    const { asked, watches } = counter()
    const heard: string[] = []
    watches.watch('status', {}, ({ json }) => heard.push(json))
    for (let i = 1; i <= 100; i += 1) {
      asked.value = i
      watches.changed()
      await pause(5)
    }
    await pause(200)
    expect(heard.at(-1)).toBe('{"value":100}')
    expect(heard.length).toBeLessThan(25)
    watches.close()
  })
})

describe('CTL-4 a path leads to a page of the desk or to nothing', () => {
  let folder: string
  let server: Server

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tallydesk-'))
    mkdirSync(join(folder, 'pages/assets'), { recursive: true })
    writeFileSync(join(folder, 'pages/index.html'), '<p>desk</p>')
    writeFileSync(join(folder, 'pages/assets/a b.js'), 'a')
    writeFileSync(join(folder, 'pages/.hidden.js'), 'h')
    writeFileSync(join(folder, 'pages/notes.xyz'), 'x')
    writeFileSync(join(folder, 'secret.js'), 's')
    const pages = new Pages(join(folder, 'pages'))
    server = createServer((request, response) => void pages.serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true })
  })

  /** The path as it stands, which no client library has tidied. */
  function ask(
    path: string,
  ): Promise<{ status: number | undefined; body: string; type: string | undefined }> {
    const address = server.address()
    invariant(typeof address === 'object' && address !== null, 'it listens')
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: address.port, path }, (response) => {
        let body = ''
        response.on('data', (data: Buffer) => (body += data.toString()))
        response.on('end', () =>
          resolve({ status: response.statusCode, body, type: response.headers['content-type'] }),
        )
      }).on('error', reject)
    })
  }

  test('CTL-4 the home page, with or without a question, and files by their name', async () => {
    expect(await ask('/')).toMatchObject({
      status: 200,
      body: '<p>desk</p>',
      type: 'text/html; charset=utf-8',
    })
    expect(await ask('/?x=1')).toMatchObject({ status: 200 })
    expect(await ask('/assets/a%20b.js')).toMatchObject({ status: 200, body: 'a' })
  })

  test.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/..%5csecret.js',
    '//secret.js',
    '/%00',
    '/%ff',
    '/.hidden.js',
    '/notes.xyz',
    '/assets',
    '/nothing.js',
  ])('CTL-4 %s leads nowhere', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: 'Not found\n' })
  })

  test('CTL-4 pages that are not built are said to be so', async () => {
    rmSync(join(folder, 'pages/index.html'))
    expect(await ask('/')).toMatchObject({ status: 503 })
  })
})
