/** When models end, as the shipped price list says (`deprecation_date` of LiteLLM's catalogue, schemas/prices/README.md). */
import { modelKeys } from './model-names.ts'
import { providerNames } from './provider-names.ts'
import { readShippedList } from './shipped-price-book.ts'

/** The end of a model of a provider, ms; undefined: none is known. */
export type EndOfModel = (names: { provider: string; request_model: string; response_model: string }) => number | undefined

interface Entry {
  readonly litellm_provider?: unknown
  readonly deprecation_date?: unknown
}

const DAY_PATTERN = /^\d{4}-\d{2}-\d{2}$/

/** Reads the dates of a price list in LiteLLM's form; what is no day is passed over. Throws on text that is no JSON. */
export function endDates(text: string): EndOfModel {
  const ends = new Map<string, number>()
  for (const [model, { litellm_provider: provider, deprecation_date: day }] of Object.entries(JSON.parse(text) as Record<string, Entry>)) {
    if (typeof provider !== 'string' || typeof day !== 'string' || !DAY_PATTERN.test(day)) continue
    const atMs = Date.parse(`${day}T00:00:00Z`)
    if (!Number.isNaN(atMs)) ends.set(`${providerNames(provider).provider} ${model}`, atMs)
  }
  return names => {
    // A name without its snapshot date is another thing: an alias goes on when a snapshot ends.
    const wholes = [names.response_model, names.request_model].filter(Boolean)
    const keys = modelKeys({ ...names, region: '' }).filter(({ model }) => wholes.some(whole => model.endsWith(whole)))
    return keys.map(({ provider, model }) => ends.get(`${provider} ${model}`)).find(end => end !== undefined)
  }
}

/** The dates that come with Weir. */
export async function shippedEndDates(): Promise<EndOfModel> {
  return endDates(await readShippedList())
}
