/** A statement with every kind of line, made by hand. */
import { type Decimal, multiply, parseDecimal } from '../../../services/money/decimal.ts'
import type { Statement, StatementDetail } from '../../../services/money/statements/statement.ts'
import { noBasis } from '../statements/no-basis.ts'

const d = parseDecimal
const DAY = 86_400_000

/** February 2026 in Berlin. */
export const PERIOD_START = Date.UTC(2026, 0, 31, 23)
export const PERIOD_END = Date.UTC(2026, 1, 28, 23)

/** A million input tokens at 3 USD, on the first day; `changes` override. */
export function detail(changes: Partial<StatementDetail> = {}): StatementDetail {
  const quantity = changes.quantity ?? d('1000000')
  const price = changes.list_unit_price === undefined ? d('0.000003') : changes.list_unit_price
  const contracted = changes.contracted_unit_price === undefined ? price : changes.contracted_unit_price
  const cost = (unitPrice: Decimal | null) => (unitPrice === null ? 0n : multiply(unitPrice, quantity))
  const contractedCost = changes.contracted_cost ?? cost(contracted)
  return {
    line_no: 1,
    charge_category: 'Usage',
    charge_class: '',
    corrects_statement: '',
    correction_reason: '',
    description: 'gpt-4o, input tokens',
    upstream_kind: 'provider',
    upstream: 'openai',
    model: 'gpt-4o',
    region: '',
    service_tier: '',
    meter: 'input',
    price_key: 'gpt-4o',
    price_version: 1,
    min_input_tokens: 0,
    is_wasted: false,
    estimate_method: '',
    rate_term: '',
    commitment_id: '',
    adjustment_id: '',
    pricing_currency: 'USD',
    exchange_rate: d('1'),
    list_unit_price: price,
    contracted_unit_price: contracted,
    quantity,
    unit: 'Tokens',
    list_cost: cost(price),
    contracted_cost: contractedCost,
    effective_cost: contractedCost,
    precise_cost: contractedCost,
    charge_period_start_ms: PERIOD_START,
    charge_period_end_ms: PERIOD_START + DAY,
    allocated_ratio: null,
    allocated_method: '',
    ...changes,
  }
}

/** A line without a price per token: an amount for `quantity` units, 1 unless told. */
export function flat(amount: string, changes: Partial<StatementDetail>): StatementDetail {
  const cost = d(amount)
  return detail({
    upstream_kind: '',
    upstream: '',
    model: '',
    price_key: '',
    price_version: 0,
    list_unit_price: null,
    contracted_unit_price: null,
    quantity: d('1'),
    unit: '',
    list_cost: cost,
    contracted_cost: cost,
    effective_cost: cost,
    precise_cost: cost,
    ...changes,
  })
}

/** A pool's time for a tenant. */
export function gpu(amount: string, meter: 'gpu_busy' | 'gpu_idle', ratio: string, hours: string): StatementDetail {
  return flat(amount, {
    line_no: 7,
    upstream_kind: 'pool',
    upstream: 'llama',
    model: 'llama-3',
    meter,
    description: `pool llama, ${meter}`,
    quantity: d(hours),
    unit: 'GPU-Hours',
    allocated_ratio: d(ratio),
    allocated_method: 'weighted-tokens',
  })
}

/** Every kind of line but commitments. */
export const details: readonly StatementDetail[] = [
  detail(),
  detail({
    line_no: 2,
    meter: 'output',
    description: 'gpt-4o, output "tokens", all',
    quantity: d('333333'),
    list_unit_price: d('0.000015'),
    contracted_unit_price: d('0.0000135'),
    rate_term: 'ten-off',
    region: 'eu-west-1',
    is_wasted: true,
  }),
  detail({
    line_no: 3,
    meter: 'cached_input',
    quantity: d('7'),
    list_unit_price: d('0.0000003'),
    min_input_tokens: 200_000,
    service_tier: 'batch',
    estimate_method: 'bytes',
  }),
  detail({ line_no: 4, model: 'nobody-knows', price_key: '', price_version: 0, list_unit_price: null, contracted_unit_price: null }),
  detail({ line_no: 5, model: 'free', list_unit_price: 0n }),
  detail({
    line_no: 6,
    upstream: 'mistral_ai',
    model: 'mistral-large',
    pricing_currency: 'EUR',
    exchange_rate: d('1.0837'),
    quantity: d('123457'),
    list_unit_price: d('0.0000021'),
    // 123457 × 0.0000021 × 1.0837, by hand.
    list_cost: d('0.28095973689'),
    contracted_cost: d('0.28095973689'),
  }),
  gpu('12.345678901234567891', 'gpu_busy', '0.6', '4.5'),
  gpu('8.23', 'gpu_idle', '0.4', '3'),
  gpu('0.5', 'gpu_idle', '0.1', '0'),
  flat('250', {
    line_no: 8,
    meter: 'shared_cost',
    description: 'platform team',
    rate_term: 'platform',
    allocated_ratio: d('0.25'),
    allocated_method: 'proportional',
  }),
  flat('-5.5', { line_no: 9, meter: 'adjustment', charge_category: 'Credit', description: 'Outage of 3 February', quantity: 0n }),
  flat('1.005', { line_no: 10, meter: 'adjustment', charge_category: 'Adjustment', description: 'Dispute 12', quantity: 0n }),
  detail({
    line_no: 11,
    charge_class: 'Correction',
    corrects_statement: 'acme-2026-01',
    correction_reason: 'price',
    quantity: 0n,
    list_cost: d('-0.75'),
    contracted_cost: d('-0.75'),
    charge_period_start_ms: Date.UTC(2026, 0, 9, 23),
    charge_period_end_ms: Date.UTC(2026, 0, 10, 23),
  }),
]

/** 500 USD committed, 3 of them used, 497 left. */
export const commitments: readonly StatementDetail[] = [
  flat('500', {
    line_no: 12,
    commitment_id: 'acme-500',
    charge_category: 'Purchase',
    meter: 'commitment',
    effective_cost: 0n,
    charge_period_end_ms: PERIOD_END,
  }),
  detail({ line_no: 13, commitment_id: 'acme-500', precise_cost: 0n }),
  flat('497', { line_no: 14, commitment_id: 'acme-500', meter: 'commitment_unused', precise_cost: 0n, charge_period_end_ms: PERIOD_END }),
]

/** The statement of these lines; its payable is what the precise costs sum to, to the nearest cent. */
export function statementOf(of: readonly StatementDetail[], changes: Partial<Statement> = {}): Statement {
  const precise = of.reduce((sum, line) => sum + line.precise_cost, 0n)
  const cent = d('0.01')
  return {
    statement_id: 'acme-2026-02',
    issuer: 'Platform Team',
    tenant_id: 'acme',
    tenant_name: 'Acmé Ltd, "north"',
    team: 'search',
    cost_centre: 'CC-7',
    gl_code: '6400',
    tags: { env: 'prod', größe: 'groß' },
    month: '2026-02',
    time_zone: 'Europe/Berlin',
    period_start_ms: PERIOD_START,
    period_end_ms: PERIOD_END,
    currency: 'USD',
    status: 'closed',
    as_of_ms: null,
    repricing_minutes: 0,
    lines: [],
    details: of,
    precise_total: precise,
    payable: ((precise + cent / 2n) / cent) * cent,
    basis: noBasis,
    content_sha256: '',
    closed_at_ms: PERIOD_END,
    closed_by: 'test',
    forced_reason: '',
    ...changes,
  }
}
