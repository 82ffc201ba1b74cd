/**
 * Every bound on what is taken in from outside, with its unit, its reason and what happens beyond it. Each is checked
 * before work is done. docs/limits.md is made from this file.
 */

export type Limit = {
  readonly most: number
  readonly unit: 'bytes' | 'ms' | 'levels' | 'characters' | 'a minute' | 'a second' | ''
  readonly what: string
  readonly why: string
  readonly beyond: string
}

const limit = (most: number, unit: Limit['unit'], what: string, why: string, beyond: string): Limit => ({
  most,
  unit,
  what,
  why,
  beyond,
})

const KIB = 1024
const MIB = 1024 * KIB
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
    'they are kept in memory, too',
    'dropped unblamed; they can be sent again',
  ),
  inboxBytes: limit(
    64 * MIB,
    'bytes',
    'operations that wait for their causes',
    'they are kept in memory, too',
    'dropped unblamed; they can be sent again',
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
} as const

const network = {
  handshake: limit(
    5_000,
    'ms',
    'each of the TLS handshake and the first request',
    'a tenth of a second on a slow tablet',
    'the connection is dropped',
  ),
  connections: limit(
    512,
    '',
    'connections',
    'more come from no site of this size',
    'dropped before the handshake',
  ),
  pairingBytes: limit(
    4 * KIB,
    'bytes',
    'all that a device that is no member may say',
    'a name and two proofs',
    'answered 413 and dropped',
  ),
  pairingTries: limit(
    5,
    '',
    'wrong tries of a code',
    'a secret of 80 bits is not guessed in five',
    'the code is void',
  ),
  pairingLife: limit(
    10 * 60 * 1000,
    'ms',
    'the life of a code',
    'the device is in the other hand',
    'the code is void',
  ),
  invitesKept: limit(
    200,
    '',
    'codes kept, to answer for old ones',
    'their memory',
    'the oldest is forgotten',
  ),
} as const

const discovery = {
  mdnsPackets: limit(
    300,
    'a second',
    'mDNS packets',
    'fifty devices that answer at once stay far below',
    'dropped unread',
  ),
  mdnsBytes: limit(9_000, 'bytes', 'an mDNS packet', 'RFC 6762, section 17', 'dropped unread'),
  mdnsNames: limit(
    128,
    '',
    'names taken up in one look round',
    'a site has fewer devices in reach',
    'the rest is left to the next look',
  ),
  seenAddresses: limit(
    128,
    '',
    'addresses that were only seen',
    'anybody may announce names on a LAN',
    'the oldest is forgotten',
  ),
  seenFailures: limit(
    10,
    '',
    'failed calls in a row to an address that was only seen',
    'a device that is there is seen again',
    'it is forgotten',
  ),
  calls: limit(8, '', 'calls at once', 'most addresses lead nowhere', 'the others wait'),
  addressesPerMember: limit(
    4,
    '',
    'addresses remembered of a member',
    'wired, wireless, and the last two',
    'the oldest is forgotten',
  ),
} as const

const desk = {
  controlBytes: limit(
    8 * MIB,
    'bytes',
    'the input of one command',
    'a CSV file is the largest',
    'refused as `too-large`',
  ),
  controlFrameBytes: limit(
    32 * MIB,
    'bytes',
    'a frame of the control socket',
    'above the limit of a command, so that it can be refused by name',
    'ends the connection',
  ),
  controlConnections: limit(256, '', 'connections to the console', 'windows of one machine', 'dropped'),
  controlBuffer: limit(
    4 * MIB,
    'bytes',
    'answers that a client has not read',
    'their memory',
    'it is not read from until it has caught up',
  ),
  watches: limit(200, '', 'watches of a client', 'a screen has about ten', 'refused as `too-many`'),
  running: limit(
    1000,
    '',
    'commands of a client that have begun and not ended',
    'their memory',
    'refused as `too-many`',
  ),
  preferences: limit(500, '', 'things that the desk remembers', 'their room', 'refused as `too-many`'),
} as const

const files = {
  blobBytes: limit(
    100 * MIB,
    'bytes',
    'an attached file',
    'a photo has a few megabytes, a scanned manual some dozens',
    'refused as `too-large`',
  ),
  parcelBytes: limit(
    6_000_000,
    'bytes',
    'a parcel',
    'a shift of long notes; written as text it still fits into one command',
    'refused as `too-large`; a device saves several',
  ),
  parcelOps: limit(
    5_000,
    '',
    'operations of a parcel',
    'a shift',
    'refused as `bad-parcel`; a device saves several',
  ),
  parcelPartBytes: limit(
    48 * KIB,
    'bytes',
    'a part of a parcel in one operation',
    'room for the envelope beside it',
    'the next part',
  ),
  csvRecord: limit(
    64 * KIB,
    'characters',
    'a record of a CSV file',
    'how far an opened quote is followed',
    'the record is reported',
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
