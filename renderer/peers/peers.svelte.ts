/**
 * The state of the peers' place: every member with its link, what was found beside them, and the verbs of
 * dialling. Members come from the site's own records and links from this node, so a device that was never
 * reached stands in the list as well.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { PeerRow } from '../../shared/api/rows.ts'

export type Member = QueryAnswer<'members'>['members'][number]
type Seen = QueryAnswer<'peers'>['seen'][number]
type Tablets = QueryAnswer<'peers'>['tablets']

/** `peer` is null for this device itself, and while the node says nothing of the device. */
export type Device = { readonly member: Member; readonly peer: PeerRow | null }

const ORDER: readonly string[] = ['authority', 'edge', 'supervisor', 'technician']

export class Peers {
  #members = $state.raw<readonly Member[] | null>(null)
  #peers = $state.raw<readonly PeerRow[] | null>(null)
  seen = $state.raw<readonly Seen[]>([])
  /** This tablet's links to other tablets; null where it links everyone. */
  tablets = $state.raw<Tablets>(null)
  failure = $state.raw<ErrorBody | null>(null)
  isDialing = $state(false)
  /** The address that was dialled last; it shows among the links once it answers. */
  dialed = $state<string | null>(null)

  readonly isLoaded = $derived(this.#members !== null && this.#peers !== null)
  readonly devices = $derived(devicesOf(this.#members ?? [], this.#peers ?? []))
  readonly others = $derived(this.devices.filter(({ member }) => !member.self && !member.cut))
  readonly linked = $derived(this.others.filter(({ peer }) => peer?.link === 'up').length)

  readonly #api: DeskApi

  constructor(api: DeskApi) {
    this.#api = api
  }

  open(): () => void {
    const closeMembers = this.#api.watch('members', {}, (answer) => {
      if (answer.ok) this.#members = answer.value.members
      else this.failure = answer.error
    })
    const closePeers = this.#api.watch('peers', {}, (answer) => {
      if (answer.ok) {
        this.#peers = answer.value.peers
        this.seen = answer.value.seen
        this.tablets = answer.value.tablets
      } else this.failure = answer.error
    })
    return () => {
      closeMembers()
      closePeers()
    }
  }

  async dial(address: string): Promise<boolean> {
    this.isDialing = true
    this.failure = null
    const answer = await this.#api.do('peer.dial', { address })
    this.isDialing = false
    if (answer.ok) this.dialed = answer.value.address
    else this.failure = answer.error
    return answer.ok
  }
}

/** This device first, then by what the others are for, then by name; those that were cut off come last. */
function devicesOf(members: readonly Member[], peers: readonly PeerRow[]): readonly Device[] {
  const byActor = new Map(peers.map((peer) => [peer.actor, peer]))
  return members
    .map((member) => ({ member, peer: byActor.get(member.actor) ?? null }))
    .sort(({ member: a }, { member: b }) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

const rank = (member: Member): number =>
  member.self ? -1 : ORDER.indexOf(member.role) + (member.cut ? ORDER.length : 0)
