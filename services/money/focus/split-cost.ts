/**
 * Columns of FOCUS 1.3 for a cost that is split among tenants. Source: FOCUS 1.3, columns AllocatedMethodId, …MethodDetails, …ResourceId,
 * …ResourceName, …Tags.
 */
import { formatDecimal } from '../decimal.ts'
import type { StatementDetail } from '../statements/statement.ts'
import { nameCell, textCell } from './cells.ts'
import type { FocusRow } from './columns.ts'
import { focusMeter } from './meters.ts'

/** How and from what a share was taken; all null where the line is no share. The method's name is one of docs/focus.md. */
export function allocationColumns(detail: StatementDetail): Partial<FocusRow> {
  if (detail.allocated_ratio === null) {
    return {
      AllocatedMethodDetails: null,
      AllocatedMethodId: null,
      AllocatedResourceId: null,
      AllocatedResourceName: null,
      AllocatedTags: null,
    }
  }
  const isPool = detail.upstream_kind === 'pool'
  const origin = isPool ? `pool/${detail.upstream}` : `cost/${detail.rate_term || detail.description}`
  // Written by hand: a JSON number of 18 digits would lose some as a JavaScript number.
  const unit = JSON.stringify(detail.unit || focusMeter(detail.meter).unit)
  const usage = `"UsageUnit":${unit},"UsageQuantity":${formatDecimal(detail.quantity)}`
  return {
    AllocatedMethodDetails: `{"Elements":[{"AllocatedRatio":${formatDecimal(detail.allocated_ratio)},${usage}}]}`,
    AllocatedMethodId: textCell(detail.allocated_method),
    AllocatedResourceId: textCell(origin),
    AllocatedResourceName: nameCell(isPool ? detail.upstream : detail.description),
    AllocatedTags: null,
  }
}
