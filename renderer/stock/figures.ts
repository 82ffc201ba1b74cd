/** What is read out of a stock item's figures, and of what was asked for. */
import type { RequestRow, StockRow } from '../../shared/api/rows.ts'

/** What one device holds of an item. */
export const heldBy = ({ held }: StockRow, actor: string | null): number =>
  held.find((one) => one.actor === actor)?.amount ?? 0

/** Those who hold some of it, the largest share first. */
export const holdersOf = ({ held }: StockRow): StockRow['held'] =>
  held.filter(({ amount }) => amount > 0).toSorted((a, b) => b.amount - a.amount)

/** How much more of an item a device asked for, and waits. */
export const askedBy = (requests: readonly RequestRow[], actor: string | null, item: StockRow): number =>
  requests
    .filter((one) => one.action === 'stock' && one.state === 'waiting')
    .filter((one) => one.by === actor && one.record === item.record)
    .reduce((sum, one) => sum + (one.detail.amount ?? 0), 0)

/** Items whose name or location holds every word, by name as the language sorts, numbers by their size. */
export function listed(items: readonly StockRow[], text: string, language: string): readonly StockRow[] {
  const words = text.toLocaleLowerCase(language).split(/\s+/)
  const told = ({ name, location }: StockRow) => `${name} ${location ?? ''}`.toLocaleLowerCase(language)
  return items
    .filter((item) => words.every((word) => told(item).includes(word)))
    .toSorted((a, b) => a.name.localeCompare(b.name, language, { numeric: true }))
}
