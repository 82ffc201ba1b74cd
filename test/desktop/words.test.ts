/** What the shell shows by itself, and what it takes from the channel of the node's process. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { en } from '../../main/desktop/messages/en.ts'
import { es } from '../../main/desktop/messages/es.ts'
import { languageOf, speaker } from '../../main/desktop/messages/catalogue.ts'
import { parseNodeMessage, parseShellMessage } from '../../main/desktop/node-messages.ts'
import { phasePage } from '../../main/desktop/phase-page.ts'
import { parseNotice } from '../../main/desktop/verbs.ts'

function holes(text: string): string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort()
}

describe('words', () => {
  test('SHELL-18 every text has its Spanish twin with the same holes', () => {
    for (const [word, text] of Object.entries(en)) {
      expect(holes(es[word as keyof typeof en]), word).toEqual(holes(text))
    }
  })

  test.each([
    ['es', 'es'],
    ['es-MX', 'es'],
    ['ES_419', 'es'],
    ['en-US', 'en'],
    ['de', 'en'],
    ['', 'en'],
  ])('SHELL-18 the locale %j speaks %j', (locale, language) => {
    expect(languageOf(locale)).toBe(language)
  })

  test('SHELL-14 the page of a refusal holds the sentence, the hint and the way on, and no markup from outside', () => {
    const params = { reason: '<img src=x onerror=alert(1)>' }
    const refusal = { type: 'refused', code: 'data-folder-unreadable', params } as const
    const page = decodeURIComponent(phasePage({ name: 'refused', refusal }, 'en') ?? '')
    expect(page).toContain('cannot be read or written: &lt;img src=x')
    expect(page).toContain(speaker('en')('start-again'))
    expect(page).not.toContain('<img')
  })

  test('SHELL-13 the page after giving up says what to do, in the language of the system', () => {
    const page = decodeURIComponent(phasePage({ name: 'gave-up', times: 6 }, 'es') ?? '')
    expect(page).toContain('se detuvo 6 veces')
    expect(page).toContain('Iniciar de nuevo')
  })
})

describe('process channel', () => {
  test('SHELL-19 the agreed messages are understood', () => {
    const ready = { type: 'ready', control: { address: '127.0.0.1:4000', token: 't' } }
    expect(parseNodeMessage(ready)).toEqual(ready)
    const refused = { type: 'refused', code: 'data-folder-in-use', params: { pid: 3 } }
    expect(parseNodeMessage(refused)).toEqual(refused)
    expect(parseShellMessage({ type: 'stop' })).toEqual({ type: 'stop' })
  })

  test.each([
    { type: 'ready' },
    { type: 'ready', control: { address: 'example.org:80', token: 't' } },
    { type: 'ready', control: { address: '127.0.0.1:80/..', token: 't' } },
    { type: 'ready', control: { address: '127.0.0.1:4000', token: '' } },
    { type: 'refused', code: 'toString', params: {} },
    { type: 'refused', code: 'data-folder-in-use', params: { pid: {} } },
  ])('SHELL-19 %j is ignored', (message) => {
    expect(parseNodeMessage(message)).toBeNull()
  })

  test('SHELL-19 nothing else is taken for a message, and nothing throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseNodeMessage(value)).toBeNull()
        expect(parseShellMessage(value)).toBeNull()
      }),
      { numRuns: 1000 },
    )
  })
})

describe('notices', () => {
  test('SHELL-8 a notice has exactly two short texts', () => {
    expect(parseNotice({ title: 'Pump 4', body: 'Closed' })).toEqual({ title: 'Pump 4', body: 'Closed' })
    const wrong = [
      null,
      'Pump 4',
      [],
      { title: 'Pump 4' },
      { title: 'Pump 4', body: '' },
      { title: 4, body: 'Closed' },
      { title: 'x'.repeat(121), body: 'Closed' },
      { title: 'Pump 4', body: 'x'.repeat(401) },
      { title: 'Pump 4', body: 'Closed', icon: '/etc/passwd' },
    ]
    for (const value of wrong) expect(parseNotice(value)).toBeNull()
  })
})
