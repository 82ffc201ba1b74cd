/**
 * The verbs that a page may ask of the shell, and the check of what comes with them. The preload checks so that a
 * page hears at once what was wrong; the main process checks again, for it trusts no page.
 */
import type { Notice } from '../../shared/api/shell.ts'

export const SHELL_NAME = 'tallydesk'
export const NOTIFY = 'shell:notify'
export const REVEAL_DATA_FOLDER = 'shell:reveal-data-folder'

const MOST_TITLE = 120
const MOST_BODY = 400

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most
}

/** A notice with exactly its two texts, each within its limit; null for anything else. */
export function parseNotice(value: unknown): Notice | null {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return null
  if (!('title' in value && 'body' in value)) return null
  const { title, body } = value
  return isText(title, MOST_TITLE) && isText(body, MOST_BODY) ? { title, body } : null
}
