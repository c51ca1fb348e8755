import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { AppError } from '../../platform/errors.ts'
import type { Charge } from '../charges/charge.ts'
import { termsCuts } from '../charges/cuts.ts'
import { matchesCharge, matchesPattern } from '../charges/match-charge.ts'
import { rateCharges } from '../charges/rate-charges.ts'
import { readQuantities } from '../charges/read-quantities.ts'
import { type Decimal, multiply } from '../decimal.ts'
import type { PoolShare } from '../pools/allocation.ts'
import { readPoolShares } from '../pools/read-pool-costs.ts'
import { toldUntil } from '../pools/told-until.ts'
import { exchangeRateAt } from '../terms/exchange-rate.ts'
import type { Budget, TenantTerms, Terms } from '../terms/terms.ts'
import { type BudgetPeriod, budgetPeriodAt, dayStarts, monthsToCome } from './budget-period.ts'
import { type BudgetStatus, budgetStatus } from './budget-status.ts'

/** A budget and how it stands; `status` null: it cannot be told, `fault` says why. */
export interface BudgetReport {
  budget: Budget
  time_zone: string
  period: BudgetPeriod
  status: BudgetStatus | null
  fault: string
}

/** What a budget is held against. */
interface Spend {
  charges: readonly Charge[]
  shares: readonly PoolShare[]
}

/** Spend before the period that the run rate looks back at. */
const LOOK_BACK_MS = 8 * 86_400_000

/**
 * How the budgets in force at `nowMs` stand, in the order of the terms: settled charges and pool shares at effective cost, in days of the
 * budget's zone (its tenant's, else the document's). Only those that `isWanted` says. Rejects with ClickHouse's AppErrors; a budget that
 * lacks an exchange rate says so itself.
 */
export async function readBudgets(
  terms: Terms,
  at: { nowMs: number; isWanted?: (budget: Budget) => boolean },
  deps: { clickhouse: ClickHouse },
): Promise<BudgetReport[]> {
  const { nowMs, isWanted = () => true } = at
  const inForce = terms.budgets.filter(
    budget => budget.valid_from_ms <= nowMs && (budget.valid_to_ms === null || nowMs < budget.valid_to_ms) && isWanted(budget),
  )
  const dated = inForce.map(budget => {
    const time_zone = terms.tenants.find(tenant => tenant.id === budget.scope.tenant_id)?.time_zone ?? terms.time_zone
    return { budget, time_zone, period: budgetPeriodAt(budget.period, nowMs, time_zone) }
  })
  const reports: BudgetReport[] = []
  const spends = new Map<string, Promise<Spend>>()
  const fromMs = (zone: string) =>
    Math.min(nowMs - LOOK_BACK_MS, ...dated.filter(one => one.time_zone === zone).map(one => one.period.start_ms))
  for (const one of dated) {
    const days = dayStarts(fromMs(one.time_zone), nowMs, one.time_zone)
    const reading = spends.get(one.time_zone) ?? readSpend(days, nowMs, terms, deps)
    spends.set(one.time_zone, reading)
    reports.push({ ...one, ...statusOf(one, days, nowMs, await reading, terms) })
  }
  return reports
}

async function readSpend(days: readonly number[], nowMs: number, terms: Terms, { clickhouse }: { clickhouse: ClickHouse }): Promise<Spend> {
  const minute = 60_000
  const period = { start_ms: days[0] ?? nowMs, end_ms: Math.ceil((nowMs + 1) / minute) * minute }
  const quantities = await readQuantities({ period, cuts: [...days, ...termsCuts(terms)], hasRoutes: true }, clickhouse)
  const shares: PoolShare[] = []
  if (terms.pools.length > 0) {
    const untilMs = await toldUntil(nowMs, { clickhouse })
    for await (const day of readPoolShares(period, terms, { clickhouse, untilMs })) shares.push(...day)
  }
  return { charges: rateCharges(quantities, terms), shares }
}

function statusOf(
  { budget, time_zone, period }: { budget: Budget; time_zone: string; period: BudgetPeriod },
  days: readonly number[],
  nowMs: number,
  spend: Spend,
  terms: Terms,
): Pick<BudgetReport, 'status' | 'fault'> {
  try {
    const inBudget = (amount: Decimal, from: string, atMs: number) =>
      from === budget.currency ? amount : multiply(amount, exchangeRateAt(terms.exchange_rates, from, budget.currency, atMs))
    const costs = new Map(days.map(day => [day, 0n]))
    const add = (atMs: number, cost: Decimal) => {
      const day = days.findLast(start => start <= atMs)
      if (day !== undefined && atMs <= nowMs) costs.set(day, (costs.get(day) ?? 0n) + cost)
    }
    const isMember = memberOf(budget, terms)
    for (const charge of spend.charges) {
      if (isMember(charge.tenant_id) && matchesPattern(budget.scope.route, charge.route) && isModel(budget, charge))
        add(charge.period_start_ms, inBudget(charge.effective_cost, charge.currency, charge.period_start_ms))
    }
    // A share of a pool belongs to no route.
    for (const share of budget.scope.route === '' ? spend.shares : []) {
      if (isMember(share.tenant_id) && matchesPattern(budget.scope.model, share.model))
        add(share.start_ms, inBudget(share.cost, share.currency, share.start_ms))
    }
    const committed = committedRest(budget, { time_zone, period, nowMs }, spend, terms, inBudget)
    const series = days.map(start_ms => ({ start_ms, cost: costs.get(start_ms) ?? 0n }))
    return { status: budgetStatus(budget.amount, series, { period, nowMs, committed }), fault: '' }
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'EXCHANGE_RATE_MISSING')) throw error
    return { status: null, fault: error.message }
  }
}

function memberOf({ scope }: Budget, terms: Terms): (tenantId: string) => boolean {
  const teams = new Map(terms.tenants.map(tenant => [tenant.id, tenant.team]))
  return tenantId =>
    matchesPattern(scope.tenant_id, tenantId) && (scope.team === '' || matchesPattern(scope.team, teams.get(tenantId) ?? ''))
}

function isModel({ scope }: Budget, charge: Charge): boolean {
  return matchesPattern(scope.model, charge.response_model || charge.request_model) || matchesPattern(scope.model, charge.price_key)
}

/** What commitments of the scope's tenants have left this month, and those of the months to come; a budget of a route or model has none. */
function committedRest(
  budget: Budget,
  { time_zone, period, nowMs }: { time_zone: string; period: BudgetPeriod; nowMs: number },
  { charges }: Spend,
  terms: Terms,
  inBudget: (amount: Decimal, from: string, atMs: number) => Decimal,
): Decimal {
  if (budget.scope.route !== '' || budget.scope.model !== '') return 0n
  const isMember = memberOf(budget, terms)
  const month = budgetPeriodAt('month', nowMs, time_zone)
  const bearers = terms.tenants.filter(tenant => isMember(tenant.id))
  let rest = 0n
  for (const { tenant, commitment } of bearers.flatMap(tenant => commitmentsOf(tenant, terms, nowMs))) {
    const covered = charges
      .filter(one => one.tenant_id === tenant.id && one.period_start_ms >= month.start_ms && matchesCharge(commitment.match, one))
      .reduce((sum, one) => sum + inBudget(one.effective_cost, one.currency, one.period_start_ms), 0n)
    const amount = inBudget(commitment.amount, commitment.currency, month.start_ms)
    if (amount > covered) rest += amount - covered
    rest += amount * BigInt(monthsToCome(period, nowMs, time_zone))
  }
  return rest
}

function commitmentsOf(tenant: TenantTerms, terms: Terms, nowMs: number) {
  const card = terms.rate_cards.find(({ id }) => id === tenant.rate_card)
  return (card?.commitments ?? [])
    .filter(one => one.valid_from_ms <= nowMs && (one.valid_to_ms === null || nowMs < one.valid_to_ms))
    .map(commitment => ({ tenant, commitment }))
}
