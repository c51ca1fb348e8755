/**
 * Every key of LiteLLM's price file, as of 2026-08-01: what it gives, or why it gives nothing. docs/prices.md shows this table, a test
 * holds it against what the import makes of the shipped list.
 */
import type { PriceKind } from './price-row.ts'

/** Why a field gives no price; the words are those of docs/prices.md. */
export const SKIP_REASONS = {
  not_a_price: 'says something else of the model',
  unknown_field: 'a key that Weir does not know and that looks like no price',
  unknown_price_field: 'looks like a price, and Weir does not know it',
  empty: 'null: no price',
  special_entry: 'no model: documentation, or rules without prices',
  priced_in_dbu: 'Databricks units; the same price in money stands beside it',
  given_by_another_field: 'the same price stands in another field of the entry, or a 0 beside the price that is paid',
  billed_as_tokens: 'another way to say what the entry prices by the token; providers bill the tokens',
  rented_by_the_second: 'throughput rented by time, used or not: no price of a request (bill it as a pool, docs/pools.md)',
  by_number_of_results: 'prices by the number of results, which no line tells: such queries are unpriced',
  decides_another_key: 'decides what another price of the entry is paid for',
} as const
/** Why a field gives no price. */
export type SkipReason = keyof typeof SKIP_REASONS

/** Where a factor goes: PriceRow.region_factor or PriceRow.modifier_factor. */
export type FactorKind = 'region_factor' | 'modifier_factor'

/** What a key of the file may become; several where it depends on the model's mode and its other prices. */
export type KeyOutcome = PriceKind | SkipReason | FactorKind

/** Keys that are prices, without their suffixes for tier, threshold and what narrows a second. */
export const PRICE_KEYS = {
  input_cost_per_token: ['input'],
  output_cost_per_token: ['output'],
  output_cost_per_reasoning_token: ['reasoning'],
  cache_read_input_token_cost: ['cached_input'],
  input_cost_per_token_cache_hit: ['cached_input'],
  cache_creation_input_token_cost: ['cache_write'],
  cache_creation_input_token_cost_above_1hr: ['cache_write_1h'],
  input_cost_per_audio_token: ['audio_input'],
  output_cost_per_audio_token: ['audio_output'],
  cache_read_input_audio_token_cost: ['cached_audio_input'],
  cache_creation_input_audio_token_cost: ['audio_cache_write'],
  input_cost_per_image_token: ['image_input'],
  output_cost_per_image_token: ['image_output'],
  output_cost_per_video_token: ['video_output'],
  citation_cost_per_token: ['citation_token'],
  input_cost_per_second: ['input_audio_second', 'given_by_another_field', 'rented_by_the_second'],
  output_cost_per_second: [
    ...(['input_audio_second', 'output_video_second', 'output_video_second_1080p'] as const),
    ...(['given_by_another_field', 'billed_as_tokens', 'rented_by_the_second'] as const),
  ],
  input_cost_per_audio_per_second: ['input_audio_second', 'billed_as_tokens'],
  input_cost_per_video_per_second: [
    ...(['input_video_second', 'input_video_second_above_8s', 'input_video_second_above_15s', 'billed_as_tokens'] as const),
  ],
  output_cost_per_video_per_second: ['output_video_second'],
  input_cost_per_character: ['input_character', 'billed_as_tokens'],
  output_cost_per_character: ['output_character', 'billed_as_tokens'],
  input_cost_per_image: ['input_image', 'output_image', 'image_input', 'billed_as_tokens'],
  output_cost_per_image: ['output_image', 'billed_as_tokens'],
  input_cost_per_pixel: ['output_pixel', 'given_by_another_field'],
  output_cost_per_pixel: ['given_by_another_field'],
  input_cost_per_request: ['request'],
  input_cost_per_query: ['search_unit', 'by_number_of_results'],
  search_context_cost_per_query: ['web_search_low', 'web_search_medium', 'web_search_high', 'grounded_prompt', 'given_by_another_field'],
  ocr_cost_per_page: ['page'],
  ocr_cost_per_credit: ['ocr_credit'],
  annotation_cost_per_page: ['annotated_page'],
  code_interpreter_cost_per_session: ['code_session'],
} as const satisfies Readonly<Record<string, readonly KeyOutcome[]>>
/** A key that is a price. */
export type PriceKey = keyof typeof PRICE_KEYS

/** Keys about prices that are none by themselves. */
export const OTHER_PRICE_KEYS: Readonly<Record<string, readonly KeyOutcome[]>> = {
  // Its bands hold the keys above.
  tiered_pricing: [],
  regional_processing_uplift_multiplier_eu: ['region_factor'],
  regional_processing_uplift_multiplier_us: ['region_factor'],
  // {"us": 1.1, "fast": 2.0}; one entry names a request format there.
  provider_specific_entry: ['modifier_factor', 'not_a_price'],
  web_search_billing_unit: ['decides_another_key'],
  input_dbu_cost_per_token: ['priced_in_dbu'],
  output_dbu_cost_per_token: ['priced_in_dbu'],
}

/** Keys that say something else of the model; `*` stands for any text. */
export const NOT_PRICES: readonly string[] = [
  ...['litellm_provider', 'mode', 'source', 'comment', 'metadata', 'deprecation_date', 'rpm', 'tpm', 'supports_*', 'supported_*', 'max_*'],
  ...['gemini_*', 'uses_*', 'use_*', '*_supports_*', 'bedrock_output_config_effort_ceiling', 'audio_transcription_config'],
  ...['output_vector_size', 'prompt_cache_min_tokens'],
]

/** What kept kinds lack to be applied. */
export const KEPT_NOT_APPLIED: Readonly<Partial<Record<PriceKind, string>>> = {
  audio_cache_write: 'no provider reports audio written to a cache: it costs what cache writes cost',
  video_output: 'no line counts video tokens apart from the output: they cost what output costs',
}
