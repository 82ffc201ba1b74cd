/** How a name becomes two letters and a hue, the same on every screen. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter((word) => word !== '')
  const first = words[0] ?? '?'
  const last = words.length > 1 ? words[words.length - 1] : undefined
  const letters = last === undefined ? [...first].slice(0, 2) : [[...first][0], [...last][0]]
  return letters.join('').toLocaleUpperCase()
}

/** A hue in degrees out of twelve that are far enough apart to be told from each other. */
export function hueOf(name: string): number {
  let sum = 7
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973
  return (sum % 12) * 30 + 15
}
