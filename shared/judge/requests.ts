/** Requests, their answers, and the closings and reopenings that came of them, each seen from an op's causal past. */
import { formatOpId, type ActorId, type OpId, type OpRef, type RecordId } from '../model/ids.ts'
import type { Numbered } from '../model/rights.ts'
import type { Action } from '../op/codes.ts'
import type { Ask } from '../op/effect.ts'
import { byOrder, type ControlOp, type Past, type Placed } from './past.ts'
import { Layered, type Shelf } from './shelf.ts'

export type Decision = {
  readonly ref: Placed
  readonly lamport: number
  readonly accept: boolean
  readonly number: Numbered | null
  readonly reason: string | null
  readonly wall: number
}

export type RequestState = {
  readonly ref: Placed
  readonly ask: Ask
  readonly lamport: number
  readonly wall: number
  readonly withdrawn: Placed | null
  readonly answer: Decision | null
}

/** An accepted closing or reopening of a record. */
export type Turn = { readonly action: 'close' | 'reopen'; readonly decision: Decision }

export type SignOff = { readonly op: Placed; readonly lamport: number; readonly wall: number }

/** The record that a request is about, where it is about one. */
export const recordOf = (ask: Ask): RecordId | null => ('record' in ask ? ask.record : null)

const NO_TURNS: readonly Turn[] = []
const NO_SIGN_OFFS: readonly SignOff[] = []
const NO_REQUESTS: readonly OpId[] = []

export class Requests {
  readonly all: Layered<OpId, RequestState>
  readonly #turns: Layered<RecordId, readonly Turn[]>
  readonly #signOffs: Layered<RecordId, readonly SignOff[]>
  /** By the record that they are about; '': about none. */
  readonly #about: Layered<RecordId | '', readonly OpId[]>
  /** Requests without an answer of their own, in the order in which they came. */
  readonly #open: Set<OpId>
  readonly #past: Past
  readonly #shelf: Shelf | null

  /** `open`: those of the requests on the shelf that have no answer there. */
  constructor(past: Past, shelf: Shelf | null, open: readonly OpId[]) {
    this.#past = past
    this.#shelf = shelf
    this.#open = new Set(open)
    this.all = new Layered('request', shelf)
    this.#turns = new Layered('turns', shelf)
    this.#signOffs = new Layered('sign-offs', shelf)
    this.#about = new Layered('about', shelf)
  }

  get open(): readonly OpId[] {
    return [...this.#open]
  }

  /** All that is said here, in pieces that can be kept. */
  get layers(): readonly Layered<string, unknown>[] {
    return [this.all, this.#turns, this.#signOffs, this.#about]
  }

  find(op: Placed, ref: OpRef): RequestState | null {
    const request = this.all.get(formatOpId(ref))
    return request && this.#past.knows(op, request.ref) ? request : null
  }

  turnsOf(record: RecordId): readonly Turn[] {
    return this.#turns.get(record) ?? NO_TURNS
  }

  signOffsOf(record: RecordId): readonly SignOff[] {
    return this.#signOffs.get(record) ?? NO_SIGN_OFFS
  }

  /** Records that were closed, at some time. */
  turned(): Set<RecordId> {
    return this.#turns.keys()
  }

  /** Requests that wait no more, newest first. */
  settled(most: number): RequestState[] {
    const kept = (this.#shelf?.newest(most + this.#open.size) ?? []) as readonly RequestState[]
    const { changed } = this.all
    return [...changed.values(), ...kept.filter(({ ref }) => !changed.has(formatOpId(ref)))]
      .filter((request) => !this.isWaiting(request))
      .sort((a, b) => byOrder(orderOfRequest(b), orderOfRequest(a)))
      .slice(0, most)
  }

  ask(op: ControlOp, ask: Ask): void {
    const { actor, seq, no, lamport, wall } = op
    const request = { ref: { actor, seq, no }, ask, lamport, wall, withdrawn: null, answer: null }
    this.all.set(formatOpId(op), request)
    this.#open.add(formatOpId(op))
    const record = recordOf(ask) ?? ''
    this.#about.set(record, [...(this.#about.get(record) ?? NO_REQUESTS), formatOpId(op)])
  }

  withdraw(request: RequestState, op: Placed): void {
    this.#update(request, { withdrawn: op })
  }

  answer(request: RequestState, decision: Decision): void {
    this.#update(request, { answer: decision })
    const { ask } = request
    if (!decision.accept || (ask.action !== 'close' && ask.action !== 'reopen')) return
    const turn: Turn = { action: ask.action, decision }
    const turns = [...this.turnsOf(ask.record), turn]
    this.#turns.set(
      ask.record,
      turns.sort((a, b) => byOrder(order(a), order(b))),
    )
  }

  sign(op: ControlOp, record: RecordId): void {
    const { actor, seq, no, lamport, wall } = op
    const signed = [...this.signOffsOf(record), { op: { actor, seq, no }, lamport, wall }]
    this.#signOffs.set(
      record,
      signed.sort((a, b) => a.lamport - b.lamport || byOrderOfOp(a, b)),
    )
  }

  /** Its own answer, or the one that another request for the same closing got before its author had heard of it. */
  answerOf(request: RequestState): Decision | null {
    return request.answer ?? this.#sharedAnswer(request)
  }

  /** The same as far as an op knows. */
  answerKnown(op: Placed, request: RequestState): boolean {
    const { answer, ask, ref } = request
    if (answer && this.#past.knows(op, answer.ref)) return true
    if (ask.action !== 'close' && ask.action !== 'reopen') return false
    return this.turnsKnown(op, ask.record).some(
      ({ action, decision }) => action === ask.action && !this.#past.knows(ref, decision.ref),
    )
  }

  isWaiting(request: RequestState): boolean {
    return !request.withdrawn && this.answerOf(request) === null
  }

  /** In the order in which they came to this device. */
  waiting(): RequestState[] {
    const waiting: RequestState[] = []
    for (const id of this.#open) {
      const request = this.all.get(id)
      if (request && this.isWaiting(request)) waiting.push(request)
      // Another one's answer is its own too, for good.
      else this.#open.delete(id)
    }
    return waiting
  }

  waitingFor(record: RecordId, action: Action): RequestState | null {
    for (const id of this.#about.get(record) ?? NO_REQUESTS) {
      const request = this.#open.has(id) ? this.all.get(id) : null
      if (request?.ask.action === action && this.isWaiting(request)) return request
    }
    return null
  }

  /** All that were made about a record, by their ids. */
  about(record: RecordId): RequestState[] {
    return this.#named(record)
  }

  /** All that are about no record, by their ids. */
  aboutNone(): RequestState[] {
    return this.#named('')
  }

  #named(record: RecordId | ''): RequestState[] {
    const ids = this.#about.get(record) ?? NO_REQUESTS
    return [...ids].sort().flatMap((id) => this.all.get(id) ?? [])
  }

  /** The closings and reopenings that the op knows. */
  turnsKnown(op: Placed, record: RecordId): Turn[] {
    return this.turnsOf(record).filter(({ decision }) => this.#past.knows(op, decision.ref))
  }

  signOffsKnown(op: Placed, record: RecordId): SignOff[] {
    return this.signOffsOf(record).filter((one) => this.#past.knows(op, one.op))
  }

  isClosed(record: RecordId): boolean {
    return this.turnsOf(record).at(-1)?.action === 'close'
  }

  #sharedAnswer({ ref, ask }: RequestState): Decision | null {
    if (ask.action !== 'close' && ask.action !== 'reopen') return null
    const same = this.turnsOf(ask.record).findLast(
      ({ action, decision }) => action === ask.action && !this.#past.knows(ref, decision.ref),
    )
    return same?.decision ?? null
  }

  #update(request: RequestState, change: Partial<RequestState>): void {
    this.all.set(formatOpId(request.ref), { ...request, ...change })
    this.#open.delete(formatOpId(request.ref))
  }
}

const order = ({ decision }: Turn): { lamport: number; actor: ActorId } => ({
  lamport: decision.lamport,
  actor: decision.ref.actor,
})

const orderOfRequest = ({ lamport, ref }: RequestState): { lamport: number; actor: ActorId } => ({
  lamport,
  actor: ref.actor,
})

const byOrderOfOp = (a: SignOff, b: SignOff): number => (a.op.actor < b.op.actor ? -1 : 1)
