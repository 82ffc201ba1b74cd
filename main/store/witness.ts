/**
 * The witness: a small file beside the database that says how far this device's own chain once reached, and on which
 * machine. A database that is behind it was restored from a copy; one on another machine was cloned. Written after the
 * commit that it speaks of, so it is never ahead of a database that kept its promise.
 */
import * as v from 'valibot'
import { type ActorId, parseActorId } from '../../shared/model/ids.ts'
import { inFolder, readIfThere, writePrivately } from './files.ts'

/** `damaged`: ops of its own were lost with its file, and come back from whoever has them. */
export const HALT_CAUSES = ['restored', 'cloned', 'forked', 'damaged'] as const
export type HaltCause = (typeof HALT_CAUSES)[number]

/** Why this device may not write any more, and since when (wall time). */
export type Halted = { readonly cause: HaltCause; readonly since: number }

export type Witness = {
  readonly actor: ActorId
  /** The highest own seq ever committed. */
  readonly seq: number
  /** See `machine-id.ts`. */
  readonly machine: string | null
  readonly halted: Halted | null
  /** The node that wrote it has ended in order, so that nothing was committed behind `seq`. */
  readonly final?: boolean
}

export interface WitnessFile {
  /** Null where there is none, or none that can be read. */
  read(): Witness | null
  /** Durable when it returns. */
  write(witness: Witness): void
}

const schema = v.object({
  actor: v.string(),
  seq: v.pipe(v.number(), v.integer(), v.minValue(0)),
  machine: v.nullable(v.string()),
  halted: v.nullable(v.object({ cause: v.picklist(HALT_CAUSES), since: v.number() })),
  final: v.optional(v.boolean(), false),
})

export function witnessAt(file: string): WitnessFile {
  return {
    read: () => parse(inFolder(() => readIfThere(file))),
    write: (witness) => inFolder(() => writePrivately(file, `${JSON.stringify(witness)}\n`)),
  }
}

function parse(text: string | null): Witness | null {
  if (text === null) return null
  try {
    const parsed = v.safeParse(schema, JSON.parse(text))
    const actor = parsed.success ? parseActorId(parsed.output.actor) : null
    return parsed.success && actor ? { ...parsed.output, actor } : null
  } catch {
    return null
  }
}
