/** The one range of bytes that a request may ask for (RFC 9110, 14.1.2). */

/** From `from` up to and without `to`. */
export type ByteRange = { readonly from: number; readonly to: number }

const ONE = /^bytes=(\d{0,15})-(\d{0,15})$/

/** The whole where no range is asked for, or several, or one that cannot be read; null where there are no such bytes. */
export function rangeOf(asked: string | undefined, size: number): ByteRange | null {
  const whole = { from: 0, to: size }
  const [, first = '', last = ''] = ONE.exec(asked ?? '') ?? []
  if (first === '' && last === '') return whole
  if (first === '')
    return Number(last) === 0 || size === 0 ? null : { from: Math.max(0, size - Number(last)), to: size }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return whole
  return from >= size ? null : { from, to: last === '' ? size : Math.min(size, Number(last) + 1) }
}
