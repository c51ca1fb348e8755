import { BILLED_UNITS, billedUnitNames } from '../../schemas/billed-units.ts'

/** One kind of what is billed, as settling sums it: from this list the statements take every kind. */
export interface Quantity {
  /** Kind in the price book and on charges. */
  token_kind: string
  /** Which cost column it goes to: `<cost_part>_cost` of attempt_groups_per_minute. */
  cost_part: 'input' | 'cached_input' | 'cache_write' | 'output' | 'reasoning' | 'unit' | 'estimated'
  /** How it was estimated; 'told': as the source says. */
  estimate_method: 'told' | 'sibling_input' | 'bytes_per_token' | 'stream_events'
  /** Column of an attempt in queries/sums.sql that holds how many. */
  column: string
}

/**
 * Every kind. To add one: give each attempt a column with its quantity (a step of queries/sums.sql), and say here which price and which
 * cost it has.
 */
export const quantities: readonly Quantity[] = [
  { token_kind: 'input', cost_part: 'input', estimate_method: 'told', column: 'plain_input' },
  { token_kind: 'audio_input', cost_part: 'input', estimate_method: 'told', column: 'audio_input' },
  { token_kind: 'image_input', cost_part: 'input', estimate_method: 'told', column: 'image_input' },
  { token_kind: 'cached_input', cost_part: 'cached_input', estimate_method: 'told', column: 'plain_cached' },
  { token_kind: 'cached_audio_input', cost_part: 'cached_input', estimate_method: 'told', column: 'cached_audio' },
  { token_kind: 'cache_write', cost_part: 'cache_write', estimate_method: 'told', column: 'plain_write' },
  { token_kind: 'cache_write_1h', cost_part: 'cache_write', estimate_method: 'told', column: 'billed_write_1h' },
  { token_kind: 'output', cost_part: 'output', estimate_method: 'told', column: 'plain_output' },
  { token_kind: 'audio_output', cost_part: 'output', estimate_method: 'told', column: 'audio_output' },
  { token_kind: 'image_output', cost_part: 'output', estimate_method: 'told', column: 'image_output' },
  { token_kind: 'reasoning', cost_part: 'reasoning', estimate_method: 'told', column: 'billed_reasoning' },
  { token_kind: 'input', cost_part: 'estimated', estimate_method: 'sibling_input', column: 'input_of_sibling' },
  { token_kind: 'input', cost_part: 'estimated', estimate_method: 'bytes_per_token', column: 'input_of_bytes' },
  { token_kind: 'output', cost_part: 'estimated', estimate_method: 'stream_events', column: 'output_of_events' },
  { token_kind: 'output', cost_part: 'estimated', estimate_method: 'bytes_per_token', column: 'output_of_bytes' },
]

const costParts: readonly Quantity['cost_part'][] = ['input', 'cached_input', 'cache_write', 'output', 'reasoning', 'unit', 'estimated']

/** Elements of the array `quantities` of attempt_sums: kind, cost part, method, quantity, attempts that have some. */
export const quantitiesSql = quantities
  .map(({ token_kind, cost_part, estimate_method, column }) => {
    // The source's own estimate is marked on the charge and still what it told.
    const method = estimate_method === 'told' ? 'source_estimate' : `'${estimate_method}'`
    return `('${token_kind}', '${cost_part}', ${method}, toDecimal128(sum(${column}), 6), countIf(${column} > 0))`
  })
  .join(',\n        ')

/** A bit for each kind that an attempt has some of, and one for tokens at all: parts may be told where the whole is not. */
export const kindsUsedSql = [...quantities.map(({ column }) => column), 'billed_input + billed_output']
  .map((column, index) => `(${column} > 0) * ${2 ** index}`)
  .join(' + ')

/** The cost columns of groups.sql, from its array `costs` of cost parts and amounts. */
export const costPartsSql = costParts
  .map(
    part =>
      `CAST(arraySum(arrayMap(cost -> if(cost.1 = '${part}', cost.2, toDecimal128(0, 18)), costs)) AS Decimal(38, 18)) AS ${part}_cost`,
  )
  .join(',\n        ')

/** Names of the units that measure the work itself (schemas/billed-units.ts), as a list in SQL. */
export const workUnitsSql = `['${billedUnitNames.filter(name => BILLED_UNITS[name].isWork).join("', '")}']`
