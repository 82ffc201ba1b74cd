/** A carrying out that fails at any of its statements, played on copies of one device. */
import { expect } from 'vitest'
import { copyOf, REACH, type Device } from '../../support/replicas.ts'
import type { Counted } from '../../support/memory-sql.ts'
import type { Scenario } from './stage.ts'

const FAILED = 'disk I/O error (by the test)'

/**
 * Fails at each statement in turn, until one carrying out meets none; how often. After each failure the database is, byte for
 * byte, as some commit of an undisturbed carrying out left it, or as it was before; so each of these is looked into once.
 * What the device itself shows then is what its database says, and it can do what had failed.
 */
export function failAtEach({ device, act }: Scenario, counted: Counted): number {
  const states = statesOf({ device, act })
  for (const state of states) expectSound(copyOf(device, state))
  for (let nth = 1; ; nth += 1) {
    const copy = copyOf(device)
    copy.sql.failAt(nth, counted)
    const failed = fails(() => act(copy))
    copy.sql.failAt(0)
    if (!failed) return nth - 1
    const left = copy.sql.serialize()
    expect(
      states.some((state) => state.equals(left)),
      `as before or as after, at statement ${nth}`,
    ).toBe(true)
    expect(shown(copy)).toEqual(shown(copyOf(device, left)))
    expectDone(act(copy))
    copy.sql.close()
  }
}

/** The database before, and after each commit; one statement outside a transaction is one, the last. */
function statesOf({ device, act }: Scenario): readonly Buffer[] {
  const copy = copyOf(device)
  const states = [copy.sql.serialize()]
  const transaction = copy.sql.transaction.bind(copy.sql)
  copy.sql.transaction = (work) => {
    const done = transaction(work)
    states.push(copy.sql.serialize())
    return done
  }
  expectDone(act(copy))
  const last = copy.sql.serialize()
  return states.at(-1)?.equals(last) ? states : [...states, last]
}

function expectDone(outcome: ReturnType<Scenario['act']>): void {
  if (!outcome.ok) throw outcome.error
}

function fails(work: () => unknown): boolean {
  try {
    work()
    return false
  } catch (error) {
    if (error instanceof Error && error.message === FAILED) return true
    throw error
  }
}

function expectSound({ replica, sql }: Device): void {
  expect(replica.diagnose().findings).toEqual([])
  sql.close()
}

/** What a person and a peer are told. */
const shown = ({ replica }: Device): unknown => [
  replica.digest(),
  replica.status(),
  ...(['board', 'conflicts', 'review', 'requests', 'rights', 'parcels', 'outbox'] as const).map((query) =>
    replica.query(query, {}, REACH),
  ),
]
