/** Rights in words: what each is called, and what holding it allows. */
import type { RightName } from '../../shared/api/rows.ts'
import { formatNumber } from '../services/format.ts'
import { rightWords } from './right-messages.ts'
import type { Holding } from './wallet.ts'

export function rightTitle({ of, about, right }: RightName): string {
  const { title } = rightWords()
  if (of === 'decide') return title.decide(about ?? right)
  if (of === 'stock' || of === 'unknown') return about ?? right
  return title[of]
}

/** "You can number 84 more jobs". */
export function mayText({ right, left, audits }: Holding): string {
  const { may } = rightWords()
  const about = right.about ?? right.right
  switch (right.of) {
    case 'job-number':
      return left > 0 ? may.number(left) : may.numberNone
    case 'audit-number':
      return left > 0 ? may.audit(left) : may.auditNone
    case 'enrol':
      return left > 0 ? may.admit(left) : may.admitNone
    case 'decide':
      if (left === 0) return may.closeAsked(about)
      return audits > 0 ? may.close(about, audits) : may.closeNone(about)
    case 'stock':
    case 'unknown':
      return left > 0 ? may.draw(formatNumber(left), about) : may.drawNone(about)
  }
}
