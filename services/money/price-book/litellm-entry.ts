/** One model's entry of LiteLLM's file, taken apart: which fields are prices, which are region factors, what the others are. */
import { formatDecimal, parseDecimal } from '../decimal.ts'
import { type FieldMeaning, litellmField, reasonNotAPrice } from './litellm-fields.ts'
import type { JsonObject, JsonText } from './parse-json-text.ts'

/** Why a field gave no row. `given_by_another_field`: an older name of a price that stands there too, or a flat price beside tiers. */
export type SkipReason =
  | ReturnType<typeof reasonNotAPrice>
  | 'given_by_another_field'
  | 'speed_multiplier_not_applied'
  | 'empty'
  | 'special_entry'

/** Where the fields go that give no row. */
export type EntryLog = {
  skip: (field: string, reason: SkipReason) => void
  refuse: (field: string, value: JsonText | undefined, reason: string) => void
}

/** A field that is a price, its value still as text; `field` says where it stands. */
export type PricedField = FieldMeaning & { field: string; value: JsonText }

const REGIONS = ['eu', 'us']

/**
 * The prices of an entry, in the order of precedence where two name the same thing (tiers, then flat prices, then older names), and its
 * region factors as `PriceRow.region_factor` has them. Every other field goes to the log.
 */
export function readLitellmEntry(entry: JsonObject, log: EntryLog): { priced: PricedField[]; factors: Map<string, string> } {
  const priced: PricedField[] = []
  const factors = new Map<string, string>()
  for (const [field, value] of Object.entries(entry)) {
    const meaning = litellmField(field)
    const region = /^regional_processing_uplift_multiplier_([a-z]+)$/.exec(field)?.[1]
    if (value === null) log.skip(field, 'empty')
    else if (meaning) priced.push({ ...meaning, field, value })
    else if (region) addFactor(factors, region, field, value, log)
    else if (field === 'tiered_pricing') priced.push(...tierFields(value, log))
    else if (field === 'search_context_cost_per_query') priced.push(...searchFields(value, log))
    else if (field === 'provider_specific_entry' && isObject(value)) addSpecificFactors(factors, value, log)
    else log.skip(field, reasonNotAPrice(field))
  }
  return { priced: priced.sort((a, b) => precedence(a) - precedence(b)), factors }
}

/** Whether the value is a JSON object. */
export function isObject(value: JsonText | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function precedence({ field }: PricedField): number {
  if (field.startsWith('tiered_pricing')) return 0
  return field === 'input_cost_per_token_cache_hit' ? 2 : 1
}

function addFactor(factors: Map<string, string>, region: string, field: string, value: JsonText, log: EntryLog): void {
  try {
    const factor = parseDecimal(String(value), { rejectNegative: true })
    if (factor === 0n) log.refuse(field, value, 'a region factor of zero')
    else factors.set(region, formatDecimal(factor))
  } catch {
    log.refuse(field, value, 'not a factor')
  }
}

/** `provider_specific_entry`: Anthropic's multipliers by inference geography ("us") and by speed ("fast"). */
function addSpecificFactors(factors: Map<string, string>, entries: JsonObject, log: EntryLog): void {
  for (const [name, value] of Object.entries(entries)) {
    const field = `provider_specific_entry.${name}`
    if (REGIONS.includes(name)) addFactor(factors, name, field, value, log)
    else log.skip(field, name === 'fast' ? 'speed_multiplier_not_applied' : 'not_a_price')
  }
}

/** `tiered_pricing`: bands that hold for a whole request, `start < input tokens <= end`; above the last end the last band goes on. */
function tierFields(list: JsonText, log: EntryLog): PricedField[] {
  const tiers = Array.isArray(list) ? list : []
  if (tiers.length === 0) log.refuse('tiered_pricing', list, 'not a list of tiers')
  const priced: PricedField[] = []
  let end = 0
  for (const [index, tier] of tiers.entries()) {
    const at = `tiered_pricing[${index}]`
    const results = isObject(tier) ? integerPair(tier['max_results_range']) : undefined
    const range = isObject(tier) ? integerPair(tier['range']) : undefined
    if (!isObject(tier) || !(results ?? range) || (range && range[0] !== end)) {
      log.refuse(at, tier, 'not a tier with a range that follows the one before')
      return []
    }
    end = range?.[1] ?? end
    for (const [field, value] of Object.entries(tier)) {
      const meaning = litellmField(field)
      if (meaning) {
        const unit = results ? `${meaning.unit}_of_${results[0]}_to_${results[1]}_results` : meaning.unit
        priced.push({ ...meaning, unit, min_input_tokens: range?.[0] ?? 0, field: `${at}.${field}`, value })
      } else if (field !== 'range' && field !== 'max_results_range') log.skip(`tiered_pricing.${field}`, reasonNotAPrice(field))
    }
  }
  return priced
}

/** `search_context_cost_per_query`: one price per size of search context. */
function searchFields(value: JsonText, log: EntryLog): PricedField[] {
  const field = 'search_context_cost_per_query'
  if (!isObject(value)) {
    log.refuse(field, value, 'not prices by size of search context')
    return []
  }
  return Object.entries(value).map(([size, price]) => ({
    token_kind: 'web_search',
    unit: `query_${size.replace(/^search_context_size_/, '')}_context`,
    service_tier: '',
    min_input_tokens: 0,
    field: `${field}.${size}`,
    value: price,
  }))
}

/** The file writes token counts as 256000 and as 256000.0. */
function integerPair(value: JsonText | undefined): [number, number] | undefined {
  const [start = -1, end = -1] = Array.isArray(value) ? value.map(Number) : []
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end > start ? [start, end] : undefined
}
