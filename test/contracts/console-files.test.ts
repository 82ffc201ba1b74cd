/** Files in and out of the console, as a screen sends them and as a stranger on this machine would try to. */
import type { IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { MOST_FILE_BYTES } from '../../shared/api/files.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { eventually, must, scratch, startDesk } from './desks.ts'
import {
  ask,
  attached,
  hashOf,
  jsonOf,
  keptIn,
  openSite,
  standIn,
  upload,
  type Asked,
} from './files-asked.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const HTML = '<!doctype html><script>fetch("/api")</script>'
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

describe('CTL-30 files are for this device’s own screen alone', () => {
  test('CTL-30 without the token, with a wrong one, under a foreign name, from another origin: neither in nor out', async () => {
    const place = await openSite()
    const sha256 = await attached(place, PNG, 'gate.png')
    const { address } = place
    const port = address.split(':')[1] ?? ''
    const tries: readonly [Asked, number][] = [
      [{ token: null }, 401],
      [{ token: 'A'.repeat(43) }, 401],
      [{ token: '' }, 401],
      [{ headers: { authorization: place.token } }, 401],
      [{ headers: { host: `evil.example:${port}` } }, 403],
      [{ headers: { origin: 'http://evil.example' } }, 403],
      [{ headers: { origin: 'null' } }, 403],
      [{ headers: { origin: `http://localhost:${port}` } }, 403],
    ]
    for (const [asked, status] of tries) {
      expect((await upload(place, 'sneaked in', asked)).status, JSON.stringify(asked)).toBe(status)
      const read = await ask(place, { path: `/files/${sha256}`, ...asked })
      expect(read.status, JSON.stringify(asked)).toBe(status)
      expect(read.body.includes(PNG)).toBe(false)
    }
    expect(keptIn(place)).toEqual([sha256])
    const origin = `http://${address}`
    expect((await ask(place, { path: `/files/${sha256}`, headers: { origin } })).status).toBe(200)
  })

  test('CTL-30 the token in the address opens nothing, and no other verb is heard', async () => {
    const place = await openSite()
    const sha256 = await attached(place, PNG, 'gate.png')
    const path = `/files/${sha256}?token=${place.token}`
    expect((await ask(place, { path, token: null })).status).toBe(401)
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST']) {
      expect((await ask(place, { method, path: `/files/${sha256}` })).status, method).toBe(405)
    }
    expect((await ask(place, {})).status).toBe(405)
    expect((await ask(place, { path: `/files/${sha256}` })).body.equals(PNG)).toBe(true)
  })
})

describe('CTL-31 what is sent is kept whole or not at all', () => {
  test('CTL-31 an upload answers its name and size, and is durable under that name, once', async () => {
    const place = await openSite()
    const body = Buffer.alloc(3 * 1024 * 1024, 'pallet ')
    const first = await upload(place, body)
    expect(jsonOf(first)).toEqual({ sha256: hashOf(body), size: body.length })
    expect(jsonOf(await upload(place, body))).toEqual(jsonOf(first))
    expect(keptIn(place)).toEqual([hashOf(body)])
  })

  test('CTL-31 without a declared length too', async () => {
    const place = await openSite()
    const answer = await upload(place, PNG, { headers: { 'transfer-encoding': 'chunked' } })
    expect(jsonOf(answer)).toEqual({ sha256: hashOf(PNG), size: PNG.length })
  })

  test('CTL-31 one that breaks off leaves nothing', async () => {
    const place = await openSite()
    const [host = '', port] = place.address.split(':')
    const socket = connect(Number(port), host)
    socket.on('error', () => undefined)
    const head = `POST /files HTTP/1.1\r\nHost: ${place.address}\r\nAuthorization: Bearer ${place.token}\r\n`
    socket.write(`${head}Content-Length: 1000000\r\n\r\n${'x'.repeat(300_000)}`)
    await eventually('the beginning is written', () => keptIn(place).length === 1 || null)
    socket.destroy()
    await eventually('nothing is left', () => keptIn(place).length === 0 || null)
    expect((await upload(place, PNG)).status).toBe(200)
  })

  test('CTL-31 before there is a site, nothing is kept', async () => {
    const data = scratch()
    const node = await startDesk(data)
    invariant(node.control !== null, 'it has a console')
    const place = { node, data, ...node.control }
    const answer = await upload(place, PNG)
    expect(answer.status).toBe(409)
    expect(jsonOf(answer)).toMatchObject({ error: { code: 'no-site' } })
    expect(keptIn(place)).toEqual([])
  })
})

describe('CTL-32 a body beyond the limit is refused in words', () => {
  test('CTL-32 by the length that it declares, before a byte of it is kept', async () => {
    const place = await openSite()
    const [host = '', port] = place.address.split(':')
    const socket = connect(Number(port), host)
    let answer = ''
    socket.on('error', () => undefined)
    socket.on('data', (data) => (answer += data.toString()))
    const head = `POST /files HTTP/1.1\r\nHost: ${place.address}\r\nAuthorization: Bearer ${place.token}\r\n`
    socket.write(`${head}Content-Length: ${MOST_FILE_BYTES + 1}\r\n\r\n`)
    await eventually('an answer', () => answer.includes('too-large') || null)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain(String(MOST_FILE_BYTES))
    expect(keptIn(place)).toEqual([])
    socket.destroy()
  })

  test('CTL-32 and while it comes, where it declares none', async () => {
    const { address, token, written } = await standIn({ most: 1000 })
    const body = Buffer.alloc(50_000)
    const asked = { method: 'POST', body, headers: { 'transfer-encoding': 'chunked' } }
    expect(await ask({ address, token }, asked)).toMatchObject({ status: 413 })
    expect(written()).toBeLessThan(body.length)
  })
})

describe('CTL-33 a file is given where an attachment in sight names it, and nothing else is', () => {
  test('CTL-33 bytes that no attachment names, or none any more, are not given', async () => {
    const place = await openSite()
    const sha256 = hashOf(PNG)
    await upload(place, PNG)
    const read = async (): Promise<number> => (await ask(place, { path: `/files/${sha256}` })).status
    expect(await read()).toBe(404)
    const { api } = place.node
    const { record } = must(await api.do('incident.create', { title: 'Oil by gate 3' }))
    const { attachment } = must(await api.do('attachment.add', { record, sha256, name: 'oil.png' }))
    expect(await read()).toBe(200)
    must(await api.do('attachment.remove', { record, attachment }))
    expect(await read()).toBe(404)
  })

  test('CTL-33 no path leads out of the folder, nor to anything but a name', async () => {
    const place = await openSite()
    const sha256 = await attached(place, PNG, 'gate.png')
    const paths = [
      '/files/',
      '/files/../control.json',
      '/files/..%2fcontrol.json',
      '/files/%2e%2e/control.json',
      `/files/${sha256.slice(0, 2)}/${sha256}`,
      `/files//${sha256}`,
      `/files/${sha256}/`,
      `/files/${sha256}%00`,
      `/files/${sha256.toUpperCase()}`,
      `/files/${sha256.slice(1)}`,
      '/files\\..\\control.json',
      `/files/${'0'.repeat(64)}`,
    ]
    for (const path of paths) {
      const answer = await ask(place, { path })
      expect(answer.status, path).toBe(404)
      expect(answer.body.toString(), path).not.toContain(place.token)
    }
  })
})

describe('CTL-34 only pictures are shown; everything else is a download', () => {
  const disposition = async (
    body: Buffer | string,
    name: string,
    mime: string,
  ): Promise<IncomingHttpHeaders> => {
    const place = await openSite()
    const sha256 = await attached(place, body, name, mime)
    return (await ask(place, { path: `/files/${sha256}` })).headers
  }

  test('CTL-34 a picture is told by its bytes', async () => {
    const headers = await disposition(PNG, 'gate.html', 'text/html')
    expect(headers['content-type']).toBe('image/png')
    expect(headers['content-disposition']).toMatch(/^inline;/)
  })

  test.each([
    ['a page that says it is a picture', HTML, 'gate.png', 'image/png'],
    ['a drawing with a script', SVG, 'plan.svg', 'image/svg+xml'],
    ['a page', HTML, 'gate.html', 'text/html'],
    ['a manual', '%PDF-1.7', 'manual.pdf', 'application/pdf'],
    ['nothing at all', '', 'empty.png', 'image/png'],
    [
      'a picture that browsers do not all know',
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'),
      'a.heic',
      'image/heic',
    ],
  ])('CTL-34 %s is a download', async (_, body, name, mime) => {
    const headers = await disposition(body, name, mime)
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toMatch(/^attachment;/)
  })

  test('CTL-34 whatever it is, it can do nothing as a page, is not sniffed, and is no other site’s', async () => {
    for (const [body, name] of [
      [PNG, 'gate.png'],
      [HTML, 'gate.html'],
    ] as const) {
      const headers = await disposition(body, name, 'image/png')
      expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox; frame-ancestors 'none'")
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    }
  })

  test('CTL-34 a name that would break out of its header is written so that it cannot', async () => {
    const name = 'a"; filename=evil.html\r\nSet-Cookie: x=1 ÿ 写真\u0000.png'
    const headers = await disposition(PNG, name.replaceAll('\u0000', ''), 'image/png')
    expect(headers['set-cookie']).toBeUndefined()
    const [, encoded = ''] =
      /^inline; filename\*=UTF-8''([A-Za-z0-9%._~!$&+^`|-]+)$/.exec(String(headers['content-disposition'])) ??
      []
    expect(decodeURIComponent(encoded)).toContain('写真')
  })
})

describe('CTL-35 a part is given where one is asked for, and the whole is kept by the browser for good', () => {
  test('CTL-35 ranges', async () => {
    const place = await openSite()
    const body = Buffer.from('0123456789')
    const sha256 = await attached(place, body, 'digits.txt', 'text/plain')
    const part = async (range: string): Promise<[number, string, string | undefined]> => {
      const answer = await ask(place, { path: `/files/${sha256}`, headers: { range } })
      return [answer.status, answer.body.toString(), answer.headers['content-range']]
    }
    expect(await part('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10'])
    expect(await part('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10'])
    expect(await part('bytes=-3')).toEqual([206, '789', 'bytes 7-9/10'])
    expect(await part('bytes=8-99')).toEqual([206, '89', 'bytes 8-9/10'])
    expect(await part('bytes=10-')).toMatchObject([416, expect.anything(), 'bytes */10'])
    expect(await part('bytes=-0')).toMatchObject([416, expect.anything(), 'bytes */10'])
    for (const odd of ['bytes=4-2', 'bytes=0-1,3-4', 'bytes=x', 'lines=1-2', 'bytes=-']) {
      expect(await part(odd), odd).toEqual([200, '0123456789', undefined])
    }
  })

  test('CTL-35 immutable, for this browser alone, and not sent again where it is there', async () => {
    const place = await openSite()
    const sha256 = await attached(place, PNG, 'gate.png')
    const path = `/files/${sha256}`
    const { headers } = await ask(place, { path })
    expect(headers['cache-control']).toBe('private, max-age=31536000, immutable')
    const again = await ask(place, { path, headers: { 'if-none-match': String(headers.etag) } })
    expect([again.status, again.body.length]).toEqual([304, 0])
    const head = await ask(place, { path, method: 'HEAD' })
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
      200,
      String(PNG.length),
      0,
    ])
  })
})

describe('CTL-36 one that stalls is given up, and holds up nobody', () => {
  test('CTL-36 a body that stops coming ends its connection and leaves nothing under way', async () => {
    const { address, token, ended } = await standIn({ idle: 200 })
    const [host = '', port] = address.split(':')
    const socket = connect(Number(port), host)
    socket.on('error', () => undefined)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(
      `POST /files HTTP/1.1\r\nHost: ${address}\r\nAuthorization: Bearer ${token}\r\nContent-Length: 10\r\n\r\nabc`,
    )
    await closed
    await eventually('the upload ends', () => ended() === 1 || null)
  })

  test('CTL-36 more uploads at once than a device can use are refused, and room comes back', async () => {
    const { address, token, running, release } = await standIn({ holds: true })
    const place = { address, token }
    const asked = { method: 'POST', body: 'x' }
    const held = Array.from({ length: 16 }, () => ask(place, asked))
    await eventually('all are under way', () => running() === 16 || null)
    expect(await ask(place, asked)).toMatchObject({ status: 503 })
    release()
    for (const answer of await Promise.all(held)) expect(answer.status).toBe(200)
    expect(await ask(place, asked)).toMatchObject({ status: 200 })
  })
})
