/** What a device holds of a right, as people count it: "20 job numbers". */
import type { RightRow } from '../../shared/api/queries.ts'
import { words } from './member-messages.ts'

export function heldText({ of, about, left, right }: RightRow): string {
  const said = words().held
  switch (of) {
    case 'job-number':
      return said.jobNumbers(left)
    case 'audit-number':
      return said.auditNumbers(left)
    case 'enrol':
      return said.enrol(left)
    case 'stock':
      return said.stock(left, about ?? right)
    case 'decide':
      return said.decide(about ?? right)
    case 'unknown':
      return right
  }
}
