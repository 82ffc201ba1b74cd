/**
 * Makes sentences of the changes that an op brings: predicates without their subject, because the author
 * stands beside them on the screen. Changes that one act of a person made together (a task and its words,
 * a job and its first fields) become one sentence.
 */
import type { Change, Value } from '../../shared/api/rows.ts'
import type { Language } from '../../shared/api/messages/catalogue.ts'
import { CHANGE_WORDS, FIELD_WORDS, KIND_WORDS, VALUE_WORDS } from './change-words.ts'
import { compose, lookUp, quoted, type Bilingual, type Filling, type Phrase } from './phrase.ts'
import {
  decided,
  moved,
  checkpointPublished,
  parcelSettled,
  reclaimed,
  requested,
  revoked,
  roleName,
  settledEdit,
  spent,
} from './right-sentence.ts'
import { RIGHT_CHANGE_WORDS } from './right-words.ts'

/** Every phrase for one op's changes, in their order. Never empty for an op that changes something. */
export function phrasesOf(language: Language, changes: readonly Change[]): readonly Phrase[] {
  const whole =
    creation(language, changes) ?? manySettled(language, changes) ?? restoration(language, changes)
  if (whole) return [whole]
  return changes.flatMap((change, index) => {
    if (isTold(change, changes[index - 1]) || isOfNewFile(change, changes.slice(0, index))) return []
    return [phraseOf(language, change, changes[index + 1])]
  })
}

/** What a field is called as a sentence's object, with its article. */
export const fieldName = (language: Language, field: string): string =>
  lookUp(FIELD_WORDS, field)?.[language] ?? field

/** A value as people read it: closed lists are translated, everything else is as it was typed. */
export function valueText(language: Language, value: Value): string {
  if (value === null) return '∅'
  return lookUp(VALUE_WORDS, String(value))?.[language] ?? String(value)
}

/** A new record's first fields are part of its being opened; many records in one op are an import. */
function creation(language: Language, changes: readonly Change[]): Phrase | null {
  const created = changes.filter((change) => change.what === 'created')
  const first = created[0]
  if (!first) return null
  if (created.length > 1) {
    const source = first.imported?.split(': ')[0] ?? '…'
    return compose(language, CHANGE_WORDS['imported-many'], {
      said: { count: String(created.length), source },
    })
  }
  if (first.imported !== null) {
    return compose(language, CHANGE_WORDS.imported, { said: { source: first.imported } })
  }
  const tasks = changes.filter((change) => change.what === 'child-added' && change.field === 'tasks').length
  const kind = lookUp(KIND_WORDS, first.kind)?.[language] ?? first.kind
  const words = tasks > 1 ? CHANGE_WORDS['opened-with-tasks'] : CHANGE_WORDS.opened
  return compose(language, words, { plain: { kind, count: String(tasks) } })
}

function manySettled(language: Language, changes: readonly Change[]): Phrase | null {
  const settled = changes.filter((change) => change.what === 'set' && change.settles > 0)
  if (settled.length < 2 || settled.length < changes.length) return null
  return compose(language, CHANGE_WORDS['settled-many'], { said: { count: String(settled.length) } })
}

/** An ordinary op sets a field once; one that sets it to several values at once puts a conflict back. */
function restoration(language: Language, changes: readonly Change[]): Phrase | null {
  const sets = changes.filter((change) => change.what === 'set')
  const isTwice = sets.some((change, i) => {
    const before = sets[i - 1]
    return before?.field === change.field && before.child === change.child
  })
  if (!isTwice || sets.length < changes.length) return null
  if (sets.length > 3) return compose(language, CHANGE_WORDS['restored-many'], {})
  const values = sets.map((change) => quoted(language, valueText(language, change.value)))
  return compose(language, CHANGE_WORDS.restored, { said: { values: values.join(', ') } })
}

/** Whether an op is about more records than a list can name. */
export const isAboutMany = (changes: readonly Change[]): boolean =>
  changes.filter((change) => change.what === 'created').length > 1 ||
  (changes.length > 1 && changes.every((change) => change.what === 'set'))

/** Whether the phrase before this change has told it already. */
function isTold(change: Change, before: Change | undefined): boolean {
  if (before?.what === 'withdrawn') return change.what === 'withdrawn' && change.of === 'part'
  if (before?.what !== 'child-added') return false
  const tellsWords = (change.what === 'set' && change.field === 'text') || change.what === 'text'
  return tellsWords && change.child === before.child
}

/** What a file is, its size and its small picture are no edits of their own: it came with them. */
const isOfNewFile = (change: Change, before: readonly Change[]): boolean =>
  change.what === 'set' &&
  before.some(
    (one) => one.what === 'child-added' && one.field === 'attachments' && one.child === change.child,
  )

function phraseOf(language: Language, change: Change, next: Change | undefined): Phrase {
  const say = (words: Bilingual, filling: Filling = {}): Phrase => compose(language, words, filling)
  switch (change.what) {
    case 'created':
      return say(CHANGE_WORDS.opened, {
        plain: { kind: lookUp(KIND_WORDS, change.kind)?.[language] ?? change.kind },
      })
    case 'set':
      return assignment(language, change)
    case 'added':
    case 'removed':
      return membership(language, change)
    case 'child-added':
      return childAdded(language, change, next)
    case 'child-removed':
      return childRemoved(language, change.field)
    case 'ticked':
    case 'unticked':
      return say(CHANGE_WORDS[change.what], { said: { text: quoted(language, change.text) } })
    case 'text':
      return change.excerpt === ''
        ? say(CHANGE_WORDS['note-edited-bare'])
        : say(CHANGE_WORDS['note-edited'], { said: { excerpt: quoted(language, change.excerpt) } })
    case 'counted':
      return counted(language, change)
    case 'withdrawn':
      return withdrawn(language, change)
    case 'requested':
      return requested(language, change)
    case 'withdrew':
      return say(CHANGE_WORDS.withdrew)
    case 'decided':
      return decided(language, change)
    case 'admitted':
      return say(CHANGE_WORDS.admitted, {
        said: { name: change.name },
        plain: { role: roleName(language, change.role) },
      })
    case 'role-set':
      return say(CHANGE_WORDS['role-set'], {
        said: { name: change.name },
        plain: { role: roleName(language, change.role) },
      })
    case 'cut':
      return say(CHANGE_WORDS.cut, { said: { name: change.name, reason: change.reason } })
    case 'founded':
      return say(CHANGE_WORDS.founded, { said: { name: quoted(language, change.name) } })
    case 'unknown':
      return say(CHANGE_WORDS.unknown, { plain: { code: String(change.code) } })
    default:
      return rightPhrase(language, change)
  }
}

type RightChange = Of<
  | 'given'
  | 'passed'
  | 'spent'
  | 'reclaimed'
  | 'signed-off'
  | 'handed-over'
  | 'policy-set'
  | 'checkpoint'
  | 'snapshot'
  | 'rules-raised'
  | 'adopted'
  | 'dismissed'
  | 'revoked'
  | 'parcel-handed-in'
  | 'parcel-taken'
  | 'parcel-dismissed'
>

/** What is done with rights, and what sets earlier changes right. */
function rightPhrase(language: Language, change: RightChange): Phrase {
  switch (change.what) {
    case 'given':
    case 'passed':
      return moved(language, change)
    case 'spent':
      return spent(language, change)
    case 'reclaimed':
      return reclaimed(language, change)
    case 'signed-off':
    case 'policy-set':
    case 'snapshot':
    case 'parcel-handed-in':
      return compose(language, RIGHT_CHANGE_WORDS[change.what])
    case 'rules-raised':
      return compose(language, RIGHT_CHANGE_WORDS[change.what], {
        plain: { version: String(change.version) },
      })
    case 'handed-over':
      return compose(language, RIGHT_CHANGE_WORDS['handed-over'], { said: { name: change.name } })
    case 'checkpoint':
      return checkpointPublished(language, change)
    case 'adopted':
    case 'dismissed':
      return settledEdit(language, change)
    case 'revoked':
      return revoked(language, change)
    case 'parcel-taken':
    case 'parcel-dismissed':
      return parcelSettled(language, change)
  }
}

type Of<W extends Change['what']> = Extract<Change, { readonly what: W }>

function assignment(language: Language, change: Of<'set'>): Phrase {
  const plain = { field: fieldName(language, change.field) }
  const said = { value: quoted(language, valueText(language, change.value)) }
  if (change.settles > 0) {
    return compose(language, change.value === null ? CHANGE_WORDS['settled-empty'] : CHANGE_WORDS.settled, {
      plain,
      said,
    })
  }
  if (change.value === null) return compose(language, CHANGE_WORDS.cleared, { plain })
  if (change.child !== null && change.field === 'text')
    return compose(language, CHANGE_WORDS['task-renamed'], { said })
  return compose(language, CHANGE_WORDS.set, { plain, said })
}

function membership(language: Language, change: Extract<Change, { readonly key: string }>): Phrase {
  if (change.key === '') return compose(language, CHANGE_WORDS['tag-removed-bare'], {})
  const name = change.field === 'tags' ? 'tag' : 'key'
  const said = { key: quoted(language, change.key) }
  return compose(language, CHANGE_WORDS[`${name}-${change.what}`], {
    said,
    plain: { field: fieldName(language, change.field) },
  })
}

function childAdded(
  language: Language,
  change: Extract<Change, { what: 'child-added' | 'child-removed' }>,
  next: Change | undefined,
): Phrase {
  const isTogether = next !== undefined && isTold(next, change)
  if (change.field === 'tasks') {
    if (!isTogether || next.what !== 'set') return compose(language, CHANGE_WORDS['task-added-bare'], {})
    return compose(language, CHANGE_WORDS['task-added'], {
      said: { value: quoted(language, valueText(language, next.value)) },
    })
  }
  if (change.field === 'notes') {
    if (!isTogether || next.what !== 'text' || next.excerpt === '')
      return compose(language, CHANGE_WORDS['note-added-bare'], {})
    return compose(language, CHANGE_WORDS['note-added'], {
      said: { excerpt: quoted(language, next.excerpt) },
    })
  }
  if (change.field === 'attachments') {
    if (next?.what !== 'set' || next.field !== 'name' || next.child !== change.child)
      return compose(language, CHANGE_WORDS['attachment-added-bare'], {})
    return compose(language, CHANGE_WORDS['attachment-added'], {
      said: { value: quoted(language, valueText(language, next.value)) },
    })
  }
  return compose(language, CHANGE_WORDS['child-added'], {
    plain: { field: fieldName(language, change.field) },
  })
}

function childRemoved(language: Language, field: string): Phrase {
  if (field === 'tasks') return compose(language, CHANGE_WORDS['task-removed'], {})
  if (field === 'notes') return compose(language, CHANGE_WORDS['note-removed'], {})
  if (field === 'attachments') return compose(language, CHANGE_WORDS['attachment-removed'], {})
  return compose(language, CHANGE_WORDS['child-removed'], { plain: { field: fieldName(language, field) } })
}

function withdrawn(language: Language, { of, field }: Of<'withdrawn'>): Phrase {
  if (of === 'part') return compose(language, CHANGE_WORDS['withdrawn-part'])
  const words = lookUp(CHANGE_WORDS, `withdrawn-${field}`) ?? CHANGE_WORDS['withdrawn-value']
  return compose(language, words, { plain: { field: fieldName(language, field) } })
}

function counted(language: Language, change: Of<'counted'>): Phrase {
  const said = { amount: String(Math.abs(change.amount)) }
  if (change.field === 'labour') {
    return compose(language, change.amount < 0 ? CHANGE_WORDS['labour-back'] : CHANGE_WORDS.labour, { said })
  }
  return compose(language, CHANGE_WORDS.counted, {
    said: { amount: String(change.amount) },
    plain: { field: fieldName(language, change.field) },
  })
}
