/** What a first message has to be for a session to begin. Membership is asked after this. */
import type { ActorId, SiteId } from '../model/ids.ts'
import type { CloseReason } from './close.ts'
import { PROTOCOL_VERSION } from './pace.ts'
import type { Hello, Message } from './wire.ts'

type Greeting =
  { readonly hello: Hello } | { readonly hello: null; readonly reason: CloseReason; readonly detail: string }

export function readGreeting(
  message: Message,
  own: { readonly site: SiteId; readonly actor: ActorId },
): Greeting {
  if (message.kind === 'foreign-hello') {
    const detail = `this replica speaks version ${PROTOCOL_VERSION}, the peer ${message.version}`
    return { hello: null, reason: 'wrong-version', detail }
  }
  if (message.kind !== 'hello') return { hello: null, reason: 'malformed', detail: 'no hello' }
  if (message.site !== own.site) return { hello: null, reason: 'wrong-site', detail: '' }
  if (message.actor === own.actor) return { hello: null, reason: 'self', detail: '' }
  return { hello: message }
}
