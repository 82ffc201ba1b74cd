/**
 * What a replica does when nobody asks: it judges, hashes and indexes what was put off, compares checkpoints and lets
 * history go; and, by policy, it asks for numbers, numbers jobs, and keeps order where it is the authority.
 */
import { TallydeskError } from '../api/errors.ts'
import { fromHex } from '../base/bytes.ts'
import { formatOpId, parseOpId, type OpId } from '../model/ids.ts'
import type { KnownEffect } from '../op/effect.ts'
import type { Plan } from './commands.ts'
import type { NamedSnapshot } from './contract.ts'
import { compareNext, lastAgreed } from './checkpoints.ts'
import { Compaction } from './compacting.ts'
import type { Keeping } from './control-folding.ts'
import type { Core } from './core.ts'
import { nextDecision } from './deciding.ts'
import {
  nextCheckpoint,
  nextForkedCut,
  nextRefill,
  nextSnapshot,
  nextToCompact,
  Numbering,
  passDue,
  Retaining,
} from './policies.ts'
import { SyncSide } from './sync-side.ts'
import { release } from './taking.ts'
import { indexSearch } from './queries/search.ts'
import { ownHead } from './unsent.ts'
import { Unfit } from './writer.ts'

/** Records indexed, and records hashed, in one transaction: a slice well below 16 ms of work each. */
const INDEX_SLICE = 10
const HASH_SLICE = 20
/** Acts of control judged in one step of keeping the control state. */
const CONTROL_SLICE = 50

export class Upkeep extends SyncSide {
  readonly #numbering = new Numbering()
  readonly #retaining = new Retaining()
  /** What policies wanted and judgement would not let count, by name. */
  readonly #unfit = new Set<string>()
  #compaction: Compaction | null = null
  /** `pass`: null where the state at this checkpoint cannot be kept. */
  #keeping: { readonly core: Core; readonly at: number; readonly pass: Keeping | null } | null = null

  decideWaiting(max: number, closings = true): number {
    if (this.core.control().authority !== this.actor || this.ownFork() || this.outdated()) return 0
    const now = this.world.clock.now()
    let decided = 0
    while (decided < max && this.core.control().requests.waiting().length > 0) {
      this.settle()
      const turn = { year: this.year(), now, turns: closings, unfit: this.#unfit }
      const next = nextDecision(this.core, turn)
      if (!next) break
      if (this.#attempt(next.request, next.ops)) decided += 1
    }
    return decided
  }

  replenish(): boolean {
    return this.#byItself((core) => nextRefill(core) ?? this.#numbering.next(core))
  }

  retain(): boolean {
    if (this.core.control().authority !== this.actor) return false
    // The recovery key, too, names the last op of an authority that is lost.
    if (ownHead(this.core) === null) return this.#byItself((core) => [[policyNow(core)]])
    return this.#byItself((core) => this.#retaining.next(core, this.world.clock.now()))
  }

  cutForked(): boolean {
    if (this.core.control().authority !== this.actor) return false
    return this.#byItself(nextForkedCut)
  }

  publishDue(): boolean {
    if (this.core.control().authority !== this.actor || !this.isSettled()) return false
    return this.#byItself((core) => nextCheckpoint(core, this.signer, this.world.clock.now()))
  }

  /** Writes what a policy wants next; answers whether it wrote anything. */
  #byItself(next: (core: Core) => Plan['ops'] | null): boolean {
    const role = this.core.control().member(this.actor)
    const ops = role && !role.cut && !this.ownFork() && !this.outdated() ? next(this.core) : null
    return ops !== null && this.#attempt(JSON.stringify(ops), ops)
  }

  /** What would not count is left until the next start: a policy must neither fall over it nor hold up what is behind. */
  #attempt(name: string, ops: Plan['ops']): boolean {
    if (this.#unfit.has(name)) return false
    try {
      this.commit(true, () => ops.map((effects) => this.write(effects)))
      return true
    } catch (problem) {
      if (!(problem instanceof Unfit)) throw problem
      this.#unfit.add(name)
      return false
    }
  }

  protected year(): number {
    return new Date(this.world.clock.now()).getUTCFullYear()
  }

  work(): boolean {
    if (!this.isSettled()) {
      this.commit(false, () => undefined)
      return true
    }
    if (this.core.inbox.isAwake) {
      this.commit(false, () => release(this.core))
      return true
    }
    const { core } = this
    return (
      core.stateHash.prepare(HASH_SLICE) ||
      indexSearch(core, INDEX_SLICE) ||
      this.compare() ||
      this.#keepControl() ||
      this.#compact()
    )
  }

  /** A piece of keeping the control state as it is at the last checkpoint that says what is here. */
  #keepControl(): boolean {
    const { core } = this
    const { folding, isOutdated } = core.judging
    const at = isOutdated ? undefined : lastAgreed(core)?.op
    if (!at || folding.keptAt === at.no) return false
    if (this.#keeping?.core !== core || this.#keeping.at !== at.no)
      this.#keeping = { core, at: at.no, pass: folding.keeping(at) }
    const { pass } = this.#keeping
    if (!pass) return false
    if (pass.step(CONTROL_SLICE)) return true
    this.transaction(() => {
      pass.keep()
      core.log.keepSize()
    }, 'delayed')
    return true
  }

  /** A piece of letting history go. Only what is told of the past changes with it, and once it is through. */
  #compact(): boolean {
    const { history } = this.world
    if (history === undefined || this.isHistoryHeld || this.core.judging.isOutdated) return false
    if (!this.#compaction?.isInForce(this.core)) {
      const next = nextToCompact(this.core, this.world.clock.now(), history)
      this.#compaction = next && new Compaction(this.core, next.op, passDue(this.core, next))
    }
    const pass = this.#compaction
    if (!pass) return false
    if (this.transaction(() => pass.step(), 'delayed')) return true
    this.#compaction = null
    this.tell({ records: new Set(), control: false }, false)
    return true
  }

  snapshotDue(): OpId | null {
    if (!this.isSettled() || this.ownFork() || this.outdated()) return null
    const due = nextSnapshot(this.core)
    return due && formatOpId(due.op)
  }

  snapshotMade(checkpoint: OpId, file: string, size: number): boolean {
    const ref = parseOpId(checkpoint)
    const bytes = fromHex(file)
    if (ref?.actor !== this.actor || bytes?.length !== 32) return false
    return this.#byItself(() => [[{ type: 'snapshot', checkpoint: ref.seq, file: bytes, size }]])
  }

  formerSnapshots(): readonly string[] {
    const files = this.core.control().membership.snapshots.map(({ file }) => file)
    return files.filter((file) => file !== files.at(-1))
  }

  snapshot(): NamedSnapshot | null {
    const last = this.core.control().membership.snapshots.at(-1)
    return last ? { file: last.file, size: last.size } : null
  }

  /** Looks whether the state here is what the last checkpoint says of it; whoever watches is told. */
  protected compare(): boolean {
    const compared = compareNext(this.core)
    if (compared) this.tell({ records: new Set(), control: false }, false)
    return compared
  }

  /** Nothing that it wrote could be judged here: it keeps, shows and passes on what there is. */
  protected outdated(): TallydeskError | null {
    if (!this.core.judging.isOutdated) return null
    const { rules } = this.core.control().membership
    return new TallydeskError('needs-upgrade', { rules, known: this.core.vocabulary.rules })
  }
}

/** The retention policy as it stands, said again: changes nothing. */
export const policyNow = (core: Core): KnownEffect => ({
  type: 'policy',
  retention: core.control().membership.retention ?? { maxBytes: null, types: null, maxDays: null },
})
