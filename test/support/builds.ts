/** Builds of other versions than this one: what they can read of ops, and which rules they have. */
import { openReplica } from '../../shared/replica/replica.ts'
import { THIS_BUILD, type Codes, type Vocabulary } from '../../shared/op/vocabulary.ts'
import type { Device } from './replicas.ts'

type Left = { readonly [K in keyof Codes]?: readonly (Codes[K] extends ReadonlySet<infer T> ? T : never)[] }

const less = <T>(all: ReadonlySet<T>, left: readonly T[] = []): ReadonlySet<T> =>
  new Set([...all].filter((code) => !left.includes(code)))

/** A build from before these codes. */
export function before(left: Left, rules = THIS_BUILD.rules): Vocabulary {
  const { effects, kinds, fields, roles, actions, parcels } = THIS_BUILD.known
  const known: Codes = {
    effects: less(effects, left.effects),
    kinds: less(kinds, left.kinds),
    fields: less(fields, left.fields),
    roles: less(roles, left.roles),
    actions: less(actions, left.actions),
    parcels: less(parcels, left.parcels),
  }
  return { known, first: known, rules }
}

/** The build after an older one: it knows all codes, and some of them are younger than format 1 was. */
export const after = (older: Vocabulary, rules = THIS_BUILD.rules): Vocabulary => ({
  known: THIS_BUILD.known,
  first: older.first,
  rules,
})

/** Opens a device's database with another build. */
export function openWith(device: Device, vocabulary: Vocabulary): Device {
  const world = { ...device.world, vocabulary }
  return { ...device, world, replica: openReplica(world, device.signer, device.replica.site) }
}
