/** An op of the log as an act of control, or of review: what it says besides is left out. */
import type { ControlOp } from '../judge/past.ts'
import type { ReviewOp } from '../judge/review.ts'
import { isControl, isReview } from '../op/op.ts'
import type { JudgedOp } from './judging.ts'

export const controlOpOf = (op: JudgedOp): ControlOp => ({
  ...headOf(op),
  effects: op.effects.filter(isControl),
})

export const reviewOpOf = (op: JudgedOp): ReviewOp => ({
  ...headOf(op),
  effects: op.effects.filter(isReview),
})

const headOf = ({ actor, seq, no, lamport, wall }: JudgedOp): Omit<ControlOp, 'effects'> => {
  return { actor, seq, no, lamport, wall }
}
