/** What a file is called in its record. */

/** What browsers and cameras call every picture that has no name of its own. */
const NAMELESS = /^(image|photo|img|blob|capture)?(\.\w{1,5})?$/i
const MOST = 500

export function nameOf(file: File): string {
  const name = file.name.normalize('NFC').toWellFormed().trim().slice(-MOST)
  return NAMELESS.test(name) ? madeUp(file) : name
}

/** By when it was taken: "Photo 2026-11-26 14.10.05.png". */
function madeUp(file: File): string {
  const at = new Date(file.lastModified)
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('.')
  const ending = /\.\w{1,5}$/.exec(file.name)?.[0] ?? ENDINGS[file.type] ?? ''
  return `Photo ${day} ${time}${ending}`
}

const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/gif': '.gif',
  'image/heic': '.heic',
}
