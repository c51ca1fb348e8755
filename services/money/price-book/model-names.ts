/** Which keys of the price book a model may stand under, best first. */
import { type ProviderNames, providerNames } from './provider-names.ts'

/** A snapshot date at the end: gpt-4o-2024-08-06, claude-sonnet-4-5-20250929, claude-sonnet-4-5@20250929. */
const SNAPSHOT_DATE = /(-\d{4}-\d{2}-\d{2}|[-@]\d{8})$/
/** OpenAI's name of a fine-tuned model, ft:base:organisation:name:id; the price list has ft:base. */
const FINE_TUNED = /^(ft:[^:]+):.*$/
/** The geography of a Bedrock inference profile: us.anthropic.claude-…; the list price of the plain model stands in where it has none. */
const BEDROCK_GEOGRAPHY = /^(us|eu|apac|jp|au|ca|sa|global|us-gov)\.(?=[a-z0-9]+\.)/

/**
 * A name in the book: provider and model key. `prefix`: how the key begins where no gateway wrote that; empty: all of it came from the
 * gateway.
 */
export type ModelKey = { provider: string; model: string; prefix: string }

/**
 * Keys in the order they are tried: the response model with each of the provider's key forms, the regional ones first, then alone; the
 * same with what gateways wrap around the model removed; then without a fine-tuning id, a snapshot date, a Bedrock geography; then all of
 * this for the request model. Only keys of the same provider (and the providers it reads as well).
 */
export function modelKeys(names: { provider: string; request_model: string; response_model: string; region: string }): ModelKey[] {
  if (!names.provider) return []
  const own = providerNames(names.provider)
  const read = own.reads_also ? [own, ...own.reads_also.map(providerNames)] : [own]
  const models = [names.response_model, names.request_model].filter(Boolean)
  return models.flatMap(model => read.flatMap(provider => keysOfModel(model, provider, names.region.toLowerCase())))
}

function keysOfModel(model: string, names: ProviderNames, region: string): ModelKey[] {
  const unwrapped = names.model_wrapping ? model.replace(names.model_wrapping, '') : model
  const exact = [model, unwrapped]
  const fineTuned = exact.map(form => form.replace(FINE_TUNED, '$1'))
  const undated = [...exact, ...fineTuned].map(form => form.replace(SNAPSHOT_DATE, ''))
  const plain = names.provider === 'aws.bedrock' ? [...exact, ...undated].map(form => form.replace(BEDROCK_GEOGRAPHY, '')) : []
  const forms = new Set([...exact, ...fineTuned, ...undated, ...plain])
  return [...forms].flatMap(form =>
    [...new Set([...names.key_prefixes, ''])].flatMap(prefix => keyForm(prefix, form, region, names.provider)),
  )
}

function keyForm(prefix: string, form: string, region: string, provider: string): ModelKey[] {
  if (prefix.includes('{region}') && !region) return []
  const full = prefix.replace('{region}', region)
  return [{ provider, model: full + form, prefix: full }]
}
