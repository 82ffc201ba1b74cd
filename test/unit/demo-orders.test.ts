/** The demo's stock of work, as the import reads it. */
import { expect, test } from 'vitest'
import { dressedWorkOrders } from '../../main/demo/dressing.ts'
import { readWorkOrders } from '../../main/node/import/work-orders.ts'

function rows() {
  const read = readWorkOrders(dressedWorkOrders())
  if (!read.ok) throw read.error
  return [...read.value]
}

test('DEMO-8 every work order of the demo can be imported, has a zone, and shows no masked word', () => {
  const read = rows()
  expect(read).toHaveLength(240)
  for (const one of read) {
    if (!('row' in one)) throw new Error(one.failed.reason)
    expect(one.row.zone).toBeTruthy()
    expect(one.row.title).not.toContain('<')
  }
})

test('DEMO-8 a few are urgent, and every demo has the same', () => {
  const urgent = rows().filter((one) => 'row' in one && one.row.priority === 'urgent')
  expect(urgent.length).toBeGreaterThan(2)
  expect(urgent.length).toBeLessThan(12)
  expect(dressedWorkOrders()).toBe(dressedWorkOrders())
})
