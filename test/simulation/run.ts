/** One seed, played and checked. Throws with the seed in its message, so that it can be played again. */
import { accountFor, type Account } from './account.ts'
import type { Device } from '../support/replicas.ts'
import { World } from './world.ts'

const MOMENTS = 70

export type Outcome = Account & {
  readonly seed: number
  readonly crashes: number
  /** Crashes that undid what can be done again. */
  readonly undone: number
  /** Devices that began anew from a snapshot, and ops that were dropped, in all. */
  readonly begun: number
  readonly dropped: number
}

export function simulate(seed: number): Outcome {
  const world = new World(seed)
  try {
    return played(world, seed)
  } catch (problem) {
    throw new Error(`seed ${seed}: ${problem instanceof Error ? problem.message : String(problem)}`, {
      cause: problem,
    })
  } finally {
    world.close()
  }
}

function played(world: World, seed: number): Outcome {
  world.live(MOMENTS)
  demand(world.heal(), 'the site did not come to rest')
  const hashes = new Set(world.devices.map(({ replica }) => replica.status().state_hash))
  demand(hashes.size === 1, `replicas differ: ${[...hashes].join(', ')}`)
  for (const { replica } of world.devices) {
    while (replica.work());
    const { checkpoint } = replica.status()
    demand(checkpoint === null || checkpoint.agreed === true, `another state under ${checkpoint?.op}`)
  }
  const known = new Set(world.devices.map(({ replica }) => replica.status().log.ops))
  demand(known.size === 1, `replicas know of different numbers of ops: ${[...known].join(', ')}`)
  const dropped = world.devices.map(droppedBy)
  const { crashes, undone, begun } = world
  const outcome = (account: Account): Outcome => {
    return { ...account, seed, crashes, undone, begun, dropped: dropped.reduce((sum, one) => sum + one, 0) }
  }
  // Only who keeps every op can account for every op; where all began anew there is nobody.
  const whole = world.devices.filter((_, i) => dropped[i] === 0)
  const [account, ...others] = (whole.length > 0 ? whole : world.devices).map(accountFor)
  if (!account) throw new Error('a site has devices')
  if (whole.length === 0) return outcome(account)
  demand(account.lost.length === 0, `not accounted for: ${account.lost.join('; ')}`)
  demand(account.breaches.length === 0, account.breaches.join('; '))
  for (const other of others)
    demand(
      JSON.stringify(other) === JSON.stringify(account),
      `replicas account differently: ${JSON.stringify(other)} ${JSON.stringify(account)}`,
    )
  return outcome(account)
}

const droppedBy = ({ sql }: Device): number =>
  sql.prepare('SELECT count(*) AS n FROM imprint').get<{ n: number }>()?.n ?? 0

function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}
