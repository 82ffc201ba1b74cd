/**
 * Every bound on what is taken in from outside, with its unit, its reason and what happens beyond it. Each is checked
 * before work is done. docs/limits.md is made from here.
 */
import { KIB, limit, type Limit, MIB } from './limit.ts'
import { desk, discovery, files, network } from './outer-limits.ts'

const REFUSED = 'refused, and counted against the peer'
const ENDS = 'ends the link'

const operation = {
  opBytes: limit(
    64 * KIB,
    'bytes',
    'an operation',
    'small enough to check at once; a long note is several operations',
    REFUSED,
  ),
  opEffects: limit(
    500,
    '',
    'effects of an operation',
    'settling many conflicts is one operation, yet bounded',
    REFUSED,
  ),
  wall: limit(
    8_640_000_000_000_000,
    'ms',
    'the moment that an operation names',
    'the last one that ECMAScript can name: nobody could show a later one',
    REFUSED,
  ),
  spans: limit(500, '', 'spans of numbers in one effect', 'scattered numbers go in several effects', REFUSED),
  actors: limit(4096, '', 'members of a site', 'far above any warehouse', REFUSED),
  causes: limit(
    256,
    '',
    'branches of forked devices that an operation names',
    'a quarter of what an operation holds',
    'the rest is named later',
  ),
  runOps: limit(256, '', 'operations of a run', 'checked and stored in one turn', REFUSED),
  runBytes: limit(MIB, 'bytes', 'a run', 'checked and stored in one turn', REFUSED),
} as const

const text = {
  textStructs: limit(16_384, '', 'structs of a text update', 'checked in one turn', 'judged rejected'),
  textSpan: limit(
    2 ** 20,
    '',
    'clock ticks of a text update',
    'deleted words claim them without carrying them',
    'judged rejected',
  ),
  textDepth: limit(
    64,
    'levels',
    'nodes within nodes',
    'a list in a list takes two; deeper ones would overflow the stack',
    'judged rejected, or not shown',
  ),
  textValue: limit(
    4096,
    'characters',
    'an attribute or a mark’s value',
    'a link is shorter',
    'judged rejected',
  ),
} as const

const waiting = {
  inboxOps: limit(
    20_000,
    '',
    'operations that wait for their causes',
    'their room on the disk',
    'a run is dropped unblamed, and can be sent again; each peer has room for one all the same',
  ),
  inboxBytes: limit(
    64 * MIB,
    'bytes',
    'operations that wait for their causes',
    'their room on the disk',
    'a run is dropped unblamed, and can be sent again; each peer has room for one all the same',
  ),
  inboxPeerOps: limit(
    6_000,
    '',
    'operations of one peer that wait',
    'above what the authority’s chain may run ahead; one peer never fills the whole',
    'dropped unblamed; they can be sent again',
  ),
  inboxPeerBytes: limit(
    20 * MIB,
    'bytes',
    'operations of one peer that wait',
    'one peer never fills the whole',
    'dropped unblamed; they can be sent again',
  ),
  releaseOps: limit(
    256,
    '',
    'waiting operations stored in one turn',
    'their cause may have come for thousands at once',
    'the next turn goes on',
  ),
} as const

const link = {
  frameBytes: limit(MIB + 64 * KIB, 'bytes', 'a frame', 'one run and its envelope', ENDS),
  frameFragments: limit(16, '', 'fragments of a frame', 'honest ones have one', ENDS),
  heads: limit(
    16_000,
    '',
    'heads in a message',
    'every device’s, and branches of those that forked; as many fill a frame',
    ENDS,
  ),
  milestones: limit(
    2048,
    '',
    'names of one device’s operations by which two replicas find where it forked',
    'some ten for a long chain',
    ENDS,
  ),
  told: limit(
    64,
    '',
    'members whose address a peer tells in a message',
    'those of a whole warehouse on one network',
    ENDS,
  ),
  toldBytes: limit(60, 'characters', 'a told address', 'digits of an IPv6 host and the port', ENDS),
  queueFrames: limit(
    64,
    '',
    'frames of a peer not yet looked at',
    'each waits its turn; a run is looked at long before it is stored',
    'nothing more is read from it until they have been looked at',
  ),
  unreadFor: limit(
    30_000,
    'ms',
    'how long a peer takes nothing of what is sent to it',
    'a slow network still moves',
    ENDS,
  ),
  cursorBytes: limit(512 * KIB, 'bytes', 'the authority’s signed cursor', 'a head for every member', ENDS),
  reason: limit(40, 'characters', 'the reason of a goodbye', 'a code', ENDS),
  detail: limit(500, 'characters', 'the detail of a goodbye', 'a sentence', ENDS),
  queueRuns: limit(
    64 + 256,
    '',
    'runs of a peer not yet looked at',
    'the window, and one reading that began just inside it',
    ENDS,
  ),
  queueBytes: limit(
    4 * MIB,
    'bytes',
    'runs of a peer not yet looked at',
    'the window, and one reading that began just inside it',
    ENDS,
  ),
  refusals: limit(3, '', 'refused runs of a peer', 'no honest device sends one', ENDS),
  greeting: limit(5_000, 'ms', 'from a link to its hello', 'an honest device says it at once', ENDS),
  unseenHeads: limit(
    16_000,
    '',
    'heads that a peer names and that are not here',
    'those of one message',
    'forgotten; it is only sent twice',
  ),
  sendBytes: limit(
    8 * MIB,
    'bytes',
    'what waits to be sent to a peer',
    'the window and the answers to its questions',
    'nothing more is read from it or sent to it until it has read; after 8.5 s it counts as gone',
  ),
  actorBurstOps: limit(
    65_536,
    '',
    'operations of a device that one peer brings without a pause',
    'a device back after months with 50,000, an import of 10,000 rows, a parcel: all at full speed',
    'from there on at the rate below',
  ),
  actorOpsPerMinute: limit(
    12_000,
    'a minute',
    'operations of a device from one peer in the long run',
    'two hundred a second: far above any person, and a tenth of what a node can take, so that others are served',
    'that peer is read more slowly; nothing is refused',
  ),
  actorOpWeight: limit(
    2 * KIB,
    'bytes',
    'of a frame that count as one operation',
    'a long note costs more than a tick',
    'counts as the next',
  ),
} as const

/** In the order of the page. */
export const LIMIT_GROUPS = {
  'An operation': operation,
  'A text': text,
  'Operations that wait for their causes': waiting,
  'A link to a member': link,
  'Connections and pairing': network,
  'Finding others': discovery,
  'The console': desk,
  Files: files,
} as const

const ALL = { ...operation, ...text, ...waiting, ...link, ...network, ...discovery, ...desk, ...files }

const numbersOf = <Name extends string>(
  limits: Readonly<Record<Name, Limit>>,
): Readonly<Record<Name, number>> =>
  Object.fromEntries(Object.entries<Limit>(limits).map(([name, { most }]) => [name, most])) as Readonly<
    Record<Name, number>
  >

/** The bounds alone, as the code asks for them. */
export const LIMITS = numbersOf(ALL)
