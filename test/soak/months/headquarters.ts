/**
 * The replica under test: the authority's, on a database file as the node has it, with a clock that the year turns. It
 * takes in what authors send, does after each what a node does in its quiet turns, and measures both.
 */
import { copyFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import v8 from 'node:v8'
import vm from 'node:vm'
import { parseOp, type Op } from '../../../shared/op/op.ts'
import type { ActorId } from '../../../shared/model/ids.ts'
import type { Role } from '../../../shared/model/roles.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import type { Signer } from '../../../shared/replica/ports.ts'
import { makeSnapshot } from '../../../shared/replica/snapshot-making.ts'
import { toHex } from '../../../shared/base/bytes.ts'
import { createSite, openReplica } from '../../../shared/replica/replica.ts'
import { createCrypto } from '../../../main/store/crypto.ts'
import { openDatabase, openToRead, openUnfinished, type SqlDatabase } from '../../../main/store/database.ts'
import { must, signerFrom } from '../../support/replicas.ts'
import { sha256, type Author, type Tip, type Written } from './author.ts'

const BOUNDS = { ops: 256, bytes: 1 << 20 }

/** What one month cost, in ms of processor time and in bytes; sizes are those of its last day, after the log was emptied. */
export type Month = {
  readonly month: number
  readonly ops: number
  readonly database: number
  readonly wal: number
  /** The longest that the write-ahead log was in this month. */
  readonly walPeak: number
  readonly rss: number
  readonly heap: number
  /** Of a received op, as the mean and at the middle of all turns; a turn is the receiving of one run. */
  readonly receive: Cost & { readonly p50Op: number }
  /** Of what is done after each that came, an op and a turn, the latter until nothing is left to be done. */
  readonly rest: Cost
  /** Of a peer's word that it has all. */
  readonly acknowledge: number
  /** Of opening the replica anew, and of its first status. */
  readonly reopen: number
  /** Of writing down the state at a checkpoint, and how long that file is. */
  readonly writeDown: number
  readonly start: number
  readonly log: { readonly ops: number; readonly bytes: number }
  readonly records: number
  readonly late: number
  /** What people can still see, as text. */
  readonly state: number
  /** The largest tables and indexes. */
  readonly tables: Readonly<Record<string, number>>
  readonly stateHash: string
}

type Cost = { readonly op: number; readonly p50: number; readonly p99: number; readonly longest: number }

export class Headquarters {
  /** The moment, ms. */
  now: number
  replica: Replica
  readonly file: string
  readonly signer: Signer
  /** From which a device begins that lacks what was dropped; its name is its hash. */
  readonly start: string
  /** The end of every chain that is here. */
  readonly tips = new Map<ActorId, Tip>()
  readonly #history: number
  #sql: SqlDatabase
  #started = ''
  #position = 0
  #receive: { readonly ms: number; readonly ops: number }[] = []
  #rest: number[] = []
  #acknowledge: number[] = []
  #writeDown: number[] = []
  #walPeak = 0

  /** `history`: how long what is final is kept, ms. */
  constructor(folder: string, seed: string, { now, history }: { now: number; history: number }) {
    this.now = now
    this.#history = history
    this.file = join(folder, 'headquarters.db')
    this.start = join(folder, 'start')
    this.signer = signerFrom(`${seed}/headquarters`)
    this.#sql = openDatabase(this.file)
    this.replica = createSite(this.#world(), this.signer, {
      site: 'A warehouse for a year',
      name: 'Headquarters',
      person: 'Headquarters',
      tlsKeyHash: sha256(Buffer.from(`${seed}/headquarters/tls`)),
      recoveryKey: signerFrom(`${seed}/recovery`).publicKey,
    })
  }

  #world(): Parameters<typeof createSite>[0] {
    return {
      sql: this.#sql,
      crypto: createCrypto(),
      clock: { now: () => this.now },
      history: this.#history,
      keeps: (sha256) => sha256 === this.#started,
    }
  }

  /** Writes down the state at its checkpoint, where that is due, out of a copy. */
  writeDown(): void {
    const due = this.replica.snapshotDue()
    if (due === null) return
    this.#sql.checkpoint()
    const copy = `${this.file}.copy`
    copyFileSync(this.file, copy)
    const sql = openUnfinished(copy)
    const { site, actor } = this.replica
    const began = process.cpuUsage()
    const bytes = Buffer.concat([...makeSnapshot({ ...this.#world(), sql }, site, actor, due)])
    this.#writeDown.push(since(began))
    sql.close()
    for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true })
    writeFileSync(this.start, bytes)
    this.#started = toHex(sha256(bytes))
    this.replica.snapshotMade(due, this.#started, bytes.length)
  }

  admit(signer: Signer, name: string, role: Role): void {
    const tlsKeyHash = sha256(Buffer.from(`${name}/tls`))
    must(this.replica.admit({ opKey: signer.publicKey, tlsKeyHash, name, person: name, role }))
  }

  /** Takes in all that an author has not sent yet. */
  receive(author: Author): readonly Written[] {
    const { runs, written } = author.send()
    for (const run of runs) {
      const began = process.cpuUsage()
      const received = this.replica.receive(run, author.actor)
      this.#receive.push({ ms: since(began), ops: run.ops.length })
      if (received.outcome !== 'stored' || received.waiting > 0)
        throw new Error(`a sound run is stored at once: ${JSON.stringify(received)}`)
      this.#walPeak = Math.max(this.#walPeak, sizeOf(`${this.file}-wal`))
    }
    if (written.length > 0) this.tips.set(author.actor, author.tip)
    return written
  }

  /** A peer says that it has all that is here. */
  acknowledged(author: Author): void {
    const heads = this.replica.heads()
    const began = process.cpuUsage()
    this.replica.acknowledged(author.actor, heads, true)
    this.#acknowledge.push(since(began))
  }

  /** What a node does when nobody asks, until nothing is left. */
  rest(): void {
    const began = process.cpuUsage()
    const { replica } = this
    while (
      replica.decideWaiting(1) > 0 ||
      replica.cutForked() ||
      replica.retain() ||
      replica.publishDue() ||
      replica.work()
    );
    this.#rest.push(since(began))
    this.#walPeak = Math.max(this.#walPeak, sizeOf(`${this.file}-wal`))
  }

  /** Its own ops since this was last asked. */
  *words(): Generator<Op> {
    const own = this.replica.actor
    const before = this.tips.get(own)
    if (this.replica.ownSeq() === (before?.seq ?? 0)) return
    const have = [...this.tips].map(([actor, { seq, hash }]) => ({ actor, seq, hash: hash.subarray(0, 16) }))
    for (let end = false; !end;) {
      const page = this.replica.runsAfter(have, this.#position, BOUNDS)
      for (const run of page.runs) {
        have.push(this.replica.nameOf(run))
        for (const bytes of run.ops) yield this.#own(bytes)
      }
      this.#position = page.position
      end = page.end
    }
  }

  #own(bytes: Uint8Array): Op {
    const parsed = parseOp(bytes)
    if (!parsed.ok) throw new Error(parsed.error)
    const { actor, seq, lamport } = parsed.value
    this.tips.set(actor, { seq, hash: sha256(bytes), lamport })
    return parsed.value
  }

  /** Closes the database and opens all anew, as a node that is started again. */
  reopen(): number {
    const { site } = this.replica
    this.#sql.close()
    const began = process.cpuUsage()
    this.#sql = openDatabase(this.file)
    this.replica = openReplica(this.#world(), this.signer, site)
    this.replica.status()
    return since(began)
  }

  /** The figures since they were last asked for. */
  month(month: number, rest: Pick<Month, 'late' | 'state'>): Month {
    this.#sql.checkpoint()
    const stateHash = this.replica.status().state_hash
    const ms = this.reopen()
    const { state_hash: again, log } = this.replica.status()
    if (again !== stateHash) throw new Error(`another state after opening: ${stateHash}, ${again}`)
    const ops = this.#receive.reduce((sum, turn) => sum + turn.ops, 0)
    collectGarbage()
    const { rss, heapUsed } = process.memoryUsage()
    const figures: Month = {
      month,
      ops: log.ops,
      database: sizeOf(this.file),
      wal: sizeOf(`${this.file}-wal`),
      walPeak: this.#walPeak,
      rss,
      heap: heapUsed,
      receive: {
        ...costOf(
          this.#receive.map((turn) => turn.ms),
          ops,
        ),
        p50Op: quantile(
          this.#receive.map((turn) => turn.ms / turn.ops),
          0.5,
        ),
      },
      rest: costOf(this.#rest, ops),
      acknowledge: rounded(mean(this.#acknowledge)),
      reopen: rounded(ms),
      writeDown: rounded(mean(this.#writeDown)),
      start: sizeOf(this.start),
      log,
      records: this.#count('record'),
      ...rest,
      tables: this.#tables(),
      stateHash,
    }
    this.#receive = []
    this.#rest = []
    this.#acknowledge = []
    this.#writeDown = []
    this.#walPeak = 0
    return figures
  }

  #count(table: 'record'): number {
    return this.#sql.prepare(`SELECT count(*) AS rows FROM ${table}`).get<{ rows: number }>()?.rows ?? 0
  }

  #tables(): Record<string, number> {
    const reader = openToRead(this.file)
    try {
      const rows = reader
        .prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC LIMIT 16')
        .all<{ name: string; bytes: number }>()
      return Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes]))
    } finally {
      reader.close()
    }
  }

  close(): void {
    this.#sql.close()
  }
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** Processor time, since that does not hang on what else the machine does. */
function since(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1000
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000
const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)
}

const costOf = (turns: readonly number[], ops: number): Cost => ({
  op: rounded(turns.reduce((sum, ms) => sum + ms, 0) / Math.max(1, ops)),
  p50: quantile(turns, 0.5),
  p99: quantile(turns, 0.99),
  longest: quantile(turns, 1),
})

/** What is left in memory once everything that nobody holds is gone. */
function collectGarbage(): void {
  v8.setFlagsFromString('--expose-gc')
  const collect = vm.runInNewContext('gc') as () => void
  collect()
}
