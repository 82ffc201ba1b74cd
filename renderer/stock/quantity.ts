/** An amount with its unit, as people say it: "12 boxes". */
import type { StockRow } from '../../shared/api/rows.ts'
import { formatNumber } from '../services/format.ts'

export const quantity = (amount: number, { unit }: Pick<StockRow, 'unit'>): string =>
  unit === null ? formatNumber(amount) : `${formatNumber(amount)} ${unit}`
