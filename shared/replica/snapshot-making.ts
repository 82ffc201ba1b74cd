/**
 * Makes the snapshot of a checkpoint out of a copy of a replica's database, which is of no other use afterwards: takes
 * out what came after the checkpoint, folds and seals all the rest, drops what nobody needs, and tells what is left.
 */
import { invariant } from '../base/invariant.ts'
import type { Bytes } from '../base/bytes.ts'
import type { Checkpoint } from '../judge/membership.ts'
import { formatOpId, type ActorId, type OpId, type SiteId } from '../model/ids.ts'
import { goBackTo } from './checkpoints.ts'
import { Compaction } from './compacting.ts'
import type { Core } from './core.ts'
import type { World } from './ports.ts'
import { openLog } from './rereading.ts'
import { snapshotParts } from './snapshot-file.ts'

/** Records judged and folded in one step. */
const SLICE = 20

/** `copy`: its database stands for no replica. Answers the parts of the file, with an empty one for each step between. */
export function* makeSnapshot(copy: World, site: SiteId, self: ActorId, id: OpId): Generator<Bytes> {
  const nothing = new Uint8Array(0)
  const whole = openLog(copy, site, self)
  const core = goBackTo(whole, named(whole, id)) ? openLog(copy, site, self) : whole
  yield nothing
  while (!core.door.isSettled) {
    copy.sql.transaction(() => core.door.settle(SLICE))
    yield nothing
  }
  const { op } = named(core, id)
  const pass = new Compaction(core, op)
  while (copy.sql.transaction(() => pass.step())) yield nothing
  const head = { site, actor: op.actor, seq: op.seq, hash: core.log.hashOf(op.no) }
  yield* snapshotParts(copy.sql, head)
}

function named(core: Core, id: OpId): Checkpoint {
  const found = core.control().membership.checkpoints.find(({ op }) => formatOpId(op) === id)
  invariant(found, 'a snapshot is made of a checkpoint in force')
  return found
}
