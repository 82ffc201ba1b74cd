/** Commands on notes: a new note, a whole new text of which the least edit is taken, an editor's own update. */
import type { CommandInput } from '../api/commands.ts'
import type { Bytes } from '../base/bytes.ts'
import { err, ok, type Result } from '../base/result.ts'
import { formatOpId, type ChildId, type RecordId } from '../model/ids.ts'
import type { NamedField } from '../model/fields.ts'
import { childAddress } from '../intent/composer.ts'
import { childTarget, mapTarget } from '../intent/editing.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import { besideNeighbours } from '../merge/text/beside.ts'
import { editPlain } from '../merge/text/edit.ts'
import { newText } from '../merge/text/new-text.ts'
import { splitUpdate } from '../merge/text/split.ts'
import type { Address, DataEffect } from '../op/effect.ts'
import type { Plan, Planner } from './commands.ts'
import { cellOf } from './fold.ts'
import { toNfc } from '../base/nfc.ts'

/** Room for a text in an op of 64 KiB beside its envelope and a large context delta. */
const TEXT_BYTES = 48 * 1024
/** The node's own editing session on every text, for plain edits. */
const PLAIN_SESSION = 0

type Planned = Result<Plan, Refusal>

export function addNote(planner: Planner, input: CommandInput<'note.add'>): Planned {
  const record = input.record as RecordId
  const map = mapTarget(planner.reading, record, 'notes')
  if (!map.ok) return map
  const note = planner.composer.child(record, map.value.field.code)
  const at = bodyAddress(record, map.value.field, note)
  const client = planner.core.texts.clientOf(planner.core.self, at, PLAIN_SESSION)
  const update = newText(toNfc(input.text), input.as ?? 'paragraphs', client)
  return written(planner, at, PLAIN_SESSION, true, update, { note })
}

export function editNote(planner: Planner, input: CommandInput<'note.edit'>): Planned {
  const found = childTarget(planner.reading, input.record as RecordId, 'notes', input.note, 'note')
  if (!found.ok) return found
  const at = bodyAddress(input.record as RecordId, found.value.field, found.value.child)
  const cell = cellFor(planner, at)
  const client = planner.core.texts.clientOf(planner.core.self, at, PLAIN_SESSION)
  const update = editPlain(planner.core.texts.doc(cell), toNfc(input.text), client)
  if (!update) return ok({ ops: [], result: { op: lastTouch(planner, cell.record) } })
  return written(planner, at, PLAIN_SESSION, !planner.core.texts.isDeclared(cell, client), update, {})
}

/** An update by an editor that was allotted `client`; whether it is fit is judged as for anyone's. */
export function editText(
  planner: Planner,
  record: RecordId,
  note: ChildId,
  client: number,
  update: Bytes,
): Planned {
  const found = childTarget(planner.reading, record, 'notes', note, 'note')
  if (!found.ok) return found
  const at = bodyAddress(record, found.value.field, found.value.child)
  const n = planner.core.texts.sessionOf(planner.core.self, at, client)
  if (n === null) return err(refuse('not-found', { what: 'editing session', id: client }))
  const { texts } = planner.core
  const cell = cellFor(planner, at)
  const told = besideNeighbours(texts.doc(cell), update, client)
  // The editor's own document says otherwise where its words stand: it is to take the text anew.
  if (told !== update) texts.forget(cell.record)
  return written(planner, at, n, !texts.isDeclared(cell, client), told, {})
}

export function bodyAddress(record: RecordId, notes: NamedField, note: ChildId): Address {
  const at = childAddress(record, notes, note, 'body')
  if (!at) throw new Error('Broken invariant: a note has a body')
  return at
}

const cellFor = ({ core }: Planner, at: Address): ReturnType<typeof cellOf> =>
  cellOf(core.records.find(at.record)?.no ?? 0, at)

/** A long text is split into several ops, committed together. */
function written(
  planner: Planner,
  at: Address,
  n: number,
  declare: boolean,
  update: Bytes,
  result: Plan['result'],
): Planned {
  const [first, ...rest] = update.length > TEXT_BYTES ? splitUpdate(update, TEXT_BYTES) : [update]
  if (first) planner.composer.text(at, n, declare, first)
  const later = rest.map((part): DataEffect[] => [{ type: 'text', at, n, update: part }])
  return ok({ ops: [planner.composer.effects, ...later], result })
}

/** Nothing to change is no error: the answer names the op that made the record what it is. */
function lastTouch({ core }: Planner, record: number): string {
  const row = core.sql
    .prepare(
      'SELECT op.actor, op.seq FROM touch JOIN op ON op.no = touch.op WHERE record = ? ORDER BY op DESC LIMIT 1',
    )
    .get<{ actor: number; seq: number }>(record)
  return row ? formatOpId({ actor: core.log.actors.idOf(row.actor), seq: row.seq }) : ''
}
