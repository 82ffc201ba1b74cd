/** The bounds and times of a session. Times are milliseconds. */
import { LIMITS } from '../op/limits.ts'

export const PACE = {
  /**
   * One reading of the log for sending, and so the length of most runs: verifying, judging, folding and committing
   * 32 ops keeps to the receiver's 16 ms turn (0.45 ms an op and 1 to 5 ms a commit, measured), while one signature
   * for 32 ops costs little. Runs up to `LIMITS.runOps` are taken.
   */
  run: { ops: 32, bytes: 256 * 1024 },
  /** Sent and not yet acknowledged: enough to keep a LAN busy while the peer commits, small enough to hold. */
  windowRuns: 64,
  windowBytes: 2 * LIMITS.runBytes,
  /** What a receiver keeps of runs not yet looked at: the window, and one reading that began just inside it. */
  queueRuns: LIMITS.queueRuns,
  queueBytes: LIMITS.queueBytes,
  /** The receiver acknowledges after so many runs, and whenever nothing more waits. */
  acknowledgeRuns: 8,
  /**
   * How much of the authority's chain may run ahead of its causes. It waits in the peer's inbox, whose bound
   * (`LIMITS.inboxOps`) must never be reached by it; what is longer follows in causal order.
   */
  authorityAheadOps: 4096,
  /** Refused runs after which a peer is sent away. */
  refusals: LIMITS.refusals,
  /** A peer says hello within this. */
  greeting: LIMITS.greeting,
  ping: 3_000,
  /** Between two cursors of the authority to one peer. */
  cursor: 500,
  /** Nothing heard for so long: the peer is gone. With a tick a second this is noticed within 10 s. */
  silence: 8_500,
  /** The time that is left to a peer to answer after a sleep, or when the network has changed. */
  doubt: 4_000,
  /** Ticks further apart than this are this device's own absence. */
  stall: 3_000,
  /** After this long without a run either way, unequal digests mean that something is missing. */
  quiet: 1_000,
  /** Between two vectors that brought nothing: doubled from the least to the most. */
  vectorLeast: 1_000,
  vectorMost: 60_000,
} as const
