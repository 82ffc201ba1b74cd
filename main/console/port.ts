/** What the console asks of the node. Names and inputs come as they came: the node parses them. */
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { Result } from '../../shared/base/result.ts'

export type Outcome = Result<unknown, ErrorBody>

export interface DeskPort {
  /** Answers after the commit, or with a refusal; never throws. */
  do(command: string, input: unknown): Promise<Outcome>
  /** Until the node can be asked again, where it cannot for a moment; null where it can. */
  absence(): Promise<void> | null
  /** Will a query be answered at once, or is work under way that it would have to finish first? */
  isSettled(): boolean
  /** Never throws. */
  query(query: string, input: unknown): Outcome
}

/** A watched answer with its JSON text, which is made once for all who watch the same. */
export type Watched = { readonly outcome: Outcome; readonly json: string }

/** The bytes of attachments that this device holds. */
export interface FilesPort {
  /** The largest that is kept, in bytes. */
  readonly most: number
  /**
   * Keeps what the body gives, durable when it answers; nothing of it stays when the body breaks off. Rejects with
   * `too-large`, `disk-full`, `no-site`.
   */
  keep(body: AsyncIterable<Uint8Array>): Promise<{ readonly sha256: string; readonly size: number }>
  /** Null for bytes that are not here, and for those that no attachment in sight names. */
  find(sha256: string): HeldFile | null
}

export type HeldFile = {
  /** What an attachment calls it. */
  readonly name: string
  readonly size: number
  /** Its first bytes, by which its kind is told. */
  readonly head: Uint8Array
  /** From `from` up to and without `to`. */
  read(from: number, to: number): AsyncIterable<Uint8Array>
}
