/** What a device does by itself: it asks for numbers in time, numbers its jobs, and, as the authority, keeps order. */
import { jobsWithoutNumber } from './unnumbered.ts'
import { sizeOf } from '../model/rights.ts'
import { nextToGo } from './attachments.ts'
import type { Checkpoint } from '../judge/membership.ts'
import { lastAgreed, lastCheckpoint, news, publishing } from './checkpoints.ts'
import { compactedBeneath, type PassKind } from './compacting.ts'
import type { Plan } from './commands.ts'
import type { Core } from './core.ts'
import { cutEffects } from './member-commands.ts'
import type { Signer } from './ports.ts'
import { nextJobNumber } from './right-commands.ts'

type Ops = Plan['ops']

/** A day's jobs of a busy device, and how many are left when it asks for more: half a day's. */
const BLOCK = 100
const LOW = 30
/** The age of attachments changes by itself: all are looked at again after this time, ms. */
const LOOK_AGAIN_MS = 3_600_000

/** Asks for the next block of job numbers, where the block is low and none is asked for. */
export function nextRefill(core: Core): Ops | null {
  const control = core.control()
  if (control.authority === core.self || control.member(core.self)?.role === 'edge') return null
  if (sizeOf(control.escrow.heldBy(core.self, 'job-number')) >= LOW) return null
  const asked = control.requests
    .waiting()
    .some(({ ref, ask }) => ref.actor === core.self && ask.action === 'numbers' && ask.right === 'job-number')
  return asked ? null : [[{ type: 'request', action: 'numbers', right: 'job-number', amount: BLOCK }]]
}

/** Gives own jobs that were made without a block the numbers that they lack, oldest first. */
export class Numbering {
  /** All are numbered, and every new one gets its number when it is made, as long as the block lasts. */
  #done = false

  next(core: Core): Ops | null {
    const share = nextJobNumber(core)
    if (!share) this.#done = false
    if (!share || this.#done) return null
    const [record] = jobsWithoutNumber(core, 1)
    this.#done = record === undefined
    return record ? [[{ type: 'spend', right: 'job-number', share, record }]] : null
  }
}

/**
 * When the authority publishes a checkpoint by itself. Ten thousand ops are a busy site's day, and what a device that was
 * away looks through in seconds; a day is how long a wrong word may still be taken back everywhere without a repair.
 */
const DUE_OPS = 10_000
const DUE_MS = 86_400_000
/** A snapshot is as long as all that is live, and goes to every desk and edge: a quiet site has one a week, ms. */
const SNAPSHOT_DUE_MS = 7 * 86_400_000

export class Retaining {
  #policy: unknown = null
  #from = 0
  #lookAgainAt = 0

  next(core: Core, now: number): Ops | null {
    const policy = core.control().membership.retention
    if (policy !== this.#policy || now >= this.#lookAgainAt) {
      this.#policy = policy
      this.#from = 0
      this.#lookAgainAt = now + LOOK_AGAIN_MS
    }
    const { at, effect } = nextToGo(core, this.#from, now)
    this.#from = at ?? core.log.lastNumber
    return effect && [[effect]]
  }
}

/** Publishes a checkpoint once one is due. */
export function nextCheckpoint(core: Core, signer: Signer, now: number): Ops | null {
  const fresh = news(core)
  if (fresh === 0) return null
  const since = lastCheckpoint(core)?.wall ?? foundedAt(core)
  // A clock that was set back far says nothing of an age either.
  if (fresh < DUE_OPS && Math.abs(now - since) < DUE_MS) return null
  const planned = publishing(core, signer)
  return planned.ok ? planned.value.ops : null
}

/** Below so many ops nobody needs a snapshot: all of them are sent in a moment. */
const WORTH_A_SNAPSHOT = 1_000

/** The checkpoint of which the authority should make a snapshot now; null: none, or there is a new one. */
export function nextSnapshot(core: Core): Checkpoint | null {
  const { membership } = core.control()
  const last = membership.checkpoints.at(-1)
  if (last?.op.actor !== core.self || membership.authority !== core.self || last.ops < WORTH_A_SNAPSHOT)
    return null
  const before = membership.snapshots.at(-1)?.checkpoint
  const isDue = !before || last.ops - before.ops >= DUE_OPS || last.wall - before.wall >= SNAPSHOT_DUE_MS
  return isDue && before?.op.no !== last.op.no ? last : null
}

/**
 * The checkpoint beneath which history may go: all of it has stayed as long as it should, this device found the state that
 * was published, and who lacks what is dropped can begin from a snapshot that is here, or at a desk.
 */
export function nextToCompact(core: Core, now: number, history: number): Checkpoint | null {
  const { checkpoints, snapshots } = core.control().membership
  const snapshot = snapshots.at(-1)
  const agreed = lastAgreed(core)
  if (!snapshot || !agreed || (core.files.keepsAll(core.self) && !core.files.keeps(snapshot.file)))
    return null
  const most = Math.min(snapshot.checkpoint.op.no, agreed.op.no)
  const next = checkpoints.findLast(({ op, wall }) => op.no <= most && now - wall >= history)
  return next && next.op.no > compactedBeneath(core, 'quiet') ? next : null
}

/** A record that is never quiet is looked at again after this time, ms. */
const UNSEALED_PASS_MS = 30 * 86_400_000
/** What was needed once and is no more is looked for, in all that is sealed, once there is so much more: that costs the same for every op. */
const WHOLE_PASS_GROWTH = 1.25

/** How much the pass beneath a checkpoint should look at. */
export function passDue(core: Core, next: Checkpoint): PassKind {
  const { checkpoints } = core.control().membership
  const before = (kind: PassKind): Checkpoint | undefined => {
    const beneath = compactedBeneath(core, kind)
    return checkpoints.find(({ op }) => op.no === beneath)
  }
  const last = before('unsealed')
  if (last && next.wall - last.wall < UNSEALED_PASS_MS) return 'quiet'
  const whole = before('whole')
  return whole && next.ops < whole.ops * WHOLE_PASS_GROWTH ? 'unsealed' : 'whole'
}

function foundedAt(core: Core): number {
  const { tenures, words } = core.control().membership
  const founder = tenures[0]?.actor
  return (founder && words.get(founder)?.admission?.wall) ?? 0
}

/** A device that signed two different ops under one number was copied, or lies: it is cut, and joins again anew. */
export function nextForkedCut(core: Core): Ops | null {
  const control = core.control()
  const forked = core.log
    .forked()
    .find((actor) => actor !== control.authority && control.member(actor)?.cut === null)
  return forked ? [cutEffects(core, forked, 'forked')] : null
}
