import { billedUnitsText, priceModifiersText, readBilledUnits } from '../billed-units.ts'
import { isObject, type Line } from './dialect.ts'
import { billedUnitsOf, priceModifiersOf } from './provider-units.ts'
import { valueAt } from './provider-usage.ts'

/**
 * What a LiteLLM record tells of things billed beside tokens: its response where the proxy logs responses, its usage object, and of
 * speech and images what was asked for. The text of `billed_units`.
 */
export function billedUnitsOfRecord(line: Line, context: { operation: string; model: string; hasTokens: boolean }): string {
  const usage = usageObjectOf(line)
  const response = isObject(line['response']) ? line['response'] : {}
  if (context.hasTokens && !mayHaveSearched(usage, response)) return ''
  const body = { ...response, usage: isObject(response['usage']) ? { ...usage, ...response['usage'] } : usage }
  const told = Object.fromEntries(readBilledUnits(billedUnitsOf(body, context)))
  const size = valueAt(line, 'standard_built_in_tools_params/web_search_options/search_context_size')
  const searches = valueAt(usage, 'prompt_tokens_details/web_search_requests')
  if (told['web_search'] === undefined && typeof searches === 'number') told['web_search'] = String(searches)
  if (told['web_search'] !== undefined && (size === 'low' || size === 'medium' || size === 'high')) {
    told[`web_search_${size}`] = told['web_search']
    delete told['web_search']
  }
  if (!context.hasTokens) Object.assign(told, askedFor(line, context.operation, told))
  return billedUnitsText(told) ?? ''
}

/** Whether anything is there that tells of searches: nearly no record has it, and every record pays for the question. */
function mayHaveSearched(usage: Line, response: Line): boolean {
  if (response['output'] !== undefined || response['candidates'] !== undefined) return true
  const isOf = (counts: unknown) =>
    isObject(counts) &&
    (counts['server_tool_use'] !== undefined ||
      counts['search_context_size'] !== undefined ||
      counts['citation_tokens'] !== undefined ||
      valueAt(counts, 'prompt_tokens_details/web_search_requests') !== undefined)
  return isOf(usage) || isOf(response['usage'])
}

/** `fast_mode` and `inference_geo_…` as the usage says, or as the call asked for. */
export function priceModifiersOfRecord(line: Line): string {
  const asked = isObject(line['model_parameters']) ? line['model_parameters'] : {}
  const texts = [priceModifiersOf(asked), priceModifiersOf(usageObjectOf(line))].filter(text => text !== '')
  return texts.length === 0 ? '' : priceModifiersText(texts.join(' ').split(' '))
}

function usageObjectOf(line: Line): Line {
  const found = [valueAt(line, 'metadata/usage_object'), valueAt(line, 'hidden_params/usage_object')].find(isObject)
  return found ?? {}
}

/** Characters of the text to be spoken stand in `messages`, the number of images in the parameters; of neither is anything kept. */
function askedFor(line: Line, operation: string, told: Readonly<Record<string, string>>): Record<string, number> {
  const { messages } = line
  if (operation === 'speech' && typeof messages === 'string' && messages !== '') return { input_character: [...messages].length }
  const isImage = (operation === 'image_generation' || operation === 'image_edit') && told['output_image'] === undefined
  const count = valueAt(line, 'model_parameters/n')
  if (isImage) return { output_image: typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : 1 }
  return {}
}
