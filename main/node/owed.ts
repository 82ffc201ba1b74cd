/**
 * Work of an earlier identity of this device, which it hands in once it is a member again. A file goes when its content
 * is in the log; what no site takes is kept with another name, for a person to look at.
 */
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Replica } from '../../shared/replica/contract.ts'
import type { Machine } from './machine.ts'

const PARCEL = '.parcel'

export class Owed {
  readonly #machine: Pick<Machine, 'paths' | 'log'>
  readonly #replica: Replica
  #files: readonly string[]

  constructor(machine: Pick<Machine, 'paths' | 'log'>, replica: Replica) {
    this.#machine = machine
    this.#replica = replica
    this.#files = owedIn(machine.paths.owed)
  }

  /** Hands one in; true while more are left. */
  handIn(): boolean {
    const [file, ...rest] = this.#files
    if (file === undefined || !this.#replica.admitted()) return false
    const content = this.#read(file)
    if (content !== null) this.#handIn(file, content)
    this.#files = rest
    return rest.length > 0
  }

  /** Null for what cannot be read: it stays where it is, and is tried again at the next start. */
  #read(file: string): Uint8Array | null {
    try {
      return plain(readFileSync(file))
    } catch (error) {
      this.#machine.log.error({ file, error: String(error) }, 'unsent work could not be read')
      return null
    }
  }

  #handIn(file: string, content: Uint8Array): void {
    const done = this.#replica.handIn(content)
    if (done.ok || done.error.code === 'parcel-known') rmSync(file, { force: true })
    else {
      this.#machine.log.error({ file, code: done.error.code }, 'unsent work could not be handed in')
      renameSync(file, `${file}.refused`)
    }
  }
}

function owedIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(PARCEL))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** The engine knows plain byte strings. */
const plain = (data: Buffer): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.length)
