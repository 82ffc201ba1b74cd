/** Every moment of a record at which the power may go, rebuilt as a folder and looked into. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../main/store/database.ts'
import { ALL_KEPT, Disk, type Fate } from './disk.ts'
import { readMarks, type Told } from './marked.ts'
import { DATA, type Recorded } from './recording.ts'
import { readTrace, type FileEvent } from './trace.ts'
import { faultsOf, writtenIn, type Written } from './verdict.ts'

export type Cut = { readonly after: number; readonly fate: string; readonly faults: readonly string[] }

export class Record {
  readonly events: readonly FileEvent[]
  readonly #root: string
  readonly #marks: ReadonlyMap<number, readonly Told[]>

  constructor({ root, trace }: Recorded) {
    this.#root = root
    this.events = readTrace(trace)
    this.#marks = readMarks(this.events)
  }

  /** How much left the node in all. */
  get told(): number {
    return [...this.#marks.values()].reduce((sum, told) => sum + told.length, 0)
  }

  /** The files of the folder as it is now that the record does not give again: none, where it saw every change. */
  unrecorded(): string[] {
    const disk = new Disk(this.#root)
    for (const event of this.events) disk.happen(event)
    return inScratch((folder) => {
      disk.rebuild(folder, ALL_KEPT)
      return differences(this.#root, folder)
    })
  }

  /** Moments at which something had just left the node, and as many others, drawn. */
  moments(count: number, dice: () => number): Set<number> {
    const told = [...this.#marks.keys()]
    const moments = new Set<number>()
    while (moments.size < Math.min(count, this.events.length)) {
      const pick = (from: number): number => Math.floor(dice() * from)
      moments.add(dice() < 0.3 ? (told[pick(told.length)] ?? 0) : pick(this.events.length))
    }
    return moments
  }

  /** Cuts the power after each of these events, as often as there are fates for what was not synced. */
  async cut(moments: ReadonlySet<number>, fatesAt: (moment: number) => readonly Fate[]): Promise<Cut[]> {
    const written = this.#written()
    const disk = new Disk(this.#root)
    const told = new Map<string, Told>()
    const cuts: Cut[] = []
    for (const [i, event] of this.events.entries()) {
      disk.happen(event)
      for (const one of this.#marks.get(i) ?? []) told.set(JSON.stringify(one), one)
      if (!moments.has(i)) continue
      for (const fate of fatesAt(i))
        cuts.push({
          after: i,
          fate: fate.name,
          faults: await this.#faults(disk, fate, [...told.values()], written),
        })
    }
    return cuts
  }

  #faults(disk: Disk, fate: Fate, told: readonly Told[], written: Written): Promise<string[]> {
    return inScratch((folder) => {
      disk.rebuild(folder, fate)
      return faultsOf(join(folder, DATA), told, written)
    })
  }

  /** Every op that the log came to hold, by the folder as the record leaves it. */
  #written(): Written {
    const sql = openDatabase(join(this.#root, DATA, 'tallydesk.db'))
    try {
      return writtenIn(sql)
    } finally {
      sql.close()
    }
  }
}

/** In memory, where the machine has such a folder: what is opened there syncs at no cost. */
const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

function inScratch<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(SCRATCH, 'tallydesk-power-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const done = work(folder)
  if (done instanceof Promise) return done.finally(remove) as T
  remove()
  return done
}

function differences(real: string, rebuilt: string): string[] {
  const names = new Set([...filesIn(real), ...filesIn(rebuilt)])
  return [...names].filter((name) => contentOf(real, name) !== contentOf(rebuilt, name))
}

/** But for the WAL's shared memory. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !name.endsWith('-shm'))

function contentOf(folder: string, name: string): string {
  const file = join(folder, name)
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat) return 'nothing'
  return stat.isFile() ? readFileSync(file).toString('latin1') : 'a folder'
}
