/** What has hundreds of statements, failing at each of them, those that only read among them. */
import { expect, test } from 'vitest'
import { failAtEach } from '../crash/atomic/failing.ts'
import { OTHERS } from '../crash/atomic/others.ts'
import { SCENARIOS } from '../crash/atomic/scenarios.ts'

const played = Object.entries({ ...SCENARIOS, ...OTHERS }).flatMap(([name, scenario]) =>
  typeof scenario === 'string' ? [] : [{ name, scenario }],
)

test.each(played)('PWR-10 $name that fails at any statement is there as a whole or not at all', (one) => {
  expect(failAtEach(one.scenario(), 'all')).toBeGreaterThan(0)
})
