/** The sentences that the screen makes of changes, and the demo's hints. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Change, RequestAction, RightName } from '../../shared/api/rows.ts'
import { plainText } from '../../renderer/activity/phrase.ts'
import { phrasesOf } from '../../renderer/activity/sentence.ts'
import { hintFor, type CoachFacts } from '../../renderer/demo/coach.ts'

const TASK = '1'.repeat(32)
const REQUEST = `${'a'.repeat(64)}:7`

const told = (language: 'en' | 'es', ...changes: Change[]): string[] =>
  phrasesOf(language, changes).map(plainText)

const field = fc.constantFrom(
  'title',
  'zone',
  'tags',
  'tasks',
  'notes',
  'attachments',
  'labour',
  'text',
  'made-up',
)
const child = fc.constantFrom(null, TASK)
const text = fc.string()
const action = fc.constantFrom<RequestAction[]>('close', 'reopen', 'numbers', 'stock', 'role', 'cut', 'check')
const orNull = (of: fc.Arbitrary<string>) => fc.option(of, { nil: null })
const right: fc.Arbitrary<RightName> = fc.record({
  right: text,
  of: fc.constantFrom<RightName['of'][]>('job-number', 'audit-number', 'enrol', 'stock', 'decide', 'unknown'),
  about: orNull(text),
})
const detail = fc.record(
  { right, amount: fc.nat(), actor: text, name: text, role: text, reason: text, attachment: text },
  { requiredKeys: [] },
)
const ranges = fc.array(fc.tuple(fc.nat(), fc.nat()))

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    what: fc.constant('created' as const),
    kind: fc.constantFrom('job', 'case', 'ship'),
    imported: orNull(text),
  }),
  fc.record({
    what: fc.constant('set' as const),
    field,
    child,
    value: fc.oneof(text, fc.integer(), fc.constant(null)),
    settles: fc.nat(3),
  }),
  fc.record({ what: fc.constantFrom('added' as const, 'removed' as const), field, key: text }),
  fc.record({
    what: fc.constantFrom('child-added' as const, 'child-removed' as const),
    field,
    child: fc.constant(TASK),
  }),
  fc.record({
    what: fc.constantFrom('ticked' as const, 'unticked' as const),
    child: fc.constant(TASK),
    text,
  }),
  fc.record({ what: fc.constant('text' as const), child: fc.constant(TASK), excerpt: text }),
  fc.record({ what: fc.constant('counted' as const), field, amount: fc.integer() }),
  fc.record({ what: fc.constant('requested' as const), action, detail }),
  fc.record({ what: fc.constant('withdrew' as const), request: fc.constant(REQUEST) }),
  fc.record({
    what: fc.constant('decided' as const),
    request: fc.constant(REQUEST),
    action,
    accept: fc.boolean(),
    audit_number: orNull(fc.constant('A-2026-0001')),
    reason: orNull(fc.constantFrom('open-tasks', 'not today')),
  }),
  fc.record({
    what: fc.constant('admitted' as const),
    name: text,
    role: fc.constantFrom('technician', 'captain'),
  }),
  fc.record({ what: fc.constant('role-set' as const), name: text, role: fc.constantFrom('edge', 'captain') }),
  fc.record({ what: fc.constant('cut' as const), name: text, reason: text }),
  fc.record({ what: fc.constant('founded' as const), name: text }),
  fc.record({ what: fc.constant('unknown' as const), code: fc.nat() }),
  fc.record({
    what: fc.constantFrom('given' as const, 'passed' as const),
    right,
    amount: fc.nat(),
    ranges,
    name: text,
  }),
  fc.record({
    what: fc.constant('spent' as const),
    right,
    amount: fc.nat(),
    number: orNull(text),
    purpose: orNull(text),
  }),
  fc.record({ what: fc.constant('reclaimed' as const), right, name: text }),
  fc.record({
    what: fc.constantFrom('signed-off' as const, 'policy-set' as const),
  }),
  fc.record({ what: fc.constant('checkpoint' as const), ops: fc.nat() }),
  fc.record({ what: fc.constant('handed-over' as const), name: text }),
  fc.record({ what: fc.constant('rules-raised' as const), version: fc.nat() }),
  fc.record({ what: fc.constant('adopted' as const), op: text, author: text }),
  fc.record({ what: fc.constant('dismissed' as const), op: text, author: text, reason: text }),
  fc.record({ what: fc.constant('revoked' as const), dot: text, field, reason: text }),
  fc.record({
    what: fc.constant('withdrawn' as const),
    of: fc.constantFrom('value' as const, 'child' as const, 'part' as const),
    field,
  }),
  fc.record({ what: fc.constant('parcel-handed-in' as const), parcel: text }),
  fc.record({
    what: fc.constantFrom('parcel-taken' as const, 'parcel-dismissed' as const),
    parcel: text,
    items: fc.nat(),
  }),
)

describe('sentences', () => {
  test('DESK-54 every change has a sentence in both languages, with nothing left to fill in', () => {
    fc.assert(
      fc.property(
        fc.array(anyChange, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('en' as const, 'es' as const),
        (changes, language) => {
          const phrases = phrasesOf(language, changes)
          expect(phrases.length).toBeGreaterThan(0)
          for (const phrase of phrases) {
            expect(plainText(phrase)).not.toBe('')
            for (const part of phrase) if (part.kind === 'plain') expect(part.text).not.toMatch(/\{\w+\}/)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('DESK-54 what a person wrote is a part of its own, so it is never taken for the product’s words', () => {
    const [phrase] = phrasesOf('en', [{ what: 'ticked', child: TASK, text: 'set {field} to 9' }])
    expect(phrase).toEqual([
      { kind: 'plain', text: 'ticked ' },
      { kind: 'said', text: '“set {field} to 9”' },
    ])
  })

  test('DESK-54 values of closed lists and the policy’s reasons are translated, own words are not', () => {
    const set: Change = { what: 'set', field: 'priority', child: null, value: 'urgent', settles: 0 }
    expect(told('es', set)).toEqual(['cambió la prioridad a «urgente»'])
    const refused = {
      what: 'decided',
      request: REQUEST,
      action: 'close',
      accept: false,
      audit_number: null,
    } as const
    expect(told('es', { ...refused, reason: 'open-tasks' })).toEqual([
      'rechazó cerrarlo: No todas las tareas están marcadas.',
    ])
    expect(told('es', { ...refused, reason: 'call me first' })).toEqual(['rechazó cerrarlo: call me first'])
  })

  test('DESK-55 a task and its words are one sentence, and so is a note', () => {
    expect(
      told(
        'en',
        { what: 'child-added', field: 'tasks', child: TASK },
        { what: 'set', field: 'text', child: TASK, value: 'inspect valve', settles: 0 },
      ),
    ).toEqual(['added the task “inspect valve”'])
    expect(
      told(
        'en',
        { what: 'child-added', field: 'notes', child: TASK },
        { what: 'text', child: TASK, excerpt: 'Filter was cracked' },
      ),
    ).toEqual(['wrote the note “Filter was cracked”'])
  })

  test('DESK-55 a photo with its name, kind, size and small picture is one sentence', () => {
    const added = { what: 'child-added', field: 'attachments', child: TASK } as const
    const set = (field: string, value: string | number) =>
      ({ what: 'set', field, child: TASK, value, settles: 0 }) as const
    const whole = [
      added,
      set('name', 'oil.jpg'),
      set('mime', 'image/jpeg'),
      set('size', 9),
      set('thumbnail', 'x'),
    ]
    expect(told('en', ...whole)).toEqual(['attached “oil.jpg”'])
    expect(told('es', added)).toEqual(['añadió una foto'])
    expect(told('en', set('name', 'gate.jpg'))).not.toEqual([])
  })

  test('DESK-55 a new job is one sentence with its tasks, an import one with its jobs', () => {
    const task: Change = { what: 'child-added', field: 'tasks', child: TASK }
    const title: Change = { what: 'set', field: 'title', child: null, value: 'Pump', settles: 0 }
    const created: Change = { what: 'created', kind: 'job', imported: null }
    expect(told('en', created, title, task, task)).toEqual(['opened the job with 2 tasks'])
    const imported: Change = { what: 'created', kind: 'job', imported: 'orders.csv: WO-1' }
    expect(told('en', imported, title)).toEqual(['imported it from orders.csv: WO-1'])
    expect(told('en', imported, title, imported, title)).toEqual(['imported 2 jobs from orders.csv'])
  })

  test('DESK-55 many settled conflicts are one sentence, and so is taking them back', () => {
    const settled = (value: string): Change => ({
      what: 'set',
      field: 'title',
      child: null,
      value,
      settles: 1,
    })
    expect(told('en', settled('a'))).toEqual(['settled the title as “a”'])
    expect(told('en', settled('a'), settled('b'), settled('c'))).toEqual(['settled 3 conflicts'])
    const back = (value: string): Change => ({ what: 'set', field: 'zone', child: null, value, settles: 0 })
    expect(told('en', back('Dock 1'), back('Yard'))).toEqual([
      'took a settlement back: “Dock 1”, “Yard” stand side by side again',
    ])
    expect(told('en', back('a'), back('b'), back('c'), back('d'))).toEqual([
      'took a settlement back: its conflicts are open again',
    ])
  })
})

describe('sentences about rights and review', () => {
  const numbers: RightName = { right: 'job-number', of: 'job-number', about: null }
  const filter: RightName = { right: 'stock:1', of: 'stock', about: 'Filter F7' }
  const north: RightName = { right: 'decide:close:North', of: 'decide', about: 'North' }

  test('DESK-54 a right is told by what it is for, one or many, and with its numbers', () => {
    const given = { what: 'given', right: numbers, name: 'Tablet 1' } as const
    expect(told('en', { ...given, amount: 50, ranges: [[51, 100]] })).toEqual([
      'gave 50 job numbers (51–100) to Tablet 1',
    ])
    expect(told('es', { ...given, amount: 1, ranges: [[7, 7]] })).toEqual([
      'dio 1 número de trabajo (7) a Tablet 1',
    ])
    expect(told('en', { what: 'passed', right: north, amount: 1, ranges: [], name: 'Headquarters' })).toEqual(
      ['passed the closing of zone North on to Headquarters'],
    )
    expect(told('en', { what: 'spent', right: numbers, amount: 1, number: 'J-0007', purpose: null })).toEqual(
      ['numbered it J-0007'],
    )
    expect(told('en', { what: 'spent', right: filter, amount: 2, number: null, purpose: null })).toEqual([
      'drew 2 of Filter F7 from stock',
    ])
    expect(told('es', { what: 'spent', right: filter, amount: 2, number: null, purpose: 'Bomba' })).toEqual([
      'sacó 2 de Filter F7 del almacén para “Bomba”',
    ])
    expect(told('es', { what: 'reclaimed', right: north, name: 'Desk 2' })).toEqual([
      'recuperó el cierre de la zona North de Desk 2',
    ])
  })

  test('DESK-54 a request tells what it asks for, and its answer what became of that', () => {
    const asked = (action: RequestAction, of: object): Change => ({
      what: 'requested',
      action,
      detail: of,
    })
    expect(told('en', asked('numbers', { right: numbers, amount: 100 }))).toEqual([
      'asked for 100 job numbers',
    ])
    expect(told('en', asked('stock', { right: filter, amount: 12 }))).toEqual(['asked for 12 of Filter F7'])
    expect(told('es', asked('role', { name: 'Tablet 3', role: 'supervisor' }))).toEqual([
      'pidió cambiar a Tablet 3 a supervisor',
    ])
    expect(told('en', asked('cut', { name: 'Tablet 3', reason: 'lost in the harbour' }))).toEqual([
      'asked to remove Tablet 3: lost in the harbour',
    ])
    const answer = { what: 'decided', request: REQUEST, audit_number: null } as const
    expect(told('en', { ...answer, action: 'stock', accept: false, reason: 'none left' })).toEqual([
      'refused the stock: none left',
    ])
    expect(told('en', { ...answer, action: 'cut', accept: true, reason: null })).toEqual([
      'agreed to the removal of a device',
    ])
  })

  test('DESK-54 a repair keeps its reason, and a review says whose edit it settled', () => {
    expect(told('en', { what: 'adopted', op: REQUEST, author: 'Tablet 1' })).toEqual([
      'let an edit by Tablet 1 count after all',
    ])
    expect(told('es', { what: 'dismissed', op: REQUEST, author: 'Tablet 1', reason: 'ya hecho' })).toEqual([
      'descartó un cambio de Tablet 1: ya hecho',
    ])
    expect(
      told('en', { what: 'revoked', dot: `${REQUEST}.0`, field: 'attachments', reason: 'too old' }),
    ).toEqual(['withdrew an attachment: too old'])
    expect(told('en', { what: 'parcel-taken', parcel: TASK, items: 1 })).toEqual([
      'took over 1 item of handed-in work',
    ])
  })
})

describe('hints', () => {
  const quiet: CoachFacts = {
    wan: true,
    tabletsOff: [],
    conflicts: 0,
    isTitle: false,
    waiting: 0,
    hasSettled: false,
    hasWaited: false,
    audit: null,
  }

  test('DESK-56 the hints follow the round that a newcomer makes', () => {
    expect(hintFor(quiet).hint).toBe('arrivals')
    expect(hintFor({ ...quiet, conflicts: 1, isTitle: true })).toEqual({ hint: 'title', place: 'conflicts' })
    expect(hintFor({ ...quiet, hasSettled: true }).hint).toBe('cutWan')
    expect(hintFor({ ...quiet, wan: false }).hint).toBe('wanOut')
    expect(hintFor({ ...quiet, wan: false, waiting: 1 })).toEqual({
      hint: 'waiting',
      count: 1,
      place: 'authority',
    })
    expect(hintFor({ ...quiet, waiting: 2, hasWaited: true }).hint).toBe('answering')
    expect(hintFor({ ...quiet, hasWaited: true, audit: 'A-2026-0001' })).toEqual({
      hint: 'answered',
      audit: 'A-2026-0001',
      place: 'authority',
    })
    expect(hintFor({ ...quiet, tabletsOff: ['Tablet 1'] })).toEqual({
      hint: 'tabletOff',
      tablet: 'Tablet 1',
      place: 'peers',
    })
  })

  test('DESK-56 a hint never points at what is not there', () => {
    const facts = fc.record({
      wan: fc.boolean(),
      tabletsOff: fc.subarray(['Tablet 1', 'Tablet 2']),
      conflicts: fc.nat(3),
      isTitle: fc.boolean(),
      waiting: fc.nat(3),
      hasSettled: fc.boolean(),
      hasWaited: fc.boolean(),
      audit: fc.option(fc.constant('A-2026-0001'), { nil: null }),
    })
    fc.assert(
      fc.property(facts, (given) => {
        const { hint } = hintFor(given)
        if (hint === 'conflicts' || hint === 'title') expect(given.conflicts).toBeGreaterThan(0)
        if (hint === 'answering')
          expect([given.wan, given.waiting > 0, given.hasWaited]).toEqual([true, true, true])
        if (hint === 'waiting') expect([given.wan, given.waiting > 0]).toEqual([false, true])
        if (hint === 'wanOut') expect(given.wan).toBe(false)
        if (hint === 'answered') expect(given.audit).not.toBeNull()
        if (hint === 'tabletOff') expect(given.tabletsOff.length).toBeGreaterThan(0)
      }),
      { numRuns: 1000 },
    )
  })
})
