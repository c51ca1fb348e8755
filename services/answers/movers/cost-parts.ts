/** The parts that a change of cost is split into, in the order in which they are told. */
export const COST_PARTS = {
  volume: 'more or fewer requests',
  answered: 'a larger or smaller share of them answered by a model (the rest failed or was refused)',
  mix: 'another share of requests at dearer or cheaper models, upstreams, tiers, tenants and routes',
  prompt_size: 'longer or shorter prompts',
  output_size: 'longer or shorter answers, without reasoning',
  reasoning: 'more or less reasoning a request',
  units: 'more or less of what is billed beside tokens: images, searches, seconds',
  cache: 'another share of prompts read from or written to caches, and of requests answered by the gateway’s cache',
  context: 'more or fewer tokens beyond a context threshold, or in regions with other prices',
  price: 'other prices, agreed or listed',
  currency: 'other exchange rates between prices and bills',
  waste: 'more or less spent on attempts that did not give the answer',
  estimate: 'more or less whose quantity nobody reported',
} as const

/** Name of a part. */
export type Part = keyof typeof COST_PARTS

/** All names, in order. */
export const PARTS = Object.keys(COST_PARTS) as readonly Part[]

/**
 * Kinds that are parts of one whole: what moves between them is no more of it. Read from and written to a cache, a prompt token stays one.
 */
const BLOCKS: Readonly<Record<string, { block: string; part: Part }>> = {
  input: { block: 'input', part: 'prompt_size' },
  cached_input: { block: 'input', part: 'prompt_size' },
  cache_write: { block: 'input', part: 'prompt_size' },
  cache_write_1h: { block: 'input', part: 'prompt_size' },
  audio_input: { block: 'audio_input', part: 'prompt_size' },
  cached_audio_input: { block: 'audio_input', part: 'prompt_size' },
  image_input: { block: 'image_input', part: 'prompt_size' },
  output: { block: 'output', part: 'output_size' },
  audio_output: { block: 'audio_output', part: 'output_size' },
  image_output: { block: 'image_output', part: 'output_size' },
  reasoning: { block: 'reasoning', part: 'reasoning' },
}

/** The whole that a kind is a part of. */
export function blockOf(tokenKind: string): string {
  return BLOCKS[tokenKind]?.block ?? tokenKind
}

/** The part that tells the size of the whole. */
export function partOfBlock(tokenKind: string): Part {
  return BLOCKS[tokenKind]?.part ?? 'units'
}
