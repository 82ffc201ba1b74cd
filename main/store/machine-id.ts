/**
 * Which machine this is, so that a data folder notices that it was copied to another. The platform's own name of the
 * machine, hashed, since it is nobody's business; where there is none, a random one that is kept in the person's
 * configuration, outside every data folder, so that it is not copied along.
 */
import { execFileSync } from 'node:child_process'
import { hash, randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { readIfThere, writePrivately } from './files.ts'

/** How long the platform may take to say its name, ms. */
const PATIENCE_MS = 2_000

/** The kind of name comes first: names of two kinds say nothing about each other. Null: it cannot be told. */
export function machineId(): string | null {
  const platform = quietly(platformName)
  if (platform !== null) return `platform:${hashed(platform)}`
  const kept = quietly(() => keptName(configFile()))
  return kept === null ? null : `kept:${hashed(kept)}`
}

/** Both are known, of one kind, and differ. */
export function isOtherMachine(a: string | null, b: string | null): boolean {
  if (a === null || b === null || a === b) return false
  return kindOf(a) === kindOf(b)
}

const kindOf = (machine: string): string => machine.slice(0, machine.indexOf(':'))

const hashed = (name: string): string => hash('sha256', `tallydesk machine\n${name}`, 'hex').slice(0, 32)

function quietly(ask: () => string | null): string | null {
  try {
    const name = ask()?.trim() ?? ''
    return name === '' ? null : name
  } catch {
    return null
  }
}

function platformName(): string | null {
  switch (process.platform) {
    case 'linux':
      return readIfThere('/etc/machine-id') ?? readIfThere('/var/lib/dbus/machine-id')
    case 'darwin':
      return found(/"IOPlatformUUID" = "([^"]+)"/, 'ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'])
    case 'win32':
      return found(/MachineGuid\s+REG_SZ\s+(\S+)/, 'reg', [
        'query',
        'HKLM\\SOFTWARE\\Microsoft\\Cryptography',
        '/v',
        'MachineGuid',
      ])
    default:
      return null
  }
}

function found(pattern: RegExp, program: string, line: readonly string[]): string | null {
  const said = execFileSync(program, line, {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return pattern.exec(said)?.[1] ?? null
}

/** Exported for its test: the name in this file, made where it is missing. */
export function keptName(file: string): string {
  const kept = readIfThere(file)?.trim()
  if (kept) return kept
  const made = randomBytes(16).toString('hex')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writePrivately(file, `${made}\n`)
  return made
}

function configFile(): string {
  const { XDG_CONFIG_HOME, APPDATA } = process.env
  const root = (process.platform === 'win32' ? APPDATA : XDG_CONFIG_HOME) ?? join(homedir(), '.config')
  return join(root, 'tallydesk', 'machine-id')
}
