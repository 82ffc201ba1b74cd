/** Inputs that once came through a decoder, or stopped one: refused for ever. */
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../main/net/address.ts'
import { fromBase32, toBase32 } from '../../main/net/base32.ts'
import { formatPairingCode, parsePairingCode } from '../../main/net/pairing-code.ts'
import { readFrame } from '../../main/console/frames.ts'
import { PairRequest } from '../../main/net/pairing-proof.ts'
import { readWorkOrders } from '../../main/node/import/work-orders.ts'
import * as v from 'valibot'
import { COMMANDS } from '../../shared/api/commands.ts'
import { parseCommand, parseQuery } from '../../shared/api/parse.ts'
import { QUERIES } from '../../shared/api/queries.ts'
import { decodeCbor, encodeCbor, type CborValue } from '../../shared/base/cbor.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import { encodeOp, parseOp } from '../../shared/op/op.ts'
import { LIMITS } from '../../shared/op/limits.ts'

const actor = 'a'.repeat(64) as ActorId
const op = { site: null, actor, seq: 1, prev: new Uint8Array(0), causes: [], lamport: 1, wall: 1 }

describe('found by fuzzing', () => {
  /** Two encodings of one op would have two hashes. */
  test('FUZ-12 an op with an item too many inside a reference is refused', () => {
    const effects = [
      { type: 'withdraw', request: { actor, seq: 1 } },
      { type: 'adopt', op: { actor, seq: 1 }, hash: new Uint8Array(32) },
      { type: 'revoke', dot: { actor, seq: 1, index: 0 }, reason: 'x' },
    ] as const
    for (const effect of effects) {
      const decoded = decodeCbor(encodeOp({ ...op, effects: [effect] }), LIMITS.opBytes)
      if (!decoded.ok || !Array.isArray(decoded.value)) throw new Error('an op is an array')
      const fields = decoded.value as CborValue[]
      const [[code, reference, ...rest] = []] = fields[8] as CborValue[][]
      const longer: CborValue = [code ?? 0, [...(reference as CborValue[]), 238], ...rest]
      expect(parseOp(encodeCbor(fields)).ok).toBe(true)
      expect(parseOp(encodeCbor([...fields.slice(0, 8), [longer]])).ok).toBe(false)
    }
  })

  /** Of a host with a NUL in it the platform throws instead of answering, which ended the node. */
  test('FUZ-12 an address with what cannot be seen is none, typed or in a pairing code', () => {
    for (const host of ['a\0b', '\0', 'a\u202eb', 'a\u0007', '\u200b', '\n1']) {
      expect(parseAddress(`${host}:7000`)?.host ?? null).not.toBe(host)
      if (!host.startsWith('\n')) expect(parseAddress(`${host}:7000`)).toBeNull()
    }
    const bytes = (length: number): Uint8Array => new Uint8Array(length)
    const parts = { site: bytes(16), keyHash: bytes(16), invite: bytes(4), secret: bytes(10) }
    const code = formatPairingCode({ ...parts, addresses: ['desk:7000'] })
    expect(parsePairingCode(code)).not.toBeNull()
    expect(toBase32(fromBase32(code.replaceAll('-', '')) ?? bytes(0))).toBe(code.replaceAll('-', ''))
    const space =
      '040G2081040G2081040G2081040G40G2081040G2081040G2081040R30C1G81040G2081040G2062GACNSPPBKCDXHP2V00A03PCS9R60X3MCFZZW0020G30G00ABWNWASG'
    const nul =
      '040G2081040G2081040G2081040G40G2081040G2080G40G2081040R30C1G81040G2081040G20210A000026TRWART640'
    for (const found of [space, nul]) expect(parsePairingCode(found)).toBeNull()
  })
})

describe('names that every object has', () => {
  const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
  /** With the name as a key of its own, as JSON brings it. */
  const withKey = (name: string): unknown => JSON.parse(`{"${name}":{"polluted":true},"title":"x"}`)
  const isClean = (): boolean => !('polluted' in {}) && Object.keys(Object.prototype).length === 0

  test('ATK-18 as commands, queries and fields of their inputs they are refused by a known error', () => {
    for (const name of NAMES) {
      expect(parseCommand(name, {})).toMatchObject({ ok: false, error: { code: 'unknown-command' } })
      expect(parseQuery(name, {})).toMatchObject({ ok: false, error: { code: 'unknown-query' } })
      for (const command of Object.keys(COMMANDS)) expect(parseCommand(command, withKey(name)).ok).toBe(false)
      for (const query of Object.keys(QUERIES)) expect(parseQuery(query, withKey(name)).ok).toBe(false)
    }
    expect(isClean()).toBe(true)
  })

  test('ATK-18 in frames of the control socket, in pairing and in a CSV header they change nothing', () => {
    for (const name of NAMES) {
      const frame = `{"type":"do","id":7,"command":"job.create","input":{"title":"x"},"${name}":{"polluted":true}}`
      expect(readFrame(new TextEncoder().encode(frame), true)).toMatchObject({
        id: 7,
        refused: { code: 'bad-input' },
      })
      expect(v.safeParse(PairRequest, withKey(name)).success).toBe(false)
      expect(readWorkOrders(`work_order,title,${name}\n1,2,3\n`)).toMatchObject({
        ok: false,
        error: { code: 'bad-csv' },
      })
      const rows = readWorkOrders(`work_order,title\n${name},${name}\n`)
      expect(rows.ok && [...rows.value].map((row) => ('row' in row ? row.row.key : ''))).toEqual([name])
    }
    expect(isClean()).toBe(true)
  })

  test('ATK-18 CBOR with named entries is refused whatever the names are', () => {
    for (const name of NAMES) {
      const key = new TextEncoder().encode(name)
      const map = Uint8Array.of(0x81, 0xa1, 0x60 | key.length, ...key, 0xa1, 0x61, 0x78, 0xf5)
      expect(decodeCbor(map, LIMITS.frameBytes).ok).toBe(false)
    }
    expect(isClean()).toBe(true)
  })
})
