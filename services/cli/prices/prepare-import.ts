import { fillEmptyBook } from '../../money/price-book/first-prices.ts'
import { type ImportPlan, planImport } from '../../money/price-book/plan-import.ts'
import type { PriceFile } from '../../money/price-book/price-file.ts'
import type { PriceRow } from '../../money/price-book/price-row.ts'
import { newestPriceVersion, nextPriceVersion, readStoredPrices } from '../../money/price-book/stored-prices.ts'
import type { ToolClickHouse } from '../../platform/clickhouse/tool.ts'
import type { CommandContext, Given } from '../command.ts'
import { rulesOf } from './import-options.ts'
import { planText } from './show-plan.ts'

/** The plan of an import or a correction with the book that it was made for. */
export interface Prepared {
  plan: ImportPlan
  stored: readonly PriceRow[]
  /** Whether the plan may be stored; if not, it has been said why. */
  mayStore: boolean
}

/**
 * Compares the file with the book (an empty one is filled first), prints the difference as text and says what keeps it from being stored.
 */
export async function prepareImport(
  file: PriceFile,
  given: Given,
  kind: 'import' | 'correct',
  { clickhouse, context, nowMs }: { clickhouse: ToolClickHouse; context: CommandContext; nowMs: number },
): Promise<Prepared> {
  await fillEmptyBook({ pricesFile: context.settings.files.prices }, { clickhouse })
  const stored = await readStoredPrices(clickhouse, await newestPriceVersion(clickhouse))
  const version = await nextPriceVersion(clickhouse)
  const plan = planImport(file, stored, { kind, nowMs, version, ...rulesOf(given) })
  if (given.values['json'] !== true) context.print(planText(plan, file, given.values['all'] === true))
  const isRefused = plan.refused.length > 0 && given.values['skip-refused'] !== true
  if (isRefused) context.note('nothing was stored: correct the file, or store the rest with --skip-refused')
  else if (plan.rows.length === 0) context.note('nothing to store: the price book says all of this already')
  return { plan, stored, mayStore: !isRefused && plan.rows.length > 0 }
}

/** The exit code where nothing is stored: 1 where prices were refused. */
export function refusedCode({ plan }: Prepared, given: Given): number {
  return plan.refused.length > 0 && given.values['skip-refused'] !== true ? 1 : 0
}
