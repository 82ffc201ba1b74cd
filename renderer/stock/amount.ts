/** Amounts as they are typed. */
export const AMOUNT_MAX = 1_000_000

/** A whole number from 1 to a million; null for anything else. */
export function readAmount(text: string): number | null {
  const trimmed = text.trim()
  const amount = Number(trimmed)
  return /^\d{1,7}$/.test(trimmed) && amount >= 1 && amount <= AMOUNT_MAX ? amount : null
}
