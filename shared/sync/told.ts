/** Where members may be reached, as one device tells another. A hint from a member, bounded: believed only after a handshake. */
import { fromHex, toHex } from '../base/bytes.ts'
import type { CborValue } from '../base/cbor.ts'
import { invariant } from '../base/invariant.ts'
import { parseActorId, type ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import type { Reader } from '../op/reader.ts'

export type Told = {
  readonly actor: ActorId
  /** `host:port` with the host as digits; null where the teller knows none that it may tell. */
  readonly address: string | null
  /** How many ms ago the member was heard, by the teller or by whoever told it; it only grows on its way. */
  readonly age: number
}

/** All that the teller has to say now: the message before this one is void. The teller itself may stand among them. */
export type Addresses = { readonly kind: 'addresses'; readonly told: readonly Told[] }

export function toldItem({ actor, address, age }: Told): CborValue {
  const bytes = fromHex(actor)
  invariant(bytes !== null, 'an id is hexadecimal')
  return [bytes, address, age]
}

export const readAddresses = (reader: Reader): Addresses => ({
  kind: 'addresses',
  told: reader.list(LIMITS.told, readTold),
})

const readTold = (reader: Reader): Told => ({
  actor: parseActorId(toHex(reader.bytes(32))) ?? reader.fail('an actor'),
  address: reader.nullableText(LIMITS.toldBytes),
  age: reader.count(),
})
