/**
 * Unicode's normal form C at a cost that grows with the length of a text alone. To put combining marks in order takes
 * the square of how many stand in a row: a frame of nothing else would hold a device up for minutes.
 */

/** Combining marks in a row that are put in order as one; writing systems use a handful. */
const MOST_MARKS = 64
const MARKS = new RegExp(`\\p{M}{${MOST_MARKS + 1},}`, 'gu')

/** Is it in normal form C? Where marks stand in order, to ask costs no more than to read them. */
export const isNfc = (text: string): boolean =>
  [...text.matchAll(MARKS)].every(([marks]) => inOrder(marks)) && text.normalize('NFC') === text

/** Of marks in a row each is in order with the next: windows that overlap by half see every pair. */
function inOrder(marks: string): boolean {
  for (let at = 0; at < marks.length; at += MOST_MARKS / 2) {
    const window = cut(marks, at, at + MOST_MARKS)
    if (window.normalize('NFC') !== window) return false
  }
  return true
}

/** In normal form C, but for rows of marks so long that no writing has them: those are put in order piece by piece. */
export function toNfc(text: string): string {
  const pieces: string[] = []
  let from = 0
  for (const { index, 0: marks } of text.matchAll(MARKS)) {
    for (let at = index + MOST_MARKS; at < index + marks.length; at += MOST_MARKS) {
      const piece = cut(text, from, at)
      pieces.push(piece)
      from += piece.length
    }
  }
  return [...pieces, text.slice(from)].map((piece) => piece.normalize('NFC')).join('')
}

/** Never through a character of two units. */
function cut(text: string, from: number, to: number): string {
  const isTail = (at: number): boolean => {
    const code = text.charCodeAt(at)
    return code >= 0xdc00 && code <= 0xdfff
  }
  return text.slice(isTail(from) ? from + 1 : from, isTail(to) ? to + 1 : to)
}
