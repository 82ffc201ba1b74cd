/**
 * A device that lacks what others have dropped begins anew from a snapshot (design 9.4, 9.5): in a database beside its
 * own, which goes on meanwhile. What it alone has, and what it keeps for itself, goes along; only then does the new one
 * take the other's place. Whatever fails before that leaves everything as it was.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { renameSync, rmSync } from 'node:fs'
import { equalBytes, toHex } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { parseOp } from '../../../shared/op/op.ts'
import type { Run } from '../../../shared/op/run.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import type { World } from '../../../shared/replica/ports.ts'
import { openReplica } from '../../../shared/replica/replica.ts'
import {
  readSnapshotFrame,
  SNAPSHOT_LIMITS,
  SNAPSHOT_PREAMBLE,
  type SnapshotFrame,
} from '../../../shared/replica/snapshot-file.ts'
import { SnapshotLoading } from '../../../shared/replica/snapshot-loading.ts'
import { begunPath, putBegun } from '../../store/begun.ts'
import { openDatabase, type SqlDatabase } from '../../store/database.ts'
import { inFolder, syncFile, syncFolderOf } from '../../store/files.ts'
import { migrateNodeTables } from '../../store/node-tables.ts'
import { keepOwn } from '../keeping/taking-over.ts'
import type { Machine } from '../machine.ts'

/** The snapshot that a run of the authority's chain names with its first op. */
export type NamedStart = { readonly run: Run; readonly file: string; readonly size: number; readonly checkpoint: number }

const BESIDE = ['', '-wal', '-shm']
const BATCH = { ops: 256, bytes: 1024 * 1024 }

/** What a peer says that one can begin from; null for what names no snapshot. */
export function startIn(run: Run): NamedStart | null {
  const [first] = run.ops
  const op = first && parseOp(first)
  const effect = op?.ok ? op.value.effects[0] : undefined
  if (!op?.ok || effect?.type !== 'snapshot' || op.value.actor !== run.actor) return null
  return { run, file: toHex(effect.file), size: effect.size, checkpoint: effect.checkpoint }
}

/** A database that was begun from a snapshot, and is not in use yet. */
export class Beginning {
  readonly #machine: Machine
  readonly #file: string
  readonly #sql: SqlDatabase
  readonly replica: Replica

  private constructor(machine: Machine, file: string, sql: SqlDatabase, replica: Replica) {
    this.#machine = machine
    this.#file = file
    this.#sql = sql
    this.replica = replica
  }

  /** Reads the snapshot, which is here, between everything else. Errors: what is wrong with it. */
  static async from(machine: Machine, old: Replica, start: NamedStart): Promise<Result<Beginning, string>> {
    const file = `${begunPath(machine.paths)}.unfinished`
    clear(file)
    const sql = openDatabase(file)
    const world: World = { ...machine.world, sql }
    try {
      const problem = await load(machine.blobs.pathOf(start.file), new SnapshotLoading(world, old.site, old.actor), start)
      const replica = problem === null ? openReplica(world, machine.signer, old.site) : null
      const doubt = problem ?? (replica && notOf(replica, start))
      if (replica === null || doubt !== null) {
        sql.close()
        clear(file)
        return err(doubt ?? 'it cannot be read')
      }
      migrateNodeTables(sql)
      return ok(new Beginning(machine, file, sql, replica))
    } catch (error) {
      sql.close()
      clear(file)
      throw error
    }
  }

  /** Takes along what the other database has that this one lacks; to be called again once that one is at rest. */
  takeAlong(old: Replica): void {
    const have = old
      .heads()
      .flatMap((head) => (this.replica.holds(head) ? [head] : []))
      .concat(this.replica.heads().filter((head) => old.holds(head)))
    let position = 0
    for (;;) {
      const page = old.runsAfter(have, position, BATCH)
      for (const run of page.runs) {
        have.push(old.nameOf(run))
        this.replica.receive(run, old.actor)
      }
      if (page.end || page.position === position) break
      position = page.position
    }
  }

  /** Answers why it must not take the other's place; null once it has. The other's database is closed by then. */
  finish(old: Replica): string | null {
    this.takeAlong(old)
    if (this.replica.ownSeq() < old.ownSeq() && !this.replica.ownFork())
      return 'own changes of this device do not fit behind it'
    keepOwn(this.#machine.sql, this.#sql, this.replica)
    this.#sql.close()
    this.#machine.sql.close()
    inFolder(() => {
      syncFile(this.#file)
      renameSync(this.#file, begunPath(this.#machine.paths))
      syncFolderOf(this.#file)
      putBegun(this.#machine.paths)
    })
    return null
  }

  abandon(): void {
    this.#sql.close()
    clear(this.#file)
  }
}

function clear(file: string): void {
  for (const end of BESIDE) rmSync(file + end, { force: true })
}

async function load(path: string, loading: SnapshotLoading, start: NamedStart): Promise<string | null> {
  const file = await open(path, 'r')
  try {
    const reading = new SnapshotReading(file)
    if (!(await reading.begins())) return 'it is no snapshot'
    for (let frame = await reading.next(); frame !== null; frame = await reading.next()) {
      const problem = frame.ok ? loading.take(frame.value) : frame.error
      if (problem !== null) return problem
      await turn()
    }
  } finally {
    await file.close()
  }
  for (let step = loading.step(); ; step = loading.step()) {
    if (!step.ok) return step.error
    if (!step.value) break
    await turn()
  }
  const checkpoint = loading.checkpoint()
  if (!checkpoint.ok) return checkpoint.error
  const { op } = checkpoint.value
  return op.actor === start.run.actor && op.seq === start.checkpoint ? null : 'it is of another checkpoint'
}

/** The authority's signature says that this is the snapshot of its checkpoint. */
function notOf(replica: Replica, { run }: NamedStart): string | null {
  if (replica.authority() !== run.actor) return 'it is not named by the authority of its site'
  const received = replica.receive(run, run.actor)
  return received.outcome === 'refused' || received.outcome === 'unadmitted'
    ? 'the authority did not sign it'
    : null
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

class SnapshotReading {
  readonly #file: FileHandle
  #at = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  async begins(): Promise<boolean> {
    const preamble = await this.#bytes(SNAPSHOT_PREAMBLE.length)
    return preamble !== null && equalBytes(preamble, SNAPSHOT_PREAMBLE)
  }

  /** Null at the end. */
  async next(): Promise<Result<SnapshotFrame, string> | null> {
    const length = await this.#bytes(4)
    if (length === null) return null
    const size = new DataView(length.buffer, length.byteOffset).getUint32(0)
    if (size > SNAPSHOT_LIMITS.frame) return err('a frame that is too long')
    const body = await this.#bytes(size)
    return body === null ? err('it ends in the middle of a frame') : readSnapshotFrame(body)
  }

  async #bytes(length: number): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(length)
    for (let read = 0; read < length;) {
      const { bytesRead } = await this.#file.read(bytes, read, length - read, this.#at + read)
      if (bytesRead === 0) return null
      read += bytesRead
    }
    this.#at += length
    return bytes
  }
}
