/** A long sync over real database files, cut between any two frames by the death of either side or of both. */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openDatabase, type SqlDatabase } from '../../main/store/database.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import type { SyncStore } from '../../shared/sync/store.ts'
import { must, steppingClock, type Device } from '../support/replicas.ts'
import { aSite, newJob } from '../support/site.ts'
import { SocketPair } from '../unit/sync/socket-pair.ts'

/** Written by the office and, apart from it, on the tablet. */
const OPS = { office: 4_000, tablet: 1_000 }

/** Most frames of one life. A life that is cut in its greeting brings nothing, and one of thirty frames much. */
const LONGEST_LIFE = 30

/** One end of the sync: a replica in a database file of its own. */
class End {
  readonly #device: Device
  readonly #folder: string
  #sql: SqlDatabase
  #life = 0
  replica: Replica
  /** Runs of which it had ops already when they came, in this life of the link. */
  repeated = 0

  constructor(device: Device, folder: string) {
    this.#device = device
    this.#folder = folder
    writeFileSync(this.#file, device.sql.serialize())
    this.#sql = openDatabase(this.#file)
    this.replica = this.#open()
  }

  /** What a kill leaves: the database and its WAL as they are, nothing closed and nothing emptied. */
  die(): void {
    const before = this.#file
    this.#life += 1
    for (const part of ['', '-wal'])
      if (existsSync(before + part)) copyFileSync(before + part, this.#file + part)
    this.#sql.close()
    this.#sql = openDatabase(this.#file)
    this.replica = this.#open()
  }

  /** The store of a session, which anybody may open. */
  store(): SyncStore {
    const { replica } = this
    this.repeated = 0
    return new Proxy(replica, {
      get: (target, name) => {
        if (name === 'receive') return this.#receive
        const value: unknown = Reflect.get(target, name, target)
        return value instanceof Function ? (value.bind(target) as unknown) : value
      },
    })
  }

  close(): void {
    this.#sql.close()
  }

  readonly #receive: SyncStore['receive'] = (run, from) => {
    const { actor, first, ops } = run
    const name = this.replica.nameOf({ ...run, ops: ops.slice(0, 1) })
    if (this.replica.holds({ ...name, actor, seq: first })) this.repeated += 1
    return this.replica.receive(run, from)
  }

  get #file(): string {
    return join(this.#folder, `${this.#device.name}-${this.#life}.db`)
  }

  #open(): Replica {
    const { signer, world, replica } = this.#device
    return openReplica({ ...world, sql: this.#sql, clock: steppingClock() }, signer, replica.site)
  }
}

/** A short job, and then its labour, many times: small ops, many to a run. */
function write(device: Device, count: number): void {
  for (let written = 0; written < count;) {
    const record = newJob(device, ['Drain'])
    written += 1
    for (let i = 0; i < 19 && written < count; i += 1, written += 1)
      must(device.replica.execute('tally.add', { record, field: 'labour', amount: 5 }))
  }
}

export type Story = { readonly office: Device; readonly tablet: Device }

export function story(): Story {
  const { desk, tablet } = aSite()
  write(desk, OPS.office)
  write(tablet, OPS.tablet)
  return { office: desk, tablet }
}

/** Syncs to the end through cuts, and answers after how many frames of its life each link was cut. */
export function syncThroughCuts({ office, tablet }: Story, folder: string, dice: () => number): number[] {
  const ends = [new End(office, folder), new End(tablet, folder)] as const
  const cuts: number[] = []
  for (;;) {
    const life = Math.floor(dice() * LONGEST_LIFE)
    const open = { admits: () => ({ ok: true }) as const }
    const link = new SocketPair(ends[0].store(), ends[1].store(), { left: open, right: open }).open()
    const over = play(link, life)
    for (const end of ends) expect(end.repeated, 'batches sent twice').toBeLessThanOrEqual(1)
    for (const side of [link.left, link.right]) expect(side.closed).toBeNull()
    if (over) break
    cuts.push(life)
    const killed = Math.floor(dice() * 3)
    for (const [i, end] of ends.entries()) if (killed !== i) end.die()
  }
  const [a, b] = ends
  expect(a.replica.digest()).toEqual(b.replica.digest())
  expect(a.replica.status().state_hash).toEqual(b.replica.status().state_hash)
  expect(b.replica.status().outbox, 'what the office acknowledged is known to be there').toBe(0)
  for (const end of ends) end.close()
  return cuts
}

/** So many frames of the link, in either direction; true when none was left to send. */
function play(link: SocketPair, frames: number): boolean {
  let left = frames
  for (let moved = true; moved;) {
    moved = false
    for (const side of [link.left, link.right]) {
      if (left === 0) return false
      if (link.deliver(side)) [left, moved] = [left - 1, true]
      moved = link.step(side) || moved
    }
  }
  return true
}
