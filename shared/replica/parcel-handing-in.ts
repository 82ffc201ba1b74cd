/** Content handed in for review: checked wholly, then written in parts that each fit into an op, all or none. */
import { TallydeskError } from '../api/errors.ts'
import type { Bytes } from '../base/bytes.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { ReviewEffect } from '../op/effect.ts'
import type { Core } from './core.ts'
import { parcelOf } from './parcel-log.ts'
import { parcelIdOf, parseParcel, partsOf } from './parcel.ts'

type HandingIn = {
  readonly ops: readonly (readonly ReviewEffect[])[]
  readonly result: { readonly parcel: string; readonly items: number }
}

export function handingIn(core: Core, content: Bytes): Result<HandingIn, TallydeskError> {
  const parsed = parseParcel(content)
  if (!parsed.ok) return err(bad(parsed.error))
  if (parsed.value.site !== core.site) return err(bad('it is of another site'))
  const parcel = parcelIdOf(core.sha256, content)
  // Of one that came in part, its sender may be lost with the rest.
  if (parcelOf(core, parcel)?.parcel) return err(new TallydeskError('parcel-known'))
  const parts = partsOf(content)
  const ops = parts.map((bytes, index): ReviewEffect[] => [
    { type: 'parcel', of: 'part', parcel, index, count: parts.length, bytes },
  ])
  return ok({ ops, result: { parcel, items: parsed.value.ops.length } })
}

const bad = (reason: string): TallydeskError => new TallydeskError('bad-parcel', { reason })
