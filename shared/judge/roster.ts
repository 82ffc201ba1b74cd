/** Who is a member, in which role at which of its ops, and whose device it is: by the authority's chain, and by desks. */
import { toHex } from '../base/bytes.ts'
import type { ActorId } from '../model/ids.ts'
import type { Share } from '../model/rights.ts'
import type { Role } from '../model/roles.ts'
import type { ControlEffect, Effect } from '../op/effect.ts'
import { actorOf } from '../op/identity.ts'
import type { Escrow } from './escrow.ts'
import type { Forks } from './forks.ts'
import { admissionOf, type Admission, type Cut, type Membership } from './membership.ts'
import { byOrder, orderOf, type ControlOp, type Past, type Placed } from './past.ts'
import { permits } from './permissions.ts'
import { reason, type ReasonOf } from './reason.ts'

export type MemberState = {
  readonly actor: ActorId
  readonly opKey: Uint8Array
  readonly tlsKeyHash: Uint8Array
  readonly name: string
  readonly person: string
  readonly admitted: number
  /** Now, as far as this log goes; of a cut member, the one it had. */
  readonly role: Role
  readonly cut: Cut | null
}

type Admit = Extract<ControlEffect, { type: 'admit' }>

export const ENROL = 'enrol'
export const ONE: Share = { units: 1, spans: [] }

/** Admissions by desks, as they can be kept. */
export type KeptDelegated = readonly (readonly [ActorId, readonly Admission[]])[]

export class Roster {
  readonly #past: Past
  readonly #membership: Membership
  readonly #forks: Forks
  readonly #escrow: Escrow
  /** Admissions by desks, by the actor admitted, in the order (lamport, actor). */
  readonly #delegated: Map<ActorId, readonly Admission[]>

  constructor(
    past: Past,
    membership: Membership,
    forks: Forks,
    escrow: Escrow,
    delegated: KeptDelegated | null,
  ) {
    this.#delegated = new Map(delegated)
    this.#past = past
    this.#membership = membership
    this.#forks = forks
    this.#escrow = escrow
  }

  get delegated(): ReadonlyMap<ActorId, readonly Admission[]> {
    return this.#delegated
  }

  roleAt(op: Placed): Role | null {
    const admission = this.#delegated.get(op.actor)?.find((one) => this.#past.knows(op, one.op))
    return this.#membership.roleAt(op, admission?.role) ?? null
  }

  /** Why the author may not write this effect at this op; null when it may. */
  roleProblem(op: Placed, type: Effect['type']): ReasonOf | null {
    if (type === 'genesis') return null
    if (!this.#forks.stands(op)) return reason('forked')
    const role = this.roleAt(op)
    if (role !== null) return permits(role, type) ? null : reason('not-permitted', { role })
    const cut = this.#membership.cutBefore(op)
    return cut ? reason('cut', { why: cut.reason }) : reason('not-member')
  }

  member(actor: ActorId): MemberState | null {
    const word = this.#membership.words.get(actor)
    const admission = word?.admission ?? this.#delegated.get(actor)?.[0]
    if (!admission) return null
    const { opKey, tlsKeyHash, name, person, wall } = admission
    const role = this.#roleNow(actor, admission)
    return { actor, opKey, tlsKeyHash, name, person, admitted: wall, role, cut: word?.cut ?? null }
  }

  actors(): Set<ActorId> {
    return new Set([...this.#membership.words.keys(), ...this.#delegated.keys()])
  }

  /** Whose device it is, as far as the op knows. */
  personOf(actor: ActorId, op: Placed): string {
    const word = this.#membership.words.get(actor)?.admission
    if (word && this.#past.knows(op, word.op)) return word.person
    return this.#delegated.get(actor)?.find((one) => this.#past.knows(op, one.op))?.person ?? actor
  }

  /** All that decides what an actor may do, as text: where it changed, its ops are to be judged again. */
  standingOf(actor: ActorId): string {
    const { words, tenures } = this.#membership
    const own = tenures.filter((tenure) => tenure.actor === actor)
    return JSON.stringify([words.get(actor), this.#delegated.get(actor), own], canonical)
  }

  /** Is the actor known to the op as a member, or once a member? */
  knows(op: Placed, actor: ActorId): boolean {
    return actor === op.actor || this.#past.admitted(op, actor)
  }

  /** Why a desk may not admit this device; `moved` is what its op used of its leave to enrol already. */
  admitProblem(op: ControlOp, effect: Admit, moved: Share | undefined): ReasonOf | null {
    if (this.#membership.isAuthority(op)) return null
    if (effect.role !== 'technician') return reason('technicians-only')
    if (this.#isAdmitted(op, actorOf(this.#past.sha256, effect.opKey))) return reason('already-member')
    return this.#escrow.lack(op, ENROL, ONE, moved)
  }

  admit(op: ControlOp, effect: Admit): void {
    if (this.#membership.isAuthority(op)) return
    this.#escrow.use(op, ENROL, ONE)
    const actor = actorOf(this.#past.sha256, effect.opKey)
    const all = [...(this.#delegated.get(actor) ?? []), admissionOf(op, effect)]
    this.#delegated.set(
      actor,
      all.sort((a, b) => byOrder(orderOf(a), orderOf(b))),
    )
  }

  #isAdmitted(op: Placed, actor: ActorId): boolean {
    const word = this.#membership.words.get(actor)?.admission
    if (word && this.#past.knows(op, word.op)) return true
    return this.#delegated.get(actor)?.some((one) => this.#past.knows(op, one.op)) ?? false
  }

  #roleNow(actor: ActorId, admission: Admission): Role {
    if (actor === this.#membership.authority) return 'authority'
    const spans = this.#membership.words.get(actor)?.spans ?? []
    const last = spans.findLast(({ role }) => role !== null)?.role ?? admission.role
    // Who handed the role on is a supervisor like another.
    return last === 'authority' ? 'supervisor' : last
  }
}

/** The number of an op in this file tells nothing: it is the order of arrival. */
export const canonical = (key: string, value: unknown): unknown =>
  key === 'no' ? undefined : value instanceof Uint8Array ? toHex(value) : value
