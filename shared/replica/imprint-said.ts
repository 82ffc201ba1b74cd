/**
 * What remains of what a dropped op said, so that an act of review that names it is judged and shown as where the op is
 * still here: the records that it was about, and which of its effects could be revoked. As JSON.
 */

/** A value that could be revoked: the effect's index, the number of its record, and the codes of its field and sub-field. */
export type Revocable = readonly [index: number, record: number, field: number, sub: number]

export type Said = readonly [records: readonly number[], revocable: readonly Revocable[]]

export const NOTHING_SAID: Said = [[], []]

export const writeSaid = (said: Said): string => JSON.stringify(said)

/** Null where it is malformed. */
export function readSaid(text: string): Said | null {
  try {
    const said: unknown = JSON.parse(text)
    return isSaid(said) ? said : null
  } catch {
    return null
  }
}

const isSaid = (said: unknown): said is Said =>
  Array.isArray(said) &&
  said.length === 2 &&
  isCounts(said[0]) &&
  Array.isArray(said[1]) &&
  said[1].every((one) => isCounts(one) && one.length === 4)

const isCounts = (list: unknown): list is readonly number[] =>
  Array.isArray(list) && list.every((one) => Number.isSafeInteger(one) && one >= 0)
