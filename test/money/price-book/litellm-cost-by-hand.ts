/**
 * An independent computation of what a request costs by LiteLLM's file: straight from the fields of an entry, by their names, with whole
 * numbers of 10^-15 USD. It shares no code with the price book; numbers are read digit by digit.
 */
export type RawEntry = Readonly<Record<string, unknown>>
export type TokenCounts = {
  input: number
  cached: number
  write5m: number
  write1h: number
  audioIn: number
  imageIn: number
  output: number
  reasoning: number
  audioOut: number
  imageOut: number
}

/** The cost in 10^-15 USD; undefined where input or output tokens have no price field. */
export function costByHand(entry: RawEntry, tierSuffix: string, tokens: TokenCounts): bigint | undefined {
  const above = thresholdSuffix(entry, tokens.input)
  const tiers = entry['tiered_pricing'] as RawEntry[] | undefined
  const bands = tiers?.filter(tier => 'range' in tier) ?? []
  const tier = bands.find(({ range }) => tokens.input <= Number((range as string[])[1])) ?? bands.at(-1)
  const price = (...fields: string[]): bigint | undefined => {
    for (const field of fields) {
      const names = [`${field}${above}${tierSuffix}`, `${field}${above}`, `${field}${tierSuffix}`, field]
      const found = tier?.[field] ?? names.map(name => entry[name]).find(value => value !== undefined) ?? bands[0]?.[field]
      if (found !== undefined) return femtoDollars(found as string)
    }
    return undefined
  }
  const input = price('input_cost_per_token')
  const output = price('output_cost_per_token')
  if (input === undefined || output === undefined) return undefined
  const write = price('cache_creation_input_token_cost') ?? input
  const costs: [number, bigint][] = [
    [tokens.input - tokens.cached - tokens.write5m - tokens.write1h - tokens.audioIn - tokens.imageIn, input],
    [tokens.audioIn, price('input_cost_per_audio_token') ?? input],
    [tokens.imageIn, price('input_cost_per_image_token') ?? realtimeImage(entry) ?? input],
    [tokens.cached, price('cache_read_input_token_cost', 'input_cost_per_token_cache_hit') ?? input],
    [tokens.write5m, write],
    [tokens.write1h, price('cache_creation_input_token_cost_above_1hr') ?? write],
    [tokens.output - tokens.reasoning - tokens.audioOut - tokens.imageOut, output],
    [tokens.audioOut, price('output_cost_per_audio_token') ?? output],
    [tokens.imageOut, price('output_cost_per_image_token') ?? output],
    [tokens.reasoning, price('output_cost_per_reasoning_token') ?? output],
  ]
  const request = femtoDollars(String(entry['input_cost_per_request'] ?? '0'))
  const cost = costs.reduce((sum, [count, unit]) => sum + BigInt(count) * unit, request)
  // Anthropic's Batch API: half of everything; the file has no fields for it.
  return entry['litellm_provider'] === 'anthropic' && tierSuffix === '_batches' ? cost / 2n : cost
}

/** OpenAI's price per image token stands in the field of images. */
function realtimeImage(entry: RawEntry): bigint | undefined {
  const price = entry['mode'] === 'realtime' ? entry['input_cost_per_image'] : undefined
  return price === undefined ? undefined : femtoDollars(price as string)
}

/** "_above_200k_tokens" of the highest threshold that the request passes; xAI's include the limit. */
function thresholdSuffix(entry: RawEntry, input: number): string {
  const limits = Object.keys(entry).flatMap(name => /_token(?:_cost)?(?:_above_1hr)?_above_(\d+)k_tokens/.exec(name)?.[1] ?? [])
  const passed = limits.map(Number).filter(limit => input > limit * 1000 || (entry['litellm_provider'] === 'xai' && input === limit * 1000))
  return passed.length > 0 ? `_above_${Math.max(...passed)}k_tokens` : ''
}

/** The digits of a JSON number laid out around the point, cut after 15 places, rounded to even by what was cut. */
function femtoDollars(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const pad = '0'.repeat(60)
  const digits = pad + whole + fraction + pad
  const point = pad.length + whole.length + Number(exponent)
  const kept = BigInt(digits.slice(0, point + 15))
  const cut = digits.slice(point + 15)
  const half = `5${'0'.repeat(cut.length - 1)}`
  return cut > half || (cut === half && kept % 2n === 1n) ? kept + 1n : kept
}
