/** The only pages outside the desk that the system's browser is asked to open. */
export const LICENCE = 'https://spdx.org/licenses/MIT.html'

const KNOWN: ReadonlySet<string> = new Set([LICENCE])

export function isKnownLink(url: string): boolean {
  return KNOWN.has(url)
}
