/**
 * Whether an update may stand, decided before anything is applied (design 4, "Text"): it holds its own
 * session's words alone, goes on where the session stands, and points only to what its op's author had seen.
 * What passes can be applied to any document that holds its context, and Yjs will neither throw nor wait for
 * more.
 */
import type { Bytes } from '../../base/bytes.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { LIMITS } from '../../op/limits.ts'
import { readUpdate } from './read-update.ts'
import type { TextRefusal } from './refusal.ts'
import { FRAGMENT } from './schema.ts'
import {
  endOf,
  isSameId,
  structAt,
  type ClockRange,
  type Struct,
  type StructId,
  type Update,
} from './struct.ts'

export type UpdateContext = {
  /** The session's derived client id. */
  readonly client: number
  /** The clock at which the session's next struct begins: 0 at first. */
  readonly next: number
  /**
   * Whether another client's clocks `from` up to, not including, `to` all stand in the op's causal context,
   * in updates of this text that passed this check. Never asked about the session's own client.
   */
  readonly covers: (client: number, from: number, to: number) => boolean
}

export type CheckedUpdate = {
  readonly client: number
  /** Clocks of its structs, from inclusive, to exclusive; equal where it only deletes. */
  readonly from: number
  readonly to: number
  readonly structs: readonly Struct[]
  readonly deletes: readonly ClockRange[]
}

export function checkUpdate(bytes: Bytes, context: UpdateContext): Result<CheckedUpdate, TextRefusal> {
  if (bytes.length > LIMITS.opBytes) return err('text-too-large')
  const read = readUpdate(bytes)
  if (!read.ok) return read
  const update = read.value
  const refusal =
    ownershipOf(update, context) ??
    update.structs.reduce<TextRefusal | null>((found, struct) => found ?? placeOf(struct, context), null) ??
    deletesOf(update, context) ??
    nestingOf(update, context.client)
  if (refusal) return err(refusal)
  return ok({
    client: context.client,
    from: context.next,
    to: endClock(update, context),
    structs: update.structs,
    deletes: update.deletes,
  })
}

const endClock = (update: Update, context: UpdateContext): number => {
  const last = update.structs.at(-1)
  return last ? endOf(last) : context.next
}

function ownershipOf(update: Update, context: UpdateContext): TextRefusal | null {
  const [first, last] = [update.structs[0], update.structs.at(-1)]
  if (!first || !last) return update.deletes.length === 0 ? 'text-empty' : null
  if (update.client !== context.client) return 'text-foreign-client'
  if (first.clock !== context.next) return 'text-gap'
  const large = update.structs.length > LIMITS.textStructs || endOf(last) - first.clock > LIMITS.textSpan
  return large ? 'text-too-large' : null
}

function placeOf(struct: Struct, context: UpdateContext): TextRefusal | null {
  const { origin, rightOrigin, parent } = struct
  if (origin && rightOrigin && isSameId(origin, rightOrigin)) return 'text-malformed'
  if (!isContentFor(struct)) return 'text-foreign-content'
  if (typeof parent === 'string') return parent === FRAGMENT ? null : 'text-foreign-content'
  const known = [origin, rightOrigin, parent].every((id) => id === null || isBefore(id, struct, context))
  return known ? null : 'text-unknown-reference'
}

/**
 * An attribute holds one plain value; nothing else does. Of a struct that tells its place by its neighbour
 * alone this shows only in the document, where `removeMisplaced` sees to it.
 */
function isContentFor(struct: Struct): boolean {
  if (struct.parent === null || struct.content.kind === 'deleted') return true
  return (struct.attribute !== null) === (struct.content.kind === 'value')
}

const isBefore = (id: StructId, struct: Struct, context: UpdateContext): boolean =>
  id.client === context.client ? id.clock < struct.clock : context.covers(id.client, id.clock, id.clock + 1)

function deletesOf(update: Update, context: UpdateContext): TextRefusal | null {
  const own = endClock(update, context)
  const known = update.deletes.every((range) =>
    range.client === context.client ? range.to <= own : context.covers(range.client, range.from, range.to),
  )
  return known ? null : 'text-unknown-reference'
}

/**
 * Nodes within nodes, as far as this update alone brings them: deleting a deeper tower would overflow the
 * stack.
 */
function nestingOf(update: Update, client: number): TextRefusal | null {
  const levels = new Map<Struct, number>()
  const levelAt = (id: StructId | string | null): number | null => {
    if (id === null || typeof id === 'string' || id.client !== client) return null
    const struct = structAt(update.structs, id.clock)
    return struct ? (levels.get(struct) ?? 0) : null
  }
  for (const struct of update.structs) {
    const within = levelAt(struct.parent)
    const level = within === null ? (levelAt(struct.origin) ?? levelAt(struct.rightOrigin) ?? 0) : within + 1
    if (level > LIMITS.textDepth) return 'text-foreign-content'
    levels.set(struct, level)
  }
  return null
}
