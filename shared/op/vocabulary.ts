/**
 * What a build can read of ops, and which version of the judgement rules it has. An op that says more is kept, sent on
 * byte for byte and held until a build that knows it opens the log (decisions/0017-versions.md).
 */
import { KINDS, type Kind } from '../model/kinds.ts'
import { ACTION_CODES, EFFECT_CODES, PARCEL_CODES, ROLE_CODES } from './codes.ts'

export type Codes = {
  readonly effects: ReadonlySet<number>
  readonly kinds: ReadonlySet<number>
  /** `kind.field`, and `kind.field.sub` for a field of its children. */
  readonly fields: ReadonlySet<string>
  readonly roles: ReadonlySet<number>
  readonly actions: ReadonlySet<number>
  readonly parcels: ReadonlySet<number>
}

export type Vocabulary = {
  readonly known: Codes
  /**
   * What format 1 began with: an effect of these codes that does not fit its shape is refused at the door, by every
   * version. One of a later code cannot be, since older versions let it in: it is kept and rejected.
   */
  readonly first: Codes
  /** The highest version of the judgement rules that this build has. */
  readonly rules: number
}

const ofKind = ({ code, fields }: Kind): string[] =>
  Object.values(fields).flatMap((field) => [
    `${code}.${field.code}`,
    ...Object.values(field.children ?? {}).map((sub) => `${code}.${field.code}.${sub.code}`),
  ])

const kinds: readonly Kind[] = Object.values(KINDS)

const CODES: Codes = {
  effects: new Set(Object.values(EFFECT_CODES)),
  kinds: new Set(kinds.map(({ code }) => code)),
  fields: new Set(kinds.flatMap(ofKind)),
  roles: new Set(Object.values(ROLE_CODES)),
  actions: new Set(Object.values(ACTION_CODES)),
  parcels: new Set(Object.values(PARCEL_CODES)),
}

/** The version of the judgement rules that every site begins with. */
export const FIRST_RULES = 1

/**
 * `rules` is raised with every change that judges an op otherwise that an older build can read. Nothing is released
 * yet, so what format 1 begins with is all that there is.
 */
export const THIS_BUILD: Vocabulary = { known: CODES, first: CODES, rules: 1 }

/** Names a vocabulary in the database: opened with another one, what was held is read again. */
export const nameOf = (vocabulary: Vocabulary): string => JSON.stringify(wordsOf(vocabulary))

/** Does the build that left this name know anything that this one does not? */
export function isOlder(vocabulary: Vocabulary, name: string): boolean {
  const own = new Set(wordsOf(vocabulary))
  const [rules, ...words] = JSON.parse(name) as string[]
  return Number(rules) > vocabulary.rules || words.some((word) => !own.has(word))
}

function wordsOf({ known, rules }: Vocabulary): string[] {
  const sets: [string, ReadonlySet<number | string>][] = Object.entries(known)
  return [String(rules), ...sets.flatMap(([of, codes]) => [...codes].map((code) => `${of} ${code}`))]
}
