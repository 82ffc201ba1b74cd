/** Where members were reached before: hints for dialling after a restart, a few addresses each. */
import { type ActorId, parseActorId } from '../../shared/model/ids.ts'
import type { Sql } from '../../shared/replica/ports.ts'
import { LIMITS } from '../../shared/op/limits.ts'

export interface StoredAddresses {
  /** Newest last. */
  list(): readonly { readonly actor: ActorId; readonly address: string }[]
  remember(actor: ActorId, address: string): void
}

export function addressBookIn(sql: Sql): StoredAddresses {
  return {
    list: () =>
      sql
        .prepare('SELECT actor, address FROM node_address ORDER BY used, actor, address')
        .all<{ actor: string; address: string }>()
        .flatMap(({ actor, address }) => {
          const parsed = parseActorId(actor)
          return parsed ? [{ actor: parsed, address }] : []
        }),
    remember: (actor, address) => sql.transaction(() => remember(sql, actor, address)),
  }
}

function remember(sql: Sql, actor: ActorId, address: string): void {
  sql
    .prepare(
      `INSERT INTO node_address (actor, address, used)
       VALUES (?, ?, (SELECT coalesce(max(used), 0) + 1 FROM node_address))
       ON CONFLICT (actor, address) DO UPDATE SET used = excluded.used`,
    )
    .run(actor, address)
  sql
    .prepare(
      `DELETE FROM node_address WHERE actor = ? AND address NOT IN
       (SELECT address FROM node_address WHERE actor = ? ORDER BY used DESC LIMIT ?)`,
    )
    .run(actor, actor, LIMITS.addressesPerMember)
}
