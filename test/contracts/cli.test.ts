/** The tallydesk command as a shell meets it: real processes, their output, their exit codes. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { afterThis, eventually, must, scratch, startDesk } from './desks.ts'

const PROGRAM = join(import.meta.dirname, '../../main/cli/tallydesk.ts')

type Ended = { readonly code: number | null; readonly out: string; readonly err: string }
type Options = { readonly stdin?: string | Buffer; readonly lang?: string }

const ENGLISH = 'en_GB.UTF-8'

function launch(line: readonly string[], lang = ENGLISH) {
  const { LC_ALL: _all, LC_MESSAGES: _messages, ...env } = process.env
  const child = spawn(process.execPath, [PROGRAM, ...line], { env: { ...env, LANG: lang } })
  afterThis(() => void child.kill('SIGKILL'))
  const text = (stream: Readable) => {
    const said = { text: '' }
    stream.setEncoding('utf8').on('data', (data: string) => (said.text += data))
    return said
  }
  const [out, err] = [text(child.stdout), text(child.stderr)]
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => resolve({ code, out: out.text, err: err.text })),
  )
  return { child, out, ended }
}

function tallydesk(line: readonly string[], { stdin = '', lang = ENGLISH }: Options = {}): Promise<Ended> {
  const { child, ended } = launch(line, lang)
  // A command that refuses early does not read its input to the end.
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  return ended
}

/** The one JSON line of a command. */
async function json(
  line: readonly string[],
  options?: Options,
): Promise<Record<string, unknown> & { readonly exit: number | null }> {
  const { code, out } = await tallydesk(line, options)
  expect(out.endsWith('\n') && !out.trimEnd().includes('\n'), `one line, not ${JSON.stringify(out)}`).toBe(
    true,
  )
  return { ...(JSON.parse(out) as Record<string, unknown>), exit: code }
}

async function init(): Promise<string> {
  const data = scratch()
  await json(['init', '--data', data, '--site', 'Hall', '--name', 'Desk'])
  return data
}

/** A running node and its ready line. */
async function run(data: string, more: readonly string[] = []) {
  const started = launch(['run', '--data', data, '--listen', '127.0.0.1:0', '--no-mdns', ...more])
  const line = await eventually('the ready line', () => /^.*\n/.exec(started.out.text)?.[0] ?? null)
  return { ...started, ready: JSON.parse(line) as Record<string, unknown> }
}

const refusal = (code: string) => ({ exit: 1, error: { code } })

describe('CLI-1 a site from the first command to the last', () => {
  test('CLI-1 init, do and query in process, and the same through a running node', async () => {
    const data = scratch()
    const made = await json(['init', '--data', data, '--site', 'Hall', '--name', 'Desk'])
    expect(Object.keys(made)).toEqual(['site', 'actor', 'recovery', 'exit'])
    const job = await json(['do', 'job.create', '{"title":"Pump"}', '--data', data])
    expect(job).toMatchObject({ exit: 0, op: `${String(made.actor)}:2`, number: 'J-0001' })
    const node = await run(data)
    expect(node.ready).toMatchObject({ ready: true, actor: made.actor, site: made.site })
    expect(await json(['do', 'job.create', '{"title":"Fan"}', '--data', data])).toMatchObject({ exit: 0 })
    const board = await json(['query', 'board', '{}', '--data', data])
    expect((board.rows as { title: string }[]).map(({ title }) => title).toSorted()).toEqual(['Fan', 'Pump'])
    expect(await json(['query', 'status', '--data', data])).toMatchObject({ role: 'authority' })
  })

  test('CLI-1 invite and join over the wire, then each works alone', async () => {
    const [data, other] = [await init(), scratch()]
    const node = await run(data)
    const invite = await json(['invite', '--data', data, '--role', 'technician', '--name', 'Tablet'])
    const joined = await json(['join', String(invite.code), '--data', other, '--name', 'Tablet'])
    expect(joined).toMatchObject({ role: 'technician', site: node.ready.site })
    node.child.kill('SIGTERM')
    await node.ended
    expect(await json(['do', 'job.create', '{"title":"Alone"}', '--data', other])).toMatchObject({ exit: 0 })
  })
})

describe('CLI-2 every refusal is one JSON line with code, message and hint, and exit code 1', () => {
  test('CLI-2 a folder without a site is not made by asking it', async () => {
    const data = join(scratch(), 'nothing')
    expect(await json(['query', 'board', '--data', data])).toMatchObject(refusal('no-site'))
    expect(await json(['do', 'job.create', '{"title":"x"}', '--data', data])).toMatchObject(
      refusal('no-site'),
    )
    expect(await json(['invite', '--data', data, '--role', 'edge', '--name', 'x'])).toMatchObject(
      refusal('not-running'),
    )
    expect(existsSync(data)).toBe(false)
  })

  test('CLI-2 malformed JSON, unknown names, wrong types, unknown records', async () => {
    const data = await init()
    const ask = (name: string, input: string) => json(['do', name, input, '--data', data])
    expect(await ask('job.create', '{title: 1}')).toMatchObject(refusal('bad-json'))
    expect(await ask('job.destroy', '{}')).toMatchObject(refusal('unknown-command'))
    expect(await ask('job.create', '{"title":7}')).toMatchObject(refusal('bad-input'))
    expect(await ask('task.add', `{"record":"${'0'.repeat(32)}","text":"x"}`)).toMatchObject(
      refusal('not-found'),
    )
    expect(await json(['query', 'everything', '--data', data])).toMatchObject(refusal('unknown-query'))
    expect(await json(['join', 'no code', '--data', scratch(), '--name', 'x'])).toMatchObject(
      refusal('bad-pairing-code'),
    )
    const again = await json(['init', '--data', data, '--site', 'Hall', '--name', 'Desk'])
    expect(again).toMatchObject({
      exit: 1,
      error: { code: 'data-folder-taken', message: /Hall/, hint: /empty folder/ },
    })
  })

  test('CLI-2 a string of ten megabytes and text that is no UTF-8, on standard input', async () => {
    const data = await init()
    const ask = (stdin: string | Buffer) => json(['do', 'job.create', '-', '--data', data], { stdin })
    expect(await ask(`{"title":"${'x'.repeat(10 * 1024 * 1024)}"}`)).toMatchObject(refusal('too-large'))
    expect(await ask(`{"title":"${'x'.repeat(1024 * 1024)}"}`)).toMatchObject(refusal('bad-input'))
    expect(await ask(Buffer.from([0x22, 0xff, 0xfe, 0x22]))).toMatchObject(refusal('bad-utf8'))
    expect(await ask('{"title":"Pump – größer"}')).toMatchObject({ exit: 0 })
    const { rows } = await json(['query', 'board', '--data', data])
    expect((rows as { title: string }[]).map(({ title }) => title)).toEqual(['Pump – größer'])
  })

  test('CLI-2 a data folder in use names the process, and a second node says so', async () => {
    const data = await init()
    const node = await run(data)
    const second = await json(['run', '--data', data, '--listen', '127.0.0.1:0', '--no-mdns'])
    expect(second).toMatchObject({
      exit: 1,
      error: { code: 'data-folder-in-use', params: { pid: node.child.pid } },
    })
  })

  test('CLI-2 ports in use are named', async () => {
    const [data, other] = [await init(), await init()]
    const node = await run(data)
    const { control, listen } = node.ready
    const withListen = await json(['run', '--data', other, '--listen', String(listen), '--no-mdns'])
    expect(withListen).toMatchObject({
      exit: 1,
      error: { code: 'address-in-use', params: { address: listen } },
    })
    const withControl = await json(['run', '--data', other, '--control', String(control), '--no-mdns'])
    expect(withControl).toMatchObject({
      exit: 1,
      error: { code: 'address-in-use', params: { address: control } },
    })
    expect(await json(['query', 'status', '--data', other])).toMatchObject({ exit: 0, site_name: 'Hall' })
  })
})

describe('CLI-3 wrong usage has exit code 2 and says what is wrong', () => {
  test.each([
    [['frobnicate'], 'frobnicate'],
    [['do', 'job.create', '{}'], '--data'],
    [['do', '--data', 'x'], 'command'],
    [['run', '--data', 'x', '--colour', 'red'], '--colour'],
    [['run', '--data', 'x', '--listen', 'here'], '--listen'],
    [['run', '--data', 'x', '--control', '0.0.0.0:0'], 'loopback'],
    [['invite', '--data', 'x', '--name', 'x', '--role', 'boss'], '--role'],
  ])('CLI-3 %j', async (line, named) => {
    const { exit, error } = await json(line)
    expect(exit).toBe(2)
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(named) as string })
    expect(existsSync('x')).toBe(false)
  })
})

describe('CLI-4 every command explains itself, in English or Spanish', () => {
  const COMMANDS = [
    'init',
    'invite',
    'join',
    'run',
    'do',
    'query',
    'import',
    'status',
    'doctor',
    'backup',
    'restore',
    'export',
    'audit',
    'demo',
  ]

  test('CLI-4 the help of the whole names every command, and each has one of its own', async () => {
    const { out, code } = await tallydesk(['--help'])
    expect(code).toBe(0)
    for (const command of COMMANDS) expect(out).toContain(`\n  ${command} `)
    const helps = await Promise.all(COMMANDS.map((command) => tallydesk([command, '--help'])))
    for (const [i, help] of helps.entries()) {
      expect(help.code).toBe(0)
      expect(help.out).toContain(`Usage: tallydesk ${COMMANDS[i] ?? ''}`)
      expect(help.out).not.toMatch(/\{\w+\}/)
    }
  })

  test('CLI-4 a Spanish terminal is answered in Spanish, with the same codes', async () => {
    const lang = 'es_ES.UTF-8'
    const { out } = await tallydesk(['run', '--help'], { lang })
    expect(out).toContain('Uso: tallydesk run')
    expect(out).toContain('Opciones:')
    const refused = await json(['query', 'board', '--data', join(scratch(), 'nothing')], { lang })
    expect(refused).toMatchObject(refusal('no-site'))
    expect(refused.error).toMatchObject({ message: 'La carpeta de datos todavía no contiene ningún sitio.' })
  })
})

describe('CLI-5 a node runs until it is told to stop, and its end leaves nothing in the way', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('CLI-5 %s ends it with exit code 0', async (signal) => {
    const data = await init()
    const node = await run(data)
    const control = join(data, 'control.json')
    expect(statSync(control).mode & 0o777).toBe(0o600)
    node.child.kill(signal)
    expect(await node.ended).toMatchObject({ code: 0, err: '' })
    expect(existsSync(control)).toBe(false)
    expect(existsSync(join(data, 'tallydesk.db-wal'))).toBe(false)
  })

  test('CLI-5 after kill -9 the next command works in process, and the next node runs', async () => {
    const data = await init()
    const node = await run(data)
    expect(await json(['do', 'job.create', '{"title":"Pump"}', '--data', data])).toMatchObject({ exit: 0 })
    node.child.kill('SIGKILL')
    await node.ended
    expect(existsSync(join(data, 'control.json'))).toBe(true)
    const board = await json(['query', 'board', '--data', data])
    expect(board.rows).toMatchObject([{ title: 'Pump' }])
    expect((await run(data)).ready.ready).toBe(true)
  })

  test('CLI-5 a node without a site waits to be set up, by a command of another process', async () => {
    const data = scratch()
    const node = await run(data)
    expect(node.ready).toMatchObject({ ready: true, site: null, actor: null })
    expect(await json(['init', '--data', data, '--site', 'Hall', '--name', 'Desk'])).toMatchObject({
      exit: 0,
    })
    expect(await json(['do', 'job.create', '{"title":"Pump"}', '--data', data])).toMatchObject({ exit: 0 })
    expect(readFileSync(join(data, 'control.json'), 'utf8')).toContain(String(node.ready.control))
  })

  test('CLI-6 commands at the same moment, with no node running, all succeed one after the other', async () => {
    const data = await init()
    const titles = ['a', 'b', 'c']
    const all = await Promise.all(
      titles.map((title) => json(['do', 'job.create', JSON.stringify({ title }), '--data', data])),
    )
    expect(all.map(({ exit }) => exit)).toEqual([0, 0, 0])
    expect(new Set(all.map(({ op }) => op)).size).toBe(3)
  })
})

describe('CLI-7 import, status and backup speak to people, or JSON', () => {
  const CSV = 'work_order,title\nWO-1,Pump\nWO-2\n"WO-3,Fan\nWO-4,Belt\n'

  test('CLI-7 an import tells every row that it could not read, with its line', async () => {
    const data = await init()
    const file = join(scratch(), 'orders.csv')
    writeFileSync(file, CSV)
    const { code, out } = await tallydesk(['import', file, '--data', data])
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      '  line 3: It has 1 fields, not 2.  WO-2',
      '  line 4: A quote is opened and never closed.  "WO-3,Fan',
      'Imported 2; already here 0; different here, so left alone 0; not readable 2.',
      '',
    ])
    const again = await json(['import', file, '--data', data, '--json'])
    expect(again).toMatchObject({ imported: 0, known: 2, failed: [{ line: 3 }, { line: 4 }] })
  })

  test('CLI-7 a file that is missing, no CSV or no UTF-8 is refused in words', async () => {
    const data = await init()
    const nothing = await tallydesk(['import', join(data, 'nothing.csv'), '--data', data])
    expect(nothing).toMatchObject({ code: 1, out: '' })
    expect(nothing.err).toMatch(/^The file .*nothing\.csv cannot be read: .*\nCheck its name/)
    const ask = (stdin: string | Buffer) => json(['import', '-', '--json', '--data', data], { stdin })
    expect(await ask('a,b\n')).toMatchObject(refusal('bad-csv'))
    expect(await ask(Buffer.from([0xff, 0xfe, 0x41]))).toMatchObject(refusal('bad-utf8'))
    expect(await ask('\uFEFFwork_order,title\nWO-9,Größe\n')).toMatchObject({ imported: 1 })
  })

  test('CLI-7 status', async () => {
    const data = await init()
    const { out } = await tallydesk(['status', '--data', data])
    expect(out.split('\n')[0]).toBe('Desk (authority) at Hall')
    expect(await json(['status', '--data', data, '--json'])).toMatchObject({
      site_name: 'Hall',
      wan: { state: 'self' },
    })
  })

  test('CLI-7 backup, of a running node too', async () => {
    const data = await init()
    const folder = join(scratch(), 'backup')
    expect((await tallydesk(['backup', folder, '--data', data])).out).toMatch(
      /^Wrote \d+ ops and 0 attachments \(0 new\) to .*backup, \d+ bytes in all\.\n/,
    )
    await run(data)
    expect(await json(['backup', folder, '--data', data, '--json'])).toMatchObject({ folder })
    expect((await tallydesk(['backup', data, '--data', data])).err).toContain('inside the data folder')
  })
})

test.each(['-V', '-h', '--'])(
  'CLI-9 a recovery key that begins with %s is the key and no option',
  async (beginning) => {
    const data = scratch()
    const key = beginning.padEnd(43, 'A')
    const { code, out, err } = await tallydesk(['recover', '--data', data, '--key', key])
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('holds no site')
  },
)

test('CLI-8 a node that another program asks over its socket is the one that the command asks', async () => {
  const data = scratch()
  const node = await startDesk(data)
  must(await node.api.do('setup.init', { site: 'Hall', name: 'Desk' }))
  const { record } = await json(['do', 'job.create', '{"title":"From the shell"}', '--data', data])
  expect(must(await node.api.query('record', { record: String(record) })).title).toBe('From the shell')
})
