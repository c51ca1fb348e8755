/** What a line of a statement is priced at, in words. */
import { isBilledUnit } from '../../../schemas/billed-units.ts'
import { formatDecimal } from '../decimal.ts'
import { moneyText } from './money-text.ts'
import type { StatementLine } from './statement.ts'

type PricedLine = Pick<StatementLine, 'meter' | 'unit' | 'contracted_unit_price' | 'pricing_currency'>

/** The agreed price and what it is for; '': the line is not priced by the unit; undefined: it is, and has no price. */
export function unitPriceOf(line: PricedLine): { amount: string; per: string } | '' | undefined {
  const isByUnit = isBilledUnit(line.meter)
  if (!isByUnit && line.unit !== 'Tokens') return ''
  const price = line.contracted_unit_price
  if (price === null) return undefined
  if (line.unit === 'Tokens')
    return { amount: moneyText(price * 1_000_000n, line.pricing_currency), per: `${line.pricing_currency} per million` }
  return { amount: formatDecimal(price), per: `${line.pricing_currency} each` }
}

/** The same as a text; 'no price' where there is none. */
export function unitPriceText(line: PricedLine): string {
  const price = unitPriceOf(line)
  return price === '' ? '' : price === undefined ? 'no price' : `${price.amount} ${price.per}`
}

/**
 * What tells apart lines that say the same and differ by their price alone, as after a price change within the month: the import that it
 * came with. Lines without such a twin have none.
 */
export function twinMarks(lines: readonly StatementLine[]): ReadonlyMap<StatementLine, string> {
  const saying = ({ description, is_wasted, estimate_method, rate_term, commitment_id, corrects_statement }: StatementLine) =>
    JSON.stringify([description, is_wasted, estimate_method, rate_term, commitment_id, corrects_statement])
  const twins = [...Map.groupBy(lines, saying).values()].filter(
    same => new Set(same.map(line => `${line.price_version} ${line.list_unit_price} ${line.price_key}`)).size > 1,
  )
  return new Map(twins.flat().map(line => [line, line.price_version === 0 ? 'without a price' : `price of import ${line.price_version}`]))
}
