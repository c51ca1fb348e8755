import { type Decimal, formatDecimal } from '../../money/decimal.ts'
import { CAUSES, type Cause } from '../../money/reconcile/causes.ts'
import type { ReconciledRow, Reconciliation } from '../../money/reconcile/reconcile.ts'
import { renderRows } from '../print.ts'

/** Rows that the text shows. */
const SHOWN_ROWS = 20

/** The whole report as one JSON object; amounts and quantities are decimal texts. */
export function reconciliationJson(report: Reconciliation): string {
  const { currency, grain, causes, rows } = report
  const [invoice_total, our_total, difference] = [report.invoice_total, report.our_total, report.difference].map(formatDecimal)
  return JSON.stringify(
    { currency, grain, invoice_total, our_total, difference, causes: texts(causes), rows: rows.map(row => rowJson(row)) },
    null,
    1,
  )
}

/** Totals, causes, and the rows that differ most. */
export function reconciliationText(report: Reconciliation): string {
  const { currency } = report
  const causes = [...report.causes].map(([cause, amount]) => ({ cause, [currency]: formatDecimal(amount), meaning: CAUSES[cause] }))
  const differing = report.rows.filter(row => row.difference !== 0n)
  const most = differing.toSorted((a, b) => (size(a.difference) < size(b.difference) ? 1 : -1)).slice(0, SHOWN_ROWS)
  return [
    `invoice ${formatDecimal(report.invoice_total)} ${currency} - ours ${formatDecimal(report.our_total)} ${currency} = ` +
      `${formatDecimal(report.difference)} ${currency}`,
    '',
    renderRows(causes, 'text'),
    ...(most.length === 0 ? [] : ['', `${differing.length} of ${report.rows.length} rows differ; the ${most.length} largest:`]),
    ...(most.length === 0 ? [] : [renderRows(most.map(rowText), 'text')]),
  ].join('\n')
}

function rowJson(row: ReconciledRow) {
  const { provider, model, day, kind } = row
  return {
    provider,
    model,
    day,
    kind,
    their_quantity: row.their_quantity === null ? null : formatDecimal(row.their_quantity),
    our_quantity: row.our_quantity === null ? null : formatDecimal(row.our_quantity),
    their_cost: formatDecimal(row.their_cost),
    our_cost: formatDecimal(row.our_cost),
    difference: formatDecimal(row.difference),
    causes: texts(row.causes),
  }
}

function rowText(row: ReconciledRow) {
  const { causes, ...cells } = rowJson(row)
  const named = Object.entries(causes).map(([cause, amount]) => `${cause} ${amount}`)
  return { ...cells, causes: named.join(', ') }
}

function texts(causes: ReadonlyMap<Cause, Decimal>): Record<string, string> {
  return Object.fromEntries([...causes].map(([cause, amount]) => [cause, formatDecimal(amount)]))
}

function size(amount: Decimal): Decimal {
  return amount < 0n ? -amount : amount
}
