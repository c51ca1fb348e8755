import fc from 'fast-check'
import type { Charge } from '../../../services/money/charges/charge.ts'
import type { PoolShare } from '../../../services/money/pools/allocation.ts'
import type { Convert } from '../../../services/money/statements/allocated-details.ts'
import { buildCalendar } from '../../../services/money/statements/billing-month.ts'
import type { MonthFacts } from '../../../services/money/statements/month-details.ts'
import type { SharedCost, TenantTerms, Terms } from '../../../services/money/terms/terms.ts'

export const ONE = 10n ** 18n
/** Terms of nobody. */
export const noTerms: Terms = {
  version: 1,
  issuer: 'Platform team',
  currency: 'USD',
  time_zone: 'UTC',
  exchange_rates: [],
  tenants: [],
  rate_cards: [],
  pools: [],
  shared_costs: [],
  budgets: [],
}

/** Everything is in one currency. */
export const sameCurrency: Convert = amount => ({ amount, rate: ONE })

/** A charge of 1,000 input tokens at 2.5 micro-units; costs follow from quantity and price unless given. */
export function charge(facts: Partial<Charge>): Charge {
  const list_unit_price = facts.list_unit_price === undefined ? 2_500_000_000_000n : facts.list_unit_price
  const contracted_unit_price = facts.contracted_unit_price === undefined ? list_unit_price : facts.contracted_unit_price
  const quantity = facts.quantity ?? 1000n * ONE
  return {
    tenant_id: 'acme',
    route: 'chat',
    request_model: 'gpt-4o',
    response_model: 'gpt-4o',
    upstream_kind: 'provider',
    upstream: 'openai',
    region: '',
    service_tier: '',
    price_key: 'gpt-4o',
    price_version: 1,
    min_input_tokens: 0,
    token_kind: 'input',
    is_wasted: false,
    estimate_method: '',
    currency: 'USD',
    period_start_ms: Date.UTC(2026, 2, 5),
    list_unit_price,
    quantity,
    attempts: 1,
    contracted_unit_price,
    rate_term: '',
    pricing_currency: 'USD',
    exchange_rate: ONE,
    list_cost: (list_unit_price ?? 0n) * (quantity / ONE),
    contracted_cost: (contracted_unit_price ?? 0n) * (quantity / ONE),
    effective_cost: (contracted_unit_price ?? 0n) * (quantity / ONE),
    ...facts,
  }
}

/** A tenant in USD and UTC. */
export function tenant(facts: Partial<TenantTerms> & { id: string }): TenantTerms {
  return { name: facts.id, currency: 'USD', time_zone: 'UTC', team: '', cost_centre: '', gl_code: '', tags: {}, rate_card: '', ...facts }
}

/** A shared cost that holds for ever. */
export function sharedCost(facts: Partial<SharedCost>): SharedCost {
  return {
    id: 'platform',
    description: 'Platform team',
    amount: 1000n * ONE,
    currency: 'USD',
    rule: 'proportional',
    tenants: [],
    shares: {},
    valid_from_ms: 0,
    valid_to_ms: null,
    ...facts,
  }
}

const MONTH = '2026-03'
const tenants = ['acme', 'globex', 'initech', 'umbrella']
const zones = ['UTC', 'Europe/Berlin', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu']
const money = fc.bigInt({ min: 0n, max: 10n ** 24n })
const price = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.constant(2_500_000_000_000n))

// Known once: building it is most of a run's time otherwise.
export const monthOf = buildCalendar(MONTH)

/** A month of random charges, pools, shared costs and commitments of up to four tenants in zones of their own, in one currency. */
export const randomMonth: fc.Arbitrary<MonthFacts> = fc
  .record({
    zones: fc.array(fc.constantFrom(...zones), { minLength: 4, maxLength: 4 }),
    charges: fc.array(
      fc.record({
        tenant: fc.nat(3),
        day: fc.nat(30),
        model: fc.constantFrom('gpt-4o', 'claude-sonnet', 'gemini-pro'),
        kind: fc.constantFrom('input', 'cached_input', 'output'),
        list: fc.option(price, { freq: 8 }),
        discount: fc.constantFrom(0n, 5n, 10n),
        quantity: fc.nat(2 ** 40),
        isWasted: fc.boolean(),
      }),
      { maxLength: 40 },
    ),
    shares: fc.array(
      fc.record({
        hour: fc.integer({ min: -24, max: 31 * 24 + 24 }),
        pool: fc.constantFrom('h100', 'l40s'),
        who: fc.constantFrom(...tenants, '__idle__', '__unattributed__'),
        cost: money,
      }),
      { maxLength: 40 },
    ),
    shared: fc.array(fc.record({ amount: money, rule: fc.constantFrom('proportional' as const, 'even' as const, 'fixed' as const) }), {
      maxLength: 3,
    }),
    commitments: fc.array(fc.record({ amount: money, model: fc.constantFrom('', 'gpt-*', 'claude-sonnet') }), { maxLength: 2 }),
  })
  .map(random => ({
    monthOf,
    terms: {
      ...noTerms,
      tenants: tenants.map((id, index) => tenant({ id, time_zone: random.zones[index] as string, rate_card: 'card' })),
      rate_cards: [{ id: 'card', terms: [], commitments: random.commitments.map(commitment) }],
      shared_costs: random.shared.map((facts, index) =>
        sharedCost({ ...facts, id: `shared-${index}`, shares: { acme: ONE / 3n, globex: ONE - ONE / 3n } }),
      ),
    },
    charges: random.charges.map((facts, index) => {
      const month = monthOf(random.zones[facts.tenant] as string)
      const contracted = facts.list === null ? null : facts.list - (facts.list * facts.discount) / 100n
      return charge({
        tenant_id: tenants[facts.tenant] as string,
        period_start_ms: (month.days[facts.day] as { start_ms: number }).start_ms,
        route: `route-${index}`,
        response_model: facts.model,
        price_key: facts.list === null ? '' : facts.model,
        token_kind: facts.kind,
        list_unit_price: facts.list,
        contracted_unit_price: contracted,
        quantity: BigInt(facts.quantity) * ONE,
        is_wasted: facts.isWasted,
      })
    }),
    poolShares: random.shares.map((facts): PoolShare => {
      const start_ms = Date.UTC(2026, 2, 1) + facts.hour * 3_600_000
      const kind = facts.who === '__idle__' ? 'idle' : facts.who === '__unattributed__' ? 'unattributed' : 'busy'
      const end_ms = start_ms + 3_600_000
      const rest = { allocated_ratio: ONE, gpu_hours: ONE, currency: 'USD', model: 'llama' }
      return { pool: facts.pool, start_ms, end_ms, tenant_id: facts.who, kind, cost: facts.cost, ...rest }
    }),
    convert: sameCurrency,
  }))

function commitment(facts: { amount: bigint; model: string }, index: number) {
  const match = { provider: '', model: facts.model, token_kind: '', service_tier: '' }
  return { id: `commit-${index}`, match, amount: facts.amount, currency: 'USD', valid_from_ms: 0, valid_to_ms: null }
}
