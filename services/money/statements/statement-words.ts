/** What a statement has to explain, in sentences: the same for the page and for text. */
import type { Decimal } from '../decimal.ts'
import { HOUSE_TENANT } from './detail.ts'
import { unitPriceOf } from './line-words.ts'
import { minorUnitDigits, roundToMinorUnit } from './minor-unit.ts'
import { moneyText, quantityText } from './money-text.ts'
import type { Statement, StatementLine } from './statement.ts'

const REPRICED = 'settling applies the new ones, and the figures change'
const LATER = 'once there is a price, a correction follows'

/** A titled remark about some of the lines. */
export interface Remark {
  title: string
  text: string
}

/** Lines of one model, pool or common cost, with what they come to as billed. */
export interface LineGroup {
  name: string
  /** Provider, pool, or what the group is. */
  origin: string
  billed: Decimal
  lines: readonly StatementLine[]
}

/** Lines by model and pool, the dearest first; without corrections, adjustments and rounding. */
export function lineGroups(statement: Statement): LineGroup[] {
  const own = statement.lines.filter(line => line.charge_class === '' && line.meter !== 'rounding' && line.adjustment_id === '')
  const groups = Map.groupBy(own, line => JSON.stringify(nameOf(line)))
  return [...groups.entries()]
    .map(([key, lines]) => {
      const [name, origin] = JSON.parse(key) as [string, string]
      return { name, origin, lines, billed: sum(lines, 'billed_cost') }
    })
    .sort((a, b) => (a.billed === b.billed ? (a.name < b.name ? -1 : 1) : a.billed > b.billed ? -1 : 1))
}

/** Corrections of closed months and what was decided by hand. */
export function laterLines(statement: Statement): StatementLine[] {
  return statement.lines.filter(line => line.charge_class === 'Correction' || line.adjustment_id !== '')
}

/** What a reader may stumble over: waste, estimates, missing prices, commitments, completeness. */
export function remarks(statement: Statement): Remark[] {
  const { currency, lines, basis } = statement
  const money = (amount: Decimal) => `${moneyText(amount, currency)} ${currency}`
  const found: Remark[] = []
  if (statement.repricing_minutes > 0) {
    const text = `${statement.repricing_minutes} minute(s) of the month are still at former prices: ${REPRICED}.`
    found.push({ title: 'Prices being applied', text })
  }
  const own = lines.filter(line => line.charge_class === '')
  const silent = owedAllTheSame(statement)
  if (silent !== undefined) found.push(silent)
  const wasted = own.filter(line => line.is_wasted && line.effective_cost !== 0n)
  if (wasted.length > 0) {
    const text =
      `${precise(sum(wasted, 'effective_cost'), currency)} went to attempts that gave no answer, such as retries and calls that broke ` +
      `off, and that the provider bills all the same.`
    found.push({ title: 'Paid for nothing', text })
  }
  const estimated = own.filter(line => line.estimate_method !== '')
  if (estimated.length > 0) {
    const methods = [...new Set(estimated.map(line => line.estimate_method.replaceAll('_', ' ')))].join(', ')
    const text =
      `${precise(sum(estimated, 'effective_cost'), currency)} is for ${quantityText(sum(estimated, 'quantity'))} tokens whose number ` +
      `nobody reported; they were estimated (${methods}) and are lines of their own.`
    found.push({ title: 'Estimated', text })
  }
  const unpriced = own.filter(line => line.list_unit_price === null && unitPriceOf(line) === undefined)
  if (unpriced.length > 0) {
    const models = [...new Set(unpriced.map(line => line.model || 'unknown'))].join(', ')
    const text = `${unitsText(unpriced)} of ${models} have no price in force. They are listed at 0.00, which is not free: ${LATER}.`
    found.push({ title: 'Without a price', text })
  }
  const bought = sum(
    own.filter(line => line.meter === 'commitment'),
    'billed_cost',
  )
  if (bought > 0n) {
    const unused = sum(
      own.filter(line => line.meter === 'commitment_unused'),
      'effective_cost',
    )
    const text =
      `Commitments of ${money(bought)} are billed whole and cover usage at 0.00. ` +
      `${unused > 0n ? `${precise(unused, currency)} of them was not used.` : 'They were used up.'}`
    found.push({ title: 'Committed spend', text })
  }
  if (statement.forced_reason !== '') {
    const text =
      `Only ${percent(basis.lines_accounted, basis.lines_received)} of the lines received are accounted for. It was closed all the ` +
      `same: ${statement.forced_reason}`
    found.push({ title: 'Closed although incomplete', text })
  }
  return found
}

/** Why something is owed although nothing was asked for: pools, shared costs and commitments cost without a request. */
function owedAllTheSame({ tenant_id, currency, lines, basis }: Statement): Remark | undefined {
  const isHouse = tenant_id === HOUSE_TENANT
  if (isHouse ? basis.lines_received > 0 : basis.requests > 0) return undefined
  const costs = [
    ['pools, which cost by the hour whether they work or not', lines.filter(line => line.meter.startsWith('gpu_'))],
    ['shared costs, which the billing terms divide every month', lines.filter(line => line.meter === 'shared_cost')],
    ['commitments, which are billed whole', lines.filter(line => line.meter === 'commitment')],
  ] as const
  const parts = costs.filter(([, of]) => of.some(line => line.precise_cost !== 0n))
  if (parts.length === 0) return undefined
  const owed = parts.map(([what, of]) => `${precise(sum(of, 'precise_cost'), currency)} for ${what}`).join('; ')
  const title = isHouse ? 'No line was received' : 'No request was counted'
  const nothing = isHouse ? 'No line of a gateway was received in this month' : 'No request of this tenant was settled in this month'
  return { title, text: `${nothing}. What stands here is owed all the same: ${owed}.` }
}

/** Quantities by unit: 1,200 tokens and 3 images. */
function unitsText(lines: readonly StatementLine[]): string {
  const byUnit = Map.groupBy(lines, line => line.unit)
  return [...byUnit].map(([unit, of]) => `${quantityText(sum(of, 'quantity'))} ${unit.toLowerCase()}`).join(' and ')
}

/** Part of a whole as a percentage with three digits; 100 % of nothing. */
export function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 100 : Math.floor((part / whole) * 100_000) / 1000).toFixed(3)} %`
}

/** Sum of a field of lines. */
export function sum(
  lines: readonly StatementLine[],
  field: 'billed_cost' | 'effective_cost' | 'quantity' | 'list_cost' | 'precise_cost',
): Decimal {
  return lines.reduce((total, line) => total + line[field], 0n)
}

// Amounts below the minor unit are said as such: "0.00 went to waste" would be wrong.
function precise(amount: Decimal, currency: string): string {
  const rounded = roundToMinorUnit(amount, currency)
  if (amount > 0n && rounded === 0n) return `Less than ${moneyText(10n ** BigInt(18 - minorUnitDigits(currency)), currency)} ${currency}`
  return `${moneyText(rounded, currency)} ${currency}`
}

function nameOf(line: StatementLine): [string, string] {
  if (line.meter === 'shared_cost') return [line.description, 'shared cost']
  if (line.meter === 'commitment' || line.meter === 'commitment_unused') return [`Commitment ${line.commitment_id}`, 'committed spend']
  if (line.upstream_kind === 'pool') return [line.model === '' ? `Pool ${line.upstream}` : line.model, `pool ${line.upstream}`]
  return [line.model || 'unknown model', line.upstream || 'unknown provider']
}
