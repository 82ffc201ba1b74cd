/** The tables of docs/limits.md: every bound on what comes from outside. */
import { KIB, type Limit, MIB } from '../../shared/op/limit.ts'
import { LIMIT_GROUPS } from '../../shared/op/limits.ts'
import { cell, code, table } from './markdown.ts'

/** As a person would say it. */
export function amountText({ most, unit }: Limit): string {
  if (unit === 'bytes' && most % MIB === 0) return `${most / MIB} MiB`
  if (unit === 'bytes' && most % KIB === 0) return `${most / KIB} KiB`
  if (unit === 'ms' && most % 60_000 === 0 && most < Number.MAX_SAFE_INTEGER / 1000)
    return `${most / 60_000} min`
  if (unit === 'ms' && most < 60_000) return `${most / 1000} s`
  return `${most.toLocaleString('en')} ${unit}`.trim()
}

function groupTable(limits: Readonly<Record<string, Limit>>): string {
  const rows = Object.entries(limits).map(([name, one]) => [
    code(name),
    cell(one.what),
    amountText(one),
    cell(one.why),
    cell(one.beyond),
  ])
  return table(['name', 'of what', 'at most', 'why', 'beyond it'], rows)
}

export const limitTables = (): string =>
  Object.entries(LIMIT_GROUPS)
    .map(([group, limits]) => `### ${group}\n\n${groupTable(limits)}`)
    .join('\n\n')
