/**
 * What a member signs who keeps to no rule: ops that pass the door, since their form, chain and signature are sound,
 * and that every replica must set aside alike. They name what others made, whether their author can know it or not.
 */
import type { ActorId, ChildId, OpRef, RecordId } from '../../shared/model/ids.ts'
import { parseOpId } from '../../shared/model/ids.ts'
import { importedRecord } from '../../shared/op/identity.ts'
import { newText } from '../../shared/merge/text/new-text.ts'
import { clientIdOf } from '../../shared/merge/text/client-id.ts'
import type { Address, ControlEffect, DataEffect } from '../../shared/op/effect.ts'
import { textName } from '../../shared/replica/texts.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { craft, craftRaw } from './crafting.ts'
import { REACH, type Device } from './replicas.ts'

const TITLE = 3
const TASKS = 10
const NOTES = 20
const crypto = createCrypto()

/** What exists anywhere in the site, seen from above. */
export type World = {
  readonly records: readonly RecordId[]
  readonly children: readonly { readonly record: RecordId; readonly field: number; readonly child: ChildId }[]
  readonly requests: readonly OpRef[]
  readonly actors: readonly ActorId[]
}

export function worldOf(devices: readonly Device[]): World {
  const children = new Map<string, World['children'][number]>()
  const records = new Set<RecordId>()
  const requests = new Map<string, OpRef>()
  for (const { sql, replica } of devices) {
    for (const row of sql
      .prepare(
        `SELECT lower(hex(record.id)) AS record, child.field, lower(hex(child.id)) AS child FROM record
         LEFT JOIN child ON child.record = record.no`,
      )
      .all<{ record: RecordId; field: number | null; child: ChildId | null }>()) {
      records.add(row.record)
      if (row.field !== null && row.child)
        children.set(row.child, { record: row.record, field: row.field, child: row.child })
    }
    const asked = replica.query('requests', {}, REACH)
    for (const { request } of asked.ok ? asked.value.requests : []) {
      const ref = parseOpId(request)
      if (ref) requests.set(request, ref)
    }
  }
  return {
    records: [...records].sort(),
    children: [...children].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
    requests: [...requests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ref]) => ref),
    actors: devices.map((device) => device.replica.actor),
  }
}

/** One rogue op, of the sort that `a` says. */
export function misbehave(device: Device, world: World, a: number, b: number): void {
  if (a === 5 && b % 2 === 0)
    return void craftRaw(device, [
      [1, 1],
      [60, 'from a newer version'],
    ])
  const effects = roguery(device, world, a, b)
  if (effects.length > 0) craft(device, effects)
}

function roguery(device: Device, world: World, a: number, b: number): (DataEffect | ControlEffect)[] {
  const record = at(world.records, b)
  const child = at(world.children, b)
  if (!record || !child) return []
  const title: Address = { record, field: TITLE, child: null, sub: 0 }
  switch (a) {
    case 0: {
      const unseen = { actor: at(world.actors, b) ?? device.replica.actor, seq: 2 + b, index: 0 }
      return [{ type: 'assign', at: title, value: 'rogue', over: [unseen] }]
    }
    case 1:
      return decision(world, b)
    case 2:
      return importAndAsk(device, b)
    case 3:
      return b === 0 ? strangeChild(world, record, child) : words(device, world, b)
    case 4:
      return [{ type: 'setRole', actor: device.replica.actor, role: 'supervisor', through: 0 }]
    default:
      return [
        { type: 'assign', at: title, value: b, over: [] },
        { type: 'create', kind: 'case' },
      ]
  }
}

/** Decides what it may not decide, and names a number that the authority may want. */
function decision(world: World, b: number): ControlEffect[] {
  const request = at(world.requests, b)
  if (!request) return []
  return [{ type: 'decide', request, accept: true, number: { year: 2026, count: 1 + (b % 3) }, reason: null }]
}

/** Asks about a record that is only perhaps its own: others may have imported it, and closed it. */
function importAndAsk({ replica }: Device, b: number): (DataEffect | ControlEffect)[] {
  const key = `W-${b % 3}`
  const record = importedRecord((bytes) => crypto.sha256(bytes), replica.site, 'job', 'orders', key)
  return [
    { type: 'import', kind: 'job', source: 'orders', key },
    { type: 'assign', at: { record, field: TITLE, child: null, sub: 0 }, value: 'Mine', over: [] },
    { type: 'request', action: 'close', record },
  ]
}

function strangeChild(
  world: World,
  record: RecordId,
  { child, ...parent }: World['children'][number],
): DataEffect[] {
  const actor = at(world.actors, 0)
  if (!actor) return []
  return [
    { type: 'child', record, field: TASKS },
    { type: 'insert', at: { record: parent.record, field: TASKS, child, sub: 2 }, key: actor },
  ]
}

/** Words in a note that it may never have seen. */
function words(device: Device, world: World, b: number): DataEffect[] {
  const note = at(
    world.children.filter((child) => child.field === NOTES),
    b,
  )
  if (!note) return []
  const where: Address = { record: note.record, field: NOTES, child: note.child, sub: 1 }
  const client = clientIdOf((bytes) => crypto.sha256(bytes), device.replica.actor, textName(where), 7)
  return [
    { type: 'session', at: where, n: 7 },
    { type: 'text', at: where, n: 7, update: newText('rogue words', 'paragraphs', client) },
  ]
}

const at = <T>(list: readonly T[], i: number): T | undefined =>
  list.length === 0 ? undefined : list[i % list.length]
