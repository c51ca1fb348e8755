/** Unit prices, quantity and unit of a priced line, in the billing and in the pricing currency. */
import { type Decimal, divide, multiply, parseDecimal } from '../decimal.ts'
import type { StatementDetail } from '../statements/statement.ts'
import { focusMeter } from './meters.ts'

/** What FOCUS says of a price; amounts without a prefix are in the billing currency. */
export interface LinePrices {
  category: 'Standard' | 'Committed' | 'Other'
  quantity: Decimal
  unit: string
  /** null: a correction of what has no price per unit; its cost by its quantity would be no price, and could be below zero. */
  list: Decimal | null
  contracted: Decimal | null
  pricingCurrency: string
  pricingList: Decimal | null
  pricingContracted: Decimal | null
  /** Nobody knows its price. FOCUS has no null here for usage, so the prices are 0 and this tells that they are not free. */
  isUnpriced: boolean
  /** An amount of the billing currency in the pricing currency. */
  toPricingCurrency(amount: Decimal): Decimal
}

const ONE = parseDecimal('1')

/**
 * The prices of a Usage or Purchase line. Where a line has costs but no unit price (GPU time, shares, commitments), its cost per unit is
 * the price.
 */
export function linePrices(detail: StatementDetail, currency: string): LinePrices {
  const meter = focusMeter(detail.meter)
  const isMetered = meter.service === 'Model Inference'
  const isCorrection = detail.charge_class === 'Correction'
  const isUnpriced = isMetered && detail.list_unit_price === null && detail.contracted_unit_price === null
  // A cost without a quantity to spread it over, such as overhead of an hour without GPUs, is one unit.
  const isWhole = !isMetered && detail.quantity <= 0n && !isCorrection
  const quantity = isWhole ? ONE : detail.quantity
  const perUnit = (cost: Decimal) => (isMetered ? 0n : isCorrection ? null : divide(cost, quantity))
  const inBilling = (price: Decimal) => (detail.exchange_rate === ONE ? price : multiply(price, detail.exchange_rate))
  const list = detail.list_unit_price === null ? perUnit(detail.list_cost) : inBilling(detail.list_unit_price)
  const contracted = detail.contracted_unit_price === null ? perUnit(detail.contracted_cost) : inBilling(detail.contracted_unit_price)
  const toPricingCurrency = (amount: Decimal) => (detail.exchange_rate === ONE ? amount : divide(amount, detail.exchange_rate))
  return {
    category: isUnpriced ? 'Other' : detail.charge_category === 'Usage' && detail.commitment_id !== '' ? 'Committed' : 'Standard',
    quantity,
    unit: isWhole && meter.unit === 'GPU-Hours' ? 'Units' : detail.unit || meter.unit,
    list,
    contracted,
    pricingCurrency: detail.pricing_currency || currency,
    pricingList: detail.list_unit_price ?? (list === null ? null : toPricingCurrency(list)),
    pricingContracted: detail.contracted_unit_price ?? (contracted === null ? null : toPricingCurrency(contracted)),
    isUnpriced,
    toPricingCurrency,
  }
}
