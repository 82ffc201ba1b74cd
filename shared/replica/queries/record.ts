/** One record whole: what its page shows. */
import type { QueryAnswer } from '../../api/queries.ts'
import type { AttachmentRow, TaskView, FieldValue } from '../../api/rows.ts'
import { formatDot, type ActorId, type RecordId } from '../../model/ids.ts'
import { declared, fieldByName, fieldsOf } from '../../model/fields.ts'
import { auditNumber, jobNumber } from '../../model/rights.ts'
import { compareActors, compareEntries } from '../../merge/dots.ts'
import { shownValue } from '../../merge/register.ts'
import { keysOf } from '../../merge/set.ts'
import { sumOf } from '../../merge/tally.ts'
import type { Scalar } from '../../op/effect.ts'
import type { AuthorityReach } from '../contract.ts'
import type { Core } from '../core.ts'
import { cellOf } from '../fold.ts'
import type { RecordRow } from '../interner.ts'
import { CLASSES } from '../classes.ts'
import type { ChildState, RecordState } from '../record-state.ts'
import { shownOf } from '../views.ts'
import { unsentOf } from './board.ts'
import { mayTurn } from './deciders.ts'
import { fieldValues, nameOf, numberOf } from './naming.ts'
import { waitingAbout } from './requests.ts'
import { review } from './review.ts'
import { stockOf } from './rights.ts'
import { signOffs } from './sign-offs.ts'

/** Null where no such record stands here. */
export function record(core: Core, id: RecordId, reach: AuthorityReach): QueryAnswer<'record'> | null {
  const row = core.records.find(id)
  const origin = row && firstCreation(core, row.no)
  if (!row || !origin) return null
  const state = core.states.of(row.no)
  const tasks = state.children('tasks').map((task) => taskView(core, task))
  return {
    record: id,
    kind: row.kind,
    number: numberOf(core, id),
    former_numbers: formerNumbers(core, id),
    ...closing(core, row),
    may_revoke: core.control().roleProblem(core.judging.past.end(core.self), 'revoke') === null,
    stage: core.views.stageOf(row, tasks.filter((task) => task.done).length),
    created: { author: origin.actor, name: nameOf(core, origin.actor), wall: origin.wall },
    title: String(shownOf(state, declared(row.kind).title) ?? ''),
    fields: fields(core, state),
    tags: keysOf(state.live('tags')),
    tasks,
    notes: state.children('notes').map((note) => noteView(core, state, note)),
    attachments: state.children('attachments').map((attachment) => attachmentView(core, attachment)),
    tallies: tallies(state),
    sign_offs: signOffs(core, row),
    stock: stockOf(core, row),
    request: waitingAbout(core, reach, id),
    review: review(core, id),
    unsent: unsentOf(core, row.no, core.acks.sharedSeq()),
    final: finality(core, row.no),
  }
}

/** Acts of review apart, which are about others' changes. */
function finality(core: Core, record: number): { ops: number; of: number } {
  const { membership } = core.control()
  const rows = core.sql
    .prepare(
      `SELECT op.no, op.actor, op.seq FROM touch JOIN op ON op.no = touch.op
       WHERE touch.record = ? AND op.control <> ?`,
    )
    .all<{ no: number; actor: number; seq: number }>(record, CLASSES.review)
  const final = rows.filter(({ no, actor, seq }) =>
    membership.isFinal({ actor: core.log.actors.idOf(actor), seq, no }),
  )
  const dropped =
    core.sql.prepare('SELECT dropped FROM record WHERE no = ?').get<{ dropped: number }>(record)?.dropped ?? 0
  return { ops: final.length + dropped, of: rows.length + dropped }
}

/** Of several creations of an imported record, the first in the total order and not the first to arrive. */
function firstCreation(
  core: Core,
  record: number,
): { readonly actor: ActorId; readonly wall: number } | null {
  const creations = core.origins
    .ofRecord(record)
    .filter((origin) => origin.accepted)
    .map(({ no, actor }) => {
      const { lamport, wall } = core.log.rowByNumber(no)
      return { actor, lamport, wall }
    })
    .sort((a, b) => a.lamport - b.lamport || compareActors(a.actor, b.actor) || a.wall - b.wall)
  return creations[0] ?? null
}

/** What it was called besides: of two devices that numbered it apart, the later in the total order. */
const formerNumbers = (core: Core, id: RecordId): string[] =>
  core
    .control()
    .numbersOf(id)
    .slice(1)
    .map(({ number }) => jobNumber(number))

function closing(
  core: Core,
  row: RecordRow,
): Pick<QueryAnswer<'record'>, 'status' | 'audit_number' | 'freeze_epoch' | 'closed_at' | 'may_decide'> {
  const control = core.control()
  const closed = control.isClosed(row.id)
  const last = control.requests.turnsOf(row.id).at(-1)?.decision
  return {
    status: closed ? 'closed' : 'open',
    audit_number: closed && last?.number ? auditNumber(last.number) : null,
    closed_at: closed ? (last?.wall ?? null) : null,
    may_decide: declared(row.kind).closing !== 'none' && mayTurn(core, row.id, closed ? 'reopen' : 'close'),
    freeze_epoch: control.freezeEpoch(row.id),
  }
}

function fields(core: Core, state: RecordState): Record<string, { values: FieldValue[] }> {
  const found: Record<string, { values: FieldValue[] }> = {}
  for (const field of fieldsOf(state.row.kind))
    if (field.merge === 'register' || field.merge === 'draft')
      found[field.name] = { values: fieldValues(core, state.live(field.name)) }
  return found
}

function taskView(core: Core, task: ChildState): TaskView {
  const text = task.live('text')
  const done = [...task.live('done')].sort(compareEntries)
  const by = [...new Set(done.map((entry) => nameOf(core, entry.dot.actor)))]
  return {
    task: task.id,
    text: String(shownValue(text) ?? ''),
    values: fieldValues(core, text),
    done: done.length > 0,
    by,
  }
}

/** Where its bytes are only the device knows. */
function attachmentView(core: Core, attachment: ChildState): AttachmentRow {
  const shown = (sub: string): Scalar => shownValue(attachment.live(sub)) ?? null
  const thumbnail = shown('thumbnail')
  return {
    attachment: attachment.id,
    dot: formatDot(attachment.made),
    name: String(shown('name') ?? ''),
    sha256: String(shown('sha256') ?? ''),
    size: Number(shown('size') ?? 0),
    mime: String(shown('mime') ?? ''),
    added: { author: attachment.author, name: nameOf(core, attachment.author), wall: attachment.wall },
    thumbnail: thumbnail === null ? null : String(thumbnail),
    where: [],
    coming: null,
    holders: [],
  }
}

function noteView(core: Core, state: RecordState, note: ChildState): QueryAnswer<'record'>['notes'][number] {
  const field = fieldByName(state.row.kind, 'notes')
  const cell = cellOf(state.row.no, { record: state.row.id, field: field?.code ?? 0, child: note.id, sub: 1 })
  return {
    note: note.id,
    text: core.texts.plain(cell),
    author: note.author,
    name: nameOf(core, note.author),
    wall: note.wall,
  }
}

function tallies(state: RecordState): Record<string, number> {
  const found: Record<string, number> = {}
  for (const field of fieldsOf(state.row.kind)) {
    if (field.merge === 'tally') found[field.name] = sumOf(state.live(field.name))
  }
  return found
}
