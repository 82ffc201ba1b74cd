/**
 * The demo's stock of work: real maintenance work orders, to which a fixed rule adds what the file does not say
 * (zone, assignee, priority), so that the board has something to filter by.
 */
import { readFileSync } from 'node:fs'
import { findUpwards } from './nearby.ts'

/** Credited in main/demo/README.md. */
const FILE = 'main/demo/work-orders.csv'

const ZONES = ['North dock', 'Cold store', 'Conveyors', 'Workshop', 'Yard'] as const
const PEOPLE = ['Ana Ruiz', 'Ben Okafor', 'Chiara Neri', 'Deniz Aydin', 'Emil Larsen'] as const
/** The first whose number divides the order's place: a handful of urgent jobs, and mostly normal ones. */
const PRIORITIES = [
  [37, 'urgent'],
  [11, 'high'],
  [5, 'low'],
  [1, 'normal'],
] as const

/** How many of the orders the demo takes: enough to scroll, few enough to start in seconds. */
const ORDERS = 240
/** Words that the file's authors masked, as in `<num>`, read oddly on a board: such orders stay out of it. */
const MASK = '<'

/** The work orders as CSV with three more columns. */
export function dressedWorkOrders(): string {
  const [header = '', ...rows] = readFileSync(findUpwards(FILE), 'utf8').split(/\r?\n/)
  const orders = rows.filter((row) => row !== '' && !row.includes(MASK)).slice(0, ORDERS)
  return [`${header},zone,assignee,priority`, ...orders.map(dress)].join('\n')
}

/** Strides that share no factor with the list's length, so that neighbours differ. */
function dress(row: string, i: number): string {
  const zone = ZONES[(i * 2) % ZONES.length]
  const assignee = i % 6 === 5 ? '' : PEOPLE[(i * 3) % PEOPLE.length]
  const priority = PRIORITIES.find(([every]) => (i + 1) % every === 0)?.[1]
  return `${row},${zone},${assignee},${priority}`
}
