/**
 * A device that lacks what others have dropped begins anew from a snapshot (design 9.4, 9.5): in a database beside its
 * own, which goes on meanwhile. What it alone has, and what it keeps for itself, goes along; only then does the new one
 * take the other's place. Whatever fails before that leaves everything as it was.
 */
import { renameSync } from 'node:fs'
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
import { abandonDatabase, begunPath, removeDatabase, unfinishedPath } from '../../store/begun.ts'
import { openUnfinished, type SqlDatabase } from '../../store/database.ts'
import { inFolder, syncFile, syncFolderOf } from '../../store/files.ts'
import { migrateNodeTables } from '../../store/node-tables.ts'
import { keepOwn } from '../keeping/taking-over.ts'
import type { Machine } from '../machine.ts'
import { readSnapshot, turn, type Waiting } from './reading.ts'

/** The snapshot that a run of the authority's chain names with its first op. */
export type NamedStart = {
  readonly run: Run
  readonly file: string
  readonly size: number
  readonly checkpoint: number
}

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
  readonly #start: NamedStart
  readonly #file: string
  readonly #sql: SqlDatabase
  readonly replica: Replica

  private constructor(machine: Machine, start: NamedStart, sql: SqlDatabase, replica: Replica) {
    this.#machine = machine
    this.#start = start
    this.#file = unfinishedPath(machine.paths)
    this.#sql = sql
    this.replica = replica
  }

  /**
   * Reads the snapshot, which is here, between everything else. Errors: what is wrong with it. Throws what the disk refuses
   * with, and `setup-busy` where nobody wants it any more. Nothing is left of it but in its answer.
   */
  static async from(
    machine: Machine,
    old: Replica,
    start: NamedStart,
    waiting: Waiting,
  ): Promise<Result<Beginning, string>> {
    const file = unfinishedPath(machine.paths)
    removeDatabase(file)
    let sql: SqlDatabase | null = null
    let begun: Beginning | null = null
    try {
      sql = openUnfinished(file)
      const source = { path: machine.blobs.pathOf(start.file), start, waiting }
      const opened = await openFrom({ ...machine.world, sql }, machine.signer, old.site, source)
      if (!opened.ok) return opened
      migrateNodeTables(sql)
      begun = new Beginning(machine, start, sql, opened.value)
      return ok(begun)
    } finally {
      if (begun === null) abandonDatabase(sql, file)
    }
  }

  /** Takes along what the other database has that this one lacks, run by run, while that one goes on. */
  async takeAlong(old: Replica, isOver: () => boolean): Promise<void> {
    for (const _ of this.#take(old)) {
      if (isOver()) return
      await turn()
    }
  }

  *#take(old: Replica): Generator<void> {
    const { replica } = this
    const have = [...old.heads(), ...replica.heads()]
      .flatMap((head) => (replica.holds(head) ? [head] : replica.milestones(head.actor)))
      .filter((head) => old.holds(head))
    let position = 0
    for (;;) {
      const page = old.runsAfter(have, position, BATCH)
      for (const run of page.runs) {
        have.push(old.nameOf(run))
        replica.receive(run, old.actor)
        yield
      }
      if (page.end || page.position === position) break
      position = page.position
    }
    // Causes that it waited for are in the snapshot, or came with the rest.
    for (const run of old.waitingRuns()) {
      replica.receive(run, old.actor)
      yield
    }
  }

  /**
   * The other one is at rest. Answers why this one must not take its place; null once it has its name, whole and durable:
   * the next opening puts it there. Whatever fails before that leaves the other as it was.
   */
  finish(old: Replica): string | null {
    for (const _ of this.#take(old));
    const doubt = this.#lacks(old)
    if (doubt !== null) return doubt
    keepOwn(this.#machine.sql, this.#sql, this.replica)
    this.#sql.close()
    inFolder(() => {
      syncFile(this.#file)
      renameSync(this.#file, begunPath(this.#machine.paths))
      syncFolderOf(this.#file)
    })
    return null
  }

  #lacks(old: Replica): string | null {
    const { replica } = this
    // What it wrote itself is told from what a copy of it wrote by which came first here: it joins again as it is.
    if (replica.ownFork() && !old.ownFork()) return 'another branch of this device is in it'
    if (replica.ownSeq() < old.ownSeq() && !replica.ownFork())
      return 'own changes of this device do not fit behind it'
    if (!old.heads().every((head) => replica.holds(head))) return 'changes that are here do not fit behind it'
    return replica.authority() === this.#start.run.actor ? null : 'who made it had handed the role on'
  }

  /** Leaves nothing of it, also where it has its name already. */
  abandon(): void {
    try {
      abandonDatabase(this.#sql, this.#file)
    } finally {
      removeDatabase(begunPath(this.#machine.paths))
    }
  }
}

/**
 * The replica of a site in a database that is not in use yet, from a snapshot that is here. Errors: what is wrong with the
 * snapshot; the database is of no use then. Throws as `readSnapshot`.
 */
export async function openFrom(
  world: World,
  signer: Signer,
  site: SiteId,
  { path, start, waiting }: { readonly path: string; readonly start: NamedStart; readonly waiting?: Waiting },
): Promise<Result<Replica, string>> {
  const self = actorOf((bytes) => world.crypto.sha256(bytes), signer.publicKey)
  const read = await readSnapshot(path, new SnapshotLoading(world, site, self), waiting)
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
