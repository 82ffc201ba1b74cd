/** Whether a data folder, as a power cut left it, keeps what its node had told by then. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatOpId, parseOpId } from '../../shared/model/ids.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { storedSite } from '../../shared/replica/committing.ts'
import type { Sql } from '../../shared/replica/ports.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import { openMachine, type Machine } from '../../main/node/machine.ts'
import { OwnChain } from '../../main/node/own-chain.ts'
import { machineId } from '../../main/store/machine-id.ts'
import { preferencesIn } from '../../main/store/preferences.ts'
import { witnessAt } from '../../main/store/witness.ts'
import { decisionsIn } from '../support/decisions.ts'
import type { Told } from './marked.ts'

/** Hash by op id, of every op that the device's log came to hold. */
export type Written = ReadonlyMap<string, string>

export function writtenIn(sql: Sql): Written {
  const rows = sql
    .prepare(
      'SELECT lower(hex(id)) AS actor, seq, lower(hex(hash)) AS hash FROM op JOIN actor ON actor.no = op.actor',
    )
    .all<{ actor: string; seq: number; hash: string }>()
  return new Map(rows.map(({ actor, seq, hash }) => [`${actor}:${seq}`, hash]))
}

/** What is wrong with the folder; nothing, where it keeps every promise. */
export async function faultsOf(data: string, told: readonly Told[], written: Written): Promise<string[]> {
  let machine: Machine
  try {
    machine = await openMachine(data)
  } catch (error) {
    return [`it does not open: ${String(error)}`]
  }
  try {
    return [...faultsIn(machine, told, written)]
  } catch (error) {
    return [`it does not work: ${String(error)}`]
  } finally {
    machine.close()
  }
}

function* faultsIn(machine: Machine, told: readonly Told[], written: Written): Generator<string> {
  const { sql, facts } = machine
  const sound = sql.prepare('PRAGMA integrity_check').all<{ integrity_check: string }>()
  if (sound[0]?.integrity_check !== 'ok') yield `the database is damaged: ${JSON.stringify(sound)}`
  const site = storedSite(sql) ?? facts.joined()?.site ?? null
  const replica = site === null ? null : openReplica(machine.world, machine.signer, site)
  for (const promise of told) {
    const problem = brokenPromise(promise, machine, replica, written)
    if (problem !== null) yield `${problem} is lost`
  }
  if (replica !== null) yield* faultsOfReplica(machine, replica, told, written)
}

function brokenPromise(
  told: Told,
  { paths, sql }: Machine,
  replica: Replica | null,
  written: Written,
): string | null {
  switch (told.what) {
    case 'site':
      return replica?.site === told.site ? null : `site ${told.site}`
    case 'op':
      return replica !== null && holds(replica, told.op, written) ? null : `answered op ${told.op}`
    case 'head':
      return replica?.holds(told.head) ? null : `op ${formatOpId(told.head)}, known to a peer,`
    case 'preference':
      return Object.hasOwn(preferencesIn(sql).all(), told.key) ? null : `preference ${told.key}`
    case 'attachment':
      return hasBytes(paths.blobs, told.sha256) ? null : `attachment ${told.sha256}`
  }
}

function holds(replica: Replica, op: string, written: Written): boolean {
  const ref = parseOpId(op)
  const hash = written.get(op)
  return (
    ref !== null &&
    hash !== undefined &&
    replica.holds({ ...ref, hash: Buffer.from(hash, 'hex').subarray(0, 16) })
  )
}

function hasBytes(blobs: string, sha256: string): boolean {
  const file = join(blobs, sha256.slice(0, 2), sha256)
  return existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex') === sha256
}

function* faultsOfReplica(
  machine: Machine,
  replica: Replica,
  told: readonly Told[],
  written: Written,
): Generator<string> {
  for (const [op, hash] of writtenIn(machine.sql))
    if (written.get(op) !== hash) yield `${op} has other bytes than it had`
  yield* faultsOfWitness(machine, replica)
  for (const { what, detail } of replica.diagnose().findings) yield `the doctor found ${what}: ${detail}`
  yield* faultsOfDecisions(machine, replica)
  const next = `${replica.actor}:${replica.ownSeq() + 1}`
  const used = told.some(
    (one) => (one.what === 'op' && one.op === next) || (one.what === 'head' && formatOpId(one.head) === next),
  )
  if (used) yield `the next op would be ${next}, which was used before`
}

function* faultsOfWitness({ paths, clock }: Machine, replica: Replica): Generator<string> {
  const witness = witnessAt(paths.witness)
  const failures: unknown[] = []
  const own = new OwnChain({
    replica,
    witness,
    machine: machineId(),
    clock,
    onHalted: () => undefined,
    onHealed: () => undefined,
    onFailure: (error) => failures.push(error),
  })
  own.stop()
  if (own.halted !== null) yield `the device takes itself for ${own.halted.cause}`
  if (failures.length > 0) yield 'the witness cannot be written'
}

/** The authority goes on from here: each request gets one answer, and no number stands twice. */
function* faultsOfDecisions({ sql }: Machine, replica: Replica): Generator<string> {
  while (replica.decideWaiting(1) > 0);
  const { answers, numbers, minted } = decisionsIn(sql)
  for (const [request, count] of answers) if (count > 1) yield `${request} was answered ${count} times`
  if (new Set(numbers).size < numbers.length) yield `an audit number was given twice: ${numbers.join(' ')}`
  if (new Set(minted).size < minted.length) yield `a number was minted twice: ${minted.join(' ')}`
}
