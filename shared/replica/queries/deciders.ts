/** Who answers a request by all that is here: the authority, or who holds the token of its zone. */
import type { ActorId, RecordId } from '../../model/ids.ts'
import { sizeOf, tokenRight } from '../../model/rights.ts'
import type { RequestState } from '../../judge/requests.ts'
import type { Ask } from '../../op/effect.ts'
import type { Core } from '../core.ts'
import { mandateProblem, zonesNow } from '../deciding.ts'

/** Null while nobody can: its creations name zones that lie in different hands. */
export function deciderOf(core: Core, ask: Ask): ActorId | null {
  const holders = new Set(zonesNow(core, ask).map((zone) => (zone === null ? null : holderOf(core, zone))))
  const [holder] = holders
  if (holders.size > 1) return null
  return holder ?? core.control().authority
}

/** The device to which a zone is given; null while it lies with the authority. */
function holderOf(core: Core, zone: string): ActorId | null {
  const right = tokenRight(zone)
  const { escrow } = core.control()
  if (!escrow.isOutNow(right)) return null
  const holding = escrow.holdings().find((one) => one.right === right && sizeOf(one.share) > 0)
  return holding && holding.owner !== 'pool' ? holding.owner : null
}

/** May this device answer it now? */
export const mayDecide = (core: Core, request: Pick<RequestState, 'ask'>): boolean =>
  mandateProblem(core, request) === null &&
  core.control().roleProblem(core.judging.past.end(core.self), 'decide') === null

/** May this device close the record now, or open it again? */
export const mayTurn = (core: Core, record: RecordId, action: 'close' | 'reopen'): boolean =>
  mayDecide(core, { ask: { action, record } })
