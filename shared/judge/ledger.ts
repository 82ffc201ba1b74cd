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
  readonly #accounts = new Map<string, Account>()
  /** What each taking back took, by the number of its op and the account. */
  readonly #taken = new Map<string, Share>()

  constructor(past: Past, reclaims: (owner: Owner) => readonly Reclaim[]) {
    this.#past = past
    this.#reclaims = reclaims
  }

  /** What the author of `op` may use there. Its ops come in the order of its chain. */
  balance(op: Placed, right: string, owner: Owner = op.actor): Share {
    const account = this.#account(owner, right)
    this.#takeBack(account, op.seq - 1)
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

  /** The effect of a taking back: exactly the balance at its `through`; with `all`, whatever the op knows of. */
  reclaim(op: Placed, actor: ActorId, right: string, through: number, all: boolean): Share {
    const account = this.#account(actor, right)
    this.#takeBack(account, through)
    const taken = this.#taken.get(takingKey(op, account)) ?? NOTHING
    return all ? plus(taken, this.#rest(account, op)) : taken
  }

  holdings(): Holding[] {
    return [...this.#accounts.values()].map(holdingOf)
  }

  /** Of one owner and right; unlike `balance` it moves no account along. */
  heldBy(owner: Owner, right: string): Share {
    const account = this.#accounts.get(keyOf(owner, right))
    return account ? holdingOf(account).share : NOTHING
  }

  /** Carries out the takings back that lie at or before the holder's op `through`. */
  #takeBack(account: Account, through: number): void {
    const due = this.#reclaims(account.owner).filter(({ right }) => right === account.right)
    for (const reclaim of due.slice(account.reclaimed)) {
      if (reclaim.through > through) return
      this.#absorbAt(account, reclaim)
      this.#taken.set(takingKey(reclaim.op, account), account.held)
      account.held = NOTHING
      account.reclaimed += 1
    }
  }

  #absorbAt(account: Account, { op, through }: Reclaim): void {
    const { owner } = account
    const at =
      through === 0 || owner === 'pool' ? null : this.#past.resolve(op, { actor: owner, seq: through })
    if (at) this.#absorb(account, at)
  }

  #absorb(account: Account, op: Placed): void {
    for (let i = account.coming.length - 1; i >= 0; i -= 1) {
      const inflow = account.coming[i]
      if (!inflow || !this.#past.knows(op, inflow.from)) continue
      account.held = plus(account.held, inflow.share)
      account.coming.splice(i, 1)
    }
  }

  /** Of a device that was cut, also what it had not heard of: it can never use it. */
  #rest(account: Account, op: Placed): Share {
    this.#absorb(account, op)
    const rest = account.held
    account.held = NOTHING
    return rest
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
