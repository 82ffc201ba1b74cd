/**
 * A device that lacks what others have dropped begins anew from a snapshot (design 9.4, 9.5): in a database beside its
 * own, which goes on meanwhile. What it alone has, and what it keeps for itself, goes along; only then does the new one
 * take the other's place. Whatever fails before that leaves everything as it was.
 */
import { renameSync, rmSync } from 'node:fs'
import { toHex } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { SiteId } from '../../../shared/model/ids.ts'
import { actorOf } from '../../../shared/op/identity.ts'
import { parseOp } from '../../../shared/op/op.ts'
import type { Run } from '../../../shared/op/run.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import type { Signer, World } from '../../../shared/replica/ports.ts'
import { openReplica } from '../../../shared/replica/replica.ts'
import { SnapshotLoading } from '../../../shared/replica/snapshot-loading.ts'
import { begunPath, putBegun } from '../../store/begun.ts'
import { openDatabase, type SqlDatabase } from '../../store/database.ts'
import { inFolder, syncFile, syncFolderOf } from '../../store/files.ts'
import { migrateNodeTables } from '../../store/node-tables.ts'
import { keepOwn } from '../keeping/taking-over.ts'
import type { Machine } from '../machine.ts'
import { readSnapshot } from './reading.ts'

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
    try {
      const source = { path: machine.blobs.pathOf(start.file), start }
      const opened = await openFrom({ ...machine.world, sql }, machine.signer, old.site, source)
      if (!opened.ok) {
        sql.close()
        clear(file)
        return opened
      }
      migrateNodeTables(sql)
      return ok(new Beginning(machine, file, sql, opened.value))
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
    // Causes that it waited for are in the snapshot, or came with the rest.
    for (const run of old.waitingRuns()) this.replica.receive(run, old.actor)
  }

  /** Answers why it must not take the other's place; null once it has. The other's database is closed by then. */
  finish(old: Replica): string | null {
    this.takeAlong(old)
    // What it wrote itself is told from what a copy of it wrote by which came first here: it joins again as it is.
    if (this.replica.ownFork() && !old.ownFork()) return 'another branch of this device is in it'
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

/**
 * The replica of a site in a database that is not in use yet, from a snapshot that is here. Errors: what is wrong with the
 * snapshot; the database is of no use then.
 */
export async function openFrom(
  world: World,
  signer: Signer,
  site: SiteId,
  { path, start }: { readonly path: string; readonly start: NamedStart },
): Promise<Result<Replica, string>> {
  const self = actorOf((bytes) => world.crypto.sha256(bytes), signer.publicKey)
  const read = await readSnapshot(path, new SnapshotLoading(world, site, self))
  if (!read.ok) return read
  const { op } = read.value
  if (op.actor !== start.run.actor || op.seq !== start.checkpoint) return err('it is of another checkpoint')
  const replica = openReplica(world, signer, site)
  const doubt = notOf(replica, start)
  return doubt === null ? ok(replica) : err(doubt)
}

/** The authority's signature says that this is the snapshot of its checkpoint. */
function notOf(replica: Replica, { run }: NamedStart): string | null {
  if (replica.authority() !== run.actor) return 'it is not named by the authority of its site'
  const received = replica.receive(run, run.actor)
  return received.outcome === 'refused' || received.outcome === 'unadmitted'
    ? 'the authority did not sign it'
    : null
}
