/** The sentences that the screen makes of changes, and the demo's hints. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../shared/api/queries.ts'
import { phrasesOf, plainText } from '../../renderer/activity/sentence.ts'
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
const action = fc.constantFrom('close' as const, 'reopen' as const)
const orNull = (of: fc.Arbitrary<string>) => fc.option(of, { nil: null })

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
  fc.record({ what: fc.constant('requested' as const), action }),
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
