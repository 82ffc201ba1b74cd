/** Calls the addresses of the plan whose time has come, and hands what answers to the switchboard. */
import type { ActorId } from '../../shared/model/ids.ts'
import type { Log, Timing, TlsIdentity } from './contract.ts'
import type { DialPlan, Target } from './dial-plan.ts'
import { callSecurely, upgrade, type SecureCall } from './dialer.ts'
import { plainHost } from './interfaces.ts'
import type { Roster } from './roster.ts'
import type { Switchboard, Via } from './switchboard.ts'

type CallsOptions = {
  readonly plan: DialPlan
  readonly roster: Roster
  readonly switchboard: Switchboard
  readonly identity: TlsIdentity
  readonly timing: Pick<Timing, 'handshake'>
  readonly monotonic: () => number
  readonly isOn: (via: Via) => boolean
  readonly onChange: () => void
  readonly log: Log
}

const viaOf = (target: Target): Via => (target.source === 'hq' ? 'wan' : 'lan')

export class Calls {
  readonly #options: CallsOptions
  /** Peers that are being called, by whichever address: a second call would only replace the first. */
  readonly #calling = new Set<ActorId>()
  readonly #running = new Map<AbortController, { readonly via: Via; readonly done: Promise<void> }>()

  constructor(options: CallsOptions) {
    this.#options = options
  }

  tick(): void {
    const { plan, monotonic } = this.#options
    for (const target of plan.due(monotonic(), (each) => this.#isNeeded(each))) this.#start(target)
  }

  #isNeeded(target: Target): boolean {
    if (!this.#options.isOn(viaOf(target))) return false
    return target.actor === null || this.#options.switchboard.wants(target.actor)
  }

  #start(target: Target): void {
    target.calling = true
    const cancel = new AbortController()
    const done = this.#call(target, cancel.signal).finally(() => {
      this.#running.delete(cancel)
      this.#options.onChange()
    })
    this.#running.set(cancel, { via: viaOf(target), done })
  }

  async cancel(of: (via: Via) => boolean): Promise<void> {
    const running = [...this.#running].filter(([, { via }]) => of(via))
    for (const [cancel] of running) cancel.abort()
    await Promise.all(running.map(([, { done }]) => done))
  }

  async #call(target: Target, cancel: AbortSignal): Promise<void> {
    const { identity, timing } = this.#options
    const call = await callSecurely({ address: target.address, identity, timeout: timing.handshake, cancel })
    if (!call.ok) this.#failed(target, call.error)
    else if (cancel.aborted) this.#giveUp(target, call.value, null)
    else await this.#meet(target, call.value, cancel)
  }

  /** Nothing has been sent yet: here it is decided whether anything is. */
  async #meet(target: Target, call: SecureCall, cancel: AbortSignal): Promise<void> {
    const { plan, roster, switchboard } = this.#options
    const who = roster.identify(call.keyHash)
    if (who.is === 'self') plan.isOwn(target.address)
    if (who.is !== 'member') {
      this.#giveUp(target, call, who.is === 'stranger' ? 'not-member' : who.is)
      return
    }
    target.actor = who.actor
    const verdict = switchboard.judge(who.actor)
    if (!verdict.take) {
      this.#giveUp(target, call, verdict.why === 'full' ? 'enough' : null)
      return
    }
    if (this.#calling.has(who.actor)) {
      this.#giveUp(target, call, null)
      return
    }
    this.#calling.add(who.actor)
    await this.#carryOn(target, call, who.actor, cancel).finally(() => this.#calling.delete(who.actor))
  }

  async #carryOn(target: Target, call: SecureCall, peer: ActorId, cancel: AbortSignal): Promise<void> {
    const { plan, switchboard, timing } = this.#options
    const { localAddress, remoteAddress } = call.socket
    const ends = { local: plainHost(localAddress), remote: plainHost(remoteAddress) }
    const socket = await upgrade(call, timing.handshake)
    if (!socket.ok) {
      this.#failed(target, socket.error)
      return
    }
    const { keyHash } = call
    const connection = {
      socket: socket.value,
      peer,
      keyHash,
      dialled: true,
      via: viaOf(target),
      address: target.address,
      ends,
    }
    if (cancel.aborted) {
      switchboard.refuse(connection, 'off')
      plan.dropped(target, this.#options.monotonic())
      return
    }
    const refused = switchboard.connect(connection)
    if (refused === null || refused === 'replaced') plan.linked(target, peer)
    else this.#failed(target, refused === 'full' ? 'enough' : refused)
  }

  #giveUp(target: Target, call: SecureCall, why: string | null): void {
    call.socket.destroy()
    if (why === null) this.#options.plan.dropped(target, this.#options.monotonic())
    else this.#failed(target, why)
  }

  #failed(target: Target, why: string): void {
    const { plan, log, monotonic } = this.#options
    if (why === 'cancelled') {
      plan.dropped(target, monotonic())
      return
    }
    plan.failed(target, why, monotonic())
    log.debug({ address: target.address, why }, 'no link')
  }
}
