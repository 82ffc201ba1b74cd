/** Why a file could not be added, and in words what to do about it. */
import type { ErrorBody } from '../../shared/api/errors.ts'
import { formatBytes } from '../services/format.ts'
import { errorWords } from '../services/language.svelte.ts'
import { photoWords } from './messages.ts'

export type Problem =
  | { readonly kind: 'too-large'; readonly size: number; readonly limit: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'refused'; readonly error: ErrorBody }

/** The same file will not do at a second try. */
export const isFinal = ({ kind }: Problem): boolean => kind === 'too-large' || kind === 'empty'

/** The line to the node was down, so that nothing is wrong with the file. */
export const isOfTheLine = (problem: Problem): boolean =>
  problem.kind === 'refused' &&
  (problem.error.code === 'not-connected' || problem.error.code === 'connection-lost')

/** What a refusal of the node means for a file. */
export function refusedAs(error: ErrorBody): Problem {
  if (error.code !== 'too-large') return { kind: 'refused', error }
  return { kind: 'too-large', size: Number(error.params.size), limit: Number(error.params.limit) }
}

export function problemWords(problem: Problem): { readonly message: string; readonly hint: string } {
  const words = photoWords().problem
  switch (problem.kind) {
    case 'too-large':
      return {
        message: words.tooLarge(formatBytes(problem.size), formatBytes(problem.limit)),
        hint: words.tooLargeHint,
      }
    case 'empty':
      return { message: words.empty, hint: words.emptyHint }
    case 'unreadable':
      return { message: words.unreadable, hint: words.unreadableHint }
    case 'refused':
      return errorWords(problem.error)
  }
}
