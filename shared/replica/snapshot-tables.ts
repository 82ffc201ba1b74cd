/**
 * What a snapshot holds, table by table in an order in which what is referred to goes first: all that judging and folding
 * later ops needs of what is under a checkpoint. What is folded and shown follows from it and is left out, and so is all
 * that a device keeps for itself.
 */
import type { CborValue } from '../base/cbor.ts'
import type { SqlValue } from './ports.ts'

type Column = 'count' | 'number' | 'bytes' | 'text' | 'scalar' | 'bytes?' | 'text?' | 'count?'

export type Table = { readonly name: string; readonly columns: Readonly<Record<string, Column>> }

const CELL = { record: 'count', field: 'count', child: 'bytes', sub: 'count' } as const

export const SNAPSHOT_TABLES: readonly Table[] = [
  { name: 'actor', columns: { no: 'count', id: 'bytes' } },
  { name: 'line', columns: { no: 'count', actor: 'count', base: 'count?', first: 'count' } },
  {
    name: 'op',
    columns: {
      no: 'count', actor: 'count', line: 'count', seq: 'count', hash: 'bytes', bytes: 'bytes', signature: 'bytes?', lamport: 'count',
      wall: 'count', control: 'count', flaw: 'text?', judgement: 'count', reason: 'text?', dismissed: 'count',
    },
  }, // prettier-ignore
  {
    name: 'context',
    columns: { line: 'count', on_line: 'count', seq: 'count', on_seq: 'count', named: 'count' },
  },
  {
    name: 'record',
    columns: { no: 'count', id: 'bytes', kind: 'text', edited: 'count', dropped: 'count' },
  },
  {
    name: 'imprint',
    columns: { line: 'count', seq: 'count', hash: 'bytes', lamport: 'count', said: 'text' },
  },
  { name: 'creation', columns: { record: 'count', op: 'count' } },
  { name: 'child', columns: { record: 'count', field: 'count', id: 'bytes', op: 'count', idx: 'count' } },
  { name: 'touch', columns: { record: 'count', op: 'count', sealed: 'count' } },
  { name: 'base_value', columns: { ...CELL, op: 'count', idx: 'count', value: 'scalar' } },
  {
    name: 'base_presence',
    columns: {
      record: 'count', field: 'count', child: 'bytes', actor: 'count', touched: 'count', removed: 'count',
    },
  }, // prettier-ignore
  { name: 'base_gone', columns: { ...CELL, op: 'count', idx: 'count' } },
  { name: 'base_text', columns: { ...CELL, bytes: 'bytes', deletes: 'bytes' } },
  { name: 'text_reach', columns: { ...CELL, client: 'count', line: 'count', steps: 'bytes' } },
  {
    name: 'text_session',
    columns: { ...CELL, client: 'count', op: 'number', actor: 'count', n: 'count' },
  },
  {
    name: 'text_update',
    columns: {
      ...CELL, op: 'count', idx: 'count', client: 'count', from_clock: 'count', to_clock: 'count', bytes: 'bytes',
    },
  }, // prettier-ignore
]

/** Why a value cannot stand in a column; null when it can. */
export function misfitIn(column: Column, value: CborValue | undefined): string | null {
  const fits = column.endsWith('?') && value === null ? true : isOf(column.replace('?', ''), value)
  return fits ? null : `a value that is no ${column}`
}

function isOf(type: string, value: CborValue | undefined): value is SqlValue {
  switch (type) {
    case 'count':
      return Number.isSafeInteger(value) && (value as number) >= 0
    case 'number':
      return Number.isSafeInteger(value)
    case 'bytes':
      return value instanceof Uint8Array
    case 'text':
      return typeof value === 'string'
    default:
      return value === null || typeof value === 'string' || Number.isSafeInteger(value)
  }
}
