/** The part of the status line that the log alone decides. */
import { formatOpId, shortActor } from '../../model/ids.ts'
import type { QueryAnswer } from '../../api/queries.ts'
import type { ReplicaStatus } from '../contract.ts'
import { comparisons } from '../checkpoints.ts'
import type { Core } from '../core.ts'
import { countBeyond } from '../frontier.ts'
import { roleOf } from '../members.ts'
import { IN_REVIEW } from '../views.ts'
import { nameOf } from './naming.ts'

/** `history`: how long what is final stays readable, ms; null: for good. */
export function status(core: Core, history: number | null): ReplicaStatus {
  const control = core.control()
  return {
    site: core.site,
    site_name: control.siteName,
    actor: core.self,
    name: nameOf(core, core.self),
    role: roleOf(core, core.self) ?? 'joining',
    cursor: Object.fromEntries(core.log.heads().map((head) => [head.actor, head.seq])),
    state_hash: core.stateHash.value(),
    outbox: outboxSize(core),
    authority_heard: core.acks.authorityHeard(),
    rules: { site: control.membership.rules, known: core.vocabulary.rules },
    authority: {
      actor: control.authority ?? '',
      name: control.authority ? nameOf(core, control.authority) : shortActor(core.self),
    },
    conflicts: countOf(core, 'SELECT count(*) AS n FROM conflict'),
    review: countOf(core, `SELECT count(*) AS n FROM op WHERE ${IN_REVIEW}`),
    waiting: control.requests.waiting().length,
    log: core.log.size(),
    checkpoint: checkpoint(core, history),
  }
}

const DAY_MS = 86_400_000

function checkpoint(core: Core, history: number | null): ReplicaStatus['checkpoint'] {
  const all = comparisons(core)
  const last = all.at(-1)
  if (!last) return null
  const compared = all.findLast(({ agreed }) => agreed !== null)
  const { op, wall, ops } = last.checkpoint
  return {
    op: formatOpId(op),
    wall,
    ops,
    beyond: countBeyond(core.log, op.no),
    agreed: last.agreed,
    differs: compared?.agreed === false ? formatOpId(compared.checkpoint.op) : null,
    snapshot: snapshot(core),
    history: { days: history === null ? null : history / DAY_MS, cleared: core.log.dropped() },
  }
}

function snapshot(core: Core): NonNullable<ReplicaStatus['checkpoint']>['snapshot'] {
  const last = core.control().membership.snapshots.at(-1)
  if (!last) return null
  return { wall: last.checkpoint.wall, size: last.size, here: core.files.keeps(last.file) }
}

const countOf = (core: Core, text: string): number => core.sql.prepare(text).get<{ n: number }>()?.n ?? 0

function outboxSize({ log, self, acks }: Core): number {
  const unsent = Math.max(0, (log.head(self)?.seq ?? 0) - acks.sharedSeq())
  return unsent + acks.sharedWithoutBytes().length
}

/** Own ops that are not shared yet, or whose photos are not, oldest first. */
export function outbox(core: Core): QueryAnswer<'outbox'> {
  const waiting = core.acks.sharedWithoutBytes().map((no) => core.log.rowByNumber(no))
  const rows = core.sql
    .prepare('SELECT no, seq, wall FROM op WHERE actor = ? AND seq > ? ORDER BY seq LIMIT 1000')
    .all<{ no: number; seq: number; wall: number }>(core.log.actors.find(core.self), core.acks.sharedSeq())
  return {
    ops: [...waiting, ...rows].map(({ no, seq, wall }) => {
      const ref = { actor: core.self, seq }
      return { op: formatOpId(ref), wall, acked_by: core.acks.wholeHolders({ ...ref, no }) }
    }),
  }
}
