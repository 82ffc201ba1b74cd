/** Input from the command line, from standard input (`-`) or from a file: bounded, UTF-8, and JSON where asked. */
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { TallydeskError } from '../../shared/api/errors.ts'
import { LIMITS } from '../../shared/op/limits.ts'

/** Throws `bad-json`, `bad-utf8`, `too-large`. */
export async function readJson(argument: string): Promise<unknown> {
  const text = argument === '-' ? await readAll(process.stdin) : argument
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'unreadable'
    throw new TallydeskError('bad-json', { reason }, { cause: error })
  }
}

/** Throws `file-unreadable`, `bad-utf8`, `too-large`. */
export async function readText(file: string): Promise<string> {
  if (file === '-') return readAll(process.stdin)
  try {
    return await readAll(createReadStream(file))
  } catch (error) {
    if (error instanceof TallydeskError) throw error
    const reason = error instanceof Error ? error.message : 'unknown'
    throw new TallydeskError('file-unreadable', { file, reason }, { cause: error })
  }
}

async function readAll(stream: Readable): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length
    if (size > LIMITS.controlBytes)
      throw new TallydeskError('too-large', { size, limit: LIMITS.controlBytes })
    parts.push(part)
  }
  return decode(Buffer.concat(parts))
}

/** A byte order mark stays: who reads the text decides what it means. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new TallydeskError('bad-utf8', {}, { cause: error })
  }
}
