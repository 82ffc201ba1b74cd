/**
 * A disk that loses its power. It is fed the changes that a program made, and says what a folder may hold should the
 * power go now: what was synced is there; each change that was not may be there, may not be, or may be there in part.
 *
 * The least that POSIX promises, and no more: syncing a file keeps its bytes and its length, and not its name; syncing
 * a folder keeps the names in it, and nothing of what is in the files nor of the folders around it; a rename is there as
 * a whole or not at all; and what nobody synced of the names is kept in its order up to some moment.
 */
import { constants, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { FileEvent } from './trace.ts'

/** What a drive writes as a whole. */
const SECTOR = 512

type Write = { readonly at: number; readonly bytes: Uint8Array }
type Change = Write | { readonly length: number }

class StoredFile {
  #synced: Buffer = Buffer.alloc(0)
  /** Since the last sync, in their order. */
  #unsynced: Change[] = []

  change(change: Change): void {
    this.#unsynced.push(change)
  }

  sync(): void {
    this.#synced = this.#with(this.#unsynced)
    this.#unsynced = []
  }

  /** What is there after the power went, where `fate` decides over what was not synced. */
  content(fate: Fate): Buffer {
    return this.#with(this.#unsynced.flatMap((change) => fate.ofChange(change)))
  }

  #with(changes: readonly Change[]): Buffer {
    if (changes.length === 0) return this.#synced
    let length = this.#synced.length
    let room = length
    for (const change of changes)
      room = Math.max(room, 'length' in change ? change.length : change.at + change.bytes.length)
    const content = Buffer.alloc(room)
    this.#synced.copy(content)
    for (const change of changes) {
      if ('length' in change) {
        content.fill(0, change.length, Math.max(length, change.length))
        length = change.length
      } else {
        content.set(change.bytes, change.at)
        length = Math.max(length, change.at + change.bytes.length)
      }
    }
    return content.subarray(0, length)
  }
}

type Stored = StoredFile | StoredFolder

class StoredFolder {
  readonly names = new Map<string, Stored>()
  readonly synced = new Map<string, Stored>()
}

/** What one name in a folder stands for from now on; null: nothing. */
type Naming = { readonly folder: StoredFolder; readonly name: string; readonly stored: Stored | null }

function rename(names: Map<string, Stored>, { name, stored }: Naming): void {
  if (stored === null) names.delete(name)
  else names.set(name, stored)
}

/** What becomes of what was not synced. */
export type Fate = {
  readonly name: 'lost' | 'kept' | 'chosen'
  /** The parts of a change that are kept. */
  ofChange(change: Change): readonly Change[]
  /** How many of so many changes of names are kept, the first ones. */
  ofNames(count: number): number
}

export const ALL_LOST: Fate = { name: 'lost', ofChange: () => [], ofNames: () => 0 }
export const ALL_KEPT: Fate = { name: 'kept', ofChange: (change) => [change], ofNames: (count) => count }

/** Each change by itself: kept, lost, or torn between two sectors, or with any of its sectors. */
export function chosenBy(dice: () => number): Fate {
  return {
    name: 'chosen',
    ofNames: (count) => Math.floor(dice() * (count + 1)),
    ofChange(change) {
      const drawn = dice()
      if (drawn < 0.4) return []
      if (drawn < 0.7 || 'length' in change) return [change]
      const sectors = sectorsOf(change)
      if (drawn < 0.85) return sectors.slice(0, Math.floor(dice() * sectors.length))
      return sectors.filter(() => dice() < 0.5)
    },
  }
}

/** Cut where a sector of the file ends. */
function sectorsOf({ at, bytes }: Write): Write[] {
  const sectors: Write[] = []
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR))
    sectors.push({ at: at + from, bytes: bytes.subarray(from, to) })
    from = to
  }
  return sectors
}

export class Disk {
  readonly #root: string
  readonly #top = new StoredFolder()
  readonly #open = new Map<number, Stored>()
  /** Changes of names since their folders were synced, each of one or more names, in their order. */
  #unsynced: (readonly Naming[])[] = []

  /** The folder `root` is there and empty. */
  constructor(root: string) {
    this.#root = root
  }

  happen(event: FileEvent): void {
    switch (event.kind) {
      case 'life':
        this.#open.clear()
        return
      case 'open':
        this.#opened(event.fd, event.path, event.flags)
        return
      case 'close':
        this.#open.delete(event.fd)
        return
      case 'sync':
        this.#sync(event.fd)
        return
      case 'write':
      case 'truncate':
        this.#file(event.fd).change(event)
        return
      case 'mkdir':
        this.#name(this.#at(event.path, new StoredFolder()))
        return
      case 'unlink':
        this.#name(this.#at(event.path, null))
        return
      case 'rename':
        this.#name(this.#at(event.to, this.#named(event.from)), this.#at(event.from, null))
    }
  }

  /** Writes to the folder `target` what would be there now. */
  rebuild(target: string, fate: Fate): void {
    const kept = this.#unsynced.slice(0, fate.ofNames(this.#unsynced.length)).flat()
    write(target, this.#top, kept, fate)
  }

  #opened(fd: number, path: string, flags: number): void {
    const found = this.#find(path)
    const stored = found ?? new StoredFile()
    if (found === null) this.#name(this.#at(path, stored))
    else if ((flags & constants.O_TRUNC) !== 0 && stored instanceof StoredFile) stored.change({ length: 0 })
    this.#open.set(fd, stored)
  }

  /** A rename that is kept takes along what made the name that it renames. */
  #sync(fd: number): void {
    const stored = this.#open.get(fd)
    if (stored instanceof StoredFile) stored.sync()
    if (!(stored instanceof StoredFolder)) return
    const kept = new Set<readonly Naming[]>()
    const touched: Naming[] = []
    for (const namings of this.#unsynced.toReversed()) {
      const isKept = namings.some(
        ({ folder, name }) =>
          folder === stored || touched.some((other) => other.folder === folder && other.name === name),
      )
      if (!isKept) continue
      kept.add(namings)
      touched.push(...namings)
    }
    for (const naming of this.#unsynced.filter((namings) => kept.has(namings)).flat())
      rename(naming.folder.synced, naming)
    this.#unsynced = this.#unsynced.filter((namings) => !kept.has(namings))
  }

  #name(...namings: readonly Naming[]): void {
    for (const naming of namings) rename(naming.folder.names, naming)
    this.#unsynced.push(namings)
  }

  #at(path: string, stored: Stored | null): Naming {
    const folder = this.#find(dirname(path))
    if (folder instanceof StoredFolder) return { folder, name: basename(path), stored }
    throw new Error(`${dirname(path)} is no folder`)
  }

  #named(path: string): Stored {
    const stored = this.#find(path)
    if (stored !== null) return stored
    throw new Error(`${path} is not there`)
  }

  #file(fd: number): StoredFile {
    const stored = this.#open.get(fd)
    if (stored instanceof StoredFile) return stored
    throw new Error(`file ${fd} was not opened`)
  }

  #find(path: string): Stored | null {
    let found: Stored | null = this.#top
    for (const name of relative(this.#root, path).split('/').filter(Boolean))
      found = found instanceof StoredFolder ? (found.names.get(name) ?? null) : null
    return found
  }
}

function write(path: string, folder: StoredFolder, kept: readonly Naming[], fate: Fate): void {
  mkdirSync(path, { recursive: true })
  const names = new Map(folder.synced)
  for (const naming of kept) if (naming.folder === folder) rename(names, naming)
  for (const [name, stored] of names) {
    const inside = join(path, name)
    if (stored instanceof StoredFolder) write(inside, stored, kept, fate)
    else writeFileSync(inside, stored.content(fate))
  }
}
