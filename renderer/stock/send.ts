/** Sends what a person does with a stock item. Counting in is the authority's transfer to itself: it makes what it gives. */
import type { ErrorBody } from '../../shared/api/errors.ts'
import { desk } from '../services/desk.svelte.ts'
import type { Act } from './act.ts'

/** The refusal, or null when it is done. */
export async function sendAct(
  act: Act,
  item: string,
  amount: number,
  self: string,
  drawnFor: string | null,
): Promise<ErrorBody | null> {
  const right = `stock:${item}`
  const outcome =
    act === 'ask'
      ? await desk.do('request.stock', { item, amount })
      : act === 'count'
        ? await desk.do('right.transfer', { right, amount, to: self })
        : await desk.do('right.spend', { right, amount, ...(drawnFor === null ? {} : { record: drawnFor }) })
  return outcome.ok ? null : outcome.error
}
