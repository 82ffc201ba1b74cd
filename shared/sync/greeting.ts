/** What a first message has to be for a session to begin. Membership is asked after this. */
import type { ActorId, SiteId } from '../model/ids.ts'
import type { CloseReason } from './close.ts'
import { negotiated, type Versions } from './versions.ts'
import type { Hello, Message } from './wire.ts'

type Greeting =
  | { readonly hello: Hello; readonly version: number }
  | { readonly hello: null; readonly reason: CloseReason; readonly detail: string }

export function readGreeting(
  message: Message,
  own: { readonly site: SiteId; readonly actor: ActorId; readonly speaks: Versions },
): Greeting {
  const refuse = (reason: CloseReason, detail: string): Greeting => ({ hello: null, reason, detail })
  if (message.kind !== 'hello' && message.kind !== 'foreign-hello') return refuse('malformed', 'no hello')
  const version = negotiated(own.speaks, message.speaks)
  if (message.kind === 'foreign-hello' || version === null) {
    const detail = `this replica speaks ${inWords(own.speaks)}, the peer ${inWords(message.speaks)}`
    return refuse(message.speaks.min > own.speaks.max ? 'peer-newer' : 'peer-older', detail)
  }
  if (message.site !== own.site) return refuse('wrong-site', '')
  if (message.actor === own.actor) return refuse('self', '')
  return { hello: message, version }
}

const inWords = ({ min, max }: Versions): string =>
  min === max ? `version ${min}` : `versions ${min} to ${max}`
