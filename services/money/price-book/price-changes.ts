/** How the list of a model changes, price by price. */
import { type Decimal, divide, formatDecimal, parseDecimal } from '../decimal.ts'
import { listInForce, listText } from './price-lists.ts'
import { type PriceRow, thingOf } from './price-row.ts'

/** One price before and after; null: none. `ratio`: new by old, 4 digits; null where there is none. */
export interface PriceChange {
  change: 'added' | 'changed' | 'dropped'
  provider: string
  model: string
  token_kind: string
  service_tier: string
  min_input_tokens: number
  unit: string
  old_unit_price: string | null
  new_unit_price: string | null
  ratio: string | null
  currency: string
  valid_from: number
}

const RATIO_DIGITS = 4

/** What the new `rows` of a model, the first of which begin at `from` (ms), change of its stored rows `old`. */
export function listChanges(rows: readonly PriceRow[], old: readonly PriceRow[], fromMs: number): PriceChange[] {
  const named = new Set(rows.map(thingOf))
  const dropped = listInForce(old, fromMs).filter(row => !named.has(thingOf(row)))
  return [
    ...rows.filter(row => row.token_kind !== 'withdrawn').flatMap(row => changeOf(row, old)),
    ...dropped.map(row => toChange('dropped', { ...row, valid_from: fromMs }, row.unit_price, null)),
  ]
}

function changeOf(row: PriceRow, old: readonly PriceRow[]): PriceChange[] {
  const former = listInForce(old, row.valid_from).find(one => thingOf(one) === thingOf(row))
  if (former === undefined) return [toChange('added', row, null, row.unit_price)]
  return listText([former]) === listText([row]) ? [] : [toChange('changed', row, former.unit_price, row.unit_price, former.currency)]
}

/** A change as it is shown; `old` and `price` null: none. */
export function toChange(
  change: PriceChange['change'],
  row: PriceRow,
  old: string | null,
  price: string | null,
  oldCurrency = row.currency,
): PriceChange {
  const { provider, model, token_kind, service_tier, min_input_tokens, unit, currency, valid_from } = row
  const isComparable = old !== null && price !== null && oldCurrency === currency && parseDecimal(old) > 0n
  const ratio = isComparable ? ratioText(parseDecimal(price), parseDecimal(old)) : null
  const old_unit_price = old !== null && oldCurrency !== currency ? `${old} ${oldCurrency}` : old
  return {
    change,
    provider,
    model,
    token_kind,
    service_tier,
    min_input_tokens,
    unit,
    old_unit_price,
    new_unit_price: price,
    ratio,
    currency,
    valid_from,
  }
}

function ratioText(price: Decimal, former: Decimal): string {
  return formatDecimal(parseDecimal(formatDecimal(divide(price, former)), { fractionDigits: RATIO_DIGITS }))
}
