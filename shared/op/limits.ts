/** Every bound on what is taken in, with its reason. Checked before work is done. */
export const LIMITS = {
  /** Design 4: an op is small; a long note is several ops. */
  opBytes: 64 * 1024,
  /** Design 4: settling many conflicts is one op, yet bounded. */
  opEffects: 500,
  /** The last moment that ECMAScript can name, ms: nobody could show a later one. */
  wall: 8_640_000_000_000_000,
  /** Of numbers, in one effect: scattered ones go in several. */
  spans: 500,
  /** Design 4: a run is verified in one go, within a slice. */
  runOps: 256,
  runBytes: 1024 * 1024,
  /** A frame holds at most one run and its envelope. */
  frameBytes: 1024 * 1024 + 64 * 1024,
  /** Members of a site. */
  actors: 4096,
  /** Heads in a message: every actor's, and branches of those that forked; 16,000 of them fill a frame. */
  heads: 16_000,
  /** Names of one actor's ops by which two replicas find where its branches part: some ten for a long chain. */
  milestones: 2048,
  /** Branches of forked actors are named up to here: a quarter of what an op holds. */
  causes: 256,
  /** Ops that wait for their causes, per peer that sent them; more are dropped and asked for again. */
  inboxOps: 20_000,
  inboxBytes: 64 * 1024 * 1024,
  /** Design 10: all that a device that is no member yet may say. */
  pairingBytes: 4096,
  /** Input of one command through the control socket; a CSV file is the largest. */
  controlBytes: 8 * 1024 * 1024,
} as const
