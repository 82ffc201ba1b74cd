/**
 * Every decoder of what comes from outside, against a hundred thousand hostile inputs each: it answers with a value or with
 * its own refusal, and ends. That the deep branches are reached shows in how many sorts of answers there were.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import * as Y from 'yjs'
import { readFrame } from '../../main/console/frames.ts'
import { fromBase32, toBase32 } from '../../main/net/base32.ts'
import { formatPairingCode, parsePairingCode } from '../../main/net/pairing-code.ts'
import { PairAnswer, PairRefusal, PairRequest, writePairRequest } from '../../main/net/pairing-proof.ts'
import { readWorkOrders } from '../../main/node/import/work-orders.ts'
import { parseCommand, parseQuery } from '../../shared/api/parse.ts'
import { checkUpdate } from '../../shared/merge/text/check.ts'
import { emptyText, isWhole } from '../../shared/merge/text/document.ts'
import { encodeCbor } from '../../shared/base/cbor.ts'
import { encodeOp, parseOp, type OpToWrite } from '../../shared/op/op.ts'
import { parseParcel } from '../../shared/replica/parcel.ts'
import { readSnapshotFrame, SNAPSHOT_LIMITS } from '../../shared/replica/snapshot-file.ts'
import { misfitIn, SNAPSHOT_TABLES } from '../../shared/replica/snapshot-tables.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { decodeMessage, encodeMessage } from '../../shared/sync/wire.ts'
import { bentJson, Dice, fuzz, hostileCbor, mutated, type Outcomes } from '../support/fuzz.ts'
import { parcelOf } from '../support/parcels.ts'
import { framesOf } from '../support/poison.ts'
import { keeping, must, pull, signerFrom } from '../support/replicas.ts'
import { aSite, newJob } from '../support/site.ts'
import { SEED } from '../support/seed.ts'
import { snapshotOf } from '../support/snapshots.ts'
import { CLIENT, FIRST, updates } from '../support/text-corpus.ts'
import { actorNamed, AUTHORITY, FORGED, forgedRun } from '../unit/sync/memory-store.ts'
import { anyOp } from './ops.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

/** The sorts of answers, without the places that they name. */
const sortsOf = (outcomes: Outcomes): Set<string> =>
  new Set([...outcomes.keys()].map((outcome) => outcome.replaceAll(/\d+/g, '#')))

const ops = fc.sample(anyOp, { numRuns: 300, seed: SEED }).map(encodeOp)

describe('decoders', () => {
  test('FUZ-1 a frame is a message or refused', () => {
    const [heads, digest] = [[{ actor: AUTHORITY, seq: 7, hash: new Uint8Array(16) }], new Uint8Array(32)]
    const site = aSite().hq.replica.site
    const file = 'f'.repeat(64)
    const corpus = [
      encodeMessage({ kind: 'hello', speaks: PROTOCOL, site, actor: AUTHORITY, digest, authority: 5 }),
      encodeMessage({
        kind: 'vector',
        through: 3,
        heads: [...heads, { ...heads[0], actor: actorNamed('x') } as (typeof heads)[number]],
      }),
      encodeMessage({
        kind: 'run',
        batch: 1,
        run: { ...forgedRun(AUTHORITY, FORGED), ops: ops.slice(0, 3) },
      }),
      encodeMessage({ kind: 'ack', through: 9, heads }),
      encodeMessage({ kind: 'locate', actor: AUTHORITY, heads }),
      encodeMessage({ kind: 'start', run: { ...forgedRun(AUTHORITY, FORGED), ops: ops.slice(0, 2) } }),
      encodeMessage({ kind: 'start', run: null }),
      encodeMessage({ kind: 'authority', bytes: new Uint8Array(90) }),
      encodeMessage({ kind: 'ping', digest, age: null }),
      encodeMessage({ kind: 'pong', digest, age: 1200 }),
      encodeMessage({ kind: 'goodbye', reason: 'cut', detail: 'it was stolen' }),
      encodeMessage({ kind: 'addresses', told: [{ actor: AUTHORITY, address: '10.0.0.1:7000', age: 5 }] }),
      encodeMessage({ kind: 'blob-seek', files: [file, file] }),
      encodeMessage({ kind: 'blob-have', held: [file], gone: [] }),
      encodeMessage({ kind: 'blob-want', sha256: file, from: 1 << 18 }),
      encodeMessage({ kind: 'blob-chunk', sha256: file, at: 0, size: 90, bytes: new Uint8Array(90) }),
    ]
    const outcomes = fuzz(
      'frames',
      (dice) => hostileCbor(dice, corpus),
      (frame) => {
        const read = decodeMessage(frame, PROTOCOL)
        return read.ok ? read.value.kind : read.error
      },
    )
    for (const kind of [
      'hello',
      'vector',
      'run',
      'ack',
      'locate',
      'start',
      'authority',
      'ping',
      'pong',
      'goodbye',
      'addresses',
      'blob-seek',
      'blob-have',
      'blob-want',
      'blob-chunk',
      'unknown',
    ])
      expect(outcomes.get(kind), kind).toBeGreaterThan(20)
    expect(sortsOf(outcomes).size).toBeGreaterThan(25)
  })

  test('FUZ-2 an op is one, written just so, or refused', () => {
    const outcomes = fuzz(
      'ops',
      (dice) => hostileCbor(dice, ops),
      (bytes) => {
        const read = parseOp(bytes)
        if (!read.ok) return read.error
        const known = read.value.effects.every(({ type }) => type !== 'unknown')
        if (known) expect(Buffer.compare(encodeOp(read.value as OpToWrite), bytes)).toBe(0)
        return known ? 'an op' : 'an op of a newer version'
      },
    )
    expect(outcomes.get('an op')).toBeGreaterThan(1000)
    expect(outcomes.get('an op of a newer version')).toBeGreaterThan(20)
    expect(sortsOf(outcomes).size).toBeGreaterThan(30)
  })

  test('FUZ-3 an update of a text is refused, or fits into its document as a whole', () => {
    const doc = emptyText()
    Y.applyUpdate(doc, FIRST)
    const next = Y.getState(doc.store, CLIENT)
    const corpus = updates()
    const outcomes = fuzz(
      'updates',
      (dice) => ({ update: mutated(dice, corpus), at: dice.roll(2) === 0 ? 0 : next }),
      ({ update, at }, dice) => {
        const read = checkUpdate(update, { client: CLIENT, next: at, covers: () => false })
        if (!read.ok) return read.error
        if (dice.roll(4) > 0) return 'fits'
        const copy = emptyText()
        if (at > 0) Y.applyUpdate(copy, FIRST)
        Y.applyUpdate(copy, update)
        expect(isWhole(copy)).toBe(true)
        expect(Y.getState(copy.store, CLIENT)).toBe(Math.max(at, read.value.to))
        return 'fits, and was applied'
      },
    )
    expect(outcomes.get('fits, and was applied')).toBeGreaterThan(200)
    expect(sortsOf(outcomes).size).toBeGreaterThan(7)
  })

  test('FUZ-4 a pairing code is read as one that this program writes, or not at all', () => {
    const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)
    const parts = { site: bytes(16, 1), keyHash: bytes(16, 2), invite: bytes(4, 3), secret: bytes(10, 4) }
    const codes = [['10.0.0.1:7000'], ['desk.local:80', '[fe80::1]:65535', '1.2.3.4:5']].map((addresses) =>
      formatPairingCode({ ...parts, addresses }),
    )
    const bodies = codes.map((code) => fromBase32(code.replaceAll('-', ''))?.slice(0, -4) ?? bytes(0, 0))
    const sum = (body: Uint8Array): Uint8Array =>
      new Uint8Array(createHash('sha256').update('tallydesk pairing code').update(body).digest()).slice(0, 4)
    // A wrong checksum ends most cases at once: three in four get a right one.
    const sealed = (body: Uint8Array): string => toBase32(Uint8Array.from([...body, ...sum(body)]))
    const outcomes = fuzz(
      'codes',
      (dice) =>
        dice.roll(4) === 0 ? textOf(mutated(dice, codes.map(bytesOf))) : sealed(mutated(dice, bodies)),
      (code) => {
        const read = parsePairingCode(code)
        if (read === null) return 'none'
        expect(parsePairingCode(formatPairingCode(read))).toEqual(read)
        return `a code of ${read.addresses.length}`
      },
    )
    expect(outcomes.get('none')).toBeGreaterThan(1000)
    expect(outcomes.get('a code of 1')).toBeGreaterThan(1000)
    expect(outcomes.get('a code of 3')).toBeGreaterThan(1000)
  })

  test('FUZ-5 a CSV file gives rows, and each line that is none with its reason', () => {
    const corpus = [
      'work_order,title,zone,priority\r\nW-1,Pump,North,high\r\nW-2,"A ""big"" valve, leaking",South,\r\n',
      'title,work_order,activity\nPump,W-1,\nPump,W-1,\n"two\nlines",W-3,fix\n',
      '\uFEFFwork_order,title\n,\n"W-1""",x\n__proto__,y\n',
    ].map(bytesOf)
    const outcomes = fuzz(
      'csv',
      (dice) => mutated(dice, corpus),
      (bytes) => {
        const read = readWorkOrders(textOf(bytes))
        if (!read.ok) return read.error.code
        const faults = [...read.value].map((row) =>
          'failed' in row ? (row.failed.fault?.code ?? '') : 'row',
        )
        return [...new Set(faults)].sort().join(' ')
      },
    )
    const seen = [...outcomes.keys()].join(' ')
    for (const fault of [
      'bad-csv',
      'quote-in-field',
      'text-after-quote',
      'quote-not-closed',
      'ragged-row',
      'empty-cell',
      'duplicate-key',
      'unknown-priority',
      'row',
    ])
      expect(seen).toContain(fault)
  })

  test('FUZ-6 a message of the control socket is a command, a query, or refused by a known error', () => {
    const frames: readonly object[] = [
      { type: 'do', id: 1, command: 'job.create', input: { title: 'Pump', tags: ['a'], due: '2026-01-05' } },
      {
        type: 'do',
        id: 2,
        command: 'conflict.resolve',
        input: { choices: [{ record: '0'.repeat(32), field: 'title', value: null }] },
      },
      {
        type: 'do',
        id: 3,
        command: 'field.set',
        input: { record: '0'.repeat(32), field: 'title', value: 'x' },
      },
      { type: 'query', id: 4, query: 'board', input: { zone: 'North', limit: 5 } },
      { type: 'query', id: 7, query: 'search', input: { text: 'pump' } },
      { type: 'query', id: 8, query: 'status', input: {} },
      { type: 'watch', id: 5, query: 'record', input: { record: 'f'.repeat(32) } },
      { type: 'unwatch', id: 6 },
    ]
    const corpus = frames.map((frame) => bytesOf(JSON.stringify(frame)))
    const words = [
      '"__proto__"',
      '"constructor"',
      '{"__proto__":1}',
      '[]',
      '1e999',
      '-1',
      'null',
      '"\\ud800"',
    ].map(bytesOf)
    const outcomes = fuzz(
      'control',
      (dice) =>
        dice.roll(2) === 0
          ? mutated(dice, dice.roll(4) === 0 ? [...corpus, ...words] : corpus)
          : bytesOf(JSON.stringify(bentJson(dice, dice.pick(frames)))),
      (bytes) => {
        const read = readFrame(bytes, true)
        if (!('frame' in read)) return read.refused.code
        const { frame } = read
        if (frame.type === 'unwatch') return 'unwatch'
        const parsed =
          frame.type === 'do'
            ? parseCommand(frame.command, frame.input)
            : parseQuery(frame.query, frame.input)
        return parsed.ok ? frame.type : `${frame.type} ${parsed.error.code}`
      },
    )
    expect(Object.keys({})).toEqual([])
    for (const outcome of [
      'do',
      'query',
      'watch',
      'unwatch',
      'bad-json',
      'bad-input',
      'do bad-input',
      'do unknown-command',
      'query unknown-query',
    ])
      expect(outcomes.get(outcome), outcome).toBeGreaterThan(20)
  })

  test('FUZ-7 a parcel is one, or refused in words', () => {
    const { desk, tablet } = aSite()
    newJob(tablet, ['One'])
    must(tablet.replica.execute('case.create', { title: 'Two' }))
    const corpus = [parcelOf(tablet)]
    newJob(desk)
    corpus.push(parcelOf(desk))
    const outcomes = fuzz(
      'parcels',
      (dice) => hostileCbor(dice, corpus),
      (bytes) => {
        const read = parseParcel(bytes)
        return read.ok ? 'a parcel' : read.error
      },
    )
    expect(outcomes.get('a parcel')).toBeGreaterThan(100)
    expect(sortsOf(outcomes).size).toBeGreaterThan(25)
  })

  test('FUZ-8 what is said in pairing is read or refused', () => {
    const id = (length: number): Uint8Array => new Uint8Array(length).fill(9)
    const signer = signerFrom('a joiner')
    const request = {
      invite: id(4),
      opKey: signer.publicKey,
      name: 'Tablet',
      joinerKeyHash: id(32),
      inviterKeyHash: id(32),
    }
    const corpus = [
      writePairRequest(id(10), request, signer),
      JSON.stringify({ site: 'a'.repeat(64), actor: 'b'.repeat(64), role: 'technician' }),
      JSON.stringify({ error: 'pairing-used' }),
    ].map(bytesOf)
    const outcomes = fuzz(
      'pairing',
      (dice) => mutated(dice, corpus),
      (bytes) => {
        let value: unknown
        try {
          value = JSON.parse(textOf(bytes))
        } catch {
          return 'no JSON'
        }
        return [PairRequest, PairAnswer, PairRefusal]
          .map((schema) => v.safeParse(schema, value).success)
          .join(' ')
      },
    )
    for (const outcome of ['no JSON', 'false false false', 'true false false', 'false true false'])
      expect(outcomes.get(outcome), outcome).toBeGreaterThan(20)
  })
})

test('FUZ-13 a frame of a snapshot is one, with rows that fit their tables, or refused in words', () => {
  const site = aSite()
  const hq = keeping(site.hq, 0)
  newJob(site.tablet, ['Two'])
  pull(hq, site.tablet)
  const record = newJob(hq, ['One'])
  for (let i = 0; i < 5; i += 1)
    must(hq.replica.execute('field.set', { record, field: 'title', value: `Title ${i}` }))
  const { note } = must(hq.replica.execute('note.add', { record, text: 'It leaks' }))
  must(hq.replica.execute('note.edit', { record, note, text: 'It leaked' }))
  must(hq.replica.execute('checkpoint.publish', {}))
  // A few rows of each table: what is hostile stands near the beginning as well as anywhere.
  const frames = framesOf(snapshotOf(hq, 0) ?? [])
  const corpus = frames.map((frame) => encodeCbor(frame.slice(0, 5)))
  const outcomes = fuzz(
    'snapshots',
    (dice) => hostileCbor(dice, corpus),
    (bytes) => {
      const read = readSnapshotFrame(bytes)
      if (!read.ok) return read.error
      if (read.value.kind !== 'rows') return read.value.kind
      const { table, rows } = read.value
      const columns = Object.values(table.columns)
      for (const row of rows)
        expect(row.map((value, i) => misfitIn(columns[i] ?? 'text', value))).toEqual(columns.map(() => null))
      return `rows of ${table.name}`
    },
  )
  const tables = SNAPSHOT_TABLES.filter(({ name }) => frames.some(([kind]) => kind === name))
  expect(tables.length).toBeGreaterThan(SNAPSHOT_TABLES.length - 3)
  for (const kind of ['head', 'end', ...tables.map(({ name }) => `rows of ${name}`)])
    expect(outcomes.get(kind) ?? 0, kind).toBeGreaterThan(20)
  expect(sortsOf(outcomes).size).toBeGreaterThan(25)
  // Nesting as deep as a frame can be, and a frame longer than any.
  expect(readSnapshotFrame(new Uint8Array(4 * 1024 * 1024).fill(0x81)).ok).toBe(false)
  expect(readSnapshotFrame(new Uint8Array(SNAPSHOT_LIMITS.frame + 1)).ok).toBe(false)
  // Decoded, millions of nulls would take hundreds of megabytes.
  const many = new Uint8Array(SNAPSHOT_LIMITS.frame).fill(0xf6)
  many.set([0x9a, 0x01, 0xff, 0xff, 0xfb])
  expect(readSnapshotFrame(many)).toEqual({ ok: false, error: 'a frame of too many items' })
})

test('FUZ-9 the same seed draws the same cases', () => {
  const draw = (): string =>
    [...Array(50).keys()].reduce<string>((all, _, i) => `${all}${mutated(new Dice(`${i}`), ops).join()}`, '')
  expect(draw()).toBe(draw())
})
