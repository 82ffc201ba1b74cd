/** The bytes of attachments, as a screen of this device sends and asks for them. */
import { closeSync, openSync, readSync } from 'node:fs'
import { LIMITS } from '../../shared/op/limits.ts'
import type { FilesPort, HeldFile } from '../console/port.ts'
import { HEAD_BYTES } from '../console/image-type.ts'
import type { Blob, Blobs } from '../store/blobs.ts'
import type { Life } from './life.ts'

export const filesOf = (life: Life): FilesPort => ({
  most: LIMITS.blobBytes,
  keep: async (body) => {
    if (!life.site.ok) throw life.site.error
    return keep(life.machine.blobs, body)
  },
  find: (sha256) => find(life, sha256),
})

async function keep(blobs: Blobs, body: AsyncIterable<Uint8Array>): Promise<Blob> {
  const writer = await blobs.begin()
  try {
    for await (const chunk of body) await writer.write(chunk)
    return await writer.finish()
  } finally {
    await writer.abort()
  }
}

function find({ site, machine }: Life, sha256: string): HeldFile | null {
  const name = site.ok ? site.value.replica.fileNamed(sha256) : null
  const held = name === null ? null : machine.blobs.open(sha256)
  if (name === null || held === null) return null
  const { size } = held
  const read = (from: number, to: number) => held.read({ start: from, end: to - 1 })
  return { name, size, head: headOf(machine.blobs.pathOf(sha256)), read }
}

function headOf(path: string): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES)
  const file = openSync(path, 'r')
  try {
    return head.subarray(0, readSync(file, head))
  } finally {
    closeSync(file)
  }
}
