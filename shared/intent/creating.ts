/** New records: one op that holds the creation and all first values, so that nobody ever sees half a job. */
import { err, ok, type Result } from '../base/result.ts'
import type { RecordId, SiteId } from '../model/ids.ts'
import { fieldByName } from '../model/fields.ts'
import type { KindName } from '../model/kinds.ts'
import type { Scalar } from '../op/effect.ts'
import { childAddress, type Composer } from './composer.ts'
import { refuse, type Refusal } from './refusal.ts'

export type NewRecord = {
  readonly kind: KindName
  /** Registers and drafts by name. */
  readonly fields: Readonly<Record<string, Scalar | undefined>>
  readonly tags: readonly string[]
  readonly tasks: readonly string[]
}

export function createRecord(composer: Composer, input: NewRecord): Result<RecordId, Refusal> {
  return fill(composer, composer.create(input.kind), input)
}

export function importRecord(
  composer: Composer,
  site: SiteId,
  source: string,
  key: string,
  input: NewRecord,
): Result<RecordId, Refusal> {
  return fill(composer, composer.import(site, input.kind, source, key), input)
}

function fill(composer: Composer, record: RecordId, input: NewRecord): Result<RecordId, Refusal> {
  const values = [
    ...Object.entries(input.fields),
    ...[...new Set(input.tags)].map((tag) => ['tags', tag] as const),
  ]
  for (const [name, value] of values) {
    if (value === undefined) continue
    const result = composer.first(input.kind, record, name, value)
    if (!result.ok) return result
  }
  for (const text of input.tasks) {
    const added = addTask(composer, record, input.kind, text)
    if (!added.ok) return added
  }
  return ok(record)
}

export function addTask(
  composer: Composer,
  record: RecordId,
  kind: KindName,
  text: string,
): Result<string, Refusal> {
  const tasks = fieldByName(kind, 'tasks')
  if (!tasks) return err(refuse('bad-field', { kind, field: 'tasks' }))
  const task = composer.child(record, tasks.code)
  const at = childAddress(record, tasks, task, 'text')
  if (!at) return err(refuse('bad-field', { kind, field: 'text' }))
  composer.add({ type: 'assign', at, value: text, over: [] })
  return ok(task)
}
