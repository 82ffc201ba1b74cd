/**
 * Watches over this device's own chain (design 4, "Restored or cloned devices"). A device that wrote on from an old
 * copy of itself, or in two places, would sign two different ops under one number. So it compares itself with its
 * witness when it starts, and with what every peer knows of it; where it is not all that it once was, it is halted:
 * it writes no more, keeps to itself what no other device has, and joins again under a new key.
 *
 * The witness is written up to half a second after a commit, many commits at once, for it costs as much as a commit.
 * That is soon enough: it only must never be ahead of the database, and what a crash leaves it behind by is made up
 * at the next start.
 */
import { TallydeskError } from '../../shared/api/errors.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { Head } from '../../shared/op/run.ts'
import type { Committed, Replica } from '../../shared/replica/contract.ts'
import type { Clock } from '../../shared/replica/ports.ts'
import type { Halted, HaltCause, Witness, WitnessFile } from '../store/witness.ts'
import { isOtherMachine } from '../store/machine-id.ts'

const WITNESS_MS = 500

export type OwnChainOptions = {
  readonly replica: Replica
  readonly witness: WitnessFile
  /** See `machine-id.ts`. */
  readonly machine: string | null
  readonly clock: Clock
  readonly onHalted: (halted: Halted) => void
  readonly onHealed: () => void
  /** The witness could not be written; it is tried again. */
  readonly onFailure: (error: unknown) => void
}

export class OwnChain {
  readonly #options: OwnChainOptions
  #halted: Halted | null = null
  #compared = false
  #timer: NodeJS.Timeout | undefined
  #written: Witness | null = null
  /** Why it could not be written the last time. */
  #failure: TallydeskError | null = null
  /** This start has ended in order, or another had before the file was damaged. */
  #isFinal = false
  /** The own seq up to which this very start wrote, or found its log. */
  #reach: number

  constructor(options: OwnChainOptions) {
    this.#options = options
    this.#reach = this.#seq()
    this.#begin(options.witness.read())
  }

  /** Null while this device may write. */
  get halted(): Halted | null {
    return this.#halted
  }

  /** Some peer has told what it knows of this device. */
  get compared(): boolean {
    return this.#compared
  }

  /**
   * Before the first op of this start the witness says that the last end is over: of a file that is damaged later it
   * would else be thought that nothing came after. A full disk may not have taken that yet; then it is tried again.
   */
  begun(): Result<void, TallydeskError> {
    const isEnded = () => this.#written?.final === true && !this.#isFinal
    if (isEnded()) this.#write()
    return isEnded() ? err(this.#failure ?? failed('witness.json')) : ok(undefined)
  }

  committed({ own }: Pick<Committed, 'own'>): void {
    if (this.#halted !== null) {
      this.#knowBetter()
      this.#heal()
      return
    }
    if (own) this.#reach = this.#seq()
    else this.#compareWithLog()
    if (this.#seq() !== this.#written?.seq) this.#later()
  }

  /** What a peer says it holds: own ops that are not here were written by this device before, or by another of it. */
  heard(heads: readonly Head[]): void {
    const { replica } = this.#options
    const unknown = heads.filter((head) => head.actor === replica.actor && !replica.holds(head))
    if (unknown.length > 0) this.#halt(unknown.some(({ seq }) => seq > this.#seq()) ? 'restored' : 'forked')
    this.#compared = true
  }

  /** Writes down what is still to be written, and that nothing follows. */
  stop(): void {
    this.#isFinal ||= this.#halted === null
    this.#write()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #begin(before: Witness | null): void {
    const { replica, machine } = this.#options
    const known = before?.actor === replica.actor ? before : null
    this.#written = known
    const cause = this.#causeSince(known)
    if (known?.halted) this.#halted = known.halted
    else if (cause) this.#halt(cause)
    // Before the first op of this start it must say that the last end is over.
    else if (known?.seq !== this.#seq() || known.machine !== machine || known.final === true) this.#write()
    this.#isFinal = this.#halted !== null && known?.final === true
    this.#heal()
  }

  #causeSince(known: Witness | null): HaltCause | null {
    if (known && known.seq > this.#seq()) return 'restored'
    if (known && isOtherMachine(known.machine, this.#options.machine)) return 'cloned'
    return this.#options.replica.ownFork() === null ? null : 'forked'
  }

  /** Own ops that came from elsewhere: from before, where this start has written nothing yet, or from a copy. */
  #compareWithLog(): void {
    if (this.#options.replica.ownFork() !== null) this.#halt('forked')
    else if (this.#seq() > this.#reach) this.#halt('restored')
  }

  #halt(cause: HaltCause): void {
    if (this.#halted === null) this.#say({ cause, since: this.#options.clock.now() })
  }

  /** What was lost with a damaged file is back, and it is known that nothing else was: it goes on as it is. */
  #heal(): void {
    if (this.#halted?.cause !== 'damaged' || this.#options.replica.ownFork() !== null) return
    if (!this.#isFinal || this.#seq() < (this.#written?.seq ?? Infinity)) return
    this.#halted = null
    this.#isFinal = false
    this.#reach = this.#seq()
    this.#write()
    this.#options.onHealed()
  }

  /** A peer that knows more may know another branch: once that has come, it is seen that this device wrote on. */
  #knowBetter(): void {
    const { cause } = this.#halted ?? {}
    if ((cause === 'restored' || cause === 'damaged') && this.#options.replica.ownFork() !== null)
      this.#say({ since: this.#options.clock.now(), ...this.#halted, cause: 'forked' })
  }

  #say(halted: Halted): void {
    this.#halted = halted
    this.#write()
    this.#options.onHalted(halted)
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#write(), WITNESS_MS)
  }

  /** A halted device keeps the highest seq that it was ever known by. */
  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      const next = this.#next()
      this.#options.witness.write(next)
      this.#written = next
    } catch (error) {
      // A full disk ends nothing: it is behind for a while, which it may be.
      this.#failure = error instanceof TallydeskError ? error : failed(String(error))
      this.#options.onFailure(error)
      this.#later()
    }
  }

  #next(): Witness {
    const { replica, machine } = this.#options
    const seq = Math.max(this.#seq(), this.#halted ? (this.#written?.seq ?? 0) : 0)
    const kept = this.#halted
      ? (this.#written?.machine ?? machine)
      : (machine ?? this.#written?.machine ?? null)
    return { actor: replica.actor, seq, machine: kept, halted: this.#halted, final: this.#isFinal }
  }

  #seq(): number {
    return this.#options.replica.ownSeq()
  }
}

const failed = (reason: string): TallydeskError => new TallydeskError('storage-failed', { reason })
