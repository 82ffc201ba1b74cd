/** What cannot be read for a moment, since the disk refuses, is taken to be as it was last read. */
import { isOfDisk } from '../../shared/api/errors.ts'

export function lastRead<T>(read: () => T): () => T {
  let last: { readonly value: T } | null = null
  return () => {
    try {
      last = { value: read() }
    } catch (problem) {
      if (last === null || !isOfDisk(problem)) throw problem
    }
    return last.value
  }
}
