/** The retention policy for attachments: which may stay, by size, type and age. Pure. */
import type { Retention } from '../op/effect.ts'

export type AttachmentFacts = {
  /** Bytes. */
  readonly size: number
  readonly mime: string
  /** Since it was added, by its author's clock; ms. */
  readonly age: number
}

export type RetentionReason = 'retention-size' | 'retention-type' | 'retention-age'

const DAY_MS = 86_400_000

/** Why an attachment must go, or null. */
export function mustGo(policy: Retention, { size, mime, age }: AttachmentFacts): RetentionReason | null {
  if (policy.maxBytes !== null && size > policy.maxBytes) return 'retention-size'
  if (policy.types !== null && !policy.types.some((type) => matches(type, mime))) return 'retention-type'
  return policy.maxDays !== null && age > policy.maxDays * DAY_MS ? 'retention-age' : null
}

const matches = (type: string, mime: string): boolean =>
  type.endsWith('/*') ? mime.startsWith(type.slice(0, -1)) : type === mime
