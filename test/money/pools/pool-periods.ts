import { parseDecimal } from '../../../services/money/decimal.ts'
import type { PoolPeriod, TenantWork } from '../../../services/money/pools/allocation.ts'
import type { PoolMoney } from '../../../services/money/pools/period-cost.ts'
import { DEFAULT_WEIGHTS } from '../../../services/money/pools/work-weights.ts'
import type { PoolTerms, TenantTerms, Terms } from '../../../services/money/terms/terms.ts'

/** Start of the hour that the tests work in. */
export const HOUR_START_MS = Date.UTC(2026, 10, 24, 3)
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS

/** Decimal of a text. */
export const decimal = (text: string) => parseDecimal(text)
/** In US dollars, without any exchange rate. */
export const dollars: PoolMoney = { currency: 'USD', exchange_rates: [] }
/** Valid always. */
export const always = { valid_from_ms: 0, valid_to_ms: null }

/** Terms of pool `gpu-a`: 2 USD per GPU-hour as far as GPUs are there; `facts` overrides. */
export function poolTerms(facts: Partial<PoolTerms> = {}): PoolTerms {
  return {
    pool: 'gpu-a',
    owner: '',
    gpu_count: 'measured',
    gpus_per_engine: 1,
    rates: [{ ...always, id: 'hourly', purchase: 'on_demand', per_gpu_hour: decimal('2'), currency: 'USD', gpus: null }],
    overheads: [],
    weights: DEFAULT_WEIGHTS,
    split_by: 'tokens',
    idle: 'kept',
    reservations: [],
    compare_with: null,
    ...facts,
  }
}

/** A whole measured hour of four GPUs that worked half of the time, without work; `facts` overrides. */
export function poolPeriod(facts: Partial<PoolPeriod> = {}): PoolPeriod {
  return {
    pool: 'gpu-a',
    start_ms: HOUR_START_MS,
    end_ms: HOUR_START_MS + HOUR_MS,
    gpu_hours: decimal('4'),
    utilisation_ratio: decimal('0.5'),
    utilisation_source: 'gpu',
    measured_minutes: 60,
    work: [],
    ...facts,
  }
}

/** Work of a tenant with one model; `facts` overrides. */
export function tenantWork(tenant_id: string, facts: Partial<TenantWork> = {}): TenantWork {
  return {
    tenant_id,
    model: 'llama-70b',
    uncached_input_tokens: 0,
    cached_input_tokens: 0,
    output_tokens: 0,
    prefill_seconds: null,
    decode_seconds: null,
    ...facts,
  }
}

/** A document in US dollars and UTC with these pools; `facts` overrides. */
export function termsOf(pools: PoolTerms[], facts: Partial<Terms> = {}): Terms {
  return {
    version: 1,
    issuer: 'Platform',
    currency: 'USD',
    time_zone: 'UTC',
    exchange_rates: [],
    tenants: [],
    rate_cards: [],
    pools,
    shared_costs: [],
    budgets: [],
    ...facts,
  }
}

/** A tenant that pays in USD, by the calendar of this zone, and of which nothing else is told. */
export function tenantIn(id: string, time_zone: string): TenantTerms {
  return { id, name: id, currency: 'USD', time_zone, team: '', cost_centre: '', gl_code: '', tags: {}, rate_card: '' }
}
