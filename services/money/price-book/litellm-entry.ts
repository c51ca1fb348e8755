/** One model's entry of LiteLLM's file, taken apart: which fields are prices, which are factors, what the others are. */
import { formatDecimal, parseDecimal } from '../decimal.ts'
import { type FieldMeaning, litellmField, reasonNotAPrice } from './litellm-fields.ts'
import { type FactorKind, SKIP_REASONS, type SkipReason } from './litellm-keys.ts'
import { isKind, litellmKind } from './litellm-kinds.ts'
import type { JsonObject, JsonText } from './parse-json-text.ts'
import type { PriceKind } from './price-row.ts'

/** Where the fields go that give no row. */
export type EntryLog = {
  skip: (field: string, reason: SkipReason) => void
  refuse: (field: string, value: JsonText | undefined, reason: string) => void
}

/** A field that is a price, its value still as text; `field` says where it stands. */
export type PricedField = { token_kind: PriceKind; service_tier: string; min_input_tokens: number; field: string; value: JsonText }

/** What an entry says: its prices, and its factors by name as `PriceRow.region_factor` and `PriceRow.modifier_factor` have them. */
export type LitellmEntry = { priced: PricedField[] } & Record<FactorKind, Map<string, string>>

/**
 * Anthropic's factors (platform.claude.com/docs: data residency, fast mode) by their names there → by the names that attempts tell them
 * with.
 */
const MODIFIERS: Readonly<Record<string, string>> = { us: 'inference_geo_us', fast: 'fast_mode' }
const UPLIFT = /^regional_processing_uplift_multiplier_([a-z]+)$/

/** A field by its name, before its entry decides what it is for. */
type NamedField = FieldMeaning & { field: string; value: JsonText }

/**
 * The prices of an entry, in the order of precedence where two name the same thing (tiers, then flat prices, then older names), and its
 * factors. Every other field goes to the log.
 */
export function readLitellmEntry(entry: JsonObject, log: EntryLog): LitellmEntry {
  const named: NamedField[] = []
  const factors = { region_factor: new Map<string, string>(), modifier_factor: new Map<string, string>() }
  for (const [field, value] of Object.entries(entry)) {
    const meaning = litellmField(field)
    const region = UPLIFT.exec(field)?.[1]
    if (value === null) log.skip(field, 'empty')
    else if (field === 'search_context_cost_per_query') named.push(...searchFields(value, log))
    else if (meaning) named.push({ ...meaning, field, value })
    else if (region) addFactor(factors.region_factor, region, field, value, log)
    else if (field === 'tiered_pricing') named.push(...tierFields(value, log))
    else if (field === 'provider_specific_entry' && isObject(value)) addSpecificFactors(factors.modifier_factor, value, log)
    else log.skip(field, reasonNotAPrice(field))
  }
  return { priced: named.sort((a, b) => precedence(a) - precedence(b)).flatMap(one => pricedField(one, entry, log)), ...factors }
}

function pricedField(
  { field, value, service_tier, min_input_tokens, ...meaning }: NamedField,
  entry: JsonObject,
  log: EntryLog,
): PricedField[] {
  const token_kind = litellmKind({ service_tier, min_input_tokens, ...meaning }, value, entry)
  if (isKind(token_kind, SKIP_REASONS)) return [{ token_kind, service_tier, min_input_tokens, field, value }]
  log.skip(field, token_kind)
  return []
}

/** Whether the value is a JSON object. */
export function isObject(value: JsonText | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function precedence({ field }: NamedField): number {
  if (field.startsWith('tiered_pricing')) return 0
  return field === 'input_cost_per_token_cache_hit' ? 2 : 1
}

function addFactor(factors: Map<string, string>, region: string, field: string, value: JsonText, log: EntryLog): void {
  try {
    const factor = parseDecimal(String(value), { rejectNegative: true })
    if (factor === 0n) log.refuse(field, value, 'a factor of zero')
    else factors.set(region, formatDecimal(factor))
  } catch {
    log.refuse(field, value, 'not a factor')
  }
}

/** `provider_specific_entry`: Anthropic's multipliers by inference geography ("us") and by speed ("fast"). */
function addSpecificFactors(factors: Map<string, string>, entries: JsonObject, log: EntryLog): void {
  for (const [name, value] of Object.entries(entries)) {
    const field = `provider_specific_entry.${name}`
    const modifier = Object.hasOwn(MODIFIERS, name) ? MODIFIERS[name] : undefined
    if (modifier !== undefined) addFactor(factors, modifier, field, value, log)
    else log.skip(field, 'not_a_price')
  }
}

/** `tiered_pricing`: bands that hold for a whole request, `start < input tokens <= end`; above the last end the last band goes on. */
function tierFields(list: JsonText, log: EntryLog): NamedField[] {
  const tiers = Array.isArray(list) ? list : []
  if (tiers.length === 0) log.refuse('tiered_pricing', list, 'not a list of tiers')
  const priced: NamedField[] = []
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
        const narrowing = results ? `of_${results[0]}_to_${results[1]}_results` : meaning.narrowing
        priced.push({ ...meaning, narrowing, min_input_tokens: range?.[0] ?? 0, field: `${at}.${field}`, value })
      } else if (field !== 'range' && field !== 'max_results_range') log.skip(`tiered_pricing.${field}`, reasonNotAPrice(field))
    }
  }
  return priced
}

/** `search_context_cost_per_query`: one price per size of search context. */
function searchFields(value: JsonText, log: EntryLog): NamedField[] {
  const key = 'search_context_cost_per_query'
  if (!isObject(value)) {
    log.refuse(key, value, 'not prices by size of search context')
    return []
  }
  return Object.entries(value).map(([size, price]) => {
    const narrowing = size.replace(/^search_context_size_/, '')
    return { key, narrowing, service_tier: '', min_input_tokens: 0, field: `${key}.${size}`, value: price }
  })
}

/** The file writes token counts as 256000 and as 256000.0. */
function integerPair(value: JsonText | undefined): [number, number] | undefined {
  const [start = -1, end = -1] = Array.isArray(value) ? value.map(Number) : []
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end > start ? [start, end] : undefined
}
