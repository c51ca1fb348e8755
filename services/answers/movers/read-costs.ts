/** What was charged and asked in a period, read from settled minutes and rated by the billing terms in force. */
import type { Charge } from '../../money/charges/charge.ts'
import { termsCuts } from '../../money/charges/cuts.ts'
import { rateCharges } from '../../money/charges/rate-charges.ts'
import { readQuantities } from '../../money/charges/read-quantities.ts'
import { multiply, parseDecimal } from '../../money/decimal.ts'
import type { Terms } from '../../money/terms/terms.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { MINUTE } from '../../platform/clock.ts'
import { leveledRows } from '../leveled-rows.ts'
import type { AnswerDeps, Asked } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import {
  type Amount,
  CELL_COLUMNS,
  type CellKey,
  type CellRequests,
  type CostLeaf,
  cellName,
  NO_AMOUNT,
  NO_REQUESTS,
  type Requests,
} from './cost-leaf.ts'

const requestsSql = readQuery(import.meta.url, 'requests')

/** Charges and requests of one period. What own pools cost is not among the charges: it is shared by the hour, not by the request. */
export interface PeriodCosts {
  readonly charges: readonly Charge[]
  readonly requests: readonly (CellKey & Requests)[]
}

/** Whose costs of which time; ms, whole minutes. */
export type CostsAsked = Pick<Asked, 'fromMs' | 'toMs' | 'scope'>

type RequestsRow = CellKey & Readonly<Record<keyof Requests, string>>

/** Reads a period. Rejects with EXCHANGE_RATE_MISSING and the codes of the client. */
export async function readCosts(asked: CostsAsked, terms: Terms, { clickhouse }: AnswerDeps): Promise<PeriodCosts> {
  const { fromMs, toMs, scope } = asked
  const cuts = termsCuts(terms)
  const [charged, requested] = await Promise.all([
    leveledRows('quantities', asked, cuts, { clickhouse }),
    leveledRows('usage', asked, [], { clickhouse }),
  ])
  const [quantities, rows] = await Promise.all([
    readQuantities(
      {
        period: { start_ms: Math.ceil(fromMs / MINUTE) * MINUTE, end_ms: Math.ceil(toMs / MINUTE) * MINUTE },
        cuts,
        rows: charged,
        tenants: scope.isAll ? undefined : { only: scope.tenants },
        hasRoutes: true,
      },
      clickhouse,
    ),
    clickhouse.query<RequestsRow>(
      requestsSql.replace('{rows}', () => requested.sql),
      {
        ...askedParameters(asked),
        ...requested.parameters,
      },
    ),
  ])
  const pools = new Set(terms.pools.map(({ pool }) => pool))
  const priced = quantities.filter(({ upstream_kind, upstream }) => !(upstream_kind === 'pool' && pools.has(upstream)))
  return { charges: rateCharges(priced, terms), requests: rows.map(requestsOf) }
}

function requestsOf({ requests, successful, cache_hits, ...key }: RequestsRow): CellKey & Requests {
  return { ...key, requests: parseDecimal(requests), successful: parseDecimal(successful), cache_hits: parseDecimal(cache_hits) }
}

/** Two periods side by side: leaves and requests of one bill's currency. */
export interface ComparedCosts {
  readonly currency: string
  readonly leaves: readonly CostLeaf[]
  readonly counts: readonly CellRequests[]
}

/** Puts two periods side by side, by the currency of the bills, that of the terms first. */
export function compareCosts(before: PeriodCosts, after: PeriodCosts, terms: Pick<Terms, 'currency' | 'tenants'>): ComparedCosts[] {
  const currencies = new Map(terms.tenants.map(({ id, currency }) => [id, currency]))
  const currencyOf = ({ tenant_id }: CellKey) => currencies.get(tenant_id) ?? terms.currency
  const leaves = Map.groupBy(joinLeaves(before.charges, after.charges), currencyOf)
  const counts = Map.groupBy(joinRequests(before.requests, after.requests), currencyOf)
  const names = [...new Set([...leaves.keys(), ...counts.keys()])].sort()
  names.sort((a, b) => Number(b === terms.currency) - Number(a === terms.currency))
  return names.map(currency => ({ currency, leaves: leaves.get(currency) ?? [], counts: counts.get(currency) ?? [] }))
}

function joinLeaves(before: readonly Charge[], after: readonly Charge[]): CostLeaf[] {
  const found = new Map<string, CostLeaf & { before: Amount; after: Amount }>()
  for (const [side, charges] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const charge of charges) {
      const key = leafKeyOf(charge)
      const name = JSON.stringify(Object.values(key))
      const leaf = found.get(name) ?? { ...key, before: NO_AMOUNT, after: NO_AMOUNT }
      const { quantity, cost, priced_cost } = leaf[side]
      const priced = charge.contracted_unit_price === null ? 0n : multiply(charge.contracted_unit_price, charge.quantity)
      const amount = { quantity: quantity + charge.quantity, cost: cost + charge.effective_cost, priced_cost: priced_cost + priced }
      found.set(name, { ...leaf, [side]: amount })
    }
  }
  return [...found.values()]
}

function leafKeyOf(charge: Charge) {
  const { tenant_id, route, request_model, response_model, upstream_kind, upstream, service_tier } = charge
  const { token_kind, region, min_input_tokens, pricing_currency, is_wasted, estimate_method } = charge
  return {
    ...{ tenant_id, route, request_model, response_model, upstream_kind, upstream, service_tier },
    ...{ token_kind, region, min_input_tokens, pricing_currency, is_wasted, is_estimated: estimate_method !== '' },
  }
}

function joinRequests(before: PeriodCosts['requests'], after: PeriodCosts['requests']): CellRequests[] {
  const found = new Map<string, CellRequests>()
  for (const [side, rows] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const row of rows) {
      const name = cellName(row)
      const key = Object.fromEntries(CELL_COLUMNS.map(column => [column, row[column]])) as unknown as CellKey
      const cell = found.get(name) ?? { ...key, before: NO_REQUESTS, after: NO_REQUESTS }
      const { requests, successful, cache_hits } = cell[side]
      const sum = {
        requests: requests + row.requests,
        successful: successful + row.successful,
        cache_hits: cache_hits + row.cache_hits,
      }
      found.set(name, { ...cell, [side]: sum })
    }
  }
  return [...found.values()]
}
