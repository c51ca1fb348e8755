/** The parts that a statement is put together from, before they are summed into lines and numbered. */
import type { StatementDetail } from './statement.ts'

/** A detail that is not part of a numbered line yet. */
export type Detail = Omit<StatementDetail, 'line_no'>

/** Tenant id of the statement that holds what no tenant is charged for. */
export const HOUSE_TENANT = '__house__'
/** Tenant ids whose costs stand on the house's statement: idle that is kept apart, busy time that no attempt explains, attempts of nobody. */
export const HOUSE_TENANTS: readonly string[] = ['__idle__', '__unattributed__', '', HOUSE_TENANT]

/** Fields that sum when details are put together. */
export const summedFields = ['quantity', 'list_cost', 'contracted_cost', 'effective_cost', 'precise_cost'] as const

/** Fields that tell lines apart. In this order lines are sorted after their section. */
export const lineKeyFields = [
  'corrects_statement',
  'charge_class',
  'charge_category',
  'upstream_kind',
  'upstream',
  'model',
  'service_tier',
  'region',
  'meter',
  'is_wasted',
  'estimate_method',
  'commitment_id',
  'adjustment_id',
  'price_key',
  'price_version',
  'min_input_tokens',
  'rate_term',
  'pricing_currency',
  'list_unit_price',
  'contracted_unit_price',
  'unit',
  'correction_reason',
  'description',
] as const satisfies readonly (keyof Detail)[]

/** Fields that tell the details of a line apart. */
export const detailKeyFields = [
  'charge_period_start_ms',
  'charge_period_end_ms',
  'exchange_rate',
] as const satisfies readonly (keyof Detail)[]

const ONE = 10n ** 18n
const empty: Detail = {
  charge_category: 'Usage',
  charge_class: '',
  corrects_statement: '',
  correction_reason: '',
  description: '',
  upstream_kind: '',
  upstream: '',
  model: '',
  region: '',
  service_tier: '',
  meter: '',
  price_key: '',
  price_version: 0,
  min_input_tokens: 0,
  is_wasted: false,
  estimate_method: '',
  rate_term: '',
  commitment_id: '',
  adjustment_id: '',
  pricing_currency: '',
  exchange_rate: ONE,
  list_unit_price: null,
  contracted_unit_price: null,
  quantity: 0n,
  unit: '',
  list_cost: 0n,
  contracted_cost: 0n,
  effective_cost: 0n,
  precise_cost: 0n,
  charge_period_start_ms: 0,
  charge_period_end_ms: 0,
  allocated_ratio: null,
  allocated_method: '',
}

/** A detail with the given facts and neutral values for the rest. */
export function detail(facts: Partial<Detail>): Detail {
  return { ...empty, ...facts }
}

/** Text that is equal for details with equal values of `fields`. */
export function keyText(item: Detail, fields: readonly (keyof Detail)[]): string {
  let text = ''
  for (const field of fields) text += `${item[field] ?? '∅'}\u0000`
  return text
}

/** Puts details of the same line, charge period and exchange rate together. */
export function mergeDetails(details: readonly Detail[]): Detail[] {
  const merged = new Map<string, Detail>()
  for (const one of details) {
    const key = keyText(one, lineKeyFields) + keyText(one, detailKeyFields)
    const known = merged.get(key)
    if (known === undefined) {
      merged.set(key, { ...one })
      continue
    }
    for (const field of summedFields) known[field] += one[field]
    known.allocated_ratio =
      known.allocated_ratio === null || one.allocated_ratio === null ? null : known.allocated_ratio + one.allocated_ratio
  }
  return [...merged.values()]
}
