/** When the authority was heard, where those who tell of it may lie. */
import { describe, expect, test } from 'vitest'
import { AuthorityWatch } from '../../main/net/authority-watch.ts'

const MINUTE = 60_000

describe('the authority, as others tell of it', () => {
  test('ATK-30 a relay that withholds the authority’s signed word cannot make it look heard for more than two minutes', () => {
    const watch = new AuthorityWatch(0)
    for (let now = 0; now <= 60 * MINUTE; now += 3_000) watch.told(0, now)
    expect(watch.age(60 * MINUTE)).toBe(58 * MINUTE)
  })

  test('ATK-30 with its signed word coming, what peers say stands', () => {
    const watch = new AuthorityWatch(0)
    for (let now = 0; now <= 60 * MINUTE; now += 3_000) {
      if (now % 15_000 === 0) watch.signed(now)
      watch.told(1_000, now)
      expect(watch.age(now)).toBe(1_000)
    }
  })

  test('ATK-30 what was heard from the authority itself needs nobody’s word', () => {
    const watch = new AuthorityWatch(0)
    watch.heard(0, 60 * MINUTE)
    watch.told(5_000, 60 * MINUTE)
    expect(watch.age(60 * MINUTE)).toBe(0)
  })
})
