import type { ImportPlan } from '../../money/price-book/plan-import.ts'
import type { PriceRow } from '../../money/price-book/price-row.ts'
import { buildPriceBook, type PriceBook } from '../../money/price-book/resolve.ts'
import { type PriceTrail, storePrices } from '../../money/price-book/stored-prices.ts'
import type { ToolClickHouse } from '../../platform/clickhouse/tool.ts'
import type { CommandContext } from '../command.ts'
import { touchWindows } from './touch-windows.ts'

/** The book before and after, and the time for which they may differ. */
export interface BookChange {
  before: PriceBook
  after: PriceBook
  fromMs: number
  untilMs: number | null
}

/** What storing the plan would make of the book. */
export function changeOf(plan: ImportPlan, stored: readonly PriceRow[]): BookChange {
  const ends = plan.rows.map(row => row.valid_to)
  return {
    before: buildPriceBook(stored),
    after: buildPriceBook([...stored, ...plan.rows]),
    fromMs: plan.rows.reduce((least, row) => Math.min(least, row.valid_from), Number.POSITIVE_INFINITY),
    untilMs: ends.includes(null) ? null : Math.max(...(ends as number[])),
  }
}

/**
 * Stores the plan's rows as a version with its trail, then asks for the settled windows that they price differently to be settled again.
 * A command that is cut off between the two leaves a version in force that such windows take over when they are next settled; running it
 * again asks for them.
 */
export async function storePlan(
  plan: ImportPlan,
  change: BookChange,
  trail: Omit<PriceTrail, 'source'>,
  { clickhouse, context }: { clickhouse: ToolClickHouse; context: CommandContext },
): Promise<void> {
  const [first] = plan.rows
  if (first === undefined) return
  await storePrices(plan.rows, { ...trail, source: first.source }, clickhouse)
  context.note(
    `version ${first.version} of the price book: ${plan.rows.length} rows, in force from ${new Date(change.fromMs).toISOString()} on`,
  )
  const { now, openEventLog } = context
  const windows = await touchWindows(first.version, change, change, { clickhouse, openEventLog: () => openEventLog(clickhouse), now })
  if (windows > 0) context.note(`${windows} minute(s) are priced anew by settle, now or when it next runs`)
}
