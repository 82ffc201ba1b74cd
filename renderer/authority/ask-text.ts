/** What a request asks for, in words: the badge before it, and what stands for its title where it is about no record. */
import type { RequestDetail, RequestRow } from '../../shared/api/rows.ts'
import { plainText } from '../activity/phrase.ts'
import { roleName, sharePhrase } from '../activity/right-sentence.ts'
import { language } from '../services/language.svelte.ts'
import { words } from './messages.ts'

type Asked = Pick<RequestRow, 'action' | 'detail' | 'title'>

/** One word for its kind; numbers stand for a zone's closing and for admissions as well. */
export function actionText({ action, detail }: Asked): string {
  const of = detail.right?.of
  if (action === 'numbers' && of === 'decide') return words().action.zone
  if (action === 'numbers' && of === 'enrol') return words().action.enrol
  return words().action[action]
}

export function askText(request: Asked): string {
  const { action, detail, title } = request
  switch (action) {
    case 'close':
    case 'reopen':
      return title
    case 'numbers':
    case 'stock':
      return shareText(detail) ?? title
    case 'role':
      return words().ask.role(detail.name ?? '…', roleName(language.current, detail.role ?? '…'))
    case 'cut':
      return words().ask.cut(detail.name ?? '…', detail.reason ?? '')
    case 'check':
      return words().ask.check(detail.name ?? '')
  }
}

function shareText({ right, amount }: RequestDetail): string | null {
  if (!right) return null
  const text = plainText(sharePhrase(language.current, right, amount ?? 1))
  return text.charAt(0).toLocaleUpperCase(language.current) + text.slice(1)
}

/** Whether it asks for what becomes of a record as a whole. */
export const isAboutRecordAlone = ({ action }: Pick<RequestRow, 'action'>): boolean =>
  action === 'close' || action === 'reopen'
