/**
 * Every record kind with its fields. A field's declaration is its whole classification: how concurrent
 * edits merge, what values it takes, and whether a closing freezes it. The engine has no code that knows
 * a field by name; adding a kind or a field means adding a declaration here.
 */

/** How concurrent edits of a field come together (design 5). */
export type MergeType =
  'register' | 'draft' | 'set' | 'map' | 'text' | 'tally' | 'authority' | 'right' | 'derived'

/** What one value of a field may be. `date` is YYYY-MM-DD; `actor` is filled in by the engine with the author. */
export type ValueType =
  | { readonly type: 'string'; readonly max: number }
  | { readonly type: 'enum'; readonly of: readonly string[] }
  | { readonly type: 'date' }
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'actor' }

export type Field = {
  /** Never reused: stands in signed bytes in place of the name. */
  readonly code: number
  readonly merge: MergeType
  readonly frozen: boolean
  readonly value?: ValueType
  readonly nullable?: boolean
  readonly children?: Readonly<Record<string, FieldOfChild>>
}

export type FieldOfChild = {
  readonly code: number
  readonly merge: 'register' | 'set' | 'text'
  readonly value?: ValueType
  readonly nullable?: boolean
}

export type Kind = {
  readonly code: number
  readonly fields: Readonly<Record<string, Field>>
  /** Which field names a record in lists. */
  readonly title: string
  /** How it is closed: not at all, by a decision, or by one that needs two persons' sign-offs. */
  readonly closing: 'none' | 'decision' | 'signed'
}

const line = { type: 'string', max: 500 } as const
const word = { type: 'string', max: 80 } as const

const notes: Field = {
  code: 20,
  merge: 'map',
  frozen: false,
  children: { body: { code: 1, merge: 'text' } },
}
const attachments: Field = {
  code: 21,
  merge: 'map',
  frozen: false,
  children: {
    name: { code: 1, merge: 'register', value: line },
    sha256: { code: 2, merge: 'register', value: { type: 'string', max: 64 } },
    size: { code: 3, merge: 'register', value: { type: 'integer', min: 0, max: 2 ** 40 } },
    mime: { code: 4, merge: 'register', value: word },
    /** Base64 of 12 KiB at most: as long as any text of an op may be. */
    thumbnail: { code: 5, merge: 'register', value: { type: 'string', max: 16_384 } },
  },
}
const authority = (code: number): Field => ({ code, merge: 'authority', frozen: false })
const derived = (code: number): Field => ({ code, merge: 'derived', frozen: false })
/** What every record has that can be closed. */
const closable = { status: authority(30), audit_number: authority(31), freeze_epoch: authority(32) }
const tags: Field = { code: 9, merge: 'set', frozen: true, value: word }

const caseFields = {
  title: { code: 3, merge: 'register', frozen: true, value: line },
  owner: { code: 6, merge: 'register', frozen: true, value: word, nullable: true },
  tags,
  notes,
  attachments,
  ...closable,
  closed_at: authority(33),
  activity: derived(41),
} as const satisfies Readonly<Record<string, Field>>

export const KINDS = {
  job: {
    code: 1,
    title: 'title',
    closing: 'decision',
    fields: {
      number: { code: 1, merge: 'right', frozen: false },
      reference: { code: 2, merge: 'register', frozen: true, value: word, nullable: true },
      title: { code: 3, merge: 'register', frozen: true, value: line },
      zone: { code: 4, merge: 'register', frozen: true, value: word, nullable: true },
      priority: {
        code: 5,
        merge: 'register',
        frozen: true,
        value: { type: 'enum', of: ['low', 'normal', 'high', 'urgent'] },
        nullable: true,
      },
      assignee: { code: 6, merge: 'register', frozen: true, value: word, nullable: true },
      due: { code: 7, merge: 'register', frozen: true, value: { type: 'date' }, nullable: true },
      label: { code: 8, merge: 'draft', frozen: true, value: word, nullable: true },
      tags,
      tasks: {
        code: 10,
        merge: 'map',
        frozen: true,
        children: {
          text: { code: 1, merge: 'register', value: line },
          done: { code: 2, merge: 'set', value: { type: 'actor' } },
        },
      },
      notes,
      attachments,
      labour: {
        code: 11,
        merge: 'tally',
        frozen: true,
        value: { type: 'integer', min: -1_000_000, max: 1_000_000 },
      },
      ...closable,
      progress: derived(40),
      activity: derived(41),
    },
  },
  case: { code: 2, title: 'title', closing: 'decision', fields: caseFields },
  /** Its closing has legal effect: two persons sign it off first, and only the authority itself decides it. */
  incident: {
    code: 3,
    title: 'title',
    closing: 'signed',
    fields: { ...caseFields, sign_offs: authority(34) },
  },
  stock: {
    code: 4,
    title: 'name',
    closing: 'none',
    fields: {
      name: { code: 3, merge: 'register', frozen: false, value: line },
      location: { code: 4, merge: 'register', frozen: false, value: word, nullable: true },
      unit: { code: 5, merge: 'register', frozen: false, value: word, nullable: true },
      on_hand: { code: 1, merge: 'right', frozen: false },
      tags: { ...tags, frozen: false },
      notes,
      attachments,
      activity: derived(41),
    },
  },
} as const satisfies Readonly<Record<string, Kind>>

export type KindName = keyof typeof KINDS
