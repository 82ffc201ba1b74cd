/**
 * Snapshots that were changed, on the engine: whatever they say, a device begins from what its checkpoint says or not at
 * all, and in its own words.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import type { CborValue } from '../../shared/base/cbor.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { encodeOp } from '../../shared/op/op.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { nextOp } from '../support/crafting.ts'
import { bent, Dice } from '../support/fuzz.ts'
import { framesOf, loaded, withRows, type Frame, type Row } from '../support/poison.ts'
import { keeping, must, pull, REACH, type Device } from '../support/replicas.ts'
import { aSite, newJob, setTitle, settle } from '../support/site.ts'
import { snapshotOf } from '../support/snapshots.ts'

const crypto = createCrypto()
const CASES = Number(process.env.ATTACK_SNAPSHOTS ?? 600)
const MINUTE = 60_000

/** A little of everything that a snapshot has rows for, and what somebody wrote behind it. */
function worn(): { readonly hq: Device; readonly tablet: Device; readonly sound: readonly Frame[] } {
  const site = aSite()
  const hq = keeping(site.hq, 0)
  const { desk, tablet, other } = site
  const record = newJob(hq, ['inspect', 'close'])
  settle({ ...site, hq })
  for (let i = 0; i < 12; i += 1) setTitle(hq, record, `Pump ${i}`)
  const { note } = must(tablet.replica.execute('note.add', { record, text: 'It leaks' }))
  must(tablet.replica.execute('note.edit', { record, note, text: 'It leaked, and smells' }))
  setTitle(other, record, 'Pompe')
  const done = newJob(desk, [], 'Filter')
  must(desk.replica.execute('request.close', { record: done }))
  settle({ ...site, hq })
  hq.replica.decideWaiting(5)
  setTitle(tablet, done, 'Filter of before')
  settle({ ...site, hq })
  must(hq.replica.execute('checkpoint.publish', {}))
  while (hq.replica.work());
  const parts = snapshotOf(hq, 0)
  if (!parts) throw new Error('there is a checkpoint')
  pull(tablet, hq)
  setTitle(tablet, record, 'Seen later')
  return { hq, tablet, sound: framesOf(parts) }
}

let site: ReturnType<typeof worn>

beforeAll(() => {
  site = worn()
})

const outcome = (frames: readonly Frame[]): string => {
  const begun = loaded(site.tablet.signer, site.hq.replica.site, frames)
  if (!begun.ok) return begun.error
  begun.value.sql.close()
  return 'begun'
}

/** All that a node does with a log soon after it was opened; it throws where that does not fit together. */
function workOn(device: Device): void {
  const { replica } = device
  replica.status()
  for (const query of ['board', 'review', 'requests', 'rights', 'conflicts', 'members'] as const)
    must(replica.query(query, {}, REACH))
  for (const { record } of must(replica.query('board', {}, REACH)).rows)
    must(replica.query('record', { record }, REACH))
  replica.digest()
  read(replica)
  take(replica)
  read(replica)
  while (replica.work());
}

/** What somebody wrote later, as it comes from a peer: it may not fit, but that is said. */
function take(replica: Replica): void {
  const { replica: peer } = site.tablet
  const have = replica.heads().filter((head) => peer.holds(head))
  for (const run of peer.runsAfter(have, 0, { ops: 256, bytes: 1 << 20 }).runs)
    replica.receive(run, peer.actor)
}

function read(replica: Replica): void {
  let position = 0
  for (;;) {
    const page = replica.runsAfter([], position, { ops: 256, bytes: 1 << 20 })
    if (page.end || page.position === position) return
    position = page.position
  }
}

const first = (rows: Row[], change: (row: Row) => Row): Row[] =>
  rows.map((row, i) => (i === 0 ? change(row) : row))
const last = (rows: Row[], change: (row: Row) => Row): Row[] =>
  rows.map((row, i) => (i === rows.length - 1 ? change(row) : row))

/** Another op of the same place, with a hash that fits it. */
function replaced(row: Row): Row {
  const op = {
    ...nextOp(site.hq, [{ type: 'create', kind: 'job' }]),
    seq: Number(row.seq),
    lamport: Number(row.lamport),
    wall: Number(row.wall),
  }
  const bytes = encodeOp(op)
  return { ...row, bytes, hash: crypto.sha256(bytes) }
}

type Change = (rows: Row[]) => readonly Row[]

const CHANGES: readonly (readonly [string, string, Change])[] = [
  ['an op left out', 'op', (rows) => rows.slice(0, -1)],
  ['an op in the middle left out', 'op', (rows) => rows.filter((_, i) => i !== 5)],
  ['an op replaced, with a fitting hash', 'op', (rows) => last(rows, replaced)],
  ['an op under another hash', 'op', (rows) => last(rows, (row) => ({ ...row, hash: new Uint8Array(32) }))],
  ['an op of another line', 'op', (rows) => last(rows, (row) => ({ ...row, line: 1 + (Number(row.line) % 3) }))],
  ['an op of nobody', 'op', (rows) => last(rows, (row) => ({ ...row, actor: 900 }))],
  ['an op of a judgement that there is not', 'op', (rows) => last(rows, (row) => ({ ...row, judgement: 77 }))],
  ['a reason that is none', 'op', (rows) => last(rows, (row) => ({ ...row, judgement: 2, reason: '{' }))],
  ['a flaw that is none', 'op', (rows) => last(rows, (row) => ({ ...row, flaw: '[]' }))],
  ['an act of control that says it is none', 'op', (rows) => first(rows, (row) => ({ ...row, control: 0 }))],
  ['an op later than it says', 'op', (rows) => last(rows, (row) => ({ ...row, lamport: 2 ** 50 }))],
  ['ops in another order', 'op', (rows) => rows.toReversed()],
  ['an op twice', 'op', (rows) => [...rows, { ...(rows.at(-1) ?? {}), no: 99_999 }]],
  ['no actors', 'actor', () => []],
  ['an actor that is no id', 'actor', (rows) => first(rows, (row) => ({ ...row, id: new Uint8Array(31) }))],
  ['a line without ops', 'line', (rows) => [...rows, { no: 99, actor: 1, base: null, first: 1 }]],
  ['a line that leaves itself', 'line', (rows) => last(rows, (row) => ({ ...row, base: row.no ?? 0, first: 2 }))],
  ['a line that leaves another’s', 'line', (rows) => last(rows, (row) => ({ ...row, base: 1, first: 2 }))],
  ['a line that begins far on', 'line', (rows) => last(rows, (row) => ({ ...row, first: 2 ** 52 }))],
  ['a name left out', 'imprint', (rows) => rows.slice(1)],
  ['a name of a place that is far on', 'imprint', (rows) => last(rows, (row) => ({ ...row, seq: 2 ** 52 }))],
  ['a name where an op is', 'imprint', (rows) => last(rows, (row) => ({ ...row, seq: 1 }))],
  ['a short name', 'imprint', (rows) => first(rows, (row) => ({ ...row, hash: new Uint8Array(3) }))],
  ['a name on a line that is not there', 'imprint', (rows) => first(rows, (row) => ({ ...row, line: 4000 }))],
  ['having seen what is not there', 'context', (rows) => last(rows, (row) => ({ ...row, on_seq: 10 ** 9 }))],
  ['having seen a line that is not there', 'context', (rows) => last(rows, (row) => ({ ...row, on_line: 4000 }))],
  ['a record of a kind that is no kind', 'record', (rows) => first(rows, (row) => ({ ...row, kind: '__proto__' }))],
  ['a record of a kind that objects have', 'record', (rows) => first(rows, (row) => ({ ...row, kind: 'constructor' }))],
  ['a record left out', 'record', (rows) => rows.slice(1)],
  ['a record made by what is not there', 'creation', (rows) => first(rows, (row) => ({ ...row, op: 99_999 }))],
  ['a record that nobody made', 'creation', (rows) => rows.slice(1)],
  ['a touch of what is not there', 'touch', (rows) => last(rows, (row) => ({ ...row, op: 99_999 }))],
  ['a value of what is not there', 'base_value', (rows) => first(rows, (row) => ({ ...row, op: 99_999 }))],
  ['another value', 'base_value', (rows) => first(rows, (row) => ({ ...row, value: 'Stolen' }))],
  ['a value left out', 'base_value', (rows) => rows.slice(1)],
  ['a child that somebody unknown keeps', 'base_presence', (rows) => first(rows, (row) => ({ ...row, actor: 900 }))],
  ['no words where there are some', 'base_text', (rows) => first(rows, (row) => ({ ...row, bytes: new Uint8Array(5).fill(255) }))],
  ['half a step', 'text_reach', (rows) => first(rows, (row) => ({ ...row, steps: new Uint8Array(13) }))],
  ['steps to where nothing is', 'text_reach', (rows) => first(rows, (row) => ({ ...row, steps: new Uint8Array(12).fill(255) }))],
  ['a session of a place that is not there', 'text_session', (rows) => first(rows, (row) => ({ ...row, op: -(2 ** 45) }))],
] // prettier-ignore

describe('a snapshot that was changed', () => {
  test('CKP-30 a sound one is begun from, and works', () => {
    const begun = loaded(site.tablet.signer, site.hq.replica.site, site.sound)
    if (!begun.ok) throw new Error(begun.error)
    workOn(begun.value)
    expect(begun.value.replica.diagnose().findings).toEqual([])
    for (const [, table] of CHANGES)
      expect(
        site.sound.some(([kind]) => kind === table),
        table,
      ).toBe(true)
  })

  test.each(CHANGES)('CKP-30 %s: it is refused in words', (_, table, change) => {
    const said = outcome(withRows(site.sound, table, change))
    expect(said).not.toBe('begun')
    expect(said).not.toMatch(/undefined|Cannot read|is not a/)
  })

  test.each<readonly [string, (frames: readonly Frame[]) => readonly Frame[]]>([
    ['nothing', () => []],
    ['no head', (frames) => frames.slice(1)],
    ['two heads', ([head = [], ...rest]) => [head, head, ...rest]],
    ['no end', (frames) => frames.slice(0, -1)],
    ['something behind the end', (frames) => [...frames, ...frames.slice(-1)]],
    ['an end that counts wrongly', (frames) => [...frames.slice(0, -1), ['end', 3]]],
    ['an end that counts below nothing', (frames) => [...frames.slice(0, -1), ['end', -3]]],
    ['tables in another order', ([head = [], ...rest]) => [head, ...rest.slice(0, -1).toReversed(), ...rest.slice(-1)]],
    ['a table that is not known', ([head = [], ...rest]) => [head, ['ack', [1, 2, 3]], ...rest]],
    ['a table that is a table of SQLite', ([head = [], ...rest]) => [head, ['sqlite_schema', [1]], ...rest]],
    ['a table called __proto__', ([head = [], ...rest]) => [head, ['__proto__', []], ...rest]],
    ['rows of texts', ([head = [], ...rest]) => [head, ['actor', 'x', 'y'], ...rest]],
    ['too many rows', ([head = [], ...rest]) => [head, ['actor', ...Array.from({ length: 501 }, () => [1, new Uint8Array(32)])], ...rest]],
    ['another site', ([head = [], ...rest]) => [['head', new Uint8Array(32), ...head.slice(2)], ...rest]],
    ['another checkpoint', ([head = [], ...rest]) => [[...head.slice(0, 3), 1, ...head.slice(4)], ...rest]],
    ['a checkpoint of another hash', ([head = [], ...rest]) => [[...head.slice(0, 4), new Uint8Array(32)], ...rest]],
    ['a checkpoint of another', ([head = [], ...rest]) => [[...head.slice(0, 2), new Uint8Array(32), ...head.slice(3)], ...rest]],
  ])('CKP-30 %s: it is refused in words', (_, change) => {
    expect(outcome(change(site.sound))).not.toBe('begun')
  }) // prettier-ignore

  test('CKP-30 a handover that nobody signed: it is refused in words', () => {
    const { hq, desk, tablet } = aSite()
    must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
    newJob(hq)
    pull(desk, hq)
    newJob(desk)
    must(desk.replica.execute('checkpoint.publish', {}))
    const sound = framesOf(snapshotOf(desk, 0) ?? [])
    const said = (frames: readonly Frame[]): string => {
      const begun = loaded(tablet.signer, hq.replica.site, frames)
      return begun.ok ? `begun under ${begun.value.replica.authority()}` : begun.error
    }
    expect(said(sound)).toBe(`begun under ${desk.replica.actor}`)
    const unsigned = (signature: Uint8Array | null): Frame[] =>
      withRows(sound, 'op', (rows) => rows.map((row) => ({ ...row, signature })))
    for (const signature of [null, new Uint8Array(64), new Uint8Array(0)])
      expect(said(unsigned(signature))).toBe('a handover in it is not signed by who handed over')
  })

  test(
    `CKP-31 whatever is changed in its rows, ${CASES} times, it is refused, or is begun from and works`,
    () => {
      const dice = new Dice('snapshots')
      const seen = new Map<string, number>()
      for (let i = 0; i < CASES; i += 1) {
        const frames = hostile(dice)
        const begun = loaded(site.tablet.signer, site.hq.replica.site, frames)
        const said = begun.ok ? 'begun' : begun.error.replaceAll(/\d+/g, '#')
        seen.set(said, (seen.get(said) ?? 0) + 1)
        if (!begun.ok) continue
        try {
          workOn(begun.value)
        } catch (problem) {
          throw new Error(`case ${i}: ${changesIn(frames)}`, { cause: problem })
        } finally {
          begun.value.sql.close()
        }
      }
      expect(seen.get('begun')).toBeGreaterThan(CASES / 100)
      expect(seen.size).toBeGreaterThan(15)
    },
    10 * MINUTE,
  )
})

const COUNTS: readonly CborValue[] = [0, 1, 2, 3, 7, 20, 255, 99_999, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -1]

/** One or two rows, or a few, changed in one of many ways; the frame itself now and then. */
function hostile(dice: Dice): Frame[] {
  let frames: Frame[] = [...site.sound]
  for (let blows = 1 + dice.roll(2); blows > 0; blows -= 1) {
    const at = dice.roll(frames.length)
    const frame = frames[at] ?? []
    const deed = dice.roll(12)
    if (deed === 0) return frames.map((one, i) => (i === at ? (bent(dice, frame) as Frame) : one))
    else if (deed === 1) frames = frames.filter((_, i) => i !== at)
    else if (frame[0] !== 'head' && frame[0] !== 'end')
      frames = withRows(frames, String(frame[0]), (rows) => broken(dice, rows))
  }
  return frames
}

function broken(dice: Dice, rows: Row[]): Row[] {
  const at = dice.roll(rows.length)
  const row = rows[at] ?? {}
  const deed = dice.roll(8)
  if (deed === 0) return rows.filter((_, i) => i !== at)
  if (deed === 1) return [...rows, { ...row }]
  if (deed === 2) return rows.toReversed()
  const column = dice.pick(Object.keys(row))
  const other = dice.pick(rows)[column] ?? null
  const value = row[column] ?? null
  const next =
    typeof value === 'number'
      ? dice.pick([...COUNTS, value + 1, Math.max(0, value - 1)])
      : twisted(dice, value)
  return rows.map((one, i) => (i === at ? { ...one, [column]: deed < 5 ? other : next } : one))
}

function twisted(dice: Dice, value: CborValue): CborValue {
  if (!(value instanceof Uint8Array))
    return dice.pick([null, '', 'x', '__proto__', '{"code":"frozen","params":{}}', 5])
  const bytes = Uint8Array.from(value)
  if (bytes.length === 0 || dice.roll(4) === 0)
    return dice.pick([new Uint8Array(0), new Uint8Array(16), new Uint8Array(32)])
  bytes[dice.roll(bytes.length)] = dice.roll(256)
  return bytes
}

const changesIn = (frames: readonly Frame[]): string =>
  JSON.stringify(
    frames.filter((frame, i) => JSON.stringify(frame) !== JSON.stringify(site.sound[i])),
    (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex').slice(0, 40) : value,
  ).slice(0, 4000)
