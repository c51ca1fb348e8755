/**
 * How a budget stands. The forecast is the run rate that FinOps tools use for short horizons (trend of the recent past, finops.org
 * "Forecasting"): what was spent in the last seven whole days goes on until the period ends. Seven days hold every weekday once, so a
 * weekly pattern does not sway it. A younger series counts from its first day to now.
 */
import { DAY } from '../../platform/clock.ts'
import { type Decimal, divide } from '../decimal.ts'
import type { BudgetPeriod } from './budget-period.ts'

/** Spend of one day, in the budget's currency. */
export interface DaySpend {
  start_ms: number
  cost: Decimal
}

/** Figures of a budget; amounts in its currency. */
export interface BudgetStatus {
  state: 'ok' | 'at_risk' | 'exhausted'
  /** Effective cost since the period began. */
  spent: Decimal
  /** What commitments will bill in the rest of the period whether it is used or not. */
  committed: Decimal
  /** Expected spend at the end of the period: what was spent, and what the run rate adds or is committed, whichever is more. */
  forecast: Decimal
  /**
   * Instant at which the amount is used up, ms: the start of the day on which it was, or when the run rate reaches it; null: not in this
   * period.
   */
  exhausted_at_ms: number | null
}

const ONE = 10n ** 18n
const RATE_DAYS = 7

/**
 * The status at `nowMs`. `days`: spend by day, ascending, from eight days before now or the start of the period, whichever is earlier; the
 * last day may be under way. Pure.
 */
export function budgetStatus(
  amount: Decimal,
  days: readonly DaySpend[],
  at: { period: BudgetPeriod; nowMs: number; committed: Decimal },
): BudgetStatus {
  const { period, nowMs, committed } = at
  let spent = 0n
  let passed: number | null = null
  for (const { start_ms, cost } of days) {
    if (start_ms < period.start_ms || start_ms >= period.end_ms) continue
    spent += cost
    if (passed === null && spent >= amount) passed = start_ms
  }
  if (passed !== null && spent < amount) passed = null
  const rate = runRate(days, nowMs)
  const rest = divide(rate.cost * BigInt(Math.max(0, period.end_ms - nowMs)), BigInt(rate.elapsed_ms) * ONE)
  const isCommitted = committed > rest
  const forecast = spent + (isCommitted ? committed : rest)
  if (spent >= amount) return { state: 'exhausted', spent, committed, forecast, exhausted_at_ms: passed }
  const left = rate.cost > 0n ? Number(((amount - spent) * BigInt(rate.elapsed_ms)) / rate.cost) : Number.POSITIVE_INFINITY
  return {
    state: forecast > amount ? 'at_risk' : 'ok',
    spent,
    committed,
    forecast,
    exhausted_at_ms: nowMs + left < period.end_ms ? nowMs + left : null,
  }
}

/** What was spent in which time of the recent past. */
function runRate(days: readonly DaySpend[], nowMs: number): { cost: Decimal; elapsed_ms: number } {
  const first = days.find(day => day.cost > 0n)
  const today = days.findLastIndex(day => day.start_ms <= nowMs)
  if (first === undefined || today === -1) return { cost: 0n, elapsed_ms: DAY }
  const whole = days.slice(Math.max(0, today - RATE_DAYS), today).filter(day => day.start_ms >= first.start_ms)
  const isYoung = whole.length < RATE_DAYS
  const counted = isYoung ? days.filter(day => day.start_ms >= first.start_ms) : whole
  const endMs = isYoung ? nowMs : (days[today] as DaySpend).start_ms
  return {
    cost: counted.reduce((sum, day) => sum + day.cost, 0n),
    // Less than a day of spend says little: it is taken as the spend of a whole day.
    elapsed_ms: Math.max(endMs - (counted[0] as DaySpend).start_ms, DAY),
  }
}
