/**
 * What storing a price file would change, and whether it may. Rules: an import replaces the whole list of each model it names, from the rows' valid_from on;
 * models it does not name keep theirs, but a list (LiteLLM's, OpenRouter's) also ends those that came with an earlier list of its form. Nothing is edited:
 * every import is a version of its own, and a model whose list stays as it is gets no rows in it.
 */
import { compare, type Decimal, divide, formatDecimal, parseDecimal } from '../decimal.ts'
import type { PriceFile, RefusedPrice } from './price-file.ts'
import { listInForce, listText, nextChange } from './price-lists.ts'
import { describeRow, findRowConflict, type PriceRow, thingOf } from './price-row.ts'

/** How a file is to be taken. */
export interface ImportRules {
  /** `import` never touches the time before `now`; `correct` may. */
  kind: 'import' | 'correct'
  /** Present time, ms. */
  now: number
  /** Version that the rows get. */
  version: number
  /** Models whose prices may be a hundred times what they were, or a hundredth. */
  allowAbsurd: readonly string[]
  /** Whether a list also replaces prices that came with an own file. */
  overrideOwn: boolean
  /** Whether prices that begin later in the validity of the new ones may be replaced too. */
  overrideLater: boolean
}

/** One price before and after; null: none. `ratio`: new by old, 4 digits; null where there is none. */
export interface PriceChange {
  change: 'added' | 'changed' | 'dropped'
  provider: string
  model: string
  token_kind: string
  service_tier: string
  min_input_tokens: number
  unit: string
  old_unit_price: string | null
  new_unit_price: string | null
  ratio: string | null
  currency: string
  valid_from: number
}

/** What would be stored. `rows` are those of models whose list changes, and one per model that is withdrawn. */
export interface ImportPlan {
  rows: PriceRow[]
  changes: PriceChange[]
  refused: RefusedPrice[]
  unchanged_models: number
  /** Models that keep their own prices although the list names them. */
  kept_own: string[]
}

/** A price this many times the former one, or so small a part of it, is taken for a slip of a unit: per thousand or million instead of one. */
export const ABSURD_RATIO = 100n
/** USD per token without a former price: see import-litellm.ts. */
const ABSURD_TOKEN_PRICE = parseDecimal('0.001')
const RATIO_DIGITS = 4
const LISTS = ['litellm', 'openrouter']
const OWN = ['yaml', 'csv']

/** Plans the import of `file` into the book whose rows are `stored`. Deterministic and free of effects. */
export function planImport(file: PriceFile, stored: readonly PriceRow[], rules: ImportRules): ImportPlan {
  const plan: ImportPlan = { rows: [], changes: [], refused: [...file.refused], unchanged_models: 0, kept_own: [] }
  const oldLists = Map.groupBy(stored, modelKey)
  const newLists = Map.groupBy(file.rows, modelKey)
  const refusedModels = new Set(file.refused.map(({ model }) => model))
  for (const [key, rows] of newLists) {
    const [first] = rows as [PriceRow]
    const old = oldLists.get(key) ?? []
    const from = rows.reduce((least, row) => Math.min(least, row.valid_from), first.valid_from)
    const before = listInForce(old, from)
    if (LISTS.includes(file.format) && !rules.overrideOwn && before.some(row => OWN.includes(lineOf(row)))) {
      plan.kept_own.push(first.model)
      continue
    }
    if (isUnchanged(rows, old, from, file)) {
      plan.unchanged_models++
      continue
    }
    const faults = faultsOf(rows, old, rules)
    plan.refused.push(...faults.map(fault => toRefused(fault, file)))
    // A model with a refused price keeps the list it has; where it has none, the rest of its prices is better than nothing.
    if (faults.length > 0 || (refusedModels.has(first.model) && before.length > 0)) continue
    plan.changes.push(...changesOf(rows, old, from))
    plan.rows.push(...rows.map(row => ({ ...row, version: rules.version })))
  }
  if (LISTS.includes(file.format)) withdrawMissing(file, { oldLists, newLists, refusedModels }, rules, plan)
  return plan
}

/** What is wrong with a row. */
interface Fault {
  row: PriceRow
  field: string
  value: string
  reason: string
}

function faultsOf(rows: readonly PriceRow[], old: readonly PriceRow[], rules: ImportRules): Fault[] {
  const conflict = findRowConflict(rows)
  if (conflict) return [{ row: conflict.row, field: conflict.field, value: '', reason: conflict.message }]
  const past = rules.kind === 'import' ? rows.find(row => row.valid_from < rules.now) : undefined
  if (past) {
    const reason = 'lies in the past, which an import never changes; `weir prices correct` does, with a reason'
    return [{ row: past, field: 'valid_from', value: new Date(past.valid_from).toISOString(), reason }]
  }
  const later = rules.overrideLater ? undefined : laterFault(rows, old)
  if (later) return [later]
  return rows.flatMap(row => absurdFault(row, old, rules))
}

/** New prices that would silently replace one that begins while they hold. */
function laterFault(rows: readonly PriceRow[], old: readonly PriceRow[]): Fault | undefined {
  for (const row of rows) {
    const at = nextChange(old, row.valid_from, row.valid_to)
    if (at === undefined || listInForce(old, row.valid_from).length === 0) continue
    const time = new Date(at).toISOString()
    const reason = `the model's prices change at ${time} already: end this one there (valid_to), or replace them with --override-later`
    return { row, field: 'valid_to', value: row.valid_to === null ? '' : new Date(row.valid_to).toISOString(), reason }
  }
  return undefined
}

function absurdFault(row: PriceRow, old: readonly PriceRow[], rules: ImportRules): Fault[] {
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

/** Lists name no validity, so the same prices say nothing new; an own file may also end, or go on with, what is in force. */
function isUnchanged(rows: readonly PriceRow[], old: readonly PriceRow[], from: number, file: PriceFile): boolean {
  const before = listInForce(old, from)
  const isSame = listText(rows.filter(row => row.token_kind !== 'withdrawn')) === listText(before)
  if (LISTS.includes(file.format)) return isSame
  const goesOn = rows.every(row => row.valid_from === from && row.valid_to === null) && before.every(row => row.valid_to === null)
  return isSame && goesOn && nextChange(old, from, null) === undefined && before.length > 0
}

function changesOf(rows: readonly PriceRow[], old: readonly PriceRow[], from: number): PriceChange[] {
  const named = new Set(rows.map(thingOf))
  const dropped = listInForce(old, from).filter(row => !named.has(thingOf(row)))
  return [
    ...rows.filter(row => row.token_kind !== 'withdrawn').flatMap(row => changeOf(row, old)),
    ...dropped.map(row => toChange('dropped', { ...row, valid_from: from }, row.unit_price, null)),
  ]
}

function changeOf(row: PriceRow, old: readonly PriceRow[]): PriceChange[] {
  const former = listInForce(old, row.valid_from).find(one => thingOf(one) === thingOf(row))
  if (former === undefined) return [toChange('added', row, null, row.unit_price)]
  return listText([former]) === listText([row]) ? [] : [toChange('changed', row, former.unit_price, row.unit_price, former.currency)]
}

function toChange(
  change: PriceChange['change'],
  row: PriceRow,
  old: string | null,
  price: string | null,
  oldCurrency = row.currency,
): PriceChange {
  const { provider, model, token_kind, service_tier, min_input_tokens, unit, currency, valid_from } = row
  const isComparable = old !== null && price !== null && oldCurrency === currency && parseDecimal(old) > 0n
  const ratio = isComparable ? ratioText(parseDecimal(price), parseDecimal(old)) : null
  const old_unit_price = old !== null && oldCurrency !== currency ? `${old} ${oldCurrency}` : old
  return {
    change,
    provider,
    model,
    token_kind,
    service_tier,
    min_input_tokens,
    unit,
    old_unit_price,
    new_unit_price: price,
    ratio,
    currency,
    valid_from,
  }
}

function ratioText(price: Decimal, former: Decimal): string {
  return formatDecimal(parseDecimal(formatDecimal(divide(price, former)), { fractionDigits: RATIO_DIGITS }))
}

/** Lists by model key, and the models with a refused price. */
interface Lists {
  oldLists: ReadonlyMap<string, readonly PriceRow[]>
  newLists: ReadonlyMap<string, readonly PriceRow[]>
  refusedModels: ReadonlySet<string>
}

/** Models of an earlier list of this form that the new one no longer names have no price from its beginning on. */
function withdrawMissing(file: PriceFile, { oldLists, newLists, refusedModels }: Lists, rules: ImportRules, plan: ImportPlan): void {
  const [first] = file.rows
  if (first === undefined) return
  for (const [key, old] of oldLists) {
    const before = listInForce(old, first.valid_from)
    const [sample] = before
    if (sample === undefined || newLists.has(key) || refusedModels.has(sample.model) || lineOf(sample) !== file.format) continue
    const { valid_from, valid_to, source } = first
    const nothing = {
      service_tier: '',
      min_input_tokens: 0,
      threshold_operator: '>',
      region_factor: '',
      unit: 'none',
      unit_price: '0',
    } as const
    plan.rows.push({ ...sample, ...nothing, token_kind: 'withdrawn', valid_from, valid_to, source, version: rules.version })
    plan.changes.push(...before.map(row => toChange('dropped', { ...row, valid_from }, row.unit_price, null)))
  }
}

function toRefused({ row, field, value, reason }: Fault, file: PriceFile): RefusedPrice {
  return { place: file.places.get(row) ?? describeRow(row), model: row.model, field, value, reason }
}

/** The form of the file that a row came with: the first word of its source. */
function lineOf(row: PriceRow): string {
  return row.source.split(' ', 1)[0] ?? ''
}

function modelKey(row: PriceRow): string {
  return `${row.provider}\n${row.model}`
}
