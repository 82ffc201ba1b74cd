/**
 * A device that writes and keeps no replica: its key, the end of its own chain, and how far it has heard of the
 * others. Its ops are as a replica's: signed, chained, naming as causes only what it has newly seen.
 */
import { createHash } from 'node:crypto'
import type { ActorId, OpRef, SiteId } from '../../../shared/model/ids.ts'
import { firstOf, minus, NOTHING, plus, type Share } from '../../../shared/model/rights.ts'
import type { KnownEffect } from '../../../shared/op/effect.ts'
import { actorOf } from '../../../shared/op/identity.ts'
import { LIMITS } from '../../../shared/op/limits.ts'
import { CAUSE_HASH_BYTES, encodeOp, type Cause } from '../../../shared/op/op.ts'
import { compareHeads, type Run } from '../../../shared/op/run.ts'
import type { Signer } from '../../../shared/replica/ports.ts'
import { signRun } from '../../support/crafting.ts'

/** The end of an actor's chain, as whoever has heard of it names it and goes on from it. */
export type Tip = { readonly seq: number; readonly hash: Uint8Array; readonly lamport: number }

/** What an author wrote, before anybody else has it. */
export type Written = {
  readonly ref: OpRef
  readonly lamport: number
  readonly effects: readonly KnownEffect[]
  /** How far its author had heard of the authority. */
  readonly heard: number
}

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

/** A desk syncs many times a day, a tablet some, and one that roams once or not for days. */
export type Place = 'desk' | 'tablet' | 'roaming'

type Duties = {
  readonly place: Place
  /** Brings jobs to their end. */
  readonly supervises: boolean
  /** Opens jobs, with numbers. */
  readonly opens: boolean
}

export class Author {
  readonly actor: ActorId
  readonly signer: Signer
  readonly place: Place
  readonly supervises: boolean
  readonly opens: boolean
  readonly #site: SiteId
  readonly #heard = new Map<ActorId, number>()
  readonly #news = new Map<ActorId, Tip>()
  readonly #shares = new Map<string, Share>()
  #tip: Tip = { seq: 0, hash: new Uint8Array(0), lamport: 0 }
  #sessions = 0
  #unsent: Uint8Array[] = []
  #written: Written[] = []

  constructor(site: SiteId, signer: Signer, { place, supervises, opens }: Duties) {
    this.place = place
    this.supervises = supervises
    this.opens = opens
    this.#site = site
    this.signer = signer
    this.actor = actorOf(sha256, signer.publicKey)
  }

  /** Its next op. */
  get next(): OpRef {
    return { actor: this.actor, seq: this.#tip.seq + 1 }
  }

  get tip(): Tip {
    return this.#tip
  }

  /** Has now seen all that ends in these. */
  hear(tips: ReadonlyMap<ActorId, Tip>): void {
    for (const [actor, tip] of tips) {
      if (actor === this.actor || tip.seq <= (this.#heard.get(actor) ?? 0)) continue
      this.#heard.set(actor, tip.seq)
      this.#news.set(actor, tip)
    }
  }

  heardOf(actor: ActorId): number {
    return this.#heard.get(actor) ?? 0
  }

  write(effects: readonly KnownEffect[], wall: number, authority: ActorId): void {
    const causes = [...this.#news].map(([actor, { seq, hash }]): Cause => {
      return { actor, seq, hash: hash.subarray(0, CAUSE_HASH_BYTES) }
    })
    const lamport = Math.max(this.#tip.lamport, ...[...this.#news.values()].map((tip) => tip.lamport)) + 1
    const ref = this.next
    const bytes = encodeOp({
      site: this.#site,
      ...ref,
      prev: this.#tip.hash,
      causes: causes.sort(compareHeads),
      lamport,
      wall,
      effects,
    })
    this.#news.clear()
    this.#tip = { seq: ref.seq, hash: sha256(bytes), lamport }
    this.#unsent.push(bytes)
    this.#written.push({ ref, lamport, effects, heard: this.heardOf(authority) })
  }

  /** All that was not sent yet, in runs as they travel, and what it says; from here on it counts as sent. */
  send(): { readonly runs: readonly Run[]; readonly written: readonly Written[] } {
    const written = this.#written
    const runs: Run[] = []
    let first = written[0]?.ref.seq ?? 1
    for (const ops of portions(this.#unsent)) {
      runs.push(signRun(this.signer, first, ops))
      first += ops.length
    }
    this.#unsent = []
    this.#written = []
    return { runs, written }
  }

  /** The number of its next editing session; 0 is the one of plain edits. No two are alike, whatever the text. */
  nextSession(): number {
    this.#sessions += 1
    return this.#sessions
  }

  given(right: string, share: Share): void {
    this.#shares.set(right, plus(this.#shares.get(right) ?? NOTHING, share))
  }

  holds(right: string): Share {
    return this.#shares.get(right) ?? NOTHING
  }

  /** Takes so much of a right out of what it holds; null where it holds less. */
  take(right: string, amount: number): Share | null {
    const share = firstOf(this.holds(right), amount)
    const left = share && minus(this.holds(right), share)
    if (!share || !left) return null
    this.#shares.set(right, left)
    return share
  }
}

/** Half of what a run may hold at most, since its last op may be a long one. */
const PORTION_BYTES = LIMITS.runBytes / 2

function portions(ops: readonly Uint8Array[]): Uint8Array[][] {
  const found: Uint8Array[][] = []
  let [portion, bytes]: [Uint8Array[], number] = [[], 0]
  for (const op of ops) {
    if (portion.length >= LIMITS.runOps || bytes > PORTION_BYTES) {
      found.push(portion)
      ;[portion, bytes] = [[], 0]
    }
    portion.push(op)
    bytes += op.length
  }
  return portion.length > 0 ? [...found, portion] : found
}
