/** What must hold before a month is closed. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { AppError } from '../../platform/errors.ts'
import type { Terms } from '../terms/terms.ts'
import { type BillingMonth, billingMonthAt } from './billing-month.ts'
import { HOUSE_TENANT, HOUSE_TENANTS } from './detail.ts'
import { sharedCostsOf } from './month-details.ts'
import type { Statement, StatementBasis } from './statement.ts'

/**
 * STATEMENT_MONTH_NOT_OVER unless the month is over in the tenant's zone and, while a shared cost goes by what all tenants spent, in the
 * zone of everybody who bears it.
 */
export function checkOver(
  month: BillingMonth,
  scope: { tenant: string; terms: Terms; monthOf: (zone: string) => BillingMonth },
  nowMs: number,
): void {
  const { tenant, terms, monthOf } = scope
  const isShared = sharedCostsOf(terms, monthOf(terms.time_zone)).some(shared => shared.rule === 'proportional')
  const months = isShared ? [month, ...terms.tenants.map(one => monthOf(one.time_zone))] : [month]
  const latest = months.reduce((a, b) => (b.end_ms > a.end_ms ? b : a))
  if (nowMs >= latest.end_ms) return
  const why = latest.time_zone === month.time_zone ? '' : ' (a shared cost is divided by what every tenant spent)'
  throw new AppError(
    'STATEMENT_MONTH_NOT_OVER',
    `${month.month} of tenant "${tenant}" ends at ${new Date(latest.end_ms).toISOString()}, which is midnight in ` +
      `${latest.time_zone}${why}: close it then; "weir statements draft" shows it meanwhile`,
  )
}

/** STATEMENT_EARLIER_OPEN when the tenant has settled charges in a month before that is not closed. */
export async function checkEarlierClosed(
  month: BillingMonth,
  tenant: string,
  closed: readonly Pick<Statement, 'period_start_ms' | 'period_end_ms'>[],
  clickhouse: ClickHouse,
): Promise<void> {
  const tenants = tenant === HOUSE_TENANT ? HOUSE_TENANTS : [tenant]
  const [starts, ends] = [closed.map(one => one.period_start_ms / 1000), closed.map(one => one.period_end_ms / 1000)]
  const rows = await clickhouse.query<{ first: number }>(readQuery(import.meta.url, 'first-uncovered'), {
    tenants,
    before: month.start_ms / 1000,
    starts,
    ends,
  })
  const [open] = rows
  if (open === undefined) return
  const earlier = billingMonthAt(open.first * 1000, month.time_zone)
  throw new AppError(
    'STATEMENT_EARLIER_OPEN',
    `${earlier} of tenant "${tenant}" has charges and is not closed: close it first, or say --allow-open-earlier to leave it open`,
  )
}

/** Share of the received lines that is accounted for; 1 when none were received. */
export function completenessOf({ lines_received, lines_accounted }: StatementBasis): number {
  return lines_received === 0 ? 1 : lines_accounted / lines_received
}

/** STATEMENT_INCOMPLETE below the least completeness, unless a reason is given. */
export function checkCompleteness(draft: Statement, config: { minCompleteness: number; forcedReason?: string | undefined }): void {
  const completeness = completenessOf(draft.basis)
  if (completeness >= config.minCompleteness || config.forcedReason !== undefined) return
  const { lines_received, lines_accounted } = draft.basis
  throw new AppError(
    'STATEMENT_INCOMPLETE',
    `of ${lines_received} lines received in ${draft.month}, ${lines_accounted} are accounted for (${(completeness * 100).toFixed(3)} ` +
      `%, at least ${config.minCompleteness * 100} % are asked for): replay the dead letters, or close with --force --reason TEXT, which ` +
      `the statement shows`,
  )
}
