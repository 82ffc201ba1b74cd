/** From a site command to the effects of its op (or, for a long text, of several): the intents, wired to the replica. */
import { fromBase64Url } from '../base/bytes.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { CommandInput, CommandResult, SiteCommandName } from '../api/commands.ts'
import { declared } from '../model/fields.ts'
import { formatOpId, parseOpId, type ChildId, type RecordId } from '../model/ids.ts'
import type { MergeType } from '../model/kinds.ts'
import { jobNumber, stockRight } from '../model/rights.ts'
import type { Composer } from '../intent/composer.ts'
import { addTask, createRecord, type NewRecord } from '../intent/creating.ts'
import * as editing from '../intent/editing.ts'
import type { Reading } from '../intent/reading.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import { requestTurn } from '../intent/requesting.ts'
import { resolveConflicts, restoreConflicts } from '../intent/resolving.ts'
import type { ControlEffect, KnownEffect } from '../op/effect.ts'
import { publishing } from './checkpoints.ts'
import type { Core } from './core.ts'
import { decide } from './deciding.ts'
import { cut, handOver, raiseRules, setPolicy, setRole } from './member-commands.ts'
import { addNote, editNote, editText } from './note-commands.ts'
import { dismissItems, takeItems } from './parcel-taking.ts'
import type { Signer } from './ports.ts'
import { requestCheck, requestCut, requestNumbers, requestRole, requestStock } from './request-commands.ts'
import { adopt, dismiss, revoke } from './review-commands.ts'
import { nextJobNumber, reclaim, spend, transfer } from './right-commands.ts'

/** Ops to commit in one transaction, the first of which answers the command; and what the answer adds to `op`. */
export type Plan = {
  readonly ops: readonly (readonly KnownEffect[])[]
  readonly result: Readonly<Record<string, unknown>>
}

export type Planner = {
  readonly core: Core
  readonly reading: Reading
  readonly composer: Composer
  readonly year: number
  readonly signer: Signer
}

type Planned = Result<Plan, Refusal>

const one = (planner: Planner, result: Plan['result'] = {}): Planned =>
  ok({ ops: [planner.composer.effects], result })

const control = (planner: Planner, effect: Result<ControlEffect, Refusal>): Planned => {
  if (!effect.ok) return effect
  return ok({ ops: [[effect.value]], result: { request: formatOpId(planner.composer.ref) } })
}

type Planners = { readonly [C in SiteCommandName]: (planner: Planner, input: CommandInput<C>) => Planned }

const PLANNERS: Planners = {
  'job.create': (planner, { tags = [], tasks = [], ...fields }) => {
    const record = create(planner, { kind: 'job', fields, tags, tasks })
    return record.ok ? numbered(planner, record.value) : record
  },
  'case.create': (planner, { tags = [], ...fields }) =>
    made(planner, create(planner, { kind: 'case', fields, tags, tasks: [] })),
  'incident.create': (planner, { tags = [], ...fields }) =>
    made(planner, create(planner, { kind: 'incident', fields, tags, tasks: [] })),
  'stock.create': (planner, { quantity, ...fields }) => {
    if (quantity !== undefined && planner.core.control().authority !== planner.core.self)
      return err(refuse('not-authority'))
    const record = create(planner, { kind: 'stock', fields, tags: [], tasks: [] })
    return record.ok ? counted(planner, record.value, quantity ?? 0) : record
  },
  'field.set': (planner, input) =>
    edit(planner, input, ['register', 'draft'], (to) =>
      editing.setField(planner.composer, planner.reading, to, normal(input.value)),
    ),
  'set.add': (planner, input) =>
    edit(planner, input, ['set'], (to) => editing.addKey(planner.composer, to, input.key.normalize('NFC'))),
  'set.remove': (planner, input) =>
    edit(planner, input, ['set'], (to) =>
      editing.removeKey(planner.composer, planner.reading, to, input.key.normalize('NFC')),
    ),
  'task.add': (planner, input) => {
    const map = editing.mapTarget(planner.reading, input.record as RecordId, 'tasks')
    if (!map.ok) return map
    const task = addTask(
      planner.composer,
      input.record as RecordId,
      map.value.kind,
      input.text.normalize('NFC'),
    )
    return task.ok ? one(planner, { task: task.value }) : task
  },
  'task.tick': (planner, input) =>
    edit(planner, { record: input.record, child: input.task, field: 'done' }, ['set'], (to) =>
      editing.addKey(planner.composer, to, planner.reading.actor),
    ),
  'task.untick': (planner, input) =>
    edit(planner, { record: input.record, child: input.task, field: 'done' }, ['set'], (to) =>
      editing.removeKey(planner.composer, planner.reading, to, null),
    ),
  'task.remove': (planner, input) => removeChild(planner, input.record, 'tasks', input.task, 'task'),
  'attachment.remove': (planner, input) =>
    removeChild(planner, input.record, 'attachments', input.attachment, 'attachment'),
  'note.add': addNote,
  'note.edit': editNote,
  'note.remove': (planner, input) => removeChild(planner, input.record, 'notes', input.note, 'note'),
  'text.edit': (planner, input) => {
    const update = fromBase64Url(input.update)
    if (!update) return err(refuse('bad-value', { field: 'update', reason: 'it is not base64url' }))
    return editText(planner, input.record as RecordId, input.note as ChildId, input.client, update)
  },
  'tally.add': (planner, input) =>
    edit(planner, input, ['tally'], (to) => editing.count(planner.composer, to, input.amount)),
  'conflict.resolve': (planner, { choices }) => {
    const plain = choices.map((choice) => ({
      record: choice.record as RecordId,
      child: choice.child,
      field: choice.field,
      pick: 'pick' in choice ? choice.pick : null,
      value: 'value' in choice ? normal(choice.value) : null,
    }))
    const resolved = resolveConflicts(planner.composer, planner.reading, plain)
    return resolved.ok ? one(planner, { resolved: resolved.value }) : resolved
  },
  'conflict.restore': (planner, input) => {
    const ref = parseOpId(input.op)
    if (!ref) return err(refuse('not-found', { what: 'op', id: input.op }))
    const restored = restoreConflicts(planner.composer, planner.reading, ref)
    return restored.ok ? one(planner, { restored: restored.value }) : restored
  },
  'request.close': (planner, input) =>
    control(planner, requestTurn(planner.reading, 'close', input.record as RecordId)),
  'request.reopen': (planner, input) =>
    control(planner, requestTurn(planner.reading, 'reopen', input.record as RecordId)),
  'request.numbers': requestNumbers,
  'request.stock': requestStock,
  'request.role': requestRole,
  'request.cut': requestCut,
  'request.check': requestCheck,
  'request.withdraw': withdraw,
  decide,
  'right.transfer': transfer,
  'right.spend': spend,
  'right.reclaim': reclaim,
  'incident.sign': (planner, input) => {
    const record = input.record as RecordId
    const kind = planner.reading.kindOf(record)
    if (!kind) return err(refuse('not-found', { what: 'record', id: record }))
    if (declared(kind).closing !== 'signed') return err(refuse('cannot-sign', { kind }))
    return ok({ ops: [[{ type: 'sign', record }]], result: {} })
  },
  'review.adopt': adopt,
  'review.dismiss': dismiss,
  'parcel.take': takeItems,
  'parcel.dismiss': dismissItems,
  'member.setRole': setRole,
  'member.cut': cut,
  'site.handover': handOver,
  'fact.revoke': revoke,
  'policy.set': setPolicy,
  'checkpoint.publish': ({ core, signer }) => publishing(core, signer),
  'rules.raise': raiseRules,
}

export function plan<C extends SiteCommandName>(
  command: C,
  planner: Planner,
  input: CommandInput<C>,
): Planned {
  return PLANNERS[command](planner, input)
}

/** The type of a command's answer, which its plan built key by key. */
export const answer = <C extends SiteCommandName>(op: string, made: Plan): CommandResult<C> =>
  ({ op, ...made.result }) as unknown as CommandResult<C>

const normal = <V extends string | number | null>(value: V): V | string =>
  typeof value === 'string' ? value.normalize('NFC') : value

function create(planner: Planner, input: NewRecord): Result<RecordId, Refusal> {
  const fields = Object.fromEntries(
    Object.entries(input.fields).map(([name, value]) => [
      name,
      value === undefined ? undefined : normal(value),
    ]),
  )
  const tags = input.tags.map((tag) => tag.normalize('NFC'))
  const tasks = input.tasks.map((task) => task.normalize('NFC'))
  return createRecord(planner.composer, { kind: input.kind, fields, tags, tasks })
}

const made = (planner: Planner, record: Result<RecordId, Refusal>): Planned =>
  record.ok ? one(planner, { record: record.value }) : record

/** A job gets the next number of this device's block; without a block it gets one later. */
function numbered({ core, composer }: Planner, record: RecordId): Planned {
  const share = nextJobNumber(core)
  const span = share?.spans[0]
  if (!share || !span) return ok({ ops: [composer.effects], result: { record, number: null } })
  const effect: ControlEffect = { type: 'spend', right: 'job-number', share, record }
  const number = jobNumber({ year: span.year, count: span.from })
  return ok({ ops: [[...composer.effects, effect]], result: { record, number } })
}

/** A stock item with what is counted in at once. */
function counted({ core, composer }: Planner, record: RecordId, quantity: number): Planned {
  if (quantity === 0) return ok({ ops: [composer.effects], result: { record } })
  const share = { units: quantity, spans: [] }
  const effect: ControlEffect = { type: 'mint', right: stockRight(record), to: core.self, share }
  return ok({ ops: [[...composer.effects, effect]], result: { record } })
}

function edit(
  planner: Planner,
  input: { readonly record: string; readonly child?: string | undefined; readonly field: string },
  merges: readonly MergeType[],
  change: (to: editing.Target) => Refusal | null,
): Planned {
  const to = editing.target(planner.reading, input.record as RecordId, input.child, input.field, merges)
  if (!to.ok) return to
  const problem = change(to.value)
  return problem ? err(problem) : one(planner)
}

function removeChild(planner: Planner, record: string, map: string, child: string, what: string): Planned {
  const found = editing.childTarget(planner.reading, record as RecordId, map, child, what)
  if (!found.ok) return found
  editing.removeChild(
    planner.composer,
    planner.reading,
    record as RecordId,
    found.value.field,
    found.value.child,
  )
  return one(planner)
}

function withdraw(planner: Planner, input: CommandInput<'request.withdraw'>): Planned {
  const ref = parseOpId(input.request)
  const asked = ref && planner.core.control().requests.all.get(formatOpId(ref))
  if (!ref || !asked) return err(refuse('not-found', { what: 'request', id: input.request }))
  if (!planner.core.control().requests.isWaiting(asked)) return err(refuse('request-settled'))
  if (asked.ref.actor !== planner.reading.actor) return err(refuse('not-permitted', { role: 'other' }))
  return ok({ ops: [[{ type: 'withdraw', request: ref }]], result: { request: input.request } })
}
