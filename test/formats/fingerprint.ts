/** A hash over everything that is declared of a format, one for each version that governs it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeCbor, type CborValue } from '../../shared/base/cbor.ts'
import { COMMANDS } from '../../shared/api/commands.ts'
import { CONTROL_PROTOCOL } from '../../shared/api/desk-api.ts'
import { QUERIES } from '../../shared/api/queries.ts'
import { KINDS } from '../../shared/model/kinds.ts'
import type { KnownEffect } from '../../shared/op/effect.ts'
import { ACTION_CODES, EFFECT_CODES, PARCEL_CODES, ROLE_CODES } from '../../shared/op/codes.ts'
import { encodeOp, OP_VERSION } from '../../shared/op/op.ts'
import { THIS_BUILD } from '../../shared/op/vocabulary.ts'
import { encodeMessage } from '../../shared/sync/wire.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { migrate } from '../../shared/replica/schema.ts'
import { migrateNodeTables } from '../../main/store/node-tables.ts'
import { memorySql } from '../support/memory-sql.ts'
import { EFFECTS, MESSAGES, opWith } from './samples.ts'

export type Part = { readonly version: string; readonly governedBy: string; readonly hash: string }
export type Fingerprint = Readonly<Record<'ops' | 'protocol' | 'schema' | 'api', Part>>
export type Kept = { readonly released: boolean; readonly parts: Fingerprint }

const FILE = join(import.meta.dirname, 'fingerprint.json')
export const kept = (): Kept => JSON.parse(readFileSync(FILE, 'utf8')) as Kept

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)

/** The shape of encoded bytes: types and lengths of arrays, and no values but the leading code. */
function shapeOf(encoded: Uint8Array): unknown {
  const decoded = decodeCbor(encoded, encoded.length)
  if (!decoded.ok) throw new Error(decoded.error)
  return shape(decoded.value)
}

function shape(value: CborValue): unknown {
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(shape)
  return value === null ? 'null' : value instanceof Uint8Array ? `bytes ${value.length}` : typeof value
}

const shapes = <T>(all: Readonly<Record<string, readonly T[]>>, encode: (one: T) => Uint8Array): unknown =>
  Object.entries(all)
    .map(([name, some]) => [name, some.map((one) => shapeOf(encode(one)))] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))

function tables(migrated: (sql: ReturnType<typeof memorySql>) => void): unknown {
  const sql = memorySql()
  migrated(sql)
  const rows = sql
    .prepare('SELECT name, sql FROM sqlite_master ORDER BY name')
    .all<{ name: string; sql: string }>()
  const version = sql.prepare('PRAGMA user_version').get<{ user_version: number }>()?.user_version
  sql.close()
  return { version, rows }
}

/** As this build declares it. */
export function fingerprint(): Fingerprint {
  const schema = [tables(migrate), tables(migrateNodeTables)]
  const versions = schema.map((one) => (one as { version: number }).version)
  return {
    ops: {
      version: `op ${OP_VERSION}, rules ${THIS_BUILD.rules}`,
      governedBy:
        'THIS_BUILD.rules in shared/op/vocabulary.ts (or OP_VERSION in shared/op/op.ts for the envelope)',
      hash: hashOf([
        [EFFECT_CODES, ACTION_CODES, PARCEL_CODES, ROLE_CODES, KINDS],
        shapes<KnownEffect>(EFFECTS, (one) => encodeOp(opWith([one]))),
      ]),
    },
    protocol: {
      version: `protocol ${PROTOCOL.max}`,
      governedBy: 'PROTOCOL.max in shared/sync/versions.ts',
      hash: hashOf(shapes(MESSAGES, (one) => new Uint8Array(encodeMessage(one)))),
    },
    schema: {
      version: `schema ${versions.join(' and ')}`,
      governedBy: 'a new migration in shared/replica/schema.ts or main/store/node-tables.ts',
      hash: hashOf(schema),
    },
    api: {
      version: CONTROL_PROTOCOL,
      governedBy:
        'CONTROL_PROTOCOL in shared/api/desk-api.ts (only where something went or means something else)',
      hash: hashOf([Object.keys(COMMANDS).sort(), Object.keys(QUERIES).sort()]),
    },
  }
}

/** What is declared otherwise than it was recorded, each with what to do about it. */
export function complaints({ released, parts }: Kept, now: Fingerprint): string[] {
  return (Object.keys(now) as (keyof Fingerprint)[]).flatMap((name) => {
    const [was, is] = [parts[name], now[name]]
    if (was.hash === is.hash && was.version === is.version) return []
    if (!released || was.version !== is.version)
      return [
        `The format of ${name} changed (${is.version}). If that is meant, run "node scripts/record-formats.ts" and commit what it writes.`,
      ]
    return [
      `The format of ${name} changed and is still called ${is.version}, which is released: raise it (${is.governedBy}), keep reading what was written before, then run "node scripts/record-formats.ts".`,
    ]
  })
}

export const writtenFingerprint = (released: boolean): string =>
  `${JSON.stringify({ released, parts: fingerprint() } satisfies Kept, null, 2)}\n`
