/**
 * What stands in an entry's way, in words. Why it does not count is told beside it already; where that is the
 * obstacle too, this says what to do about it.
 */
import type { Reason } from '../../shared/api/rows.ts'
import { reasonText } from '../services/reason.ts'
import type { Entry } from './review.ts'
import { words } from './review-messages.ts'

export function obstacleText({ obstacle }: Entry): string | null {
  if (obstacle === null) return null
  const said = words().obstacles
  switch (obstacle.code) {
    case 'frozen':
      return said.frozen
    case 'rests-on':
      return said.restsOn
    case 'not-adoptable':
      return obstacle.params.why === 'control' ? said.control : flawText(obstacle)
    default:
      return reasonText(obstacle)
  }
}

/** What cannot be adopted at all names the code of what is wrong with it. */
function flawText(obstacle: Reason): string {
  const code = String(obstacle.params.why)
  return `${words().obstacles.never} ${reasonText({ code, params: {}, text: obstacle.text })}`
}
