/**
 * What an answer says of things that are billed beside tokens, and of what multiplies token prices. Sources: the API references of OpenAI
 * (images, transcriptions, responses, videos), Anthropic (`usage.server_tool_use`, `inference_geo`, `speed`), Gemini
 * (`groundingMetadata`), Cohere (`billed_units`), Mistral (`usage_info`) and Perplexity (`usage.search_context_size`).
 */
import { type BilledUnitName, billedUnitsText, priceModifiersText } from '../billed-units.ts'
import { isObject, type Line } from './dialect.ts'
import { valueAt } from './provider-usage.ts'

/** What an answer is the answer to, as far as it is known. */
export interface AnswerContext {
  operation: string
  model: string
  /** The answer counts tokens: images and seconds beside them are in those. */
  hasTokens: boolean
}

type Units = Partial<Record<BilledUnitName, number | string>>

/**
 * The text of `billed_units` for an answer; '' where it tells of none. A quantity that is none is left out: a body is no line that could
 * be refused.
 */
export function billedUnitsOf(body: Line, context: AnswerContext): string {
  const found: Units = { ...searchesOf(body, context.model), ...(context.hasTokens ? {} : workOf(body, context.operation)) }
  const known = Object.entries(found).filter(([name, quantity]) => billedUnitsText({ [name]: quantity }) !== undefined)
  return billedUnitsText(Object.fromEntries(known)) ?? ''
}

/**
 * The text of `price_modifiers` for an answer. Anthropic names the place of inference in each answer; `global` and `not_available` cost
 * nothing more.
 */
export function priceModifiersOf(usage: unknown): string {
  if (!isObject(usage)) return ''
  const place = usage['inference_geo']
  if (place === undefined && usage['speed'] === undefined) return ''
  const names = [
    typeof place === 'string' && /^[a-z]{2}$/.test(place) ? `inference_geo_${place}` : '',
    usage['speed'] === 'fast' ? 'fast_mode' : '',
  ]
  return priceModifiersText(names.filter(name => name !== ''))
}

const PATHS: readonly (readonly [unit: BilledUnitName, path: string])[] = [
  // A transcription's usage is either tokens or seconds; the verbose form says the length of the audio.
  ['input_audio_second', 'usage/seconds'],
  ['input_audio_second', 'duration'],
  ['page', 'usage_info/pages_processed'],
  ['search_unit', 'meta/billed_units/search_units'],
  ['search_unit', 'usage/billed_units/search_units'],
  ['input_image', 'meta/billed_units/images'],
]

function workOf(body: Line, operation: string): Units {
  const units: Units = {}
  for (const [unit, path] of PATHS) {
    const value = valueAt(body, path)
    const isQuantity = typeof value === 'number' || typeof value === 'string'
    if (isQuantity && (path !== 'duration' || operation === 'transcription' || operation === 'translation')) units[unit] ??= value
  }
  const images = imagesOf(body)
  if (images > 0) units.output_image = images
  if (body['object'] === 'video' && (typeof body['seconds'] === 'string' || typeof body['seconds'] === 'number')) {
    units.output_video_second = body['seconds']
  }
  return units
}

/** Images of OpenAI's `data` or of Vertex AI's `predictions`. */
function imagesOf(body: Line): number {
  const isImage = (item: unknown) =>
    isObject(item) && ['b64_json', 'url', 'bytesBase64Encoded', 'gcsUri'].some(name => Object.hasOwn(item, name))
  for (const name of ['data', 'predictions', 'images']) {
    const list = body[name]
    if (Array.isArray(list) && list.length > 0 && list.every(isImage)) return list.length
  }
  return 0
}

const SIZES: ReadonlySet<unknown> = new Set(['low', 'medium', 'high'])
const searchUnit = (size: unknown) => (SIZES.has(size) ? (`web_search_${size as 'low' | 'medium' | 'high'}` as const) : 'web_search')

function searchesOf(body: Line, model: string): Units {
  const units: Units = {}
  const ofAnthropic = valueAt(body, 'usage/server_tool_use/web_search_requests')
  if (typeof ofAnthropic === 'number') units.web_search = ofAnthropic
  const items = Array.isArray(body['output']) ? body['output'].filter(isObject) : []
  const searches = items.filter(item => item['type'] === 'web_search_call' && (valueAt(item, 'action/type') ?? 'search') === 'search')
  if (searches.length > 0) units[searchUnit(toolOf(body, 'web_search')?.['search_context_size'])] = searches.length
  const containers = new Set(items.filter(item => item['type'] === 'code_interpreter_call').map(item => item['container_id']))
  if (containers.size > 0) units.code_session = containers.size
  const size = valueAt(body, 'usage/search_context_size')
  const queries = valueAt(body, 'usage/num_search_queries')
  if (size !== undefined) units[searchUnit(size)] = typeof queries === 'number' ? queries : 1
  const cited = valueAt(body, 'usage/citation_tokens')
  if (typeof cited === 'number') units.citation_token = cited
  const grounded = groundingQueries(body)
  // From Gemini 3 on each query is billed, before it each answer that searched.
  if (grounded > 0) Object.assign(units, /gemini-[12]/.test(model) ? { grounded_prompt: 1 } : { web_search: grounded })
  return units
}

function toolOf(body: Line, type: string): Line | undefined {
  const tools = Array.isArray(body['tools']) ? body['tools'].filter(isObject) : []
  return tools.find(tool => String(tool['type']).startsWith(type))
}

function groundingQueries(body: Line): number {
  const [first] = Array.isArray(body['candidates']) ? (body['candidates'] as unknown[]) : []
  const queries = valueAt(first, 'groundingMetadata/webSearchQueries')
  return Array.isArray(queries) ? new Set(queries).size : 0
}
