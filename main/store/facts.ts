/**
 * Single facts that this device keeps for itself, as JSON texts by name: the site it joined and whom it trusts
 * before its first sync, when the authority was last heard, and where peers find this device.
 */
import * as v from 'valibot'
import { fromHex, type Bytes, toHex } from '../../shared/base/bytes.ts'
import { type ActorId, parseActorId, parseSiteId, type SiteId } from '../../shared/model/ids.ts'
import type { Sql } from '../../shared/replica/ports.ts'

/** What a member said when it sent this device away. */
export type CutTold = { readonly reason: string; readonly by: ActorId; readonly since: number }

/** What pairing told: durable before this device first syncs, so that a crash does not undo the joining. */
export type Joined = {
  readonly site: SiteId
  readonly name: string
  readonly pin: { readonly actor: ActorId; readonly keyHash: Bytes }
}

export interface Facts {
  joined(): Joined | null
  keepJoined(joined: Joined): void
  /** Wall time; null: never. */
  authorityHeard(): number | null
  keepAuthorityHeard(wall: number): void
  /** Why this device was cut, as it was told; null where nobody said so. */
  cutTold(): CutTold | null
  keepCutTold(told: CutTold | null): void
  /** The port at which peers last found this device; null: none yet. */
  port(): number | null
  keepPort(port: number): void
  /** Writes some kilobytes and takes them away again: whether there is room. Throws what the disk says. */
  probe(): void
}

/** Some ops with all that follows from them. */
const PROBE_BYTES = 128 * 1024

const joinedSchema = v.object({
  site: v.string(),
  name: v.string(),
  pin: v.object({ actor: v.string(), keyHash: v.string() }),
})

export function factsIn(sql: Sql): Facts {
  return {
    joined: () => parseJoined(read(sql, 'joined')),
    keepJoined: ({ site, name, pin }) =>
      keep(sql, 'joined', { site, name, pin: { actor: pin.actor, keyHash: toHex(pin.keyHash) } }),
    authorityHeard: () => readNumber(sql, 'authority-heard'),
    keepAuthorityHeard: (wall) => keep(sql, 'authority-heard', wall),
    cutTold: () => parseCutTold(read(sql, 'cut')),
    keepCutTold: (told) => keep(sql, 'cut', told),
    port: () => readNumber(sql, 'port'),
    keepPort: (port) => keep(sql, 'port', port),
    probe: () => {
      sql.transaction(() => keep(sql, 'probe', 'x'.repeat(PROBE_BYTES)))
      sql.transaction(() => sql.prepare("DELETE FROM node_fact WHERE name = 'probe'").run())
    },
  }
}

const cutSchema = v.object({ reason: v.string(), by: v.string(), since: v.number() })

function parseCutTold(stored: unknown): CutTold | null {
  const parsed = v.safeParse(cutSchema, stored)
  const by = parsed.success ? parseActorId(parsed.output.by) : null
  return parsed.success && by ? { ...parsed.output, by } : null
}

function parseJoined(stored: unknown): Joined | null {
  const parsed = v.safeParse(joinedSchema, stored)
  if (!parsed.success) return null
  const { site, name, pin } = parsed.output
  const ids = { site: parseSiteId(site), actor: parseActorId(pin.actor), keyHash: fromHex(pin.keyHash) }
  if (!ids.site || !ids.actor || !ids.keyHash) return null
  return { site: ids.site, name, pin: { actor: ids.actor, keyHash: ids.keyHash } }
}

function read(sql: Sql, name: string): unknown {
  const row = sql.prepare('SELECT value FROM node_fact WHERE name = ?').get<{ value: string }>(name)
  return row ? JSON.parse(row.value) : null
}

function readNumber(sql: Sql, name: string): number | null {
  const value = read(sql, name)
  return typeof value === 'number' ? value : null
}

function keep(sql: Sql, name: string, value: unknown): void {
  sql
    .prepare(
      'INSERT INTO node_fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    )
    .run(name, JSON.stringify(value))
}
