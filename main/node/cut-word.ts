/**
 * What this device knows of being cut. It may never receive the op that cut it, for nobody sends it anything any more;
 * so it keeps what it is told when it is sent away, until the authority itself links with it.
 */
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import type { PeerLink } from '../net/contract.ts'
import type { Machine } from './machine.ts'

type Members = QueryAnswer<'members'>['members']
type Cut = QueryAnswer<'status'>['cut']

const ANY_REACH = { why: null, since: null }

export class CutWord {
  readonly #machine: Pick<Machine, 'facts' | 'clock'>
  readonly #replica: Replica

  constructor(machine: Pick<Machine, 'facts' | 'clock'>, replica: Replica) {
    this.#machine = machine
    this.#replica = replica
  }

  /** As the log knows it, and else as a member said who sent this device away. */
  cut(): Cut {
    const own = this.#members().find(({ self }) => self)
    const told = this.#machine.facts.cutTold()
    if (!own?.cut) return told
    return { reason: own.cut_reason ?? '', by: null, since: own.cut_at ?? told?.since ?? 0 }
  }

  /** With this device shown as what it was told to be. */
  members(): Members {
    const cut = this.cut()
    if (cut === null) return this.#members()
    return this.#members().map((member) =>
      member.self ? { ...member, cut: true, cut_reason: cut.reason, cut_at: cut.since } : member,
    )
  }

  told(by: ActorId, reason: string): void {
    const { facts, clock } = this.#machine
    facts.keepCutTold({ reason, by, since: facts.cutTold()?.since ?? clock.now() })
  }

  /** Whom the authority itself links with is a member, whatever another one said. */
  look(links: readonly PeerLink[]): void {
    const { facts } = this.#machine
    const authority = this.#replica.authority()
    const linked = links.some(({ actor, link }) => actor === authority && link === 'up')
    if (linked && facts.cutTold() !== null) facts.keepCutTold(null)
  }

  #members(): Members {
    const answer = this.#replica.query('members', {}, ANY_REACH)
    return answer.ok ? answer.value.members : []
  }
}
