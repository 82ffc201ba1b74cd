/** Files on their way, in a real folder. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BlobParts } from '../../main/store/blob-parts.ts'
import { Blobs } from '../../main/store/blobs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallydesk-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('PHO-19 what waits for what is being written has heard of its end, also where it goes on with more', async () => {
  const blobs = new Blobs(folder)
  const parts = new BlobParts(blobs, () => undefined)
  const bytes = Buffer.from('a picture')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const heard: string[] = []
  parts.append(sha256, 0, bytes, (kept) => {
    heard.push(`kept: ${kept}`)
    parts.finish(sha256, bytes.length, (outcome) => heard.push(outcome))
  })
  await parts.idle()
  expect(heard).toEqual(['kept: true', 'whole'])
  expect(blobs.has(sha256)).toBe(true)
})
