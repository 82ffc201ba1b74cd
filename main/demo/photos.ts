/** The photos of the demo's shift, as a tablet adds them: the file, and its thumbnail. Drawn by scripts/draw-photos.ts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findUpwards } from './nearby.ts'

export function photoFiles(name: string): { readonly file: string; readonly thumbnail: string } {
  const folder = findUpwards('main/demo/photos')
  const thumbnail = readFileSync(join(folder, `${name}.small.jpg`)).toString('base64')
  return { file: join(folder, `${name}.jpg`), thumbnail }
}
