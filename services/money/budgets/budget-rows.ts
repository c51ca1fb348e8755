import { formatDecimal } from '../decimal.ts'
import { dateOf } from './budget-period.ts'
import type { BudgetReport } from './read-budgets.ts'

/**
 * A budget as the API and the command show it: amounts as decimal text in `currency`, times ISO 8601, null: not known or not in this
 * period.
 */
export type BudgetRow = {
  budget: string
  state: 'ok' | 'at_risk' | 'exhausted' | 'unknown'
  tenant_id: string
  team: string
  route: string
  model: string
  period: string
  period_start: string
  period_end: string
  time_zone: string
  currency: string
  amount: string
  spent: string | null
  spent_ratio: number | null
  committed: string | null
  forecast: string | null
  /** YYYY-MM-DD in the zone. */
  exhausted_on: string | null
  fault: string
}

/** The row of a report. */
export function budgetRow({ budget, time_zone, period, status, fault }: BudgetReport): BudgetRow {
  const money = (value: bigint | undefined) => (value === undefined ? null : formatDecimal(value))
  const time = (atMs: number) => new Date(atMs).toISOString()
  return {
    budget: budget.id,
    state: status?.state ?? 'unknown',
    ...budget.scope,
    period: budget.period,
    period_start: time(period.start_ms),
    period_end: time(period.end_ms),
    time_zone,
    currency: budget.currency,
    amount: formatDecimal(budget.amount),
    spent: money(status?.spent),
    // Of no use for money, only for colours and order.
    spent_ratio: status === null || budget.amount === 0n ? null : Number((status.spent * 10_000n) / budget.amount) / 10_000,
    committed: money(status?.committed),
    forecast: money(status?.forecast),
    exhausted_on: status?.exhausted_at_ms == null ? null : dateOf(status.exhausted_at_ms, time_zone),
    fault,
  }
}
