/** What the price fields of LiteLLM's price file mean. Field names as in `model_prices_and_context_window.json` of 2026-08-01. */
import type { PriceKind } from './price-row.ts'

/** What one field prices. */
export type FieldMeaning = { token_kind: PriceKind; unit: string; service_tier: string; min_input_tokens: number }

const fields: Readonly<Record<string, readonly [PriceKind, string]>> = {
  input_cost_per_token: ['input', 'token'],
  output_cost_per_token: ['output', 'token'],
  output_cost_per_reasoning_token: ['reasoning', 'token'],
  cache_read_input_token_cost: ['cached_input', 'token'],
  // The older name of cache_read_input_token_cost.
  input_cost_per_token_cache_hit: ['cached_input', 'token'],
  cache_creation_input_token_cost: ['cache_write', 'token'],
  cache_creation_input_token_cost_above_1hr: ['cache_write_1h', 'token'],
  input_cost_per_audio_token: ['audio_input', 'token'],
  output_cost_per_audio_token: ['audio_output', 'token'],
  cache_read_input_audio_token_cost: ['cached_audio_input', 'token'],
  cache_creation_input_audio_token_cost: ['audio_cache_write', 'token'],
  input_cost_per_image_token: ['image_input', 'token'],
  output_cost_per_image_token: ['image_output', 'token'],
  output_cost_per_video_token: ['video_output', 'token'],
  citation_cost_per_token: ['citation', 'token'],
  input_cost_per_second: ['input', 'second'],
  output_cost_per_second: ['output', 'second'],
  input_cost_per_audio_per_second: ['audio_input', 'second'],
  input_cost_per_video_per_second: ['video_input', 'second'],
  output_cost_per_video_per_second: ['video_output', 'second'],
  input_cost_per_character: ['input', 'character'],
  output_cost_per_character: ['output', 'character'],
  input_cost_per_image: ['image_input', 'image'],
  output_cost_per_image: ['image_output', 'image'],
  input_cost_per_pixel: ['image_input', 'pixel'],
  output_cost_per_pixel: ['image_output', 'pixel'],
  input_cost_per_request: ['request', 'request'],
  input_cost_per_query: ['query', 'query'],
  ocr_cost_per_page: ['ocr', 'page'],
  ocr_cost_per_credit: ['ocr', 'credit'],
  annotation_cost_per_page: ['annotation', 'page'],
  code_interpreter_cost_per_session: ['code_interpreter', 'session'],
}

const tiers: Readonly<Record<string, string>> = { batches: 'batch', flex: 'flex', priority: 'priority', ultrafast: 'ultrafast' }
const TIER = /_(batches|flex|priority|ultrafast)(?=$|_above_)/
const THRESHOLD = /_above_(\d+)(k?)_tokens/
const NARROWED_SECOND = /_(above_\d+s)_interval$|_(1080p)$/

/** What a field name prices, with its tier and threshold suffixes taken apart; undefined for a name that is not a known price. */
export function litellmField(name: string): FieldMeaning | undefined {
  const tier = TIER.exec(name)
  const threshold = THRESHOLD.exec(name)
  const narrowed = NARROWED_SECOND.exec(name)
  const base = name.replace(TIER, '').replace(THRESHOLD, '').replace(NARROWED_SECOND, '')
  const meaning = Object.hasOwn(fields, base) ? fields[base] : undefined
  if (!meaning) return undefined
  const [token_kind, unit] = meaning
  const narrowing = narrowed?.[1] ?? narrowed?.[2]
  return {
    token_kind,
    unit: narrowing ? `${unit}_${narrowing}` : unit,
    service_tier: tier?.[1] ? (tiers[tier[1]] ?? '') : '',
    min_input_tokens: threshold ? Number(threshold[1]) * (threshold[2] ? 1000 : 1) : 0,
  }
}

/** Why a field of another kind gives no row. `unknown_price_field`: it looks like a price, and Weir does not know it. */
export function reasonNotAPrice(name: string): 'priced_in_dbu' | 'unknown_price_field' | 'not_a_price' {
  // Databricks units: their price in money stands in the fields without "dbu" of the same entry.
  if (name.endsWith('_dbu_cost_per_token')) return 'priced_in_dbu'
  return /cost|pricing|price|multiplier|surcharge|discount/.test(name) ? 'unknown_price_field' : 'not_a_price'
}
