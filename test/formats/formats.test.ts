/** Today's code against the recorded bytes of format 1, and the fingerprint of what is declared. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../shared/base/bytes.ts'
import type { ActorId, SiteId } from '../../shared/model/ids.ts'
import { EFFECT_CODES } from '../../shared/op/codes.ts'
import type { KnownEffect } from '../../shared/op/effect.ts'
import { encodeOp, parseOp } from '../../shared/op/op.ts'
import { THIS_BUILD } from '../../shared/op/vocabulary.ts'
import { encodeParcel, parseParcel } from '../../shared/replica/parcel.ts'
import { schemaVersion } from '../../shared/replica/schema.ts'
import { decodeMessage, encodeMessage } from '../../shared/sync/wire.ts'
import { formatPairingCode, parsePairingCode } from '../../main/net/pairing-code.ts'
import {
  holdsOpKey,
  knowsSecret,
  PairAnswer,
  PairRefusal,
  PairRequest,
  writePairRequest,
} from '../../main/net/pairing-proof.ts'
import { readControlFile, writeControlFile } from '../../main/node/control-file.ts'
import { deliver } from '../laws/delivery.ts'
import { openDevice, signerFrom, type Device } from '../support/replicas.ts'
import { complaints, fingerprint, kept } from './fingerprint.ts'
import { joiner, judgementsOf, PAIRING, recorded, runsOf, transcript } from './recordings.ts'

const bytesOf = (hex: string): Uint8Array => {
  const bytes = fromHex(hex)
  if (!bytes) throw new Error('a recording is hexadecimal')
  return bytes
}
const isKnown = (effect: { readonly type: string }): effect is KnownEffect => effect.type !== 'unknown'
const settled = (device: Device): Device => {
  while (device.replica.work()) continue
  return device
}
const log = recorded.log()
const device = (image?: Buffer): Device =>
  openDevice('Reader', signerFrom('format 1/reader'), log.site as SiteId, image)

describe('the recorded bytes of format 1', () => {
  test.each(Object.entries(recorded.effects()))(
    'VER-30 an op with the effect %s is read, and written as the same bytes',
    (type, all) => {
      for (const hex of all) {
        const op = parseOp(bytesOf(hex))
        if (!op.ok) throw new Error(op.error)
        expect(op.value.effects.map((effect) => effect.type)).toEqual([type])
        expect(toHex(encodeOp({ ...op.value, effects: op.value.effects.filter(isKnown) }))).toBe(hex)
      }
    },
  )

  test('VER-30 every effect that this build knows is recorded', () => {
    expect(Object.keys(recorded.effects()).sort()).toEqual(Object.keys(EFFECT_CODES).sort())
    expect([...THIS_BUILD.known.effects].sort()).toEqual(Object.values(EFFECT_CODES).sort())
  })

  const messages = Object.entries(recorded.messages())
  test.each(messages)('VER-31 a message %s is read, and written as the same bytes', (kind, all) => {
    for (const hex of all) {
      const message = decodeMessage(bytesOf(hex))
      if (!message.ok || message.value.kind === 'unknown' || message.value.kind === 'foreign-hello')
        throw new Error(`${kind} is not read`)
      expect(message.value.kind).toBe(kind)
      expect(toHex(encodeMessage(message.value))).toBe(hex)
    }
  })

  test('VER-32 the runs of a site fold to the recorded state, each op is judged as it was, and they are sent on as they came', () => {
    const reader = device()
    const runs = log.runs.map(({ actor, first, ops, signature }) => ({
      actor: actor as ActorId,
      first,
      ops: ops.map(bytesOf),
      signature: bytesOf(signature),
    }))
    deliver(reader.replica, runs)
    expect(reader.replica.receiveAuthorityCursor(bytesOf(log.authority_cursor))).toBe(true)
    expect(settled(reader).replica.status().state_hash).toBe(log.state_hash)
    expect(toHex(reader.replica.digest())).toBe(log.digest)
    expect(judgementsOf(reader)).toEqual(log.judgements)
    expect(new Set(Object.values(log.judgements).map((one) => one.split(' ')[0]))).toEqual(
      new Set(['0', '1', '2', '3']),
    )
    const sent = new Set(runsOf(reader).flatMap(({ ops }) => ops.map(toHex)))
    expect([...sent].sort()).toEqual(log.runs.flatMap(({ ops }) => ops).sort())
  })

  test('VER-33 a recorded database opens, is whole, and answers as it did', () => {
    const reader = settled(device(recorded.database()))
    expect(reader.replica.status().state_hash).toBe(log.state_hash)
    expect(judgementsOf(reader)).toEqual(log.judgements)
    expect(reader.replica.diagnose().findings).toEqual([])
  })

  test.each([1, 2, 3] as const)(
    'VER-33 a database of the tables of migration %i is brought to those of today, and answers as it did',
    (migration) => {
      const reader = device(recorded.earlierDatabase(migration))
      expect(settled(reader).replica.status().state_hash).toBe(log.state_hash)
      expect(judgementsOf(reader)).toEqual(log.judgements)
      expect(schemaVersion(reader.sql)).toBe(4)
      expect(reader.replica.diagnose().findings).toEqual([])
    },
  )

  test('VER-34 a recorded parcel is read, and packed as the same bytes', () => {
    const hex = recorded.parcel()
    const parcel = parseParcel(bytesOf(hex))
    if (!parcel.ok) throw new Error(parcel.error)
    expect(parcel.value.ops.length).toBeGreaterThan(1)
    const ops = parcel.value.ops.map((op) => encodeOp({ ...op, effects: op.effects.filter(isKnown) }))
    expect(toHex(encodeParcel({ ...parcel.value, ops }))).toBe(hex)
  })

  test('VER-35 a recorded pairing code and exchange are understood, and written as the same texts', () => {
    const { code, request, answer, refusal } = recorded.pairing()
    const parsed = parsePairingCode(code)
    expect(parsed).toEqual(PAIRING.code)
    expect(parsed && formatPairingCode(parsed)).toBe(code)
    const asked = v.parse(PairRequest, JSON.parse(request))
    expect(
      knowsSecret(PAIRING.code.secret, { ...transcript, name: asked.name, opKey: asked.opKey }, asked.proof),
    ).toBe(true)
    expect(holdsOpKey({ ...transcript, name: asked.name, opKey: asked.opKey }, asked.possession)).toBe(true)
    expect(writePairRequest(PAIRING.code.secret, transcript, joiner)).toBe(request)
    expect(v.parse(PairAnswer, JSON.parse(answer)).role).toBe('technician')
    expect(v.parse(PairRefusal, JSON.parse(refusal)).error).toBe('pairing-used')
  })

  test('VER-36 a recorded control file is read, and written as the same text', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallydesk-'))
    try {
      const control = readControlFile(recorded.controlFile)
      if (!control) throw new Error('it is read')
      const file = join(folder, 'control.json')
      writeControlFile(file, control)
      expect(readFileSync(file, 'utf8')).toBe(readFileSync(recorded.controlFile, 'utf8'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the fingerprint', () => {
  test('VER-37 what is declared of codes, kinds, fields, messages, tables, commands and queries is what was recorded', () => {
    expect(complaints(kept(), fingerprint()).join('\n')).toBe('')
  })

  test('VER-37 once released, a change without a raised version is refused with what to do; with one it is only recorded', () => {
    const now = fingerprint()
    const released = { released: true, parts: now }
    expect(complaints(released, now)).toEqual([])
    const changed = { ...now, ops: { ...now.ops, hash: 'other' } }
    expect(complaints(released, changed)).toEqual([
      expect.stringMatching(/still called .*released: raise it .*vocabulary\.ts/),
    ])
    const raised = { ...now, ops: { ...now.ops, hash: 'other', version: 'op 1, rules 2' } }
    expect(complaints(released, raised)).toEqual([expect.stringMatching(/record-formats/)])
    expect(complaints({ ...released, released: false }, changed)).toEqual([
      expect.stringMatching(/If that is meant/),
    ])
  })
})
