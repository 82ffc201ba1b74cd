/** What the program was started with. */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

export type Settings = {
  /** Absolute: the folder of the site's data, which the node alone opens. */
  readonly dataFolder: string
  readonly demo: boolean
  /** The folder was named, so that this desk runs beside the usual one. */
  readonly apart: boolean
}

/** Chromium's own switches stand among the arguments too, so that unknown ones pass. */
export function readSettings(argv: readonly string[], userData: string): Settings {
  const { values } = parseArgs({
    args: [...argv],
    options: { data: { type: 'string' }, demo: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  })
  const demo = values.demo === true
  const usual = join(userData, demo ? 'demo' : 'site')
  const named = values.data
  return typeof named === 'string'
    ? { dataFolder: resolve(named), demo, apart: true }
    : { dataFolder: usual, demo, apart: false }
}
