import type { Charge, ChargeKey, ChargeQuantity } from '../../money/charges/charge.ts'
import { buildCuts, termsCuts } from '../../money/charges/cuts.ts'
import { rateCharges } from '../../money/charges/rate-charges.ts'
import { type Decimal, formatDecimal, parseDecimal } from '../../money/decimal.ts'
import type { Terms } from '../../money/terms/terms.ts'
import { readTerms } from '../../money/terms/terms-store.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import type { Question } from '../http/parameters.ts'
import { secondsUp, stepOrigin, timeText } from '../http/period.ts'
import { readRows } from '../http/read-limits.ts'
import type { TenantScope } from '../http/readers.ts'
import { buildBillingDays } from './billing-days.ts'
import { compareRows, isBehind } from './key-order.ts'
import { sourceOf } from './level.ts'
import { levelRows } from './level-rows.ts'
import type { FindRows, ReportDeps, Row } from './report.ts'
import { type FilterConditions, keysOf, STEP_COLUMN, STEP_START, scopeParameters, stepParameters, withFilters } from './report-sql.ts'

/** Columns that decide what a quantity costs, and which of its measures it counts in. */
const PRICED_BY = [
  'tenant_id',
  'request_model',
  'response_model',
  'upstream_kind',
  'upstream',
  'service_tier',
  'price_key',
  'token_kind',
  'is_wasted',
  'estimate_method',
  'currency',
] as const satisfies readonly (keyof ChargeKey)[]
/** Quantities that one answer is made from; each takes about 1 KB. */
const MOST_QUANTITIES = 300_000
const noKey: ChargeKey = {
  ...{ tenant_id: '', route: '', request_model: '', response_model: '', upstream_kind: '', upstream: '', region: '' },
  ...{ service_tier: '', price_key: '', price_version: 0, min_input_tokens: 0, token_kind: '', is_wasted: false, estimate_method: '' },
  currency: '',
}
const sql = readQuery(import.meta.url, 'charges')

/** Sums of one row of the answer. */
interface Sums {
  list_cost: Decimal
  contracted_cost: Decimal
  effective_cost: Decimal
  wasted_cost: Decimal
  estimated_cost: Decimal
  quantities: Map<string, Decimal>
  unpriced_quantities: Map<string, Decimal>
}

type QuantityRow = Partial<ChargeKey> & { period_start_s: number; list_unit_price: string | null; units: string }

/**
 * Builds what finds the rows of /v1/charges: quantities are read by what decides their price, rated by the billing terms in force, and
 * summed by the groups asked for. It rejects with EXCHANGE_RATE_MISSING and as readRows does.
 */
export function buildFindCharges(conditions: FilterConditions): FindRows {
  return async (question, scope, deps) => {
    const terms = await readTerms(deps.clickhouse)
    const days = question.groupBy.includes('day') ? buildBillingDays(terms, question.period) : undefined
    const cuts = [...termsCuts(terms), ...(days?.starts ?? [])]
    const quantities = await readQuantities({ question, scope, cuts, conditions }, deps)
    const keys = keysOf(question, ['currency'])
    const isShared = sharedBy(terms)
    const groups = new Map<string, { row: Row; sums: Sums }>()
    for (const charge of rateCharges(quantities, terms)) {
      const values = keys.map(key => keyOf(key, charge, question, days?.dateOf))
      const name = JSON.stringify(values)
      const group = groups.get(name) ?? { row: Object.fromEntries(keys.map((key, index) => [key, values[index]])), sums: noSums() }
      groups.set(name, group)
      addCharge(group.sums, charge, isShared(charge))
    }
    return [...groups.values()]
      .filter(({ row }) => isBehind(row, keys, question.after))
      .sort((a, b) => compareRows(a.row, b.row, keys))
      .slice(0, question.limit + 1)
      .map(({ row, sums }) => ({ ...row, ...shown(sums) }))
  }
}

async function readQuantities(
  asked: { question: Question; scope: TenantScope; cuts: readonly number[]; conditions: FilterConditions },
  deps: ReportDeps,
): Promise<ChargeQuantity[]> {
  const { question, scope, conditions } = asked
  const columns = [...new Set([...PRICED_BY, ...question.groupBy.filter(name => name !== 'day')])]
  const { fromMs, toMs } = question.period
  const period = { start_ms: secondsUp(fromMs) * SECOND, end_ms: toMs }
  const cuts = buildCuts(period, asked.cuts)
  const source = await sourceOf(levelRows('quantities', question, scope), question, deps, cuts)
  const filtered = withFilters(
    sql.replace('{rows}', () => source.sql),
    question,
    conditions,
  )
  const text = filtered.sql
    .replaceAll('{columns}', () => columns.map(name => `r.${name} AS ${name},`).join(' '))
    .replaceAll('{step_start}', () => (question.stepMs === undefined ? "toDateTime(0, 'UTC')" : STEP_START))
    .replaceAll('{group_by}', () => columns.map(name => `r.${name},`).join(' '))
  const parameters = {
    ...source.parameters,
    ...scopeParameters(question, scope),
    ...filtered.parameters,
    ...stepParameters(question),
    cuts: cuts.map(cut => cut / SECOND),
    limit: MOST_QUANTITIES + 1,
  }
  const rows = await readRows<QuantityRow>(text, parameters, deps)
  if (rows.length > MOST_QUANTITIES) {
    throw new AppError(
      'API_QUERY_TOO_LARGE',
      `the answer would be made from more than ${MOST_QUANTITIES} sums: narrow the range or filter, raise step or group by less`,
    )
  }
  return rows.map(({ period_start_s, list_unit_price, units, ...key }) => ({
    ...noKey,
    ...key,
    period_start_ms: period_start_s * SECOND,
    list_unit_price: list_unit_price === null ? null : parseDecimal(list_unit_price),
    quantity: parseDecimal(units),
    attempts: 0,
  }))
}

function keyOf(key: string, charge: Charge, { stepMs }: Question, dateOf: ((tenant: string, atMs: number) => string) | undefined): unknown {
  if (key === 'day') return dateOf?.(charge.tenant_id, charge.period_start_ms)
  if (key !== STEP_COLUMN || stepMs === undefined) return charge[key as keyof ChargeKey]
  const origin = stepOrigin(stepMs)
  return timeText(Math.floor((charge.period_start_ms - origin) / stepMs) * stepMs + origin)
}

/** Whether a charge is paid by its tenant's share of a pool of the terms. */
function sharedBy({ pools }: Terms): (charge: Charge) => boolean {
  const names = new Set(pools.map(({ pool }) => pool))
  return ({ upstream_kind, upstream }) => upstream_kind === 'pool' && names.has(upstream)
}

function addCharge(sums: Sums, charge: Charge, isShared: boolean): void {
  sums.list_cost += charge.list_cost
  sums.contracted_cost += charge.contracted_cost
  sums.effective_cost += charge.effective_cost
  if (charge.is_wasted) sums.wasted_cost += charge.effective_cost
  if (charge.estimate_method !== '') sums.estimated_cost += charge.effective_cost
  addTo(sums.quantities, charge)
  if (charge.contracted_unit_price === null && !isShared) addTo(sums.unpriced_quantities, charge)
}

function addTo(quantities: Map<string, Decimal>, { token_kind, quantity }: Charge): void {
  quantities.set(token_kind, (quantities.get(token_kind) ?? 0n) + quantity)
}

function noSums(): Sums {
  const costs = { list_cost: 0n, contracted_cost: 0n, effective_cost: 0n, wasted_cost: 0n, estimated_cost: 0n }
  return { ...costs, quantities: new Map(), unpriced_quantities: new Map() }
}

function shown(sums: Sums): Row {
  const cells = Object.entries(sums).map(([name, value]) => [name, value instanceof Map ? shownQuantities(value) : formatDecimal(value)])
  return Object.fromEntries(cells)
}

/** Quantities as JSON numbers, by kind. */
function shownQuantities(quantities: ReadonlyMap<string, Decimal>): Record<string, number> {
  const byKind = [...quantities].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(byKind.map(([kind, quantity]) => [kind, Number(formatDecimal(quantity))]))
}
