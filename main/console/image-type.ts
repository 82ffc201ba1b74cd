/**
 * What a file's first bytes say it is, of the kinds of picture that a browser may show in the page. The bytes alone
 * decide: a name or a type that somebody wrote into an attachment may lie.
 */

/** As many bytes as are looked at. */
export const HEAD_BYTES = 32

export type ImageType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp' | 'image/avif'

const AVIF_BRANDS: ReadonlySet<string> = new Set(['avif', 'avis'])

/** Null for anything else, SVG among it: a picture that can hold a script is none to show. */
export function imageTypeOf(head: Uint8Array): ImageType | null {
  const text = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1')
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'image/gif'
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp'
  return text.slice(4, 8) === 'ftyp' && AVIF_BRANDS.has(text.slice(8, 12)) ? 'image/avif' : null
}
