/** How a device that is not this one is reached, in words: by a link of its own, through another, or not at all, and why. */
import type { Language } from '../../shared/api/messages/catalogue.ts'
import type { PeerRow } from '../../shared/api/rows.ts'

/** `through`: no link of its own, and none is needed: another device heard it a moment ago. */
export type Reach =
  { readonly by: 'link'; readonly state: PeerRow['link'] } | { readonly by: 'through'; readonly name: string }

const WORDS = {
  en: {
    through: (name: string) => `Reached through ${name}`,
    enough: 'No link of its own: a tablet keeps links to the four tablets next to it.',
    relayed: 'No link of its own; work still comes and goes.',
    tablets: (linked: number, most: number) => `${linked} of ${most} links to other tablets`,
  },
  es: {
    through: (name: string) => `Se alcanza por ${name}`,
    enough: 'Sin enlace propio: una tableta se enlaza con las cuatro tabletas más próximas a ella.',
    relayed: 'Sin enlace propio; el trabajo va y viene igualmente.',
    tablets: (linked: number, most: number) => `${linked} de ${most} enlaces con otras tabletas`,
  },
} satisfies Readonly<Record<Language, object>>

/** A link that was switched off is said to be off, whoever else may be heard. */
export function reachOf(peer: PeerRow): Reach {
  const isOpen = peer.link === 'up' || peer.link === 'off'
  if (isOpen || peer.through === null) return { by: 'link', state: peer.link }
  return { by: 'through', name: peer.through.name }
}

export const throughText = (language: Language, name: string): string => WORDS[language].through(name)

/** Why there is no link, where that needs a word; `other` says what a call met. */
export function whyText(language: Language, peer: PeerRow, other: (why: string) => string): string | null {
  if (peer.link === 'up' || peer.link === 'off') return null
  if (peer.why === 'enough') return WORDS[language].enough
  if (peer.through !== null) return WORDS[language].relayed
  return peer.why === null ? null : other(peer.why)
}

/** When the device was heard last, by whomever; null: never. */
export function heardOf({ last_heard, through }: PeerRow): number | null {
  return through === null ? last_heard : Math.max(through.heard, last_heard ?? 0)
}

/** Null for a device that links everyone. */
export const tabletsText = (
  language: Language,
  tablets: { readonly linked: number; readonly most: number } | null,
): string | null => tablets && WORDS[language].tablets(tablets.linked, tablets.most)
