/** The first op of a site: its hash is the site's id; it names the authority's key and the recovery key. */
import type { Bytes } from '../base/bytes.ts'
import { toHex } from '../base/bytes.ts'
import type { SiteId } from '../model/ids.ts'
import { actorOf } from '../op/identity.ts'
import type { Arrival } from './log.ts'
import type { Signer, World } from './ports.ts'
import { THIS_BUILD } from '../op/vocabulary.ts'
import { signed } from './writer.ts'

export type Founding = {
  readonly site: string
  readonly name: string
  readonly person: string
  readonly tlsKeyHash: Bytes
  /** The public half of a key that is kept offline, 32 bytes. */
  readonly recoveryKey: Bytes
}

export function genesis(world: World, signer: Signer, options: Founding): { site: SiteId; arrival: Arrival } {
  const sha256 = (bytes: Bytes): Bytes => world.crypto.sha256(bytes)
  const arrival = signed({ sha256, vocabulary: world.vocabulary ?? THIS_BUILD }, signer, {
    site: null,
    actor: actorOf(sha256, signer.publicKey),
    seq: 1,
    prev: new Uint8Array(0),
    causes: [],
    lamport: 1,
    wall: world.clock.now(),
    effects: [
      {
        type: 'genesis',
        siteName: options.site.normalize('NFC'),
        opKey: signer.publicKey,
        tlsKeyHash: options.tlsKeyHash,
        name: options.name.normalize('NFC'),
        person: options.person.normalize('NFC'),
        recoveryKey: options.recoveryKey,
      },
    ],
  })
  return { site: toHex(arrival.hash) as SiteId, arrival }
}
