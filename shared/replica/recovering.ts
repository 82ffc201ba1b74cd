/**
 * The recovery key at work: it has a chain of its own, and says one thing only, that the authority's role passes to a
 * device that is here. What the lost authority wrote beyond what is here is then not the site's any more.
 */
import { TallydeskError } from '../api/errors.ts'
import { equalBytes, type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { ActorId } from '../model/ids.ts'
import { actorOf } from '../op/identity.ts'
import type { Core } from './core.ts'
import { idBytes } from './interner.ts'
import type { Arrival } from './log.ts'
import { newsFor } from './news.ts'
import type { Signer } from './ports.ts'
import { signed } from './writer.ts'

export type Handover = { readonly arrival: Arrival; readonly before: ActorId }

/** The op that makes this device the authority. Nothing is written yet. */
export function handoverTo(core: Core, signer: Signer, wall: number): Result<Handover, TallydeskError> {
  const before = core.control().authority
  if (!before) return err(new TallydeskError('not-member'))
  if (!equalBytes(signer.publicKey, recoveryKey(core))) return err(new TallydeskError('bad-recovery-key'))
  if (before === core.self) return err(new TallydeskError('already-authority'))
  const head = core.log.head(before)
  if (!head) return err(new TallydeskError('not-found', { what: 'word of the authority', id: before }))
  const actor = actorOf(core.sha256, signer.publicKey)
  const own = core.log.head(actor)
  const arrival = signed(core, signer, {
    site: core.site,
    actor,
    seq: (own?.seq ?? 0) + 1,
    prev: own?.hash ?? new Uint8Array(0),
    ...newsFor(core.log, actor),
    wall,
    effects: [{ type: 'handover', actor: core.self, through: head.seq, hash: head.hash }],
  })
  return ok({ arrival, before })
}

/** As the genesis op has it, whose hash is the site. */
function recoveryKey(core: Core): Bytes {
  const row = core.sql.prepare('SELECT no FROM op WHERE hash = ?').get<{ no: number }>(idBytes(core.site))
  const [genesis] = row ? core.judging.fromRow(core.log.rowByNumber(row.no)).effects : []
  invariant(genesis?.type === 'genesis', 'a site with an authority has its genesis op')
  return genesis.recoveryKey
}
