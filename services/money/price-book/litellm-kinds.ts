/**
 * Which kind a price of LiteLLM's file is for: some keys mean different things by the model's mode, and some say a second time, by the
 * image or the second, what the entry prices by the token. What is billed is what the provider's page says it bills.
 */
import type { BilledUnitName } from '../../../schemas/billed-units.ts'
import { isBilledUnit } from '../../../schemas/billed-units.ts'
import type { FieldMeaning } from './litellm-fields.ts'
import type { PriceKey, SkipReason } from './litellm-keys.ts'
import type { JsonObject } from './parse-json-text.ts'
import type { PriceKind } from './price-row.ts'

/** The entry a price stands in, as far as it decides what the price is for. */
interface Model {
  mode: string
  entry: JsonObject
  /** The price's own value. */
  value: number
  narrowing: string
}

type Meaning = PriceKind | SkipReason
type Rule = Meaning | ((model: Model) => Meaning)

const priceOf = ({ entry }: Model, key: PriceKey): number => Number(entry[key] ?? Number.NaN)
const isPriced = (model: Model, key: PriceKey) => priceOf(model, key) >= 0

/** Tokens that cost nothing beside a unit that does are not what is billed. */
function beside(token: PriceKey, unit: PriceKind): (model: Model) => Meaning {
  return model => (priceOf(model, token) > 0 || (priceOf(model, token) === 0 && !(model.value > 0)) ? 'billed_as_tokens' : unit)
}

function narrowed(name: BilledUnitName, { narrowing }: Model): Meaning {
  const whole = narrowing === '' ? name : `${name}_${narrowing}`
  return isBilledUnit(whole) ? whole : 'unknown_price_field'
}

/** Transcriptions name one price twice, or it in one field and 0 in the other: LiteLLM takes one of them, times the audio's seconds. */
function inputSecond(model: Model): Meaning {
  if (model.mode === 'chat') return 'rented_by_the_second'
  return model.value === 0 && priceOf(model, 'output_cost_per_second') > 0 ? 'given_by_another_field' : 'input_audio_second'
}

function outputSecond(model: Model): Meaning {
  if (model.mode === 'chat') return 'rented_by_the_second'
  if (model.mode === 'video_generation') return narrowed('output_video_second', model)
  if (model.mode !== 'audio_transcription') return beside('output_cost_per_audio_token', 'output_audio_second')(model)
  const isPaidByInput = isPriced(model, 'input_cost_per_second') && !(priceOf(model, 'input_cost_per_second') === 0 && model.value > 0)
  return isPaidByInput ? 'given_by_another_field' : 'input_audio_second'
}

function inputVideoSecond(model: Model): Meaning {
  const unit = narrowed('input_video_second', model) as PriceKind
  return model.mode === 'embedding' ? unit : beside('input_cost_per_token', unit)(model)
}

const isDrawing = ({ mode }: Model) => mode === 'image_generation' || mode === 'image_edit'

function inputImage(model: Model): Meaning {
  // OpenAI's price of image tokens (developers.openai.com/api/docs/pricing: gpt-realtime, image input 5.00 per million) stands here as if
  // it were an image's.
  if (model.mode === 'realtime') return 'image_input'
  if (model.mode === 'embedding') return 'input_image'
  const isOfOutput = isDrawing(model) && !isPriced(model, 'output_cost_per_image') && !isPriced(model, 'output_cost_per_image_token')
  return isOfOutput ? 'output_image' : beside('input_cost_per_token', 'input_image')(model)
}

function outputImage(model: Model): Meaning {
  if (isPriced(model, 'output_cost_per_image_token')) return 'billed_as_tokens'
  return beside('output_cost_per_token', 'output_image')(model)
}

/** Prices of a pixel are those of the image that is made, whichever side they stand on. */
function pixel(model: Model): Meaning {
  return isPriced(model, 'input_cost_per_image') || model.value === 0 ? 'given_by_another_field' : 'output_pixel'
}

const rules: Readonly<Record<PriceKey, Rule>> = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  output_cost_per_reasoning_token: 'reasoning',
  cache_read_input_token_cost: 'cached_input',
  // The older name of cache_read_input_token_cost.
  input_cost_per_token_cache_hit: 'cached_input',
  cache_creation_input_token_cost: 'cache_write',
  cache_creation_input_token_cost_above_1hr: 'cache_write_1h',
  input_cost_per_audio_token: 'audio_input',
  output_cost_per_audio_token: 'audio_output',
  cache_read_input_audio_token_cost: 'cached_audio_input',
  cache_creation_input_audio_token_cost: 'audio_cache_write',
  input_cost_per_image_token: 'image_input',
  output_cost_per_image_token: 'image_output',
  output_cost_per_video_token: 'video_output',
  citation_cost_per_token: 'citation_token',
  input_cost_per_second: inputSecond,
  output_cost_per_second: outputSecond,
  input_cost_per_audio_per_second: model =>
    model.mode === 'embedding' ? 'input_audio_second' : beside('input_cost_per_token', 'input_audio_second')(model),
  input_cost_per_video_per_second: inputVideoSecond,
  output_cost_per_video_per_second: model => narrowed('output_video_second', model),
  input_cost_per_character: beside('input_cost_per_token', 'input_character'),
  output_cost_per_character: beside('output_cost_per_token', 'output_character'),
  input_cost_per_image: inputImage,
  output_cost_per_image: outputImage,
  input_cost_per_pixel: pixel,
  output_cost_per_pixel: pixel,
  input_cost_per_request: 'request',
  input_cost_per_query: ({ narrowing }) => (narrowing === '' ? 'search_unit' : 'by_number_of_results'),
  search_context_cost_per_query: searchKind,
  ocr_cost_per_page: 'page',
  ocr_cost_per_credit: 'ocr_credit',
  annotation_cost_per_page: 'annotated_page',
  code_interpreter_cost_per_session: 'code_session',
}

/**
 * Gemini before 3 bills the grounded prompt, whatever the number of queries, and Gemini 3 the query
 * (ai.google.dev/gemini-api/docs/pricing, "Grounding with Google Search"); the file says so with web_search_billing_unit. It names one
 * price three times, once for each size.
 */
function searchKind({ entry, narrowing }: Model): Meaning {
  const isGemini = /^(gemini|vertex_ai(-language-models)?)$/.test(String(entry['litellm_provider']))
  if (isGemini && entry['web_search_billing_unit'] !== 'per_query')
    return narrowing === 'medium' ? 'grounded_prompt' : 'given_by_another_field'
  return isBilledUnit(`web_search_${narrowing}`) ? (`web_search_${narrowing}` as BilledUnitName) : 'unknown_price_field'
}

/** The kind that a price field of this entry is for, or why it is for none. `value` is its price as text. */
export function litellmKind({ key, narrowing }: FieldMeaning, value: unknown, entry: JsonObject): Meaning {
  const rule: Rule = rules[key]
  if (typeof rule === 'string') return rule
  return rule({ mode: String(entry['mode'] ?? ''), entry, value: Number(value), narrowing })
}

/** Whether a meaning is a kind and no reason. */
export function isKind(meaning: Meaning, reasons: Readonly<Record<string, string>>): meaning is PriceKind {
  return !Object.hasOwn(reasons, meaning)
}
