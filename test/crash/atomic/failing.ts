/** A carrying out that fails at any of its statements, played on copies of one device. */
import { expect } from 'vitest'
import { copyOf, REACH, type Device } from '../../support/replicas.ts'
import type { Counted } from '../../support/memory-sql.ts'
import type { Scenario } from './stage.ts'

const FAILED = 'disk I/O error (by the test)'

/**
 * Fails at each statement in turn, until one carrying out meets none; how often. After each failure the database is, byte for
 * byte, as some commit of an undisturbed carrying out left it, or as it was before; so each of these is looked into once.
 * What the device itself shows then is what its database says, and it can do what had failed. `refused` looks at a device
 * that said that it failed.
 */
export function failAtEach(
  { device, act }: Scenario,
  counted: Counted,
  refused: (copy: Device) => void = () => undefined,
): number {
  const states = statesOf({ device, act })
  for (const state of states) expectSound(copyOf(device, state))
  for (let nth = 1; ; nth += 1) {
    const copy = copyOf(device)
    copy.sql.failAt(nth, counted)
    const isRefused = fails(() => act(copy))
    if (!copy.sql.failAt(0)) return nth - 1
    const left = copy.sql.serialize()
    expect(
      states.some((state) => state.equals(left)),
      `as before or as after, at statement ${nth}`,
    ).toBe(true)
    expect(shown(copy)).toEqual(shown(copyOf(device, left)))
    if (isRefused) {
      refused(copy)
      expectDone(act(copy))
    }
    copy.sql.close()
  }
}

/** The database before, and after each commit; a statement outside a transaction is one. */
function statesOf({ device, act }: Scenario): readonly Buffer[] {
  const copy = copyOf(device)
  const { sql } = copy
  const states = [sql.serialize()]
  const [transaction, prepare] = [sql.transaction.bind(sql), sql.prepare.bind(sql)]
  let isInside = false
  const committed = <T>(done: T): T => {
    if (!isInside) states.push(sql.serialize())
    return done
  }
  sql.transaction = (work) => {
    isInside = true
    const done = transaction(work)
    isInside = false
    return committed(done)
  }
  sql.prepare = (text) => {
    const statement = prepare(text)
    return { ...statement, run: (...parameters) => committed(statement.run(...parameters)) }
  }
  expectDone(act(copy))
  return states
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
