/**
 * The one-time code that a desk shows: whom to call, how to know it is them, and a secret that lets one device in.
 * A checksum tells a slip of the finger from a code that was refused.
 *
 * version 1 · site 16 · key hash 16 · invite 4 · secret 10 · addresses · checksum 4 (bytes), in base32 and groups of five.
 * Sixteen bytes name a site or a key beyond doubt; the whole site id comes with the answer and must begin so.
 */
import { createHash } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { concatBytes, equalBytes, fromHex, type Bytes } from '../../shared/base/bytes.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { Malformed } from '../../shared/op/reader.ts'
import type { SiteId } from '../../shared/model/ids.ts'
import { formatAddress, parseAddress, type Address } from './address.ts'
import { fromBase32, toBase32 } from './base32.ts'

export const CODE_SIZES = { site: 16, keyHash: 16, invite: 4, secret: 10, checksum: 4, addresses: 4 } as const
const VERSION = 1

export type PairingCode = {
  /** The first 16 bytes of the site id. */
  readonly site: Bytes
  /** The first 16 bytes of the inviting device's TLS key hash. */
  readonly keyHash: Bytes
  readonly invite: Bytes
  readonly secret: Bytes
  /** `host:port`, one to four, the likeliest first. */
  readonly addresses: readonly string[]
}

export function siteTag(site: SiteId): Bytes {
  const bytes = fromHex(site)
  invariant(bytes !== null, 'a site id is hexadecimal')
  return bytes.slice(0, CODE_SIZES.site)
}

export function formatPairingCode(code: PairingCode): string {
  const addresses = code.addresses.slice(0, CODE_SIZES.addresses)
  const count = new Uint8Array([addresses.length])
  const head = new Uint8Array([VERSION])
  const body = concatBytes(
    head,
    code.site,
    code.keyHash,
    code.invite,
    code.secret,
    count,
    ...addresses.map(packAddress),
  )
  const text = toBase32(concatBytes(body, checksumOf(body)))
  return (text.match(/.{1,5}/g) ?? []).join('-')
}

/** Null for anything that is not a whole code: a typo, a part of one, a code of a newer version. */
export function parsePairingCode(text: string): PairingCode | null {
  const bytes = fromBase32(text.replace(/[\s-]/g, ''))
  if (bytes === null || bytes.length < CODE_SIZES.checksum) return null
  const body = bytes.subarray(0, bytes.length - CODE_SIZES.checksum)
  if (!equalBytes(checksumOf(body), bytes.subarray(body.length))) return null
  try {
    return readBody(new Cut(body))
  } catch (problem) {
    if (problem instanceof Malformed) return null
    throw problem
  }
}

function readBody(body: Cut): PairingCode | null {
  if (body.byte() !== VERSION) return null
  const site = body.take(CODE_SIZES.site)
  const keyHash = body.take(CODE_SIZES.keyHash)
  const invite = body.take(CODE_SIZES.invite)
  const secret = body.take(CODE_SIZES.secret)
  const addresses = Array.from({ length: body.byte() }, () => readAddress(body))
  const whole = body.left === 0 && addresses.length > 0 && addresses.length <= CODE_SIZES.addresses
  return whole ? { site, keyHash, invite, secret, addresses } : null
}

const checksumOf = (body: Bytes): Bytes =>
  new Uint8Array(createHash('sha256').update('tallydesk pairing code').update(body).digest()).slice(
    0,
    CODE_SIZES.checksum,
  )

/** An IPv4 address in four bytes behind a zero; any other host as its length and its text. Then the port. */
function packAddress(text: string): Bytes {
  const address = parseAddress(text)
  invariant(address !== null, 'a node names its own addresses as host:port')
  const port = new Uint8Array([address.port >> 8, address.port & 255])
  if (isIPv4(address.host))
    return concatBytes(new Uint8Array([0, ...address.host.split('.').map(Number)]), port)
  const host = new TextEncoder().encode(address.host)
  return concatBytes(new Uint8Array([host.length]), host, port)
}

function readAddress(body: Cut): string {
  const length = body.byte()
  const host = length === 0 ? body.take(4).join('.') : new TextDecoder().decode(body.take(length))
  const address: Address = { host, port: body.byte() * 256 + body.byte() }
  const text = formatAddress(address)
  const read = parseAddress(text)
  if (read === null || formatAddress(read) !== text) throw new Malformed('expected an address')
  return text
}

/** Bytes read from the left. */
class Cut {
  readonly #bytes: Bytes
  #at = 0

  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(length: number): Bytes {
    if (length > this.left) throw new Malformed(`expected ${length} bytes`)
    this.#at += length
    return this.#bytes.slice(this.#at - length, this.#at)
  }

  byte(): number {
    return this.take(1)[0] ?? 0
  }
}
