/** Finds Electron's program, which its package fetches at first use, or says why there is none to be had. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** ms for the download; a desk in the browser now is better than one in a window later. */
const FETCH_MOST = 20_000

export type Electron =
  { readonly found: true; readonly program: string } | { readonly found: false; readonly why: string }

export function installed(folder: string): string | null {
  const note = join(folder, 'path.txt')
  if (!existsSync(note)) return null
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist')
  const program = join(dist, readFileSync(note, 'utf8').trim())
  return existsSync(program) ? program : null
}

/** Resolves whatever comes of it. */
export function fetchProgram(folder: string, most: number): Promise<void> {
  const child = spawn(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: most })
  return new Promise((resolve) => {
    child.on('error', () => resolve())
    child.on('close', () => resolve())
  })
}

/** Why a window could not be opened here even with the program; null when nothing speaks against it. */
export function hindrance(environment: NodeJS.ProcessEnv): string | null {
  if (process.platform !== 'linux') return null
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return 'there is no display here'
  if (process.getuid?.() === 0) return 'Electron keeps its sandbox and does not run as root'
  return null
}

/** `folder` is that of the electron package, `most` in ms. */
export async function findElectron(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
  most: number = FETCH_MOST,
): Promise<Electron> {
  const why = hindrance(environment)
  if (why !== null) return { found: false, why }
  if (installed(folder) === null) await fetchProgram(folder, most)
  const program = installed(folder)
  return program === null
    ? { found: false, why: "Electron's program could not be fetched" }
    : { found: true, program }
}
