/** Every command, and all that is done without one, failing at every statement: there as a whole, or not at all. */
import { describe, expect, test } from 'vitest'
import { COMMANDS, SITE_COMMANDS } from '../../shared/api/commands.ts'
import { createSite, openReplica } from '../../shared/replica/replica.ts'
import { storedSite } from '../../shared/replica/committing.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { memorySql, type Counted } from '../support/memory-sql.ts'
import { signerFrom, steppingClock } from '../support/replicas.ts'
import { failAtEach } from './atomic/failing.ts'
import { OTHERS } from './atomic/others.ts'
import { SCENARIOS } from './atomic/scenarios.ts'

const played = Object.entries(SCENARIOS).flatMap(([command, scenario]) =>
  typeof scenario === 'string' ? [] : [{ command, scenario }],
)

/** Those with hundreds of statements fail at what reads in the soak alone. */
const LONG = ['import.csv', 'slices of work put off']
const countedFor = (name: string): Counted => (LONG.includes(name) ? 'changes' : 'all')

describe('a command', () => {
  test('PWR-10 every command has its scenario, or a sentence that says why it needs none', () => {
    expect(Object.keys(SCENARIOS).sort()).toEqual(Object.keys(COMMANDS).sort())
    const names = played.map(({ command }) => command)
    expect(names).toEqual(expect.arrayContaining(Object.keys(SITE_COMMANDS)))
  })

  test.each(played)(
    'PWR-10 $command that fails at any statement is there as a whole or not at all',
    ({ command, scenario }) => {
      const { device, act } = scenario()
      const before = device.replica.ownSeq()
      const failures = failAtEach({ device, act }, countedFor(command), ({ replica }) => {
        // An import says what of it is done, row by row.
        if (command !== 'import.csv') expect(replica.ownSeq(), 'what failed was not done').toBe(before)
      })
      expect(failures).toBeGreaterThan(0)
    },
  )
})

describe('what is done without a command', () => {
  const doings = Object.entries(OTHERS)
  test.each(doings)(
    'PWR-11 %s that fails at any statement is there as a whole or not at all',
    (name, scenario) => {
      expect(failAtEach(scenario(), countedFor(name))).toBeGreaterThan(0)
    },
  )

  test('PWR-12 a founding that fails at any statement leaves a folder in which a site can be founded', () => {
    const founding = {
      site: 'Test warehouse',
      name: 'HQ',
      person: 'HQ',
      tlsKeyHash: new Uint8Array(32),
      recoveryKey: signerFrom('recovery').publicKey,
    }
    const signer = signerFrom('hq')
    let [failures, founded] = [0, false]
    while (!founded) {
      const sql = memorySql()
      const world = { sql, crypto: createCrypto(), clock: steppingClock() }
      sql.failAt(failures + 1, 'changes')
      try {
        createSite(world, signer, founding)
        sql.failAt(0)
        founded = true
      } catch {
        failures += 1
        sql.failAt(0)
        expect(storedSite(sql)).toBeNull()
        createSite(world, signer, founding)
      }
      const site = storedSite(sql)
      expect(site && openReplica(world, signer, site).diagnose()).toMatchObject({ ops: 1, findings: [] })
    }
    expect(failures).toBeGreaterThan(5)
  })
})
