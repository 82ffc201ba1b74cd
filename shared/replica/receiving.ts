/**
 * Checks a received run wholly before anything of it is stored (the door of design 6): form, site, chain and
 * signature. What passes is stored whatever its judgement, so that all replicas judge the same set.
 */
import { equalBytes, type Bytes } from '../base/bytes.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import { actorOf } from '../op/identity.ts'
import { LIMITS } from '../op/limits.ts'
import { parseOp, signedBytes, type Op } from '../op/op.ts'
import type { Run } from '../op/run.ts'
import { idBytes } from './interner.ts'
import type { Arrival } from './log.ts'
import { THIS_BUILD, type Vocabulary } from '../op/vocabulary.ts'
import type { Crypto, World } from './ports.ts'

/** The key of an actor of whom any admission is stored, whatever became of it. */
export type KeyOf = (actor: ActorId) => Bytes | null

export type RunProblem = 'unadmitted' | { readonly refused: string }

/** The ops of a run with their hashes, the last one's signature verified and the chain between them whole. */
export function checkRun(
  run: Run,
  site: SiteId,
  keyOf: KeyOf,
  { crypto, vocabulary = THIS_BUILD }: Pick<World, 'crypto' | 'vocabulary'>,
): Result<readonly Arrival[], RunProblem> {
  const bounds = boundsProblem(run)
  if (bounds) return err({ refused: bounds })
  const arrivals: Arrival[] = []
  for (const i of run.ops.keys()) {
    const arrival = readOne(run, i, arrivals.at(-1), site, { crypto, vocabulary })
    if (!arrival.ok) return err({ refused: arrival.error })
    arrivals.push(arrival.value)
  }
  return checkSignature(run, arrivals, keyOf, crypto)
}

function boundsProblem(run: Run): string | null {
  if (run.ops.length === 0 || run.ops.length > LIMITS.runOps) return 'a run holds from 1 to 256 ops'
  const size = run.ops.reduce((sum, bytes) => sum + bytes.length, 0)
  return size > LIMITS.runBytes ? 'a run holds at most 1 MiB' : null
}

function readOne(
  run: Run,
  index: number,
  before: Arrival | undefined,
  site: SiteId,
  { crypto, vocabulary }: { readonly crypto: Crypto; readonly vocabulary: Vocabulary },
): Result<Arrival, string> {
  const bytes = run.ops[index] ?? new Uint8Array(0)
  const signature = index === run.ops.length - 1 ? run.signature : null
  const parsed = parseOp(bytes, vocabulary)
  if (!parsed.ok) return err(`malformed op: ${parsed.error}`)
  const op = parsed.value
  if (op.actor !== run.actor || op.seq !== run.first + index) return err('an op that is not of its run')
  const hash = crypto.sha256(bytes)
  if (!isOfSite(op, hash, site)) return err('an op of another site')
  if (before && !equalBytes(op.prev, before.hash)) return err('a broken chain')
  return ok({ op, bytes, hash, signature })
}

const isOfSite = (op: Op, hash: Bytes, site: SiteId): boolean =>
  op.site === null ? equalBytes(hash, idBytes(site)) : op.site === site

function checkSignature(
  run: Run,
  arrivals: readonly Arrival[],
  keyOf: KeyOf,
  crypto: Crypto,
): Result<readonly Arrival[], RunProblem> {
  const last = arrivals.at(-1)
  const key = keyOf(run.actor) ?? genesisKey(arrivals[0], crypto)
  if (!key || !last) return err('unadmitted')
  const valid = crypto.verify(key, signedBytes(last.hash), run.signature)
  return valid ? ok(arrivals) : err({ refused: 'a signature that does not fit' })
}

/** The genesis op, whose hash is the site, vouches for its own key. */
function genesisKey(first: Arrival | undefined, crypto: Crypto): Bytes | null {
  const effect = first?.op.site === null ? first.op.effects[0] : undefined
  if (effect?.type !== 'genesis') return null
  return actorOf((bytes) => crypto.sha256(bytes), effect.opKey) === first?.op.actor ? effect.opKey : null
}
