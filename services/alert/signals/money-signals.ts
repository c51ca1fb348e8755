/** Signals about money: budgets, months, and whether costs agree. */
import { type BudgetReport, readBudgets } from '../../money/budgets/read-budgets.ts'
import { formatDecimal } from '../../money/decimal.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, MINUTE, SECOND } from '../../platform/clock.ts'
import type { Reading, Readings } from '../reading.ts'
import { nothingKnown, type ReadAt, type SignalDeps } from './signal-deps.ts'
import { burnFactor, burnPairs } from './slo/burn-pairs.ts'

const costDriftSql = readQuery(import.meta.url, 'cost-drift')
const openMonthsSql = readQuery(import.meta.url, 'open-months')

/** Share of each budget that is spent. Rejects with the codes of the client. */
export async function readBudgetSpent(_overMs: number, at: ReadAt, deps: SignalDeps): Promise<Readings> {
  return ofBudgets(at, deps, ({ budget }, spent) => ({ value: ratio(spent, budget.amount) }))
}

/** Days before the end of its period at which each budget is used up if the pace of the last week lasts; 0: it is enough. */
export async function readBudgetDate(_overMs: number, at: ReadAt, deps: SignalDeps): Promise<Readings> {
  return ofBudgets(at, deps, ({ status, period }) => {
    const usedUpMs = status?.exhausted_at_ms ?? null
    return { value: usedUpMs === null ? 0 : Math.max(0, period.end_ms - usedUpMs) / DAY }
  })
}

/**
 * How fast each budget burns: of the pairs of windows (burn-pairs.ts, over the budget's own period) the one furthest beyond its factor, the
 * slower of its two windows; above 1 it fires. `severity` chooses the pairs.
 */
export async function readBudgetBurn(severity: 'page' | 'ticket', at: ReadAt, deps: SignalDeps): Promise<Readings> {
  if (at.settledUntilMs === null) return nothingKnown(null)
  const terms = await readTerms(deps.clickhouse)
  if (terms.budgets.length === 0) return { settledUntilMs: at.settledUntilMs, isComplete: true, readings: [] }
  const nowMs = at.settledUntilMs - MINUTE
  const pairs = burnPairs.filter(pair => pair.severity === severity)
  const spentAt = new Map<number, readonly BudgetReport[]>()
  for (const backMs of new Set([0, ...pairs.flatMap(({ longMs, shortMs }) => [longMs, shortMs])]))
    spentAt.set(backMs, await readBudgets(terms, { nowMs: nowMs - backMs }, deps))
  const spentOf = (id: string, backMs: number) => spentAt.get(backMs)?.find(({ budget }) => budget.id === id)
  const readings = (spentAt.get(0) ?? []).map((report): Reading => {
    const { budget, period, status } = report
    const burnOver = (windowMs: number) => {
      const before = spentOf(budget.id, windowMs)
      const spent = status === null ? 0n : status.spent - (before?.period.start_ms === period.start_ms ? (before.status?.spent ?? 0n) : 0n)
      return (ratio(spent, budget.amount) * (period.end_ms - period.start_ms)) / windowMs
    }
    const days = (period.end_ms - period.start_ms) / DAY
    const burns = pairs.map(pair => ({
      pair,
      longBurn: burnOver(pair.longMs),
      value: Math.min(burnOver(pair.longMs), burnOver(pair.shortMs)) / burnFactor(pair, days),
    }))
    const worst = burns.reduce((most, one) => (one.value > most.value ? one : most))
    const facts = { ...factsOf(report), burn_rate: worst.longBurn, long_ms: worst.pair.longMs, factor: burnFactor(worst.pair, days) }
    return { labels: labelsOf(report), value: status === null ? null : worst.value, sample: 1, facts }
  })
  return { settledUntilMs: at.settledUntilMs, isComplete: true, readings }
}

/** How far list cost and reported cost are apart, as a share of the latter, by upstream; `count`: the difference in money. */
export async function readCostDrift(overMs: number, { settledUntilMs }: ReadAt, { clickhouse }: SignalDeps): Promise<Readings> {
  if (settledUntilMs === null) return nothingKnown(null)
  const rows = await clickhouse.query<{ upstream: string; currency: string; attempts: number; list_cost: number; reported_cost: number }>(
    costDriftSql,
    { from: (settledUntilMs - overMs) / SECOND, to: settledUntilMs / SECOND },
  )
  const readings = rows.map(({ upstream, currency, attempts, list_cost, reported_cost }) => ({
    labels: { upstream: upstream || 'not told', currency },
    value: reported_cost > 0 ? Math.abs(list_cost - reported_cost) / reported_cost : null,
    count: Math.abs(list_cost - reported_cost),
    sample: Number(attempts),
    facts: { list_cost, reported_cost, difference: list_cost - reported_cost, side: list_cost > reported_cost ? 'ours' : 'theirs' },
  }))
  return { settledUntilMs, isComplete: true, readings }
}

/** So many months are looked back for. */
const MONTHS_BACK = 3

/** Working days since the end of each month that tenants have no closed statement of. Holidays are not known. */
export async function readMonthNotClosed(_overMs: number, { nowMs }: ReadAt, { clickhouse }: SignalDeps): Promise<Readings> {
  const now = new Date(nowMs)
  const monthStart = (back: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)
  const rows = await clickhouse.query<{ tenant_id: string; month: string; cost: number; currency: string }>(openMonthsSql, {
    from: monthStart(MONTHS_BACK) / SECOND,
    to: monthStart(0) / SECOND,
  })
  const readings = rows.map(({ tenant_id, month, cost, currency }) => ({
    labels: { tenant_id, month },
    value: workingDays(endOfMonth(month), nowMs),
    sample: 1,
    facts: { cost, currency },
  }))
  return { settledUntilMs: nowMs, isComplete: true, readings }
}

/** First instant after a month of the form 2026-01. */
function endOfMonth(month: string): number {
  const [year, number] = month.split('-').map(Number)
  return Date.UTC(year ?? 0, number ?? 0, 1)
}

/** Whole days, Monday to Friday (UTC), between two instants. */
export function workingDays(fromMs: number, toMs: number): number {
  let count = 0
  for (let atMs = fromMs; atMs + DAY <= toMs; atMs += DAY) if (new Date(atMs).getUTCDay() % 6 !== 0) count++
  return count
}

async function ofBudgets(
  { settledUntilMs }: ReadAt,
  deps: SignalDeps,
  judge: (report: BudgetReport, spent: bigint) => { value: number },
): Promise<Readings> {
  if (settledUntilMs === null) return nothingKnown(null)
  const terms = await readTerms(deps.clickhouse)
  const reports = terms.budgets.length === 0 ? [] : await readBudgets(terms, { nowMs: settledUntilMs - MINUTE }, deps)
  const readings = reports.map(
    (report): Reading => ({
      labels: labelsOf(report),
      value: report.status === null ? null : judge(report, report.status.spent).value,
      sample: 1,
      facts: factsOf(report),
    }),
  )
  return { settledUntilMs, isComplete: true, readings }
}

function labelsOf({ budget }: BudgetReport) {
  const { tenant_id, team } = budget.scope
  return { budget: budget.id, ...(tenant_id && !tenant_id.includes('*') && { tenant_id }), ...(team && { team }) }
}

function factsOf({ budget, period, status, fault }: BudgetReport) {
  const spent = status?.spent ?? 0n
  return {
    amount: formatDecimal(budget.amount),
    currency: budget.currency,
    period: budget.period,
    period_end: new Date(period.end_ms).toISOString(),
    spent: status === null ? null : formatDecimal(spent),
    spent_ratio: status === null ? null : ratio(spent, budget.amount),
    forecast: status === null ? null : formatDecimal(status.forecast),
    exhausted_on: status?.exhausted_at_ms == null ? null : new Date(status.exhausted_at_ms).toISOString().slice(0, 10),
    fault,
  }
}

/** For thresholds alone: money itself stays exact. */
function ratio(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000
}
