/** Reading CSV and work orders: what is right is read, what is broken is named with its line. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CsvRecord, readCsv } from '../../main/node/import/csv.ts'
import { readWorkOrders, type RowRead } from '../../main/node/import/work-orders.ts'

const read = (text: string): CsvRecord[] => [...readCsv(text)]
const fieldsOf = (text: string) =>
  read(text).map((record) => ('fields' in record ? record.fields : record.broken))

function rowsOf(text: string): RowRead[] {
  const rows = readWorkOrders(text)
  if (!rows.ok) throw rows.error
  return [...rows.value]
}

function faultsOf(text: string): (string | undefined)[][] {
  return rowsOf(text).flatMap((read) =>
    'failed' in read ? [[String(read.failed.line), read.failed.fault?.code, read.failed.text]] : [],
  )
}

const HEADER = 'work_order,title,activity,equipment,symptom'

describe('IMP-1 CSV is read as RFC 4180 has it', () => {
  test('IMP-1 quoted commas, quotes and line ends are content', () => {
    expect(fieldsOf('a,"b,c","d ""e""","f\r\ng"\r\n"",x\r\n')).toEqual([
      ['a', 'b,c', 'd "e"', 'f\r\ng'],
      ['', 'x'],
    ])
  })

  test('IMP-1 LF, CRLF and no line end at the end are all right, and blank lines are no records', () => {
    expect(fieldsOf('a,b\nc,d\r\n\r\n\ne,f')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ])
    expect(read('a\n\n"b\nc"\nd').map(({ line }) => line)).toEqual([1, 3, 5])
  })

  test('IMP-1 whatever is written by the rules is read back the same', () => {
    const cell = fc.oneof(fc.string(), fc.stringMatching(/^[",\r\n a]{0,8}$/))
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 })
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
    const property = fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, end) => {
      const text = rows.map((row) => row.map(quote).join(',') + end).join('')
      expect(fieldsOf(text)).toEqual(rows)
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test('IMP-1 no text makes it throw, hang or lose its place', () => {
    const property = fc.property(fc.stringMatching(/^[a",\r\n]{0,60}$/), (text) => {
      const records = read(text)
      const lines = records.map(({ line }) => line)
      expect(lines).toEqual(lines.toSorted((a, b) => a - b))
      for (const record of records) expect(text).toContain(record.text)
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

describe('IMP-2 a broken record is named with its line, and the rest is read', () => {
  test.each([
    ['a,b"c,d', 'quote-in-field'],
    ['a,"b"c,d', 'text-after-quote'],
    ['a,"b,c', 'quote-not-closed'],
    [`a,"${'x'.repeat(70_000)}",c`, 'too-long'],
  ])('IMP-2 %.20s', (broken, fault) => {
    const records = read(`h,i\n${broken}\nlast,one\n`)
    expect(records[1]).toMatchObject({ line: 2, text: broken, broken: fault })
    expect(records[2]).toMatchObject({ line: 3, fields: ['last', 'one'] })
  })

  test('IMP-2 a file of nothing but opened quotes is read to its end', () => {
    expect(read('"a\n'.repeat(100_000)).at(-1)).toMatchObject({ line: 100_000 })
  })
})

describe('IMP-3 the header names the columns', () => {
  test.each([
    ['', 'it is empty'],
    ['work_order,activity\n', 'no column "title"'],
    ['title\n', 'no column "work_order"'],
    ['work_order,title,colour\n', 'the column "colour"'],
    ['work_order,title,title\n', '"title" twice'],
    ['work_order,"title\n', 'header line is broken'],
  ])('IMP-3 %j is refused', (text, reason) => {
    const rows = readWorkOrders(text)
    expect(rows.ok ? '' : rows.error.code).toBe('bad-csv')
    expect(rows.ok ? '' : rows.error.params.reason).toContain(reason)
  })

  test('IMP-3 columns may stand in any order, in capitals, behind a byte order mark, and be left out', () => {
    expect(rowsOf('\uFEFFTitle, Zone ,WORK_ORDER\nPump,A1,WO-1\n')).toEqual([
      { row: { line: 2, key: 'WO-1', title: 'Pump', zone: 'A1', tags: [], text: 'Pump,A1,WO-1' } },
    ])
  })
})

describe('IMP-4 a row that does not fit is reported with its line, its text and why', () => {
  test('IMP-4 ragged rows', () => {
    expect(faultsOf(`${HEADER}\nWO-1,a,b,c\nWO-2,a,b,c,d\nWO-3,a,b,c,d,e\n`)).toEqual([
      ['2', 'ragged-row', 'WO-1,a,b,c'],
      ['4', 'ragged-row', 'WO-3,a,b,c,d,e'],
    ])
  })

  test('IMP-4 a missing key or title, and a key that stands there already', () => {
    expect(faultsOf(`${HEADER}\n,a,,,\nWO-1, ,,,\nWO-2,a,,,\nWO-2,b,,,\n`)).toEqual([
      ['2', 'empty-cell', ',a,,,'],
      ['3', 'empty-cell', 'WO-1, ,,,'],
      ['5', 'duplicate-key', 'WO-2,b,,,'],
    ])
  })

  test('IMP-4 a priority that there is not', () => {
    expect(faultsOf('work_order,title,priority\nWO-1,a,High\nWO-2,a,\nWO-3,a,asap\n')).toEqual([
      ['4', 'unknown-priority', 'WO-3,a,asap'],
    ])
  })

  test('IMP-4 the reason names what was found, in words', () => {
    const [row] = rowsOf(`${HEADER}\nWO-1,a\n`)
    expect(row).toMatchObject({ failed: { reason: 'It has 2 fields, not 5.' } })
  })
})

test('IMP-5 activity, equipment and symptom become tags, each once', () => {
  const rows = rowsOf(`${HEADER}\nWO-1,t,Replace,Pump,Replace\n`)
  expect(rows).toMatchObject([{ row: { tags: ['Replace', 'Pump'] } }])
})

test('IMP-5 every one of the real work orders is read', () => {
  const file = join(import.meta.dirname, '../../main/demo/work-orders.csv')
  const rows = rowsOf(readFileSync(file, 'utf8'))
  expect(rows.filter((read) => 'row' in read).length).toBe(760)
  expect(rows.filter((read) => 'failed' in read)).toEqual([])
})
