import type { Decimal } from '../decimal.ts'
import type { BillingMonth } from './billing-month.ts'
import { type Detail, detail } from './detail.ts'

/** A credit (below zero) or a further charge that a person decided on, such as the outcome of a dispute. */
export interface Adjustment {
  adjustment_id: string
  tenant_id: string
  /** Billing month that it is booked in, or the first open one after it. */
  month: string
  amount: Decimal
  currency: string
  reason: string
  /** Closed statement that is disputed; '': none. */
  corrects_statement: string
  created_by: string
  created_at_ms: number
}

/** The adjustment as a detail of a statement. `corrected`: the month of the statement that it corrects. */
export function adjustmentDetail(
  adjustment: Adjustment,
  month: BillingMonth,
  corrected: Pick<BillingMonth, 'start_ms' | 'end_ms'> | undefined,
): Detail {
  const { amount, corrects_statement, reason } = adjustment
  const period = corrected ?? month
  return detail({
    charge_category: amount < 0n ? 'Credit' : 'Adjustment',
    charge_class: corrects_statement === '' ? '' : 'Correction',
    corrects_statement,
    correction_reason: corrects_statement === '' ? '' : 'dispute',
    description: reason,
    meter: 'adjustment',
    adjustment_id: adjustment.adjustment_id,
    pricing_currency: adjustment.currency,
    list_cost: amount,
    contracted_cost: amount,
    effective_cost: amount,
    precise_cost: amount,
    charge_period_start_ms: period.start_ms,
    charge_period_end_ms: period.end_ms,
  })
}
