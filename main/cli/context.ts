/** What every command has at hand, and how each ends: with an exit code, having said why. */
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { Result } from '../../shared/base/result.ts'
import { openDesk, type OpenDesk, type OpenOptions } from './open-desk.ts'
import { asBody, printRefusal, type Style } from './output.ts'
import type { Words } from './words.ts'

export type Context = {
  readonly words: Words
  /** Runs one command to its end and keeps its exit code. */
  readonly finish: (style: Style, work: () => Promise<Result<void, ErrorBody>>) => Promise<void>
}

export function createContext(words: Words, exit: (code: number) => void): Context {
  return {
    words,
    finish: async (style, work) => {
      try {
        const done = await work()
        if (!done.ok) exit(printRefusal(done.error, style, words.language))
      } catch (error) {
        exit(printRefusal(asBody(error), style, words.language))
      }
    },
  }
}

/** Opens the desk for one piece of work and closes it whatever happens. */
export async function withDesk<T>(
  data: string,
  options: OpenOptions,
  work: (desk: OpenDesk) => Promise<T>,
): Promise<T> {
  const desk = await openDesk(data, options)
  try {
    return await work(desk)
  } finally {
    await desk.close()
  }
}
