import { BILLED_UNITS, isBilledUnit } from '../../../schemas/billed-units.ts'
import { CHARGE_KEYS, type Charge } from '../charges/charge.ts'
import { matchesCharge } from '../charges/match-charge.ts'
import type { Decimal } from '../decimal.ts'
import type { ChargeMatch } from '../terms/terms.ts'
import type { BillingMonth } from './billing-month.ts'
import { type Detail, detail } from './detail.ts'
import type { CoveredCharge } from './usage-details.ts'

/** A commitment of one billing month, in the tenant's currency. */
export interface MonthlyCommitment {
  id: string
  match: ChargeMatch
  amount: Decimal
}

const ONE = 10n ** 18n
const MILLION = 1_000_000n

/**
 * Lets commitments cover charges, in the order of the commitments and, within each, of time and key. A charge that is covered in part is
 * split at whole units, the parts summing to it exactly. FOCUS: covered usage is billed 0, the commitment is a purchase of its own that
 * carries no effective cost, and what is left of it is an unused part, so that the effective cost of used and unused is what was purchased.
 */
export function coverCharges(
  charges: readonly Charge[],
  commitments: readonly MonthlyCommitment[],
  month: BillingMonth,
): { charges: CoveredCharge[]; details: Detail[] } {
  let open = charges.length > 0 && commitments.length > 0 ? charges.toSorted(byTimeAndKey) : [...charges]
  const covered: CoveredCharge[] = []
  const details: Detail[] = []
  for (const commitment of commitments) {
    let left = commitment.amount
    const rest: Charge[] = []
    for (const charge of open) {
      const units = left > 0n && charge.contracted_cost > 0n && matchesCharge(commitment.match, charge) ? unitsWithin(charge, left) : 0n
      const [used, unused] = splitCharge(charge, units)
      if (used) covered.push({ charge: used, commitment_id: commitment.id })
      if (unused) rest.push(unused)
      left -= used?.contracted_cost ?? 0n
    }
    open = rest
    details.push(...commitmentDetails(commitment, left, month))
  }
  return { charges: [...covered, ...open.map(charge => ({ charge, commitment_id: '' }))], details }
}

/** As much of the charge as costs no more than `left`, in whole units, or millionths of those that come in parts. */
function unitsWithin(charge: Charge, left: Decimal): Decimal {
  if (charge.contracted_cost <= left) return charge.quantity
  const step = isBilledUnit(charge.token_kind) && BILLED_UNITS[charge.token_kind].isFractional ? ONE / MILLION : ONE
  const units = (left * charge.quantity) / charge.contracted_cost
  return units - (units % step)
}

/** The first `units` of a charge and the rest; their costs sum to the charge's. */
function splitCharge(charge: Charge, units: Decimal): [Charge | undefined, Charge | undefined] {
  if (units === 0n) return [undefined, charge]
  if (units === charge.quantity) return [charge, undefined]
  const part = (cost: Decimal) => (cost * units) / charge.quantity
  const costs = {
    list_cost: part(charge.list_cost),
    contracted_cost: part(charge.contracted_cost),
    effective_cost: part(charge.effective_cost),
  }
  const rest = {
    list_cost: charge.list_cost - costs.list_cost,
    contracted_cost: charge.contracted_cost - costs.contracted_cost,
    effective_cost: charge.effective_cost - costs.effective_cost,
  }
  return [
    { ...charge, ...costs, quantity: units },
    { ...charge, ...rest, quantity: charge.quantity - units, attempts: 0 },
  ]
}

function commitmentDetails({ id, amount }: MonthlyCommitment, left: Decimal, month: BillingMonth): Detail[] {
  const common = {
    commitment_id: id,
    unit: '',
    charge_period_start_ms: month.start_ms,
    charge_period_end_ms: month.end_ms,
  }
  const purchase = detail({
    ...common,
    charge_category: 'Purchase',
    meter: 'commitment',
    description: `Commitment ${id} for ${month.month}`,
    list_cost: amount,
    contracted_cost: amount,
    precise_cost: amount,
  })
  const unused = detail({ ...common, meter: 'commitment_unused', description: `Unused part of commitment ${id}`, effective_cost: left })
  return left > 0n ? [purchase, unused] : [purchase]
}

const keyFields = [
  ...CHARGE_KEYS,
  'currency',
  'list_unit_price',
  'contracted_unit_price',
  'rate_term',
  'exchange_rate',
] as const satisfies readonly (keyof Charge)[]

function byTimeAndKey(a: Charge, b: Charge): number {
  if (a.period_start_ms !== b.period_start_ms) return a.period_start_ms - b.period_start_ms
  for (const field of keyFields) {
    const [left, right] = [a[field] ?? -1, b[field] ?? -1]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
