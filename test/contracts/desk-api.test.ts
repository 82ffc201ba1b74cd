/** The one contract between a desk and its node, in process and over the control socket alike. */
import { describe, expect, test } from 'vitest'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { parseCommand, parseQuery } from '../../shared/api/parse.ts'
import { codeOf, eventually, must, overSocket, scratch, startDesk } from './desks.ts'

type Way = 'in process' | 'over the socket'
const WAYS: readonly Way[] = ['in process', 'over the socket']

async function open(way: Way, data = scratch()): Promise<DeskApi> {
  const node = await startDesk(data)
  return way === 'in process' ? node.api : overSocket(data)
}

async function openSite(way: Way): Promise<DeskApi> {
  const api = await open(way)
  must(await api.do('setup.init', { site: 'Hall', name: 'Desk' }))
  return api
}

const NOBODY = 'f'.repeat(32)

describe.each(WAYS)('CTL-12 the desk asks %s', (way) => {
  test('CTL-10 an answered command is in the next answer', async () => {
    const api = await openSite(way)
    const { record } = must(
      await api.do('job.create', { title: 'Pump', zone: 'A1', tags: ['wet'], tasks: ['look'] }),
    )
    const { rows, counts } = must(await api.query('board', {}))
    expect(rows).toMatchObject([{ record, title: 'Pump', zone: 'A1', tags: ['wet'], status: 'open' }])
    expect(counts.todo).toBe(1)
    const { task } = must(await api.do('task.add', { record, text: 'again' }))
    must(await api.do('task.tick', { record, task }))
    const found = must(await api.query('record', { record }))
    expect(found.tasks.map(({ text, done }) => [text, done])).toEqual([
      ['look', false],
      ['again', true],
    ])
  })

  test('CTL-7 a watch tells the first answer and the changed one', async () => {
    const api = await openSite(way)
    const heard: QueryAnswer<'board'>[] = []
    const stop = api.watch('board', {}, (answer) => heard.push(must(answer)))
    await eventually('the first answer', () => heard[0] ?? null)
    must(await api.do('job.create', { title: 'Pump' }))
    const changed = await eventually(
      'the changed answer',
      () => heard.find(({ rows }) => rows.length === 1) ?? null,
    )
    expect(changed.rows[0]?.title).toBe('Pump')
    stop()
    const before = heard.length
    must(await api.do('job.create', { title: 'Fan' }))
    must(await api.query('board', {}))
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(heard.length).toBe(before)
  })

  test('CTL-7 a watch of what does not exist tells why, and tells when it comes to be', async () => {
    const api = await open(way)
    const heard: string[] = []
    api.watch('status', {}, (answer) => heard.push(codeOf(answer)))
    await eventually('the refusal', () => heard[0] ?? null)
    must(await api.do('setup.init', { site: 'Hall', name: 'Desk' }))
    await eventually('the answer', () => heard.find((code) => code === 'ok') ?? null)
    expect(heard[0]).toBe('no-site')
  })

  test('CTL-6 what is refused has a code, words and a hint, and the channel stays open', async () => {
    const api = await openSite(way)
    const refused = await api.do('task.tick', { record: NOBODY, task: NOBODY })
    expect(refused).toMatchObject({ ok: false, error: { code: 'not-found', params: { id: NOBODY } } })
    expect(refused.ok ? '' : refused.error.message).toBe(`There is no record "${NOBODY}".`)
    expect(refused.ok ? '' : refused.error.hint).not.toBe('')
    expect(codeOf(await api.query('record', { record: NOBODY }))).toBe('not-found')
    expect(codeOf(await api.query('board', { limit: 501 }))).toBe('bad-input')
    expect(codeOf(await api.query('status', {}))).toBe('ok')
  })

  test('CTL-6 a text of ten million letters is refused and changes nothing', async () => {
    const api = await openSite(way)
    const { record } = must(await api.do('job.create', { title: 'Pump' }))
    const huge = await api.do('note.add', { record, text: 'x'.repeat(10_000_000) })
    expect(['bad-input', 'too-large']).toContain(codeOf(huge))
    expect(must(await api.query('record', { record })).notes).toEqual([])
  })

  test('CTL-13 a node without a site takes setup alone, and the same node serves the site after it', async () => {
    const api = await open(way)
    expect(must(await api.query('node', {})).phase).toBe('setup')
    expect(codeOf(await api.do('job.create', { title: 'x' }))).toBe('no-site')
    expect(codeOf(await api.query('board', {}))).toBe('no-site')
    const made = must(await api.do('setup.init', { site: 'Hall', name: 'Desk' }))
    expect(made.recovery).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(must(await api.query('node', {})).phase).toBe('running')
    expect(must(await api.query('status', {}))).toMatchObject({
      site: made.site,
      actor: made.actor,
      role: 'authority',
    })
    expect(codeOf(await api.do('setup.init', { site: 'Other', name: 'Desk' }))).toBe('data-folder-taken')
    expect(codeOf(await api.do('setup.join', { code: 'x', name: 'Desk' }))).toBe('data-folder-taken')
  })

  test('CTL-13 of two foundings at once one is refused', async () => {
    const api = await open(way)
    const both = await Promise.all([
      api.do('setup.init', { site: 'One', name: 'Desk' }),
      api.do('setup.init', { site: 'Two', name: 'Desk' }),
    ])
    const codes = both.map(codeOf)
    expect(codes.filter((code) => code === 'ok').length).toBe(1)
    expect(['setup-busy', 'data-folder-taken']).toContain(codes.find((code) => code !== 'ok'))
  })

  test('CTL-14 preferences are kept, and told to who watches', async () => {
    const api = await open(way)
    must(await api.do('preference.set', { key: 'theme', value: 'dark' }))
    expect(must(await api.query('preferences', {})).preferences).toEqual({ theme: 'dark' })
  })

  test('CTL-15 an invitation has a code, a picture of it and an end, and can be revoked once', async () => {
    const api = await openSite(way)
    const made = must(await api.do('invite.create', { role: 'technician', name: 'Tablet' }))
    expect(made.code.length).toBeGreaterThan(40)
    expect(made.qr).toMatch(/^data:image\/svg\+xml;base64,/)
    expect(must(await api.query('invites', {})).invites).toMatchObject([
      { invite: made.invite, state: 'open' },
    ])
    expect(must(await api.do('invite.revoke', { invite: made.invite })).revoked).toBe(true)
    expect(must(await api.do('invite.revoke', { invite: made.invite })).revoked).toBe(false)
  })

  test('CTL-16 the links are switched off and on, and an address must be one', async () => {
    const api = await openSite(way)
    expect(must(await api.do('network.set', { lan: false }))).toEqual({ lan: false, wan: true })
    expect(must(await api.query('status', {})).lan.state).toBe('off')
    expect(codeOf(await api.do('peer.dial', { address: '127.0.0.1:9' }))).toBe('network-off')
    expect(must(await api.do('network.set', { lan: true }))).toEqual({ lan: true, wan: true })
    expect(codeOf(await api.do('peer.dial', { address: 'nowhere' }))).toBe('bad-input')
    expect(codeOf(await api.do('peer.dial', { address: '127.0.0.1:9' }))).toBe('ok')
  })
})

describe('CTL-6 input is checked before anything is done with it', () => {
  const reasonOf = (name: string, input: unknown): unknown => {
    const parsed = parseCommand(name, input)
    return parsed.ok ? 'ok' : [parsed.error.code, parsed.error.params.path, parsed.error.params.reason]
  }

  test.each([
    ['job.create', { title: '' }, 'title', 'must not be empty'],
    ['job.create', {}, 'title', 'it is missing'],
    ['job.create', { title: 'x', colour: 'red' }, 'colour', 'there is no such field'],
    ['job.create', { title: 'x', tags: ['a', 5] }, 'tags.1', 'Invalid type: Expected string but received 5'],
    ['job.create', { title: 'x', due: 'soon' }, 'due', 'must be a date, YYYY-MM-DD'],
    ['field.set', { record: 'x', field: 'title', value: 'y' }, 'record', 'must be 32 hex digits'],
    ['conflict.resolve', { choices: [] }, 'choices', 'Invalid length: Expected >=1 but received 0'],
    ['job.create', null, '(the whole)', 'Invalid type: Expected Object but received null'],
    ['job.create', 'text', '(the whole)', 'Invalid type: Expected Object but received "text"'],
  ])('CTL-6 %s %j', (name, input, path, reason) => {
    expect(reasonOf(name, input)).toEqual(['bad-input', path, reason])
  })

  test('CTL-6 names that every object has are no commands and no queries', () => {
    for (const name of ['toString', '__proto__', 'constructor', '', 'job.destroy']) {
      expect(parseCommand(name, {})).toMatchObject({ ok: false, error: { code: 'unknown-command' } })
      expect(parseQuery(name, {})).toMatchObject({ ok: false, error: { code: 'unknown-query' } })
    }
  })

  test('CTL-6 what is refused is quoted in short', () => {
    const parsed = parseCommand('task.add', { record: 5, text: 'x'.repeat(1_000_000) })
    expect(parsed.ok ? '' : parsed.error.message.length).toBeLessThan(600)
    const unknown = parseCommand('y'.repeat(1_000_000), {})
    expect(unknown.ok ? '' : unknown.error.message.length).toBeLessThan(300)
  })
})
