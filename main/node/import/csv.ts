/**
 * CSV as RFC 4180 has it: comma, double quotes, CRLF or LF. A record that breaks the rules is reported with its first
 * line and reading goes on with the next line, so that one stray quote does not swallow the rest of the file.
 * Records come one by one: the caller decides how much to take in a turn.
 */
import { LIMITS } from '../../../shared/op/limits.ts'

export type CsvRecord = {
  /** Of its first character; the first line of the text is 1. */
  readonly line: number
  /** As it stands in the text, without its line end. */
  readonly text: string
} & ({ readonly fields: readonly string[] } | { readonly broken: CsvFault })

export type CsvFault = 'quote-in-field' | 'text-after-quote' | 'quote-not-closed' | 'too-long'

type Field = { readonly value: string; readonly end: number }
type Read<T> = T | { readonly fault: CsvFault }

/** Blank lines are no records. */
export function* readCsv(text: string): Generator<CsvRecord, void, undefined> {
  let at = 0
  let line = 1
  while (at < text.length) {
    const read = readRecord(text, at)
    const end = 'fault' in read ? endOfLine(text, at) : read.end
    const record = { line, text: text.slice(at, end) }
    if ('fault' in read) yield { ...record, broken: read.fault }
    else if (record.text !== '') yield { ...record, fields: read.fields }
    line += 1 + countLines(record.text)
    at = afterLineEnd(text, end)
  }
}

function readRecord(text: string, start: number): Read<{ fields: string[]; end: number }> {
  const fields: string[] = []
  let at = start
  for (;;) {
    const field = text[at] === '"' ? readQuoted(text, at, start + LIMITS.csvRecord) : readPlain(text, at)
    if ('fault' in field) return field
    fields.push(field.value)
    if (field.end - start > LIMITS.csvRecord) return { fault: 'too-long' }
    if (text[field.end] !== ',') return { fields, end: field.end }
    at = field.end + 1
  }
}

function readPlain(text: string, start: number): Read<Field> {
  let end = start
  while (end < text.length && text[end] !== ',' && !isLineEnd(text, end)) {
    if (text[end] === '"') return { fault: 'quote-in-field' }
    end += 1
  }
  return { value: text.slice(start, end), end }
}

/** A doubled quote inside stands for one. */
function readQuoted(text: string, start: number, limit: number): Read<Field> {
  let value = ''
  let from = start + 1
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote === -1) return { fault: 'quote-not-closed' }
    if (quote > limit) return { fault: 'too-long' }
    value += text.slice(from, quote)
    if (text[quote + 1] !== '"') return closed(text, value, quote + 1)
    value += '"'
    from = quote + 2
  }
}

function closed(text: string, value: string, end: number): Read<Field> {
  const isEnd = end >= text.length || text[end] === ',' || isLineEnd(text, end)
  return isEnd ? { value, end } : { fault: 'text-after-quote' }
}

const isLineEnd = (text: string, at: number): boolean =>
  text[at] === '\n' || (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length))

function endOfLine(text: string, from: number): number {
  const feed = text.indexOf('\n', from)
  if (feed === -1) return text.length
  return feed > from && text[feed - 1] === '\r' ? feed - 1 : feed
}

function afterLineEnd(text: string, at: number): number {
  if (text[at] === '\r' && text[at + 1] === '\n') return at + 2
  return at + 1
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
