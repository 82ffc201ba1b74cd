/** The `Sql` port on an in-memory SQLite: for laws and simulations, where thousands of replicas come and go. */
import Database from 'better-sqlite3'
import { TallydeskError } from '../../shared/api/errors.ts'
import type { Sql, SqlRow, SqlValue, Statement } from '../../shared/replica/ports.ts'

/** `writes`: what changes rows; `changes`: also the beginning and the end of a transaction; `all`: also what reads. */
export type Counted = 'writes' | 'changes' | 'all'

const EXTENT: Readonly<Record<Counted, number>> = { writes: 1, changes: 2, all: 3 }

export interface MemorySql extends Sql {
  /**
   * Throws at the nth statement of a kind from now on, as a full disk would; 0: never. Answers whether it has thrown
   * since it was told before.
   */
  failAt(nth: number, counted?: Counted): boolean
  /** Statements run so far, and rows that they answered: what work cost, whatever the machine. */
  work(): number
  /** Throws at the nth statement that writes from now on, and then at everything, as a disk that is gone; 0: it is back. */
  breakAt(nth: number): void
  /** From now on what is delayed may be lost; until then it is as durable as all else. */
  delay(): void
  /** The power goes: what was delayed behind the last transaction that was not is gone. Answers whether anything was. */
  losePower(): boolean
  /** Forgets afterwards all that `work` wrote: cheaper by far than a new database, since statements stay prepared. */
  rehearse<T>(work: () => T): T
  /** The whole database as bytes, from which another may begin. */
  serialize(): Buffer
  close(): void
}

/** Empty, or beginning as what was serialized. */
export function memorySql(image?: Buffer): MemorySql {
  const database = image === undefined ? new Database(':memory:') : new Database(image)
  const statements = new Map<string, Statement>()
  let worked = 0
  let untilFailure = 0
  let extent = 0
  let hasFailed = false
  let untilGone = 0
  let isGone = false
  const step = (counted: Counted): void => {
    worked += 1
    if (untilGone > 0 && counted === 'writes') {
      untilGone -= 1
      isGone = untilGone === 0
    }
    if (isGone) throw new TallydeskError('storage-failed', { reason: 'by the test' })
    if (untilFailure === 0 || EXTENT[counted] > extent) return
    untilFailure -= 1
    if (untilFailure > 0) return
    hasFailed = true
    throw new Error('disk I/O error (by the test)')
  }
  // What is delayed is written inside a transaction that the next one ends which is not.
  let isOpen = false
  let isInside = false
  let isRehearsal = false
  let delays = false
  const keepDelayed = (): void => {
    if (isOpen) database.exec('COMMIT')
    isOpen = false
  }
  const prepare = (text: string): Statement => {
    const prepared = database.prepare<SqlValue[]>(text)
    return {
      run: (...parameters) => {
        if (!isInside) keepDelayed()
        step('writes')
        return { changes: prepared.run(...parameters).changes }
      },
      get: <Row extends SqlRow>(...parameters: readonly SqlValue[]) => {
        step('all')
        return prepared.get(...parameters) as Row | undefined
      },
      all: <Row extends SqlRow>(...parameters: readonly SqlValue[]) => {
        step('all')
        const rows = prepared.all(...parameters) as Row[]
        worked += rows.length
        return rows
      },
    }
  }
  return {
    exec: (text) => {
      if (!isInside) keepDelayed()
      database.exec(text)
    },
    prepare: (text) => {
      const known = statements.get(text) ?? prepare(text)
      statements.set(text, known)
      return known
    },
    transaction: (work, durability) => {
      step('changes')
      const isDelayed = durability === 'delayed' && delays && !isRehearsal
      if (!isDelayed) keepDelayed()
      else if (!isOpen) database.exec('BEGIN')
      isOpen = isDelayed
      const whole = database.transaction(() => {
        const done = work()
        step('changes')
        return done
      })
      isInside = true
      try {
        return whole.immediate()
      } finally {
        isInside = false
      }
    },
    failAt: (nth, counted = 'writes') => {
      const before = hasFailed
      untilFailure = nth
      extent = EXTENT[counted]
      hasFailed = false
      return before
    },
    work: () => worked,
    breakAt: (nth) => {
      untilGone = nth
      isGone = false
    },
    delay: () => {
      delays = true
    },
    losePower: () => {
      const lost = isOpen
      if (lost) database.exec('ROLLBACK')
      isOpen = false
      return lost
    },
    rehearse: (work) => {
      keepDelayed()
      isRehearsal = true
      database.exec('BEGIN')
      try {
        return work()
      } finally {
        isRehearsal = false
        database.exec('ROLLBACK')
      }
    },
    serialize: () => {
      keepDelayed()
      return database.serialize()
    },
    close: () => void database.close(),
  }
}
