/** What the peers' place says of how a device is reached. */
import { expect, test } from 'vitest'
import type { PeerRow } from '../../shared/api/rows.ts'
import { heardOf, reachOf, tabletsText, throughText, whyText } from '../../renderer/peers/reach.ts'

const EDGE = { actor: 'e', name: 'Edge', heard: 2_000 }

const peer = (changed: Partial<PeerRow>): PeerRow => ({
  actor: 'a',
  name: 'Tablet 3',
  role: 'technician',
  link: 'down',
  via: null,
  last_heard: 1_000,
  lag: null,
  address: null,
  through: null,
  why: null,
  ...changed,
})

const said = (why: string): string => `said: ${why}`

test('NET-70 a device that another heard a moment ago is reached through that one, and so heard', () => {
  const row = peer({ through: EDGE })
  expect(reachOf(row)).toEqual({ by: 'through', name: 'Edge' })
  expect(throughText('en', 'Edge')).toBe('Reached through Edge')
  expect(throughText('es', 'Edge')).toBe('Se alcanza por Edge')
  expect(heardOf(row)).toBe(2_000)
  expect(whyText('en', row, said)).toContain('work still comes and goes')
})

test('NET-70 a link of its own, or one that was switched off, is said as such', () => {
  for (const link of ['up', 'off'] as const) {
    expect(reachOf(peer({ link, through: EDGE }))).toEqual({ by: 'link', state: link })
    expect(whyText('en', peer({ link, through: EDGE, why: 'lost' }), said)).toBeNull()
  }
})

test('NET-70 of a device that nobody reaches it is said why, and when it was heard', () => {
  const row = peer({ why: 'unreachable' })
  expect(reachOf(row)).toEqual({ by: 'link', state: 'down' })
  expect(whyText('es', row, said)).toBe('said: unreachable')
  expect(heardOf(row)).toBe(1_000)
  expect(heardOf(peer({ last_heard: null }))).toBeNull()
  expect(whyText('en', peer({}), said)).toBeNull()
})

test('NET-70 a tablet says why it does not link another, and how many of its links it uses', () => {
  expect(whyText('en', peer({ why: 'enough', through: EDGE }), said)).toContain('four tablets next to it')
  expect(whyText('es', peer({ why: 'enough' }), said)).toContain('cuatro tabletas')
  expect(tabletsText('en', { linked: 3, most: 4 })).toBe('3 of 4 links to other tablets')
  expect(tabletsText('es', { linked: 3, most: 4 })).toBe('3 de 4 enlaces con otras tabletas')
  expect(tabletsText('en', null)).toBeNull()
})
