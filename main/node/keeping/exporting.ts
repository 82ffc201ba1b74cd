/**
 * Writes a whole site to one archive: every op with its signatures, the bytes of attachments that are here, and sums
 * that this device signs. Some runs a turn, never all in memory; it has its name only when it is whole.
 *
 * Where history was dropped, it begins with the state at the earliest checkpoint from which on every op is here: all that
 * can still be told is in it.
 */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, existsSync, rmSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import type { CommandResult } from '../../../shared/api/commands.ts'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { fromHex, type Bytes } from '../../../shared/base/bytes.ts'
import { invariant } from '../../../shared/base/invariant.ts'
import type { Head } from '../../../shared/op/run.ts'
import {
  ARCHIVE_LIMITS,
  ARCHIVE_PREAMBLE,
  encodeFrame,
  sealedBytes,
  type ArchiveFrame,
} from '../../../shared/replica/archive.ts'
import type { Basis } from '../../../shared/replica/basis.ts'
import type { Replica, ReplicaStatus } from '../../../shared/replica/contract.ts'
import { inFolder, inFolderLater, PRIVATE, syncFolderOf } from '../../store/files.ts'
import { blobFiles, measured } from '../../store/whole-files.ts'
import type { Machine } from '../machine.ts'
import { basisParts } from './basis-parts.ts'

type Exported = CommandResult<'node.export'>

/** Written in one turn. */
const BATCH = { ops: 256, bytes: 1024 * 1024 }

/** Throws `file-exists`, `disk-full`, `data-folder-unreadable`, `history-not-final`. */
export async function exportSite(machine: Machine, replica: Replica, file: string): Promise<Exported> {
  if (existsSync(file)) throw new TallydeskError('file-exists', { file })
  const unfinished = `${file}.unfinished`
  const release = replica.holdHistory()
  try {
    return await inFolderLater(async () => {
      const archive = new ArchiveFile(await open(unfinished, 'w', PRIVATE))
      try {
        const exported = await write(machine, replica, archive, `${file}.basis`)
        await archive.sync()
        await rename(unfinished, file)
        syncFolderOf(file)
        return { file, bytes: archive.bytes, ...exported }
      } finally {
        await archive.close()
      }
    })
  } finally {
    release()
    inFolder(() => rmSync(unfinished, { force: true }))
  }
}

/** `copy`: where a copy of the database may stand meanwhile. */
async function write(
  machine: Machine,
  replica: Replica,
  archive: ArchiveFile,
  copy: string,
): Promise<Omit<Exported, 'file' | 'bytes'>> {
  const { clock, signer, paths } = machine
  const { site_name: siteName, name } = replica.status()
  const { site, actor } = replica
  const made = clock.now()
  await archive.add(ARCHIVE_PREAMBLE)
  await archive.frame({ kind: 'head', site, siteName, actor, name, made })
  const basis = basisOf(replica)
  if (basis !== null)
    for await (const bytes of basisParts({ machine, replica, copy }, basis))
      await archive.frame({ kind: 'basis', bytes })
  const { status, heads } = await addRuns(replica, archive, basis?.heads ?? [])
  const blobs = await addBlobs(paths.blobs, archive, isSnapshotOf(replica))
  const sums = {
    ops: status.log.ops,
    attachments: blobs.added,
    stateHash: bytesOf(status.state_hash),
    heads,
    before: archive.digest(),
  }
  await archive.frame({ kind: 'end', ...sums, signature: signer.sign(sealedBytes(sums)) })
  return {
    made,
    ops: sums.ops,
    state_hash: status.state_hash,
    attachments: blobs.added,
    damaged: blobs.damaged,
  }
}

/** Throws `history-not-final`: then a checkpoint to come knows what was dropped. */
function basisOf(replica: Replica): Basis | null {
  const basis = replica.basis()
  if (basis === 'none') throw new TallydeskError('history-not-final')
  return basis
}

function isSnapshotOf(replica: Replica): (file: string) => boolean {
  const files = [...replica.formerSnapshots(), replica.snapshot()?.file]
  return (file) => files.includes(file)
}

/** What was committed meanwhile is in it too: the sums are of the turn in which the last op was read. */
async function addRuns(
  replica: Replica,
  archive: ArchiveFile,
  before: readonly Head[],
): Promise<{ readonly status: ReplicaStatus; readonly heads: Bytes }> {
  let have = before
  for (let position = 0; ;) {
    const next = replica.runsAfter(have, position, BATCH)
    const sums = next.end ? { status: replica.status(), heads: replica.digest() } : null
    for (const run of next.runs) await archive.frame({ kind: 'run', run })
    if (sums) return sums
    have = replica.leaves([...have, ...next.runs.map((run) => replica.nameOf(run))])
    position = next.position
    await new Promise((go) => setImmediate(go))
  }
}

/** A file whose bytes are not what its name says is left out, and counted. A snapshot is no attachment. */
async function addBlobs(
  folder: string,
  archive: ArchiveFile,
  isSnapshot: (sha256: string) => boolean,
): Promise<{ readonly added: number; readonly damaged: number }> {
  let [added, damaged] = [0, 0]
  for (const { sha256, path } of blobFiles(folder)) {
    if (isSnapshot(sha256)) continue
    const found = await measured(path)
    if (found.sha256 !== sha256) {
      damaged += 1
      continue
    }
    await archive.frame({ kind: 'file', sha256, size: found.bytes })
    for await (const part of createReadStream(path, {
      highWaterMark: ARCHIVE_LIMITS.part,
    }) as AsyncIterable<Buffer>)
      await archive.frame({ kind: 'part', bytes: new Uint8Array(part) })
    added += 1
  }
  return { added, damaged }
}

class ArchiveFile {
  readonly #file: FileHandle
  readonly #hash: Hash = createHash('sha256')
  bytes = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  frame(frame: ArchiveFrame): Promise<void> {
    return this.add(encodeFrame(frame))
  }

  async add(bytes: Bytes): Promise<void> {
    for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at)).bytesWritten
    this.#hash.update(bytes)
    this.bytes += bytes.length
  }

  /** Of everything that was added until now. */
  digest(): Bytes {
    return new Uint8Array(this.#hash.copy().digest())
  }

  sync(): Promise<void> {
    return this.#file.sync()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

function bytesOf(hex: string): Bytes {
  const bytes = fromHex(hex)
  invariant(bytes, 'a hash is hex')
  return bytes
}
