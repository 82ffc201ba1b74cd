/** Where members were reached before: hints for dialling after a restart, a few addresses each. */
import { type ActorId, parseActorId } from '../../shared/model/ids.ts'
import type { Sql } from '../../shared/replica/ports.ts'
import { LIMITS } from '../../shared/op/limits.ts'

/** `worked`: the wall time at which the member was last met there. */
type StoredAddress = { readonly actor: ActorId; readonly address: string; readonly worked: number }

export interface StoredAddresses {
  /** Newest last. */
  list(): readonly StoredAddress[]
  remember(actor: ActorId, address: string, worked: number): void
}

export function addressBookIn(sql: Sql): StoredAddresses {
  return {
    list: () =>
      sql
        .prepare('SELECT actor, address, worked FROM node_address ORDER BY used, actor, address')
        .all<{ actor: string; address: string; worked: number }>()
        .flatMap(({ actor, address, worked }) => {
          const parsed = parseActorId(actor)
          return parsed ? [{ actor: parsed, address, worked }] : []
        }),
    remember: (actor, address, worked) => sql.transaction(() => remember(sql, actor, address, worked)),
  }
}

function remember(sql: Sql, actor: ActorId, address: string, worked: number): void {
  sql
    .prepare(
      `INSERT INTO node_address (actor, address, used, worked)
       VALUES (?, ?, (SELECT coalesce(max(used), 0) + 1 FROM node_address), ?)
       ON CONFLICT (actor, address) DO UPDATE SET used = excluded.used, worked = excluded.worked`,
    )
    .run(actor, address, worked)
  sql
    .prepare(
      `DELETE FROM node_address WHERE actor = ? AND address NOT IN
       (SELECT address FROM node_address WHERE actor = ? ORDER BY used DESC LIMIT ?)`,
    )
    .run(actor, actor, LIMITS.addressesPerMember)
}
