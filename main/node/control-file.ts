/** `control.json`: how the command line finds the node that runs on a data folder, and the token that opens it. */
import { rmSync } from 'node:fs'
import * as v from 'valibot'
import { inFolder, readIfThere, writePrivately } from '../store/files.ts'

const schema = v.object({ pid: v.number(), address: v.string(), token: v.string() })
export type ControlFile = Readonly<v.InferOutput<typeof schema>>

export function writeControlFile(file: string, control: ControlFile): void {
  inFolder(() => writePrivately(file, `${JSON.stringify(control)}\n`))
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

export function removeControlFile(file: string): void {
  inFolder(() => rmSync(file, { force: true }))
}
