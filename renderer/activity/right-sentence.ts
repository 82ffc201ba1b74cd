/** Sentences about rights, requests and review: what was given, asked, used, taken back, and set right. */
import type { Change, RequestDetail, RightName } from '../../shared/api/rows.ts'
import type { Language } from '../../shared/api/messages/catalogue.ts'
import { reasonText } from '../../shared/api/messages/reasons.ts'
import { CHANGE_WORDS, FIELD_WORDS, ROLE_WORDS } from './change-words.ts'
import { compose, lookUp, quoted, type Bilingual, type Phrase } from './phrase.ts'
import { REVOKED_WORDS, RIGHT_CHANGE_WORDS, SHARE_WORDS, WHOLE_WORDS } from './right-words.ts'

type Of<W extends Change['what']> = Extract<Change, { readonly what: W }>

/** "50 job numbers", "the closing of zone North". */
export function sharePhrase(language: Language, right: RightName, n: number): Phrase {
  const words = SHARE_WORDS[right.of]
  return compose(language, n === 1 ? words.one : words.other, {
    said: { n: String(n), about: right.about ?? right.right },
  })
}

export const roleName = (language: Language, role: string): string =>
  lookUp(ROLE_WORDS, role)?.[language] ?? role

/** "51–100, 201–210". */
export const rangesText = (ranges: readonly (readonly [number, number])[]): string =>
  ranges.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ')

export function moved(language: Language, change: Of<'given' | 'passed'>): Phrase {
  const { what, name, ranges } = change
  const words = RIGHT_CHANGE_WORDS[ranges.length === 0 ? what : (`${what}-ranges` as const)]
  return compose(language, words, {
    said: { name, ranges: rangesText(ranges) },
    phrases: { share: sharePhrase(language, change.right, change.amount) },
  })
}

export function spent(language: Language, { right, amount, number, purpose }: Of<'spent'>): Phrase {
  if (number !== null) return compose(language, RIGHT_CHANGE_WORDS.numbered, { said: { number } })
  const phrases = { share: sharePhrase(language, right, amount) }
  if (right.of !== 'stock') return compose(language, RIGHT_CHANGE_WORDS.spent, { phrases })
  return purpose === null
    ? compose(language, RIGHT_CHANGE_WORDS.drawn, { phrases })
    : compose(language, RIGHT_CHANGE_WORDS['drawn-for'], { phrases, said: { title: purpose } })
}

export function reclaimed(language: Language, { right, name }: Of<'reclaimed'>): Phrase {
  const whole = compose(language, WHOLE_WORDS[right.of], { said: { about: right.about ?? right.right } })
  return compose(language, RIGHT_CHANGE_WORDS.reclaimed, { said: { name }, phrases: { whole } })
}

export function requested(language: Language, { action, detail }: Of<'requested'>): Phrase {
  switch (action) {
    case 'close':
      return compose(language, CHANGE_WORDS['asked-close'])
    case 'reopen':
      return compose(language, CHANGE_WORDS['asked-reopen'])
    case 'numbers':
    case 'stock':
      return askedShare(language, action, detail)
    case 'role':
      return compose(language, RIGHT_CHANGE_WORDS['asked-role'], {
        said: { name: detail.name ?? '…' },
        plain: { role: roleName(language, detail.role ?? '…') },
      })
    case 'cut':
      return askedCut(language, detail)
    case 'check':
      return compose(language, RIGHT_CHANGE_WORDS['asked-check'])
  }
}

function askedShare(
  language: Language,
  action: 'numbers' | 'stock',
  { right, amount }: RequestDetail,
): Phrase {
  if (!right) return compose(language, RIGHT_CHANGE_WORDS[`asked-${action}`])
  return compose(language, RIGHT_CHANGE_WORDS['asked-share'], {
    phrases: { share: sharePhrase(language, right, amount ?? 1) },
  })
}

function askedCut(language: Language, { name, reason }: RequestDetail): Phrase {
  const words = reason === undefined ? RIGHT_CHANGE_WORDS['asked-cut-bare'] : RIGHT_CHANGE_WORDS['asked-cut']
  return compose(language, words, { said: { name: name ?? '…', reason: reason ?? '' } })
}

export function decided(language: Language, change: Of<'decided'>): Phrase {
  if (!change.accept) return refused(language, change)
  if (change.action !== 'close' && change.action !== 'reopen')
    return compose(language, RIGHT_CHANGE_WORDS[`granted-${change.action}`])
  if (change.action === 'reopen') return compose(language, CHANGE_WORDS.reopened)
  return change.audit_number === null
    ? compose(language, CHANGE_WORDS['closed-bare'])
    : compose(language, CHANGE_WORDS.closed, { said: { audit: change.audit_number } })
}

const REFUSED = { ...CHANGE_WORDS, ...RIGHT_CHANGE_WORDS }

function refused(language: Language, { action, reason }: Of<'decided'>): Phrase {
  const name = `refused-${action}` as const
  return reason === null
    ? compose(language, REFUSED[`${name}-bare`])
    : compose(language, REFUSED[name], { said: { reason: reasonText(language, reason, {}) } })
}

export function settledEdit(language: Language, change: Of<'adopted' | 'dismissed'>): Phrase {
  const reason = change.what === 'dismissed' ? reasonText(language, change.reason, {}) : ''
  return compose(language, RIGHT_CHANGE_WORDS[change.what], { said: { author: change.author, reason } })
}

export function revoked(language: Language, { field, reason }: Of<'revoked'>): Phrase {
  const said = { reason: reasonText(language, reason, {}) }
  const plain = { field: lookUp(FIELD_WORDS, field)?.[language] ?? quoted(language, field) }
  const words = lookUp(REVOKED_WORDS, field) ?? RIGHT_CHANGE_WORDS.revoked
  return compose(language, words, { said, plain })
}

export function checkpointPublished(language: Language, { ops }: Of<'checkpoint'>): Phrase {
  const forms: { readonly one: Bilingual; readonly other: Bilingual } = RIGHT_CHANGE_WORDS.checkpoint
  return compose(language, ops === 1 ? forms.one : forms.other, { said: { n: String(ops) } })
}

export function parcelSettled(
  language: Language,
  { what, items }: Of<'parcel-taken' | 'parcel-dismissed'>,
): Phrase {
  const forms: { readonly one: Bilingual; readonly other: Bilingual } = RIGHT_CHANGE_WORDS[what]
  return compose(language, items === 1 ? forms.one : forms.other, { said: { n: String(items) } })
}
