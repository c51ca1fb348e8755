/**
 * OpenRouter's list of models (`GET https://openrouter.ai/api/v1/models`) → price rows of the provider `openrouter`. Prices are texts in
 * USD per one unit; a price per token is rounded half to even at 15 digits, like LiteLLM's. A price of -1 means "variable" (routers), an
 * entry without `pricing` has none: no row, so the model is unpriced. Overrides by the hour of the day are refused: the book has no such
 * condition.
 */
import { AppError, messageOf } from '../../platform/errors.ts'
import { formatDecimal, parseDecimal } from '../decimal.ts'
import { isRounded, keptDigits } from './import-litellm.ts'
import { isObject } from './litellm-entry.ts'
import { type JsonObject, type JsonText, parseJsonText } from './parse-json-text.ts'
import type { PriceFile, PriceFileSettings } from './price-file.ts'
import { type PriceKind, parsePriceRow, unitOfKind } from './price-row.ts'

const PROVIDER = 'openrouter'
/** Fields of `pricing` of 2026-08-01 and of OpenRouter's SDK documentation ("Pricing"). */
const FIELDS: Readonly<Record<string, PriceKind>> = {
  prompt: 'input',
  completion: 'output',
  input_cache_read: 'cached_input',
  input_cache_write: 'cache_write',
  input_cache_write_1h: 'cache_write_1h',
  internal_reasoning: 'reasoning',
  audio: 'audio_input',
  input_audio_cache: 'cached_audio_input',
  audio_output: 'audio_output',
  image_token: 'image_input',
  image_output: 'image_output',
  request: 'request',
  web_search: 'web_search',
}
const NO_PRICES = ['overrides', 'discount', 'min_prompt_tokens']
/** Another way to say what the prompt's tokens cost: images sent are counted among them. Without a price per token it is what is billed. */
const IMAGE_SENT = 'image'
/** The kinds that a zero makes free. Of all others it says that they have no price apart: reasoning at 0 is charged as completion. */
const BASE_FIELDS = ['prompt', 'completion']

/** Whether the JSON looks like this list. */
export function isOpenrouterList(file: JsonText): boolean {
  return isObject(file) && Array.isArray(file['data']) && file['data'].some(model => isObject(model) && isObject(model['pricing']))
}

/** Reads the text. PRICE_INVALID when it is not such a list; a field that cannot be a price is refused in the result. */
export function readOpenrouterPrices(text: string, settings: PriceFileSettings): PriceFile {
  const list = parseJsonText(text)
  if (!isObject(list) || !Array.isArray(list['data'])) {
    throw new AppError('PRICE_INVALID', `${settings.name}: expected OpenRouter's list, an object with "data"`)
  }
  const file: PriceFile = { format: 'openrouter', models: 0, rows: [], places: new Map(), refused: [], skipped: [], rounded: 0 }
  for (const [index, model] of list['data'].entries()) {
    const id = isObject(model) ? model['id'] : undefined
    file.models++
    const given = isObject(model) ? model['pricing'] : undefined
    if (typeof id === 'string' && id && (given === undefined || given === null)) {
      skip(file, { reason: 'no_price', field: 'pricing', model: modelOf(id) })
      continue
    }
    if (typeof id !== 'string' || !id || !isObject(given)) {
      const reason = 'expected an entry with "id" and "pricing"'
      const name = typeof id === 'string' ? modelOf(id) : ''
      file.refused.push({ place: `${settings.name}: data[${index}]`, model: name, field: 'pricing', value: '', reason })
      continue
    }
    const place = () => `${settings.name}:${lineOfId(text, id)}`
    const of = { model: modelOf(id), place }
    readPricing({ ...of, pricing: given, min_input_tokens: 0 }, settings, file)
    for (const override of overridesOf(given)) readOverride(override, of, settings, file)
  }
  return file
}

/** Prices of one model at one context threshold. */
interface Pricing {
  model: string
  pricing: JsonObject
  min_input_tokens: number
  place: () => string
}

function readOverride(
  override: JsonText,
  { model, place }: Pick<Pricing, 'model' | 'place'>,
  settings: PriceFileSettings,
  file: PriceFile,
): void {
  const least = isObject(override) ? Number(override['min_prompt_tokens']) : Number.NaN
  const other = isObject(override)
    ? Object.keys(override).find(name => !NO_PRICES.includes(name) && !Object.hasOwn(FIELDS, name))
    : undefined
  if (!isObject(override) || !Number.isSafeInteger(least) || least <= 0 || other !== undefined) {
    const value = JSON.stringify(override)
    const reason =
      other === undefined
        ? 'expected an object with min_prompt_tokens above 0'
        : `prices by "${other}" cannot be kept: the book knows the size of a request as condition`
    file.refused.push({ place: place(), model, field: 'overrides', value, reason })
    return
  }
  readPricing({ model, pricing: override, min_input_tokens: least, place }, settings, file)
}

function readPricing({ model, pricing, min_input_tokens, place }: Pricing, settings: PriceFileSettings, file: PriceFile): void {
  for (const [field, value] of Object.entries(pricing)) {
    if (NO_PRICES.includes(field)) continue
    const meaning = field === IMAGE_SENT ? 'input_image' : Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined
    if (field === IMAGE_SENT && Number(pricing['prompt']) > 0) skip(file, { reason: 'billed_as_tokens', field, model })
    else if (meaning === undefined || value === null) {
      skip(file, { reason: value === null ? 'empty' : 'unknown_price_field', field, model })
    } else if (!BASE_FIELDS.includes(field) && typeof value === 'string' && /^0(\.0*)?$/.test(value)) {
      skip(file, { reason: 'not_priced_apart', field, model })
    } else if (typeof value === 'string' && /^-1(\.0*)?$/.test(value)) {
      skip(file, { reason: 'variable_price', field, model })
    } else {
      try {
        const token_kind = meaning
        const unit_price = readPrice(value, token_kind)
        if (isRounded({ token_kind, value })) file.rounded++
        const { source, valid_from, valid_to } = settings
        // "min_prompt_tokens": the price holds from that many tokens on.
        const conditions = { service_tier: '', min_input_tokens, threshold_operator: '>=', region_factor: '', modifier_factor: '' }
        const row = { provider: PROVIDER, model, token_kind, unit: unitOfKind(token_kind), unit_price, currency: 'USD', ...conditions }
        file.rows.push(parsePriceRow({ ...row, source, valid_from, valid_to, version: 0 }, model))
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        file.refused.push({
          place: place(),
          model,
          field,
          value: typeof value === 'string' ? value : JSON.stringify(value),
          reason: messageOf(error),
        })
      }
    }
  }
}

function readPrice(value: JsonText, token_kind: PriceKind): string {
  if (typeof value !== 'string') throw new AppError('PRICE_INVALID', 'not a price')
  return formatDecimal(parseDecimal(value, { fractionDigits: keptDigits(token_kind), rejectNegative: true }))
}

function overridesOf(pricing: JsonObject): JsonText[] {
  const { overrides } = pricing
  return Array.isArray(overrides) ? overrides : []
}

function skip(file: PriceFile, { reason, field, model }: { reason: string; field: string; model: string }): void {
  const before = file.skipped.find(one => one.reason === reason && one.field === field)
  if (before) before.count++
  else file.skipped.push({ reason, field, count: 1, first_model: model })
}

/** The key in the book: LiteLLM's list has the same models under it. */
function modelOf(id: string): string {
  return `${PROVIDER}/${id}`
}

function lineOfId(text: string, id: string): number {
  const at = new RegExp(`"id"\\s*:\\s*${JSON.stringify(id).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}`).exec(text)
  return text.slice(0, at?.index ?? 0).split('\n').length
}
