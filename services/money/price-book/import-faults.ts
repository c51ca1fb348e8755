/** What is wrong with the prices of one model, seen from the book that they are to come into. */
import { compare, formatDecimal, parseDecimal } from '../decimal.ts'
import { listInForce, nextChange } from './price-lists.ts'
import { findRowConflict, type PriceRow, thingOf } from './price-row.ts'

/** How a file is to be taken. */
export interface ImportRules {
  /** `import` never touches the time before `nowMs`; `correct` may. */
  kind: 'import' | 'correct'
  /** Present time, ms. */
  nowMs: number
  /** Version that the rows get. */
  version: number
  /** Models whose prices may be a hundred times what they were, or a hundredth. */
  allowAbsurd: readonly string[]
  /** Whether a list also replaces prices that came with an own file. */
  overrideOwn: boolean
  /** Whether prices that begin later in the validity of the new ones may be replaced too. */
  overrideLater: boolean
}

/**
 * A price this many times the former one, or so small a part of it, is taken for a slip of a unit: per thousand or million instead of
 * one.
 */
const ABSURD_RATIO = 100n
/** USD per token without a former price: see import-litellm.ts. */
const ABSURD_TOKEN_PRICE = parseDecimal('0.001')

/** What is wrong with a row. */
export interface RowFault {
  row: PriceRow
  field: string
  value: string
  reason: string
}

/** Every fault of the new `rows` of a model whose stored rows are `old`; empty: they may be stored. */
export function rowFaults(rows: readonly PriceRow[], old: readonly PriceRow[], rules: ImportRules): RowFault[] {
  const conflict = findRowConflict(rows)
  if (conflict) return [{ row: conflict.row, field: conflict.field, value: '', reason: conflict.message }]
  const past = rules.kind === 'import' ? rows.find(row => row.valid_from < rules.nowMs) : undefined
  if (past) {
    const reason = 'lies in the past, which an import never changes; `weir prices correct` does, with a reason'
    return [{ row: past, field: 'valid_from', value: new Date(past.valid_from).toISOString(), reason }]
  }
  const later = rules.overrideLater ? undefined : laterFault(rows, old)
  if (later) return [later]
  return rows.flatMap(row => absurdFault(row, old, rules))
}

/** New prices that would silently replace one that begins while they hold. */
function laterFault(rows: readonly PriceRow[], old: readonly PriceRow[]): RowFault | undefined {
  for (const row of rows) {
    const atMs = nextChange(old, row.valid_from, row.valid_to)
    if (atMs === undefined) continue
    const time = new Date(atMs).toISOString()
    const reason = `the model's prices change at ${time} already: end this one there (valid_to), or replace them with --override-later`
    return { row, field: 'valid_to', value: row.valid_to === null ? '' : new Date(row.valid_to).toISOString(), reason }
  }
  return undefined
}

function absurdFault(row: PriceRow, old: readonly PriceRow[], rules: ImportRules): RowFault[] {
  if (rules.allowAbsurd.includes(row.model)) return []
  const price = parseDecimal(row.unit_price)
  const former = listInForce(old, row.valid_from).find(one => thingOf(one) === thingOf(row) && one.currency === row.currency)
  const hint = `confirm it with --allow-absurd '${row.model}'`
  const fault = (reason: string) => [{ row, field: 'unit_price', value: row.unit_price, reason: `${reason}; ${hint}` }]
  if (former === undefined) {
    const isAbsurd = row.unit === 'token' && row.currency === 'USD' && compare(price, ABSURD_TOKEN_PRICE) > 0
    return isAbsurd ? fault(`absurd: more than ${formatDecimal(ABSURD_TOKEN_PRICE)} USD per token`) : []
  }
  const formerPrice = parseDecimal(former.unit_price)
  if (formerPrice === 0n) return []
  if (price > formerPrice * ABSURD_RATIO) return fault(`absurd: more than ${ABSURD_RATIO} times the former ${former.unit_price}`)
  if (price * ABSURD_RATIO < formerPrice) return fault(`absurd: less than a ${ABSURD_RATIO}th of the former ${former.unit_price}`)
  return []
}
