/** `npm run build`: everything that is shipped, into out/. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build as buildDesk } from 'electron-vite'
import { build as buildProgram } from 'vite'
import { ROOT, stampBuilt } from './built.ts'

/** Shell, preload, screens and the command line; `quiet` leaves only warnings and errors on the terminal. */
export async function build(options: { readonly quiet: boolean }): Promise<void> {
  const began = Date.now()
  const logLevel = options.quiet ? 'warn' : 'info'
  rmSync(join(ROOT, 'out', 'built.txt'), { force: true })
  await buildDesk({ root: ROOT, logLevel })
  await buildProgram({ root: ROOT, logLevel, configFile: join(ROOT, 'cli.vite.config.ts') })
  stampBuilt(began)
}

if (import.meta.main) await build({ quiet: false })
