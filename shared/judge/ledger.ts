/**
 * Rights in escrow: what each device holds, judged in causal context. A balance is what reached the device by ops that
 * it knew, less what it gave away and used before; what the authority took back is gone from the op that the taking
 * names. An account moves along with its holder's chain, so each op of the holder is looked at once.
 */
import type { ActorId } from '../model/ids.ts'
import { minus, NOTHING, plus, sizeOf, type Share } from '../model/rights.ts'
import type { Past, Placed } from './past.ts'
import type { Reclaim } from './membership.ts'

/** A device, or the authority's pool of tokens, which goes with the role and not with the device. */
export type Owner = ActorId | 'pool'

type Inflow = { readonly from: Placed; readonly share: Share }

type Account = {
  readonly owner: Owner
  readonly right: string
  held: Share
  used: number
  /** On its way: given by ops that the holder's last op did not know. */
  readonly coming: Inflow[]
  /** How many takings back have been carried out. */
  reclaimed: number
}

/** All of a ledger, as it can be kept. */
export type KeptLedger = {
  readonly accounts: readonly Account[]
  readonly taken: readonly (readonly [string, Share])[]
}

export type Holding = {
  readonly owner: Owner
  readonly right: string
  /** All that is its own, also what it has not heard of yet. */
  readonly share: Share
  readonly used: number
}

export class Ledger {
  readonly #past: Past
  readonly #reclaims: (owner: Owner) => readonly Reclaim[]
  readonly #reaches: (reclaim: Reclaim, op: Placed) => boolean
  readonly #accounts = new Map<string, Account>()
  /** What each taking back took, by the number of its op and the account. */
  readonly #taken = new Map<string, Share>()

  constructor(
    past: Past,
    reclaims: (owner: Owner) => readonly Reclaim[],
    reaches: (reclaim: Reclaim, op: Placed) => boolean,
    kept: KeptLedger | null,
  ) {
    this.#past = past
    for (const account of kept?.accounts ?? [])
      this.#accounts.set(keyOf(account.owner, account.right), account)
    for (const [key, share] of kept?.taken ?? []) this.#taken.set(key, share)
    this.#reclaims = reclaims
    this.#reaches = reaches
  }

  /** What the author of `op` may use there. Its ops come in the order of its chain. */
  balance(op: Placed, right: string, owner: Owner = op.actor): Share {
    const account = this.#account(owner, right)
    this.#takeBack(account, op.seq - 1, op)
    this.#absorb(account, op)
    return account.held
  }

  give(to: Owner, right: string, from: Placed, share: Share): void {
    this.#account(to, right).coming.push({ from, share })
  }

  /** To be called with no more than the balance. */
  draw(op: Placed, right: string, share: Share, used: boolean, owner: Owner = op.actor): void {
    const account = this.#account(owner, right)
    account.held = minus(account.held, share) ?? NOTHING
    if (used) account.used += sizeOf(share)
  }

  /** The effect of a taking back: all that the op knows to have reached the holder, less what it used to `through`. */
  reclaim(op: Placed, actor: ActorId, right: string, through: number): Share {
    const account = this.#account(actor, right)
    this.#takeBack(account, through)
    for (const inflow of account.coming.splice(0))
      if (this.#past.knows(op, inflow.from)) this.#addTaken(op, account, inflow.share)
      else account.coming.push(inflow)
    return this.#taken.get(takingKey(op, account)) ?? NOTHING
  }

  /** To be kept as it is now; what it goes on with afterwards is its own. */
  kept(): KeptLedger {
    return { accounts: [...this.#accounts.values()], taken: [...this.#taken] }
  }

  holdings(): Holding[] {
    return [...this.#accounts.values()].map(holdingOf)
  }

  /** Of one owner and right; unlike `balance` it moves no account along. */
  heldBy(owner: Owner, right: string): Share {
    const account = this.#accounts.get(keyOf(owner, right))
    return account ? holdingOf(account).share : NOTHING
  }

  /** Carries out the takings back that lie at or before the holder's op `through`, ahead of its op `before`. */
  #takeBack(account: Account, through: number, before: Placed | null = null): void {
    for (const reclaim of this.#due(account).slice(account.reclaimed)) {
      // What a checkpoint had taken in before, the holder used while it still had it.
      if (reclaim.through > through || (before && !this.#reaches(reclaim, before))) return
      this.#addTaken(reclaim.op, account, account.held)
      account.held = NOTHING
      account.reclaimed += 1
    }
  }

  /** What had reached the holder as a taking back knows it goes there, whenever the holder hears of it. */
  #absorb(account: Account, op: Placed): void {
    const due = this.#due(account).slice(0, account.reclaimed)
    for (const inflow of account.coming.splice(0)) {
      const { from, share } = inflow
      const taken = due.find((reclaim) => this.#past.knows(reclaim.op, from))
      if (!this.#past.knows(op, from)) account.coming.push(inflow)
      else if (taken) this.#addTaken(taken.op, account, share)
      else account.held = plus(account.held, share)
    }
  }

  #due({ owner, right }: Account): readonly Reclaim[] {
    return this.#reclaims(owner).filter((reclaim) => reclaim.right === right)
  }

  #addTaken(op: Placed, account: Account, share: Share): void {
    const key = takingKey(op, account)
    this.#taken.set(key, plus(this.#taken.get(key) ?? NOTHING, share))
  }

  #account(owner: Owner, right: string): Account {
    const key = keyOf(owner, right)
    const known = this.#accounts.get(key)
    if (known) return known
    const made: Account = { owner, right, held: NOTHING, used: 0, coming: [], reclaimed: 0 }
    this.#accounts.set(key, made)
    return made
  }
}

const keyOf = (owner: Owner, right: string): string => `${owner} ${right}`

const holdingOf = ({ owner, right, held, used, coming }: Account): Holding => ({
  owner,
  right,
  share: coming.reduce((sum, { share }) => plus(sum, share), held),
  used,
})

const takingKey = (op: Placed, { owner, right }: Account): string => `${op.no} ${owner} ${right}`
