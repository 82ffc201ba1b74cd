/** The tables of docs/fields.md: who may change which field of which kind, and when. */
import { KINDS, type Field, type KindName, type MergeType } from '../../shared/model/kinds.ts'
import { ROLES } from '../../shared/model/roles.ts'
import { permits } from '../../shared/judge/permissions.ts'
import { code, table } from './markdown.ts'
import { SITE_FACTS } from './site-facts.ts'

/** The four answers that a field can have. */
export const CLASSES = {
  local: 'edited locally with a CRDT',
  right: 'right in advance',
  authority: 'central authority',
  derived: 'derived',
} as const
export type FieldClass = keyof typeof CLASSES

type Merging = { readonly of: FieldClass; readonly how: string; readonly apart: string }

/** What a field's merge type says of it. Of the compiler: no merge type is left out. */
const MERGING: Readonly<Record<MergeType, Merging>> = {
  register: {
    of: 'local',
    how: 'multi-value register',
    apart: 'both values stand, in sight, until somebody settles them',
  },
  draft: { of: 'local', how: 'last-writer register', apart: 'the later edit stands' },
  set: { of: 'local', how: 'observed-remove set', apart: 'adding wins over taking off' },
  map: {
    of: 'local',
    how: 'observed-remove map',
    apart: 'entries of both are kept; an edit keeps an entry that somebody else removes',
  },
  text: { of: 'local', how: 'Yjs text', apart: 'the words of both are woven together' },
  tally: { of: 'local', how: 'sum of signed increments', apart: 'both count' },
  right: { of: 'right', how: '', apart: 'cannot collide: each device spends only what it holds' },
  authority: { of: 'authority', how: '', apart: 'cannot collide: one device decides' },
  derived: { of: 'derived', how: '', apart: 'computed anew from the rest' },
}

/** Why a kind is divided as it is. */
const WHY: Readonly<Record<KindName, string>> = {
  job: 'People in different aisles write at the same time and must not wait for each other, so everything that describes the work merges; its number must be unique while nobody can ask, so it comes from a block held in advance; and that it is done is said once, so the authority says it.',
  case: 'A case collects what many people know, so all of it merges; only its end is a decision, since afterwards nothing of it may move.',
  incident:
    'What happened must be written down at once by whoever saw it, so all of it merges; its closing has legal effect, so two persons sign it off and the authority alone decides, never a desk with a token.',
  stock:
    'Where a thing lies and what it is called can be corrected later, so that merges; but the same box cannot be taken twice, so it is drawn only from a share that the device holds already, and only the authority counts in.',
}

const kinds = Object.keys(KINDS) as KindName[]
const classOf = ({ of, how }: Merging): string => (how === '' ? CLASSES[of] : `${CLASSES[of]} (${how})`)

function rowsOf(name: string, field: Field): (readonly string[])[] {
  const row = (label: string, merge: MergeType) => [
    code(label),
    classOf(MERGING[merge]),
    field.frozen ? 'frozen' : '',
    MERGING[merge].apart,
  ]
  const children = Object.entries(field.children ?? {})
  return [row(name, field.merge), ...children.map(([child, { merge }]) => row(`${name}.${child}`, merge))]
}

export function kindSection(kind: KindName): string {
  const fields: Readonly<Record<string, Field>> = KINDS[kind].fields
  const rows = Object.entries(fields).flatMap(([name, field]) => rowsOf(name, field))
  const heading = ['field', 'who changes it', 'by a closing', 'when two people change it apart']
  return `### ${kind}\n\n${WHY[kind]}\n\n${table(heading, rows)}`
}

export const kindSections = (): string => kinds.map(kindSection).join('\n\n')

/** The answer in short: per kind, the fields of each class. */
export function summary(): string {
  const names = Object.keys(CLASSES) as FieldClass[]
  const rows = kinds.map((kind) => [
    kind,
    ...names.map((one) =>
      Object.entries<Field>(KINDS[kind].fields)
        .filter(([, { merge }]) => MERGING[merge].of === one)
        .map(([name]) => code(name))
        .join(', '),
    ),
  ])
  return table(['kind', ...names.map((one) => CLASSES[one])], rows)
}

export function siteTable(): string {
  const rows = SITE_FACTS.map(({ fact, of, effects, why }) => [
    fact,
    CLASSES[of],
    effects.map(code).join(', '),
    ROLES.filter((role) => effects.some((effect) => permits(role, effect))).join(', '),
    why,
  ])
  return table(['fact', 'who changes it', 'effects', 'roles that may write them', 'why'], rows)
}
