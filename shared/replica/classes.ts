/** Which ops must be read again to fold the control state, or to know what is in review. */
import type { Effect } from '../op/effect.ts'
import { isControl, isReview } from '../op/op.ts'

export const CLASSES = { data: 0, control: 1, review: 2 } as const
export const classOf = (effects: readonly Effect[]): number =>
  effects.some(isControl) ? CLASSES.control : effects.some(isReview) ? CLASSES.review : CLASSES.data
