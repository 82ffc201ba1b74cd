/**
 * What headquarters gives out before the shift: the right to close one zone's jobs and the numbers for it, spare parts
 * in the hands of who uses them, and leave to admit two tablets. So a newcomer finds out what works without the WAN.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'

export type Hands = { readonly desk: string; readonly tablets: readonly string[] }

/** The zone of dressing.ts whose jobs the desk closes itself. */
export const OWN_ZONE = 'Workshop'
const AUDIT_NUMBERS = 20
const ENROLMENTS = 2

const PARTS = [
  { name: 'Filter F7', location: 'Shelf 14', unit: 'pcs', quantity: 40, each: 8 },
  { name: 'Hydraulic hose 3/4″', location: 'Shelf 3', unit: 'm', quantity: 60, each: 10 },
  { name: 'Drive belt B52', location: 'Cage 2', unit: 'pcs', quantity: 12, each: 2 },
] as const

/** Answers the first thing that was refused; null when all was given. */
export async function endow(hq: DeskApi, { desk, tablets }: Hands): Promise<string | null> {
  const given = [
    await give(hq, `decide:close:${OWN_ZONE}`, 1, desk),
    await give(hq, 'audit-number', AUDIT_NUMBERS, desk),
    await give(hq, 'enrol', ENROLMENTS, desk),
    await stockUp(hq, tablets),
  ]
  return given.find((problem) => problem !== null) ?? null
}

async function give(hq: DeskApi, right: string, amount: number, to: string): Promise<string | null> {
  const done = await hq.do('right.transfer', { right, amount, to })
  return done.ok ? null : done.error.message
}

async function stockUp(hq: DeskApi, tablets: readonly string[]): Promise<string | null> {
  for (const { each, ...part } of PARTS) {
    const made = await hq.do('stock.create', part)
    if (!made.ok) return made.error.message
    for (const tablet of tablets) {
      const problem = await give(hq, `stock:${made.value.record}`, each, tablet)
      if (problem !== null) return problem
    }
  }
  return null
}
