/**
 * The replica's view of the world: small synchronous ports that the edge passes in, so that the same
 * engine runs on better-sqlite3 in Node and under a simulator with a seeded world.
 */
import type { Bytes } from '../base/bytes.ts'
import type { Vocabulary } from '../op/vocabulary.ts'

export type SqlValue = string | number | Bytes | null
export type SqlRow = Readonly<Record<string, SqlValue>>

export interface Statement {
  /** Runs a statement that returns no rows; answers how many rows changed. */
  run(...parameters: readonly SqlValue[]): { readonly changes: number }
  get<Row extends SqlRow>(...parameters: readonly SqlValue[]): Row | undefined
  all<Row extends SqlRow>(...parameters: readonly SqlValue[]): Row[]
}

/**
 * `immediate`: what was committed is on the disk. `delayed`: for what can be done again. It does not wait for the disk, and
 * a power cut may undo it together with all that was delayed behind it; never a part of it, and never what it rests on
 * after it.
 */
export type Durability = 'immediate' | 'delayed'

export interface Sql {
  /** Several statements without parameters. */
  exec(text: string): void
  /** Prepared once per text by the driver, which keeps the statement. */
  prepare(text: string): Statement
  /** All or nothing: what `work` throws undoes it and is thrown on. Not nested. `immediate` unless told. */
  transaction<T>(work: () => T, durability?: Durability): T
}

export interface Crypto {
  sha256(bytes: Bytes): Bytes
  /** Ed25519 over `message`; false for anything that is not a valid signature by a valid key. */
  verify(publicKey: Bytes, message: Bytes, signature: Bytes): boolean
}

/** Holds the device's Ed25519 op key. */
export interface Signer {
  /** 32 raw bytes. */
  readonly publicKey: Bytes
  /** 64 raw bytes. */
  sign(message: Bytes): Bytes
}

export interface Clock {
  /** Wall time, ms since 1970, for display only. */
  now(): number
}

export interface World {
  readonly sql: Sql
  readonly crypto: Crypto
  readonly clock: Clock
  /** What this program can read and judge; this build's own without it. */
  readonly vocabulary?: Vocabulary
  /** How long ops stay here once they are final, ms; for ever without it. */
  readonly history?: number
  /** Are the bytes of this file (its SHA-256 in hex) durably on this device? Without it, all are taken to be. */
  readonly keeps?: (sha256: string) => boolean
}
