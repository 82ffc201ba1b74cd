/**
 * The open invitations of this node. A code lasts ten minutes, admits one device, and dies of five wrong tries.
 * They are kept in memory: a restart voids them, and a new code costs nothing.
 */
import { randomBytes } from 'node:crypto'
import { toHex, type Bytes } from '../../shared/base/bytes.ts'
import type { TallydeskError } from '../../shared/api/errors.ts'
import type { Result } from '../../shared/base/result.ts'
import { err, ok } from '../../shared/base/result.ts'
import type { ActorId, SiteId } from '../../shared/model/ids.ts'
import type { Role } from '../../shared/model/roles.ts'
import type { Admission } from '../../shared/replica/contract.ts'
import type { Clock } from '../../shared/replica/ports.ts'
import type { InviteRow, Invites } from './contract.ts'
import { CODE_SIZES, formatPairingCode, siteTag } from './pairing-code.ts'
import {
  holdsOpKey,
  knowsSecret,
  type PairAnswer,
  type PairRefusal,
  type PairRequest,
} from './pairing-proof.ts'
import { LIMITS } from '../../shared/op/limits.ts'

type Life =
  | { readonly is: 'open'; readonly wrong: number }
  /** By whom: the same device that asks again gets the same answer, for its first answer may have been lost. */
  | { readonly is: 'used'; readonly by: string }
  | { readonly is: 'blocked' }

type Invite = {
  readonly id: string
  readonly secret: Bytes
  readonly role: Role
  readonly name: string
  readonly person: string
  readonly expires: number
  life: Life
}

type InviteTableOptions = {
  readonly site: SiteId
  readonly actor: ActorId
  readonly keyHash: Bytes
  readonly clock: Clock
  /** `host:port` at which a joining device may find this node, the likeliest first; at least one. */
  readonly addresses: () => readonly string[]
  readonly admit: (admission: Admission) => Result<unknown, TallydeskError>
  readonly onChange: () => void
}

export class InviteTable implements Invites {
  readonly #options: InviteTableOptions
  readonly #invites = new Map<string, Invite>()

  constructor(options: InviteTableOptions) {
    this.#options = options
  }

  create({ role, name, person = name }: Parameters<Invites['create']>[0]): ReturnType<Invites['create']> {
    const { site, keyHash, clock, addresses } = this.#options
    const id = new Uint8Array(randomBytes(CODE_SIZES.invite))
    const secret = new Uint8Array(randomBytes(CODE_SIZES.secret))
    const expires = clock.now() + LIMITS.pairingLife
    this.#keep({ id: toHex(id), secret, role, name, person, expires, life: { is: 'open', wrong: 0 } })
    const code = formatPairingCode({
      site: siteTag(site),
      keyHash: keyHash.slice(0, CODE_SIZES.keyHash),
      invite: id,
      secret,
      addresses: addresses(),
    })
    return { invite: toHex(id), code, expires }
  }

  /** Old ones are kept so that their codes get a true answer; the oldest go first. */
  #keep(invite: Invite): void {
    this.#invites.set(invite.id, invite)
    const oldest = this.#invites.keys().next()
    if (this.#invites.size > LIMITS.invitesKept && oldest.value !== undefined)
      this.#invites.delete(oldest.value)
    this.#options.onChange()
  }

  revoke(id: string): boolean {
    const invite = this.#invites.get(id)
    if (invite === undefined || this.#stateOf(invite) !== 'open') return false
    this.#set(invite, { is: 'blocked' })
    return true
  }

  list(): readonly InviteRow[] {
    return [...this.#invites.values()].map((invite) => {
      const { id, role, name, expires } = invite
      return { invite: id, role, name, expires, state: this.#stateOf(invite) }
    })
  }

  /** Is anybody owed an answer: does a code stand, or did one end no longer ago than it may live? */
  owesAnswers(): boolean {
    const now = this.#options.clock.now()
    return [...this.#invites.values()].some(({ expires }) => now <= expires + LIMITS.pairingLife)
  }

  #stateOf(invite: Invite): InviteRow['state'] {
    if (invite.life.is !== 'open') return invite.life.is
    return this.#options.clock.now() > invite.expires ? 'expired' : 'open'
  }

  #set(invite: Invite, life: Life): void {
    invite.life = life
    this.#options.onChange()
  }

  /** Answers a device whose TLS key has been proved by the connection. */
  answer(request: PairRequest, joinerKeyHash: Bytes): Result<PairAnswer, PairRefusal['error']> {
    const invite = this.#invites.get(toHex(request.invite))
    if (invite === undefined || invite.life.is === 'blocked') return err('pairing-refused')
    const { opKey, name } = request
    const transcript = {
      invite: request.invite,
      opKey,
      name,
      joinerKeyHash,
      inviterKeyHash: this.#options.keyHash,
    }
    // The secret comes first: whoever does not know it learns nothing about the invitation.
    if (!knowsSecret(invite.secret, transcript, request.proof)) return this.#wrong(invite)
    if (!holdsOpKey(transcript, request.possession)) return this.#wrong(invite)
    const device = `${toHex(opKey)} ${toHex(joinerKeyHash)}`
    if (invite.life.is === 'used')
      return invite.life.by === device ? ok(this.#welcome(invite)) : err('pairing-used')
    if (this.#stateOf(invite) === 'expired') return err('pairing-expired')
    return this.#admit(
      invite,
      { opKey, tlsKeyHash: joinerKeyHash, name, person: invite.person, role: invite.role },
      device,
    )
  }

  #wrong(invite: Invite): Result<never, 'pairing-refused'> {
    if (invite.life.is === 'open') {
      const wrong = invite.life.wrong + 1
      this.#set(invite, wrong >= LIMITS.pairingTries ? { is: 'blocked' } : { is: 'open', wrong })
    }
    return err('pairing-refused')
  }

  /** The admission is durable before the code counts as used and the device is told. */
  #admit(invite: Invite, admission: Admission, device: string): Result<PairAnswer, 'pairing-refused'> {
    if (!this.#options.admit(admission).ok) return err('pairing-refused')
    this.#set(invite, { is: 'used', by: device })
    return ok(this.#welcome(invite))
  }

  #welcome(invite: Invite): PairAnswer {
    return { site: this.#options.site, actor: this.#options.actor, role: invite.role }
  }
}
