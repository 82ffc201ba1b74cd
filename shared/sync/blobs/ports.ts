/** What the transfer of files asks of the world: a disk that answers later, and a memory of who holds what. */
import type { Bytes } from '../../base/bytes.ts'
import type { ActorId } from '../../model/ids.ts'

export interface BlobStore {
  /** Is it here, whole and durable, and named by a record that stands? Nothing else is told or given to anybody. */
  offers(sha256: string): boolean
  /** How many bytes of an unfinished one are durably here, from its beginning. */
  progress(sha256: string): number
  /** At most `length` bytes of what is here whole; null where it cannot be read (any more). */
  read(
    sha256: string,
    at: number,
    length: number,
    done: (read: { readonly bytes: Bytes; readonly size: number } | null) => void,
  ): void
  /** Adds to an unfinished one that has `at` bytes; durable when it answers. False: the disk refused, and nothing changed. */
  append(sha256: string, at: number, bytes: Bytes, done: (kept: boolean) => void): void
  /** Of one that has all its bytes: checks the hash and gives it its name, or drops it. */
  finish(sha256: string, size: number, done: (outcome: 'whole' | 'wrong' | 'failed') => void): void
  /** Lets go of an unfinished one. */
  drop(sha256: string): void
}

export interface BlobHolders {
  /** Is the peer known, or to be taken, to hold it? */
  holds(peer: ActorId, sha256: string): boolean
  /** The peer said so; to be kept durably as far as records name these files. */
  heard(peer: ActorId, held: readonly string[], gone: readonly string[]): void
  /** Files that records name and of which the peer has not said that it holds them, in the order of their names. */
  unknownOf(peer: ActorId, after: string, most: number): readonly string[]
}
