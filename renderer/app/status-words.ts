/** What the status line says of each link, and in which tone. */
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { formatMoment } from '../services/format.ts'
import type { Tone } from '../ui/tone.ts'
import { appWords } from './messages.ts'

type Status = QueryAnswer<'status'>
export type Segment = { readonly text: string; readonly tone: Tone }

export function wanState({ wan }: Status): Segment {
  const words = appWords().status
  switch (wan.state) {
    case 'up':
      return { text: words.wanUp, tone: 'good' }
    case 'down':
      return {
        text: wan.since === null ? words.wanNeverUp : words.wanDown(formatMoment(wan.since)),
        tone: 'warn',
      }
    case 'connecting':
      return { text: words.wanConnecting, tone: 'warn' }
    case 'off':
      return { text: words.wanOff, tone: 'warn' }
    case 'none':
      return { text: words.wanNone, tone: 'plain' }
    case 'self':
      return { text: words.wanSelf, tone: 'good' }
  }
}

/** `linked`: how many devices are linked over the local network. */
export function lanState({ lan }: Status, linked: number): Segment {
  const words = appWords().status
  switch (lan.state) {
    case 'up':
      return { text: words.lanUp(linked), tone: 'good' }
    case 'alone':
      return {
        text: lan.since === null ? words.lanNobody : words.lanAlone(formatMoment(lan.since)),
        tone: 'warn',
      }
    case 'off':
      return { text: words.lanOff, tone: 'warn' }
  }
}

/** What headquarters wrote is where it counts, which says nothing of others that have it. */
export function outboxState({ actor, authority, outbox }: Status): Segment {
  const words = appWords().status
  if (outbox > 0) return { text: words.outboxSome(outbox), tone: 'warn' }
  return { text: authority.actor === actor ? words.outboxSelf : words.outboxEmpty, tone: 'good' }
}

export function authorityState(status: Status, when: (wall: number) => string): Segment {
  const words = appWords().status
  if (status.authority.actor === status.actor) return { text: words.self, tone: 'good' }
  if (status.authority_heard === null) return { text: words.heardNever, tone: 'warn' }
  return {
    text: words.heard(when(status.authority_heard)),
    tone: status.wan.state === 'up' ? 'good' : 'plain',
  }
}
