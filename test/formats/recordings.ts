/** The recorded bytes of format 1: how they are made (`node scripts/record-formats.ts`) and read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { toHex } from '../../shared/base/bytes.ts'
import { encodeOp } from '../../shared/op/op.ts'
import type { Run } from '../../shared/op/run.ts'
import { encodeMessage } from '../../shared/sync/wire.ts'
import { formatPairingCode, type PairingCode } from '../../main/net/pairing-code.ts'
import { writePairRequest } from '../../main/net/pairing-proof.ts'
import { signerFrom, type Device } from '../support/replicas.ts'
import { EFFECTS, MESSAGES, opWith } from './samples.ts'
import { tellStory } from './story.ts'

export const FOLDER = join(import.meta.dirname, 'v1')

export type Effects = Readonly<Record<string, readonly string[]>>
export type Log = {
  readonly site: string
  readonly runs: readonly {
    readonly actor: string
    readonly first: number
    readonly ops: readonly string[]
    readonly signature: string
  }[]
  readonly state_hash: string
  readonly digest: string
  /** By op: accepted, or the judgement with the code of its reason. */
  readonly judgements: Readonly<Record<string, string>>
  readonly authority_cursor: string
}
export type Pairing = {
  readonly code: string
  readonly seed: string
  readonly name: string
  readonly request: string
  readonly answer: string
  readonly refusal: string
}

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)

/** What the pairing exchange is about; both TLS keys are names of themselves here. */
export const PAIRING = {
  code: {
    site: bytes(16, 1),
    keyHash: bytes(16, 2),
    invite: bytes(4, 3),
    secret: bytes(10, 4),
    addresses: ['192.168.1.20:7420', '10.0.0.5:7421'],
  } satisfies PairingCode,
  seed: 'a joining tablet',
  name: 'Tableta 4',
  joinerKeyHash: bytes(32, 5),
  inviterKeyHash: bytes(32, 6),
} as const

export function runsOf({ replica }: Device): Run[] {
  const page = replica.runsAfter([], 0, { ops: 100_000, bytes: 1 << 30 })
  return [...page.runs]
}

export const judgementsOf = ({ sql }: Device): Readonly<Record<string, string>> => {
  const rows = sql
    .prepare('SELECT lower(hex(hash)) AS op, judgement, reason FROM op ORDER BY hash')
    .all<{ op: string; judgement: number; reason: string | null }>()
  const said = (reason: string | null): string =>
    reason === null ? '' : (JSON.parse(reason) as { code: string }).code
  return Object.fromEntries(
    rows.map(({ op, judgement, reason }) => [op.slice(0, 16), `${judgement} ${said(reason)}`]),
  )
}

export const joiner = signerFrom(PAIRING.seed)
export const transcript = {
  invite: PAIRING.code.invite,
  opKey: joiner.publicKey,
  name: PAIRING.name,
  joinerKeyHash: PAIRING.joinerKeyHash,
  inviterKeyHash: PAIRING.inviterKeyHash,
}

function pairing(): Pairing {
  return {
    code: formatPairingCode(PAIRING.code),
    seed: PAIRING.seed,
    name: PAIRING.name,
    request: writePairRequest(PAIRING.code.secret, transcript, joiner),
    answer: JSON.stringify({ site: 'c3'.repeat(32), actor: 'a1'.repeat(32), role: 'technician' }),
    refusal: JSON.stringify({ error: 'pairing-used' }),
  }
}

function log(device: Device): Log {
  return {
    site: device.replica.site,
    runs: runsOf(device).map(({ actor, first, ops, signature }) => ({
      actor,
      first,
      ops: ops.map(toHex),
      signature: toHex(signature),
    })),
    state_hash: device.replica.status().state_hash,
    digest: toHex(device.replica.digest()),
    judgements: judgementsOf(device),
    authority_cursor: toHex(device.replica.authorityCursor() ?? bytes(0, 0)),
  }
}

const effects = (): Effects =>
  Object.fromEntries(
    Object.entries(EFFECTS).map(([type, all]) => [type, all.map((one) => toHex(encodeOp(opWith([one]))))]),
  )
const messages = (): Effects =>
  Object.fromEntries(
    Object.entries(MESSAGES).map(([kind, all]) => [kind, all.map((one) => toHex(encodeMessage(one)))]),
  )

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`

/** All files, by name. */
export function record(): Readonly<Record<string, string | Uint8Array>> {
  const { desk, parcel } = tellStory()
  while (desk.replica.work()) continue
  return {
    'effects.json': json(effects()),
    'messages.json': json(messages()),
    'log.json': json(log(desk)),
    'pairing.json': json(pairing()),
    'parcel.json': json({ parcel: toHex(parcel) }),
    'control.json': `${JSON.stringify({ pid: 4711, address: '127.0.0.1:50123', token: 'a-token-of-the-node' })}\n`,
    'database.db.gz': gzipSync(desk.sql.serialize()),
  }
}

const read = (name: string): Buffer => readFileSync(join(FOLDER, name))
const readJson = (name: string): unknown => JSON.parse(read(name).toString('utf8'))

export const recorded = {
  effects: (): Effects => readJson('effects.json') as Effects,
  messages: (): Effects => readJson('messages.json') as Effects,
  log: (): Log => readJson('log.json') as Log,
  pairing: (): Pairing => readJson('pairing.json') as Pairing,
  parcel: (): string => (readJson('parcel.json') as { parcel: string }).parcel,
  controlFile: join(FOLDER, 'control.json'),
  database: (): Buffer => gunzipSync(read('database.db.gz')),
  /** With the tables of an earlier migration; never written again. */
  earlierDatabase: (migration: 1 | 2 | 3): Buffer => gunzipSync(read(`database-${migration}.db.gz`)),
}
