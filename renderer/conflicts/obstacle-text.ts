/** What stands in an entry's way, in words. Of a freeze the reason is told already; here it is what to do. */
import { reasonText } from '../services/reason.ts'
import { needsReopening, type Entry } from './review.ts'
import { words } from './review-messages.ts'

export function obstacleText(entry: Entry): string | null {
  if (entry.obstacle === null) return null
  return needsReopening(entry) ? words().frozen : reasonText(entry.obstacle)
}
