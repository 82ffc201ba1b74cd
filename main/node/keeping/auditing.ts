/**
 * Opens an archive to look into it: rebuilds the replica in a folder that goes again, by the door through which a
 * peer's ops come, so that every chain and signature is checked; compares what comes out with what was signed; and
 * answers queries. The archive is only read, frame by frame, and nothing of it is believed before it is checked.
 *
 * Where it begins with the state at a checkpoint, that is judged and folded here, and compared with what the authority
 * signed of it, before the ops behind it are taken.
 */
import { createHash, type Hash } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { parseQuery } from '../../../shared/api/parse.ts'
import { equalBytes, toHex, type Bytes } from '../../../shared/base/bytes.ts'
import type { Checkpoint } from '../../../shared/judge/membership.ts'
import { formatOpId, type SiteId } from '../../../shared/model/ids.ts'
import { actorOf } from '../../../shared/op/identity.ts'
import type { Run } from '../../../shared/op/run.ts'
import {
  ARCHIVE_LIMITS,
  ARCHIVE_PREAMBLE,
  parseFrame,
  sealedBytes,
  type ArchiveEnd,
  type ArchiveFrame,
  type ArchiveHead,
} from '../../../shared/replica/archive.ts'
import type { Replica, ReplicaQueryName } from '../../../shared/replica/contract.ts'
import type { Signer, World } from '../../../shared/replica/ports.ts'
import { openReplica } from '../../../shared/replica/replica.ts'
import { SnapshotLoading } from '../../../shared/replica/snapshot-loading.ts'
import { createCrypto } from '../../store/crypto.ts'
import { openUnfinished } from '../../store/database.ts'
import { inFolder } from '../../store/files.ts'
import { loadOrMakeSigner } from '../../store/op-key.ts'
import { readSnapshot } from '../snapshots/reading.ts'

export type Audited = {
  readonly site: string
  readonly site_name: string
  /** The device that wrote the archive, and when by its clock. */
  readonly actor: string
  readonly name: string
  readonly made: number
  readonly ops: number
  readonly members: number
  readonly attachments: number
  readonly state_hash: string
  /** When the checkpoint was published with which it begins: the history before is not in it. Null: all of it is. */
  readonly since: number | null
}

export type Asked = { readonly query: string; readonly input: unknown }

const REACH = { why: null, since: null } as const

/** Throws `archive-damaged` with what and where, `file-unreadable`; an answer is null where nothing was asked. */
export async function audit(
  file: string,
  asked: Asked | null,
): Promise<{ readonly audited: Audited; readonly answer: unknown }> {
  const folder = mkdtempSync(join(tmpdir(), 'tallydesk-audit-'))
  const archive = await openArchive(file)
  try {
    const sql = openUnfinished(join(folder, 'audit.db'))
    try {
      const head = await headOf(archive)
      const world = { sql, crypto: createCrypto(), clock: { now: () => head.made } }
      const rebuilding = new Rebuilding(archive, { world, site: head.site, folder })
      const audited = await checked(archive, head, rebuilding)
      return { audited, answer: asked && answerOf(await rebuilding.replica(), asked) }
    } finally {
      sql.close()
    }
  } finally {
    await archive.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function headOf(archive: Archive): Promise<ArchiveHead> {
  await archive.preamble()
  const first = await archive.next()
  return first?.kind === 'head' ? first : archive.fail('it does not say what it is of')
}

async function checked(archive: Archive, head: ArchiveHead, rebuilding: Rebuilding): Promise<Audited> {
  const files = new Files(archive)
  for (;;) {
    const before = archive.digest()
    const frame = await archive.next()
    if (frame === null) return archive.fail('it ends before its end')
    if (frame.kind === 'basis') rebuilding.addBasis(frame.bytes)
    else if (frame.kind === 'run') await rebuilding.take(frame.run)
    else if (frame.kind === 'file') files.begin(frame)
    else if (frame.kind === 'part') files.add(frame.bytes)
    else if (frame.kind === 'head') archive.fail('it begins twice')
    else {
      files.end()
      const replica = await rebuilding.replica()
      compare(archive, { head, end: frame, before, attachments: files.whole }, replica)
      const since = rebuilding.since()
      if ((await archive.next()) !== null) archive.fail('something follows its end')
      return { ...auditedOf(head, frame, replica), since }
    }
  }
}

type Place = { readonly world: World; readonly site: SiteId; readonly folder: string }

/** The replica, from what the archive begins with on. */
class Rebuilding {
  readonly #archive: Archive
  readonly #place: Place
  readonly #basis: string
  readonly #signer: Signer
  #hasBasis = false
  #checkpoint: Checkpoint | null = null
  #replica: Replica | null = null

  constructor(archive: Archive, place: Place) {
    this.#archive = archive
    this.#place = place
    this.#basis = join(place.folder, 'basis')
    this.#signer = loadOrMakeSigner(join(place.folder, 'op-key.pem'))
  }

  addBasis(bytes: Bytes): void {
    if (this.#replica !== null) this.#archive.fail('its beginning comes too late')
    this.#hasBasis = true
    inFolder(() => appendFileSync(this.#basis, bytes))
  }

  async replica(): Promise<Replica> {
    if (this.#replica === null && this.#hasBasis) await this.#begin()
    this.#replica ??= openReplica(this.#place.world, this.#signer, this.#place.site)
    return this.#replica
  }

  async #begin(): Promise<void> {
    const { world, site } = this.#place
    const self = actorOf((bytes) => world.crypto.sha256(bytes), this.#signer.publicKey)
    const read = await readSnapshot(this.#basis, new SnapshotLoading(world, site, self))
    if (!read.ok) return this.#archive.fail(`the state that it begins with: ${read.error}`)
    this.#checkpoint = read.value
  }

  async take(run: Run): Promise<void> {
    const replica = await this.replica()
    const received = replica.receive(run, run.actor)
    const name = `the run ${run.actor}:${run.first} to ${run.first + run.ops.length - 1}`
    if (received.outcome === 'refused') this.#archive.fail(`${name}: ${received.reason}`)
    if (received.outcome === 'unadmitted') this.#archive.fail(`${name}: its author is no member`)
  }

  /** To be asked at the end: what follows the checkpoint in its chain may vouch for it. */
  since(): number | null {
    if (this.#checkpoint === null) return null
    const { op, wall } = this.#checkpoint
    if (this.#replica?.isVouchedFor(formatOpId(op)) !== true)
      this.#archive.fail('the checkpoint that it begins with is not signed')
    return wall
  }
}

type Claims = {
  readonly head: ArchiveHead
  readonly end: ArchiveEnd
  readonly before: Bytes
  readonly attachments: number
}

function compare(archive: Archive, { head, end, before, attachments }: Claims, replica: Replica): void {
  const status = replica.status()
  if (status.log.ops !== end.ops) archive.fail(`it holds ${status.log.ops} ops, and names ${end.ops}`)
  if (!equalBytes(replica.digest(), end.heads)) archive.fail('it ends with other ops than it names')
  if (status.state_hash !== toHex(end.stateHash))
    archive.fail(`its ops give the state ${status.state_hash}, and it names ${toHex(end.stateHash)}`)
  if (attachments !== end.attachments)
    archive.fail(`it holds ${attachments} attachments, and names ${end.attachments}`)
  if (!equalBytes(before, end.before)) archive.fail('bytes of it have changed')
  const author = replica.member(head.actor)
  if (!author) archive.fail('the device that wrote it is no member of the site')
  else if (!createCrypto().verify(author.opKey, sealedBytes(end), end.signature))
    archive.fail('what it adds up to is not signed by the device that wrote it')
}

function auditedOf(head: ArchiveHead, end: ArchiveEnd, replica: Replica): Omit<Audited, 'since'> {
  const { site, actor, name, made } = head
  return {
    site,
    // As the ops say, which are signed.
    site_name: replica.status().site_name,
    actor,
    name: replica.member(actor)?.name ?? name,
    made,
    ops: end.ops,
    members: replica.members().length,
    attachments: end.attachments,
    state_hash: toHex(end.stateHash),
  }
}

const QUERIES: ReadonlySet<string> = new Set<ReplicaQueryName>([
  'board',
  'record',
  'text',
  'conflicts',
  'review',
  'requests',
  'rights',
  'stock',
  'parcels',
  'policies',
  'members',
  'feed',
  'search',
  'op',
])

function answerOf(replica: Replica, { query, input }: Asked): unknown {
  const parsed = parseQuery(query, input)
  if (!parsed.ok) throw parsed.error
  if (query === 'status') return replica.status()
  if (!isOfReplica(query)) throw new TallydeskError('unknown-query', { name: query })
  while (replica.work()) continue
  const answer = replica.query(query, parsed.value.input, REACH)
  if (!answer.ok) throw answer.error
  return answer.value
}

const isOfReplica = (query: string): query is ReplicaQueryName => QUERIES.has(query)

/** Files one after the other, each hashed as its parts come. */
class Files {
  readonly #archive: Archive
  #open: { readonly sha256: string; readonly size: number; readonly hash: Hash; bytes: number } | null = null
  whole = 0

  constructor(archive: Archive) {
    this.#archive = archive
  }

  begin({ sha256, size }: { readonly sha256: string; readonly size: number }): void {
    this.end()
    this.#open = { sha256, size, hash: createHash('sha256'), bytes: 0 }
  }

  add(bytes: Bytes): void {
    if (this.#open === null) return this.#archive.fail('bytes of no attachment')
    this.#open.hash.update(bytes)
    this.#open.bytes += bytes.length
  }

  end(): void {
    if (this.#open === null) return
    const { sha256, size, hash, bytes } = this.#open
    if (bytes !== size || hash.digest('hex') !== sha256)
      this.#archive.fail(`the attachment ${sha256} has changed`)
    this.#open = null
    this.whole += 1
  }
}

async function openArchive(file: string): Promise<Archive> {
  try {
    return new Archive(file, await open(file, 'r'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    throw new TallydeskError('file-unreadable', { file, reason }, { cause: error })
  }
}

class Archive {
  readonly #name: string
  readonly #file: FileHandle
  readonly #hash: Hash = createHash('sha256')
  /** Where the frame that is looked at begins, in bytes. */
  #from = 0
  #at = 0

  constructor(name: string, file: FileHandle) {
    this.#name = name
    this.#file = file
  }

  async preamble(): Promise<void> {
    const read = await this.#read(ARCHIVE_PREAMBLE.length)
    if (read === null || !equalBytes(read, ARCHIVE_PREAMBLE)) this.fail('it is no archive of a site')
  }

  /** Null at the end. */
  async next(): Promise<ArchiveFrame | null> {
    this.#from = this.#at
    const length = await this.#read(4)
    if (length === null) return null
    const size = new DataView(length.buffer, length.byteOffset).getUint32(0)
    if (size > ARCHIVE_LIMITS.frame) this.fail('a frame is longer than any can be')
    const body = await this.#read(size)
    if (body === null) return this.fail('it ends before its end')
    const frame = parseFrame(body)
    return frame.ok ? frame.value : this.fail(frame.error)
  }

  /** Of everything read until now. */
  digest(): Bytes {
    return new Uint8Array(this.#hash.copy().digest())
  }

  fail(what: string): never {
    throw new TallydeskError('archive-damaged', { file: this.#name, what: `at byte ${this.#from}, ${what}` })
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  /** Null where nothing is left. */
  async #read(size: number): Promise<Bytes | null> {
    const bytes = new Uint8Array(size)
    let have = 0
    while (have < size) {
      const { bytesRead } = await this.#file.read(bytes, have, size - have)
      if (bytesRead === 0) break
      have += bytesRead
    }
    if (have === 0 && size > 0) return null
    if (have < size) this.fail('it ends before its end')
    this.#hash.update(bytes)
    this.#at += size
    return bytes
  }
}
