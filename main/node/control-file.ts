/**
 * `control.json`: how the command line finds the node that runs on a data folder, and the token that opens it. At the
 * end it goes aside, emptied, so that the next start has room for its own also on a full disk.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import * as v from 'valibot'
import { inFolder, overwrite, readIfThere, writeInOldRoom } from '../store/files.ts'
import { isNoRoom } from '../store/sqlite-errors.ts'

const schema = v.object({ pid: v.number(), address: v.string(), token: v.string() })
export type ControlFile = Readonly<v.InferOutput<typeof schema>>

/** How often it is tried to write it on a disk that takes nothing, ms. */
const TRY_MS = 2_000

export type ShownControl = { remove(): void }

/** Writes it, if not now then as soon as the disk takes it: whoever has the token already can be answered without. */
export function showControl(file: string, control: ControlFile): ShownControl {
  let timer: NodeJS.Timeout | undefined
  const tryAgain = (): void => {
    try {
      writeControlFile(file, control)
    } catch {
      timer = setTimeout(tryAgain, TRY_MS)
    }
  }
  try {
    writeControlFile(file, control)
  } catch (error) {
    if (!isNoRoom(error)) throw error
    timer = setTimeout(tryAgain, TRY_MS)
  }
  return {
    remove() {
      clearTimeout(timer)
      removeControlFile(file)
    },
  }
}

export function writeControlFile(file: string, control: ControlFile): void {
  // That of a node that was killed is still there.
  const old = existsSync(file) ? file : roomOf(file)
  inFolder(() => writeInOldRoom(file, `${JSON.stringify(control)}\n`, old))
}

/** Null where no node runs, as far as the file knows; a node that was killed leaves its file behind. */
export function readControlFile(file: string): ControlFile | null {
  const text = inFolder(() => readIfThere(file))
  if (text === null) return null
  try {
    const parsed = v.safeParse(schema, JSON.parse(text))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

function removeControlFile(file: string): void {
  inFolder(() => {
    try {
      overwrite(file, '-\n')
      renameSync(file, roomOf(file))
    } catch {
      rmSync(file, { force: true })
    }
  })
}

const roomOf = (file: string): string => `${file}.room`
