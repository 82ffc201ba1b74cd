/** The bounds of what stands around the engine: connections, discovery, the console and files. */
import { MOST_FILE_BYTES } from '../model/files.ts'
import { KIB, limit, MIB } from './limit.ts'

export const network = {
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
  pending: limit(
    256,
    '',
    'connections that are no link yet',
    'their memory',
    'the oldest of the address with the most is dropped',
  ),
  pendingPerAddress: limit(
    64,
    '',
    'connections of one address that are no link yet',
    'a building behind one router calls with fifty devices at once',
    'its oldest is dropped',
  ),
  callsPerSecond: limit(
    50,
    'a second',
    'connections of one address, in the long run',
    'a handshake costs some ms',
    'dropped before the handshake',
  ),
  callsBurst: limit(
    128,
    '',
    'connections of one address at once',
    'a building behind one router calls with fifty devices at once',
    'dropped before the handshake',
  ),
  callers: limit(
    1024,
    '',
    'addresses whose calls are counted',
    'their memory',
    'the one that called longest ago is forgotten',
  ),
} as const

export const discovery = {
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

export const desk = {
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
  uploads: limit(
    16,
    '',
    'files that screens send at once',
    'more would only wait for the disk',
    'refused as `too-many`',
  ),
  fileIdle: limit(
    30_000,
    'ms',
    'a file on its way without a byte',
    'who sends or reads it has gone',
    'ends the connection; what came of it is removed',
  ),
  requestTime: limit(
    600_000,
    'ms',
    'a request to the console with all that it sends',
    'the largest file to a slow disk',
    'ends the connection',
  ),
  preferences: limit(500, '', 'things that the desk remembers', 'their room', 'refused as `too-many`'),
} as const

export const files = {
  blobBytes: limit(
    MOST_FILE_BYTES,
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
