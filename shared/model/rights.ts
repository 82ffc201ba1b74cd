/**
 * Rights given out in advance (escrow, design 7): a range of numbers, a quantity, or a token with one holder. What a
 * device holds of a right is a share; shares are added and taken away, and nothing of them is ever made but by the
 * authority's minting.
 */
import { parseRecordId, type RecordId } from './ids.ts'

export type Right =
  /** Numbers of jobs, counted without a year, and numbers of closings, counted anew each year. */
  | { readonly kind: 'range'; readonly of: 'job-number' | 'audit-number' }
  /** How many devices a desk may admit. */
  | { readonly kind: 'quantity'; readonly of: 'enrol' }
  | { readonly kind: 'quantity'; readonly of: 'stock'; readonly item: RecordId }
  /** Who closes the jobs of a zone, in place of the authority. */
  | { readonly kind: 'token'; readonly of: 'decide'; readonly zone: string }

const STOCK = 'stock:'
const DECIDE_CLOSE = 'decide:close:'

/** Longest name of a right: a token of the longest zone. */
export const RIGHT_NAME_MAX = 120

export const stockRight = (item: RecordId): string => STOCK + item
export const tokenRight = (zone: string): string => DECIDE_CLOSE + zone

export function parseRight(name: string): Right | null {
  if (name === 'job-number' || name === 'audit-number') return { kind: 'range', of: name }
  if (name === 'enrol') return { kind: 'quantity', of: name }
  if (name.startsWith(STOCK)) {
    const item = parseRecordId(name.slice(STOCK.length))
    return item && { kind: 'quantity', of: 'stock', item }
  }
  const zone = name.startsWith(DECIDE_CLOSE) ? name.slice(DECIDE_CLOSE.length) : ''
  return zone === '' ? null : { kind: 'token', of: 'decide', zone }
}

/** Numbers from `from` to `to`, both included, of a year; year 0 for numbers that know none. */
export type Span = { readonly year: number; readonly from: number; readonly to: number }

/** Part of a right: spans of a range, or units of a quantity; a token is one unit. The other is empty or 0. */
export type Share = { readonly units: number; readonly spans: readonly Span[] }

export const NOTHING: Share = { units: 0, spans: [] }

/** One number of a range: `A-2026-0042` is `{year: 2026, count: 42}`. */
export type Numbered = { readonly year: number; readonly count: number }

export const single = ({ year, count }: Numbered): Share => ({
  units: 0,
  spans: [{ year, from: count, to: count }],
})

export const sizeOf = ({ units, spans }: Share): number =>
  spans.reduce((sum, { from, to }) => sum + to - from + 1, units)

export const isNothing = (share: Share): boolean => sizeOf(share) === 0

/** Both together, spans in order and joined where they touch. */
export function plus(a: Share, b: Share): Share {
  if (b.spans.length === 0) return { units: a.units + b.units, spans: a.spans }
  const spans = [...a.spans, ...b.spans].sort((x, y) => x.year - y.year || x.from - y.from)
  const joined: Span[] = []
  for (const span of spans) {
    const last = joined.at(-1)
    if (last?.year === span.year && span.from <= last.to + 1)
      joined[joined.length - 1] = { ...last, to: Math.max(last.to, span.to) }
    else joined.push(span)
  }
  return { units: a.units + b.units, spans: joined }
}

/** What is left of `a` without `b`; null where `a` does not hold all of `b`. */
export function minus(a: Share, b: Share): Share | null {
  if (b.units > a.units) return null
  let spans = a.spans
  for (const span of b.spans) {
    const from = spans.findIndex(
      (held) => held.year === span.year && held.from <= span.from && span.to <= held.to,
    )
    const held = spans[from]
    if (!held) return null
    spans = spans.toSpliced(from, 1, ...around(held, span))
  }
  return { units: a.units - b.units, spans }
}

const around = (held: Span, gone: Span): Span[] =>
  [
    { ...held, to: gone.from - 1 },
    { ...held, from: gone.to + 1 },
  ].filter(({ from, to }) => from <= to)

/** The first `amount` of a share, or null where it holds less. */
export function firstOf(share: Share, amount: number): Share | null {
  if (sizeOf(share) < amount) return null
  if (share.spans.length === 0) return { units: amount, spans: [] }
  const spans: Span[] = []
  let left = amount
  for (const span of share.spans) {
    if (left <= 0) break
    const to = Math.min(span.to, span.from + left - 1)
    spans.push({ ...span, to })
    left -= to - span.from + 1
  }
  return { units: 0, spans }
}

/** A share as its right can have it: spans for a range, at least one unit for the others, one for a token. */
export function fitsRight({ kind }: Right, { units, spans }: Share): boolean {
  if (kind === 'range') return units === 0 && spans.length > 0 && spans.every(isSpan) && areApart(spans)
  return spans.length === 0 && units >= 1 && (kind !== 'token' || units === 1)
}

const isSpan = ({ from, to }: Span): boolean => from >= 1 && from <= to

const areApart = (spans: readonly Span[]): boolean =>
  spans.every((span, i) => {
    const before = spans[i - 1]
    return !before || before.year < span.year || (before.year === span.year && before.to < span.from)
  })

export const auditNumber = ({ year, count }: Numbered): string =>
  `A-${year}-${String(count).padStart(4, '0')}`
export const jobNumber = ({ count }: Numbered): string => `J-${String(count).padStart(4, '0')}`
