/**
 * What a member signs who claims rights that are not its own: decisions, numbers, stock and tokens, acts of the
 * authority, an adoption of what needs none, an op that claims to be older than it is, words under another's client id.
 * All of it passes the door, and every replica must set it aside alike, and lose nothing of anybody's rights by it.
 */
import type { DotRef, OpRef } from '../../shared/model/ids.ts'
import { sizeOf, tokenRight, type Share } from '../../shared/model/rights.ts'
import { clientIdOf } from '../../shared/merge/text/client-id.ts'
import { newText } from '../../shared/merge/text/new-text.ts'
import type { Address, ControlEffect, KnownEffect } from '../../shared/op/effect.ts'
import type { Core } from '../../shared/replica/core.ts'
import { textName } from '../../shared/replica/texts.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { coreOf, craft } from './crafting.ts'
import { signerFrom, type Device } from './replicas.ts'
import type { World } from './rogue.ts'

const TITLE = 3
const NOTES = 20
const crypto = createCrypto()
const units = (count: number): Share => ({ units: count, spans: [] })
const numbers = (year: number, from: number, to = from): Share => ({ units: 0, spans: [{ year, from, to }] })

/** What a lie is drawn from: who tells it, what there is to lie about, and two small numbers. */
type Lie = { readonly device: Device; readonly world: World; readonly a: number; readonly b: number }

/** One op, of the sort that `a` and `b` say. */
export function deceive(device: Device, world: World, a: number, b: number): void {
  const lie = { device, world, a, b }
  if (a === 5 && b < 2) return backdate(lie)
  const effects = [aboutDecisions, aboutRights, aboutNumbers, aboutMembers, aboutReview, aboutWords][a % 6]?.(
    lie,
  )
  if (effects && effects.length > 0) craft(device, effects)
}

/** As if its author had seen nothing since its own last op. */
function backdate({ device, world, b }: Lie): void {
  const head = coreOf(device).log.head(device.replica.actor)
  const record = at(world.records, b)
  if (!head || !record) return
  const title: Address = { record, field: TITLE, child: null, sub: 0 }
  craft(device, [{ type: 'assign', at: title, value: 'before all that', over: [] }], {
    causes: [],
    lamport: head.lamport + 1,
    wall: 1,
  })
}

function aboutDecisions({ device, world, b }: Lie): KnownEffect[] {
  const request = at(world.requests, b)
  if (!request) return []
  const number = ownNumber(coreOf(device)) ?? { year: 2026, count: 1 + b }
  const decide = (accept: boolean, named: typeof number | null): ControlEffect => ({
    type: 'decide',
    request,
    accept,
    number: named,
    reason: null,
  })
  const other = at(world.actors, b + 1)
  if (b === 0) return [{ type: 'withdraw', request }]
  if (b === 1) return [decide(false, number)]
  if (b === 2 && other)
    return [
      decide(true, number),
      { type: 'transfer', right: 'audit-number', to: other, share: numbers(number.year, number.count) },
    ]
  if (b === 3)
    return [
      { type: 'spend', right: 'audit-number', share: numbers(number.year, number.count), record: null },
      decide(true, number),
    ]
  return [decide(true, b === 4 ? null : { year: 2026, count: 1 + b })]
}

function ownNumber(core: Core): { year: number; count: number } | null {
  const span = core.control().escrow.heldBy(core.self, 'audit-number').spans[0]
  return span ? { year: span.year, count: span.from } : null
}

function aboutRights({ device, world, b }: Lie): KnownEffect[] {
  const core = coreOf(device)
  const held = core
    .control()
    .escrow.holdings()
    .filter(({ owner, share }) => owner === core.self && sizeOf(share) > 0)
  const own = at(held, b)
  const to = at(world.actors, b)
  if (!to) return []
  const right = own?.right ?? tokenRight('North')
  const share = own?.share ?? units(1)
  const twice: KnownEffect = { type: 'transfer', right, to, share }
  switch (b) {
    case 0:
      return [
        { type: 'transfer', right: tokenRight('North'), to: at(world.actors, 2) ?? to, share: units(1) },
      ]
    case 1:
      return [twice, twice]
    case 2:
      return [{ type: 'mint', right: tokenRight('South'), to: core.self, share: units(1) }]
    case 3:
      return [{ type: 'reclaim', right, actor: to, through: 1 }]
    case 4:
      return [{ type: 'spend', right, share: { ...share, units: share.units + 1000 }, record: null }]
    default:
      return [twice]
  }
}

function aboutNumbers({ device, world, b }: Lie): KnownEffect[] {
  const record = at(world.records, b) ?? null
  const foreign = numbers(0, 1 + b)
  if (b % 2 === 0) return [{ type: 'spend', right: 'job-number', share: foreign, record }]
  if (b === 1) return [{ type: 'spend', right: 'audit-number', share: numbers(2026, 1, 3), record: null }]
  if (b === 3) return [{ type: 'spend', right: 'job-number', share: numbers(0, 1, 5000), record: null }]
  return [{ type: 'transfer', right: 'job-number', to: device.replica.actor, share: foreign }]
}

function aboutMembers({ device, world, b }: Lie): KnownEffect[] {
  const actor = at(world.actors, b === 5 ? 0 : b)
  if (!actor) return []
  const head = coreOf(device).log.head(actor)
  const through = head?.seq ?? 0
  const hash = head?.hash ?? new Uint8Array(32)
  const stranger = signerFrom(`stranger ${b}`).publicKey
  switch (b) {
    case 0:
    case 5:
      return [{ type: 'cut', actor, through, hash, reason: 'a coup' }]
    case 1:
      return [{ type: 'handover', actor: device.replica.actor, through, hash }]
    case 2:
      return [{ type: 'policy', retention: { maxBytes: 1, types: null, maxDays: null } }]
    case 3:
      return [
        { type: 'admit', opKey: stranger, tlsKeyHash: stranger, name: 'X', person: 'X', role: 'supervisor' },
      ]
    default:
      return [{ type: 'setRole', actor: device.replica.actor, role: 'supervisor', through: 0 }]
  }
}

/** Adopts or dismisses what counts already, or what was never written; revokes what is no value. */
function aboutReview({ device, b }: Lie): KnownEffect[] {
  const core = coreOf(device)
  const no = 1 + ((b * 7) % Math.max(1, core.log.lastNumber))
  const row = core.log.rowByNumber(no)
  const op: OpRef = { actor: core.log.actors.idOf(row.actor), seq: row.seq }
  const hash = b === 3 ? new Uint8Array(32) : core.log.hashOf(no)
  const dot: DotRef = { ...op, index: b }
  if (b === 4) return [{ type: 'revoke', dot, reason: 'because' }]
  return b % 2 === 0 ? [{ type: 'adopt', op, hash }] : [{ type: 'dismiss', op, hash, reason: 'because' }]
}

/** Words in a note under the client id of another's session. */
function aboutWords({ world, b }: Lie): KnownEffect[] {
  const notes = world.children.filter((child) => child.field === NOTES)
  const [note, other] = [at(notes, b), at(world.actors, b)]
  if (!note || !other) return []
  const where: Address = { record: note.record, field: NOTES, child: note.child, sub: 1 }
  const client = clientIdOf((bytes) => crypto.sha256(bytes), other, textName(where), 1 + (b % 2))
  return [
    { type: 'session', at: where, n: 9 },
    { type: 'text', at: where, n: 9, update: newText('under your name', 'paragraphs', client) },
  ]
}

const at = <T>(list: readonly T[], i: number): T | undefined =>
  list.length === 0 ? undefined : list[i % list.length]
