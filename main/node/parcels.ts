/** Parcels as files: unsent work of this device saved, and that of another one handed in. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import type { CommandInput, CommandResult } from '../../shared/api/commands.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { type Bytes, fromBase64Url, toBase64Url } from '../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { inFolder, writePrivately } from '../store/files.ts'
import type { Site } from './site.ts'

type Saved = CommandResult<'parcel.save'>

/** More than one parcel holds is saved to several files: the named one, and others with a number behind its name. */
export function saveParcel(site: Site, { file }: CommandInput<'parcel.save'>): Result<Saved, TallydeskError> {
  const { contents, items } = site.unsent()
  if (items === 0) return ok({ items, file: null, content: null })
  if (file !== undefined) return saveToFiles(file, contents, items)
  const [content] = contents
  if (content === undefined || contents.length > 1) return err(tooLarge(contents))
  return ok({ items, file: null, content: toBase64Url(content) })
}

function saveToFiles(file: string, contents: readonly Bytes[], items: number): Result<Saved, TallydeskError> {
  const files = contents.map((_, i) => (i === 0 ? file : `${file}.${i + 1}`))
  const taken = files.find((each) => existsSync(each))
  if (taken !== undefined) return err(new TallydeskError('file-exists', { file: taken }))
  for (const [i, content] of contents.entries()) inFolder(() => writePrivately(files[i] ?? file, content))
  return ok({ items, file, content: null })
}

const tooLarge = (contents: readonly Bytes[]): TallydeskError =>
  new TallydeskError('too-large', {
    size: contents.reduce((sum, { length }) => sum + length, 0),
    limit: LIMITS.parcelBytes,
  })

export function importParcel(
  site: Site,
  input: CommandInput<'parcel.import'>,
): Result<CommandResult<'parcel.import'>, TallydeskError> {
  const content = 'file' in input ? contentOf(input.file) : fromBase64Url(input.content)
  if (content === null) return err(new TallydeskError('bad-parcel', { reason: 'it is not base64url' }))
  return site.replica.handIn(content)
}

/** Throws `file-unreadable`, `too-large`. */
function contentOf(file: string): Bytes {
  const unreadable = (reason: string, cause?: unknown) =>
    new TallydeskError('file-unreadable', { file, reason }, { cause })
  try {
    const { size } = statSync(file)
    if (size > LIMITS.parcelBytes) throw new TallydeskError('too-large', { size, limit: LIMITS.parcelBytes })
    const data = readFileSync(file)
    return new Uint8Array(data.buffer, data.byteOffset, data.length)
  } catch (error) {
    if (error instanceof TallydeskError) throw error
    throw unreadable(error instanceof Error ? error.message : 'unknown', error)
  }
}
