/** Whom a proved TLS key belongs to, as the log knows it; before the first sync, the inviting device alone. */
import { equalBytes, type Bytes } from '../../shared/base/bytes.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import type { Role } from '../../shared/model/roles.ts'
import type { Member } from '../../shared/replica/contract.ts'
import type { SyncStore } from '../../shared/sync/store.ts'
import type { Pin } from './contract.ts'

type Identity =
  | { readonly is: 'self' }
  | { readonly is: 'member'; readonly actor: ActorId }
  | { readonly is: 'cut'; readonly actor: ActorId; readonly reason: string }
  | { readonly is: 'stranger' }

type RosterOptions = {
  readonly store: SyncStore
  readonly members: () => readonly Member[]
  readonly ownKeyHash: Bytes
  readonly pin: Pin | null
}

export class Roster {
  readonly #options: RosterOptions

  constructor(options: RosterOptions) {
    this.#options = options
  }

  /** Everybody but this device, those who were cut left out. */
  others(): readonly Member[] {
    const { store, members } = this.#options
    return members().filter((member) => member.actor !== store.actor && member.cut === null)
  }

  isMember(actor: ActorId): boolean {
    return this.others().some((member) => member.actor === actor)
  }

  roleOf(actor: ActorId): Role | null {
    return this.#options.members().find((member) => member.actor === actor)?.role ?? null
  }

  authority(): ActorId | null {
    return (
      this.#options.members().find((member) => member.role === 'authority' && member.cut === null)?.actor ??
      null
    )
  }

  identify(keyHash: Bytes): Identity {
    const { ownKeyHash, members, pin } = this.#options
    if (equalBytes(keyHash, ownKeyHash)) return { is: 'self' }
    const member = members().find((each) => equalBytes(each.tlsKeyHash, keyHash))
    if (member === undefined)
      return this.#isPinned(keyHash) && pin ? { is: 'member', actor: pin.actor } : { is: 'stranger' }
    if (member.cut !== null) return { is: 'cut', actor: member.actor, reason: member.cut }
    return { is: 'member', actor: member.actor }
  }

  /** The pin counts only until the log has a word of its own on that device. */
  #isPinned(keyHash: Bytes): boolean {
    const { pin, members } = this.#options
    if (pin === null || members().some((member) => member.actor === pin.actor)) return false
    return equalBytes(pin.keyHash, keyHash)
  }

  /** May the holder of this key speak for this actor, now? */
  admits(actor: ActorId, keyHash: Bytes): ReturnType<SyncStore['admits']> {
    const answer = this.#options.store.admits(actor, keyHash)
    if (answer.ok || answer.cut !== null) return answer
    return this.#isPinned(keyHash) && this.#options.pin?.actor === actor ? { ok: true } : answer
  }
}
