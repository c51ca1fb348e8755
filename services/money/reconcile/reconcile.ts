/** A provider's invoice against our charges: the whole difference, by cause. Pure: the same lines in any order give the same result. */
import type { Decimal } from '../decimal.ts'
import { CAUSES, type Cause } from './causes.ts'
import { buildCells, buildPlaces, type Cell, type Grain, grainOf } from './cells.ts'
import { explainModel } from './explain.ts'
import type { ChargedLine, InvoiceLine } from './invoice-line.ts'

/** One cell of the report, as it was before anything was explained. */
export interface ReconciledRow {
  provider: string
  model: string
  day: string
  kind: string
  their_quantity: Decimal | null
  our_quantity: Decimal | null
  their_cost: Decimal
  our_cost: Decimal
  difference: Decimal
  /** Sums to `difference`. */
  causes: ReadonlyMap<Cause, Decimal>
}

/** The report. Amounts in the invoice's currency. */
export interface Reconciliation {
  currency: string
  grain: Grain
  invoice_total: Decimal
  our_total: Decimal
  /** invoice_total − our_total; the causes sum to it, and the rows of each cause to the cause. */
  difference: Decimal
  causes: ReadonlyMap<Cause, Decimal>
  rows: readonly ReconciledRow[]
}

/**
 * Explains the difference. Both sides are in one currency and one zone's days, and the charges are of the invoice's providers and period
 * only: that is the caller's part. An export without any amount is valued at our list prices, so that only quantities differ.
 */
export function reconcile(theirs: readonly InvoiceLine[], ours: readonly ChargedLine[], currency: string): Reconciliation {
  const grain = grainOf(theirs)
  const cells = buildCells(valued(theirs, ours, grain), ours, grain)
  const before = cells.map(cell => rowOf(cell))
  for (const model of Map.groupBy(cells, cell => JSON.stringify([cell.provider, cell.model_key])).values()) explainModel(model)
  const rows = before.map((row, index) => ({ ...row, causes: (cells[index] as Cell).causes }))
  const total = (of: (row: ReconciledRow) => Decimal) => rows.reduce((sum, row) => sum + of(row), 0n)
  const causes = new Map<Cause, Decimal>()
  for (const cause of Object.keys(CAUSES) as Cause[])
    causes.set(
      cause,
      total(row => row.causes.get(cause) ?? 0n),
    )
  return {
    currency,
    grain,
    invoice_total: total(row => row.their_cost),
    our_total: total(row => row.our_cost),
    difference: total(row => row.difference),
    causes,
    rows,
  }
}

function rowOf(cell: Cell): ReconciledRow {
  const [their_cost, our_cost] = [cell.theirs?.cost ?? 0n, cell.ours?.cost ?? 0n]
  const { provider, model, day, kind, causes } = cell
  return {
    provider,
    model,
    day,
    kind,
    their_quantity: cell.theirs?.quantity ?? null,
    our_quantity: cell.ours?.quantity ?? null,
    their_cost,
    our_cost,
    difference: their_cost - our_cost,
    causes,
  }
}

/**
 * Lines with an amount each. Usage alone costs what our charges of the model and kind cost per token over the period; 0 where we have none.
 */
function valued(theirs: readonly InvoiceLine[], ours: readonly ChargedLine[], grain: Grain): readonly InvoiceLine[] {
  if (theirs.length === 0 || theirs.some(line => line.cost !== null)) return theirs
  const placeOf = buildPlaces(theirs, ours, { ...grain, has_day: false })
  const sums = new Map<string, { quantity: Decimal; cost: Decimal }>()
  for (const line of ours) {
    const key = JSON.stringify(placeOf(line))
    const sum = sums.get(key) ?? { quantity: 0n, cost: 0n }
    sums.set(key, { quantity: sum.quantity + line.quantity, cost: sum.cost + line.cost })
  }
  return theirs.map(line => {
    const price = sums.get(JSON.stringify(placeOf(line)))
    const cost = price && price.quantity > 0n && line.quantity !== null ? (price.cost * line.quantity) / price.quantity : 0n
    return { ...line, cost, cost_digits: 12 }
  })
}
