/**
 * The Yjs client id of an editing session, derived so that anyone can check whose words an update holds
 * (design 4, "Text"): nobody chooses an id, so nobody can take another's.
 */
import { encodeCbor } from '../../base/cbor.ts'
import type { Bytes } from '../../base/bytes.ts'
import type { ActorId } from '../../model/ids.ts'

type Sha256 = (bytes: Bytes) => Bytes

const DOMAIN = 'tallydesk/text-session/1'

/**
 * 53 bits of H(domain, actor, text, n), the most that Yjs can carry; never 0.
 * `text` names the text within the site; `n` counts the actor's sessions on it.
 */
export function clientIdOf(sha256: Sha256, actor: ActorId, text: string, n: number): number {
  const hash = sha256(encodeCbor([DOMAIN, actor, text, n]))
  let id = (hash[0] ?? 0) & 0x1f
  for (let i = 1; i < 7; i += 1) id = id * 256 + (hash[i] ?? 0)
  return id || 1
}
