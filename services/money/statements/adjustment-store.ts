import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { formatDecimal, parseDecimal } from '../decimal.ts'
import type { Adjustment } from './adjustment.ts'

const columns = [
  'adjustment_id',
  'tenant_id',
  'month',
  'amount',
  'currency',
  'reason',
  'corrects_statement',
  'created_by',
  'created_at_ms',
] as const satisfies readonly (keyof Adjustment)[]
const adjustmentsSql = readQuery(import.meta.url, 'adjustments')

/** Adds an adjustment; it is booked by the next closing of its month or a later one. */
export async function writeAdjustment(adjustment: Adjustment, clickhouse: ClickHouse): Promise<void> {
  const row = { ...adjustment, amount: formatDecimal(adjustment.amount) }
  await clickhouse.insert('adjustments', columns, [columns.map(column => row[column])])
}

/** Adjustments of tenants that no closed statement but `own` has booked, of the month and of months before. */
export async function readAdjustments(
  asked: { tenants: readonly string[]; month: string; own: readonly string[] },
  clickhouse: ClickHouse,
): Promise<Adjustment[]> {
  const rows = await clickhouse.query<Omit<Adjustment, 'amount'> & { amount: string }>(adjustmentsSql, asked)
  return rows.map(row => ({ ...row, amount: parseDecimal(row.amount) }))
}
