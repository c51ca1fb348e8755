/** Commitments and reserved capacity in the words of FOCUS. */
import type { StatementDetail } from '../statements/statement.ts'
import { decimalCell, nameCell, textCell } from './cells.ts'
import type { FocusRow } from './columns.ts'

/**
 * Committed spend: bought (Purchase), used by covered usage, left unused. Quantity and unit are money. `Used` and `Unused` are the values
 * of the specification; the rule model 1.2.0.1 of the validator asks for three others (rule CommitmentDiscountStatus-C-005-M, FOCUS_Spec
 * issue 2418).
 */
export function commitmentColumns(detail: StatementDetail, currency: string): Partial<FocusRow> {
  const hasOne = detail.commitment_id !== '' && (detail.charge_category === 'Usage' || detail.charge_category === 'Purchase')
  if (!hasOne) {
    return {
      CommitmentDiscountCategory: null,
      CommitmentDiscountId: null,
      CommitmentDiscountName: null,
      CommitmentDiscountQuantity: null,
      CommitmentDiscountStatus: null,
      CommitmentDiscountType: null,
      CommitmentDiscountUnit: null,
    }
  }
  const isPurchase = detail.charge_category === 'Purchase'
  // CommitmentDiscountQuantity-C-007-C: none on corrections.
  const amount = detail.charge_class === 'Correction' ? null : isPurchase ? detail.precise_cost : detail.effective_cost
  return {
    CommitmentDiscountCategory: 'Spend',
    CommitmentDiscountId: textCell(detail.commitment_id),
    CommitmentDiscountName: nameCell(detail.commitment_id),
    CommitmentDiscountQuantity: amount === null ? null : decimalCell(amount),
    CommitmentDiscountStatus: isPurchase ? null : detail.meter === 'commitment_unused' ? 'Unused' : 'Used',
    CommitmentDiscountType: 'Monthly Spend Commitment',
    CommitmentDiscountUnit: amount === null ? null : currency,
  }
}

/** A pool of GPUs is capacity that is paid for whether it works or not: time that it worked, for whom ever, is Used, idle time Unused. */
export function reservationColumns(detail: StatementDetail): Partial<FocusRow> {
  const status = detail.meter === 'gpu_busy' || detail.meter === 'gpu_unattributed' ? 'Used' : detail.meter === 'gpu_idle' ? 'Unused' : null
  const isReserved = status !== null && detail.charge_category === 'Usage' && detail.upstream !== ''
  return {
    CapacityReservationId: isReserved ? textCell(`pool/${detail.upstream}`) : null,
    CapacityReservationStatus: isReserved ? status : null,
  }
}
