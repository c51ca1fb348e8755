/**
 * Usage objects of providers, each in its own way of counting, as tables: which fields hold which count, and whether the input includes
 * what came from or went into a cache. Sources: the providers' API references on `usage`, `usageMetadata`, `billed_units` (see
 * docs/dialects.md).
 */
import { isObject, type Line } from './dialect.ts'
import { type Convention, type ReportedTokens, UNKNOWN_USAGE, type Usage, usageOf } from './token-convention.ts'
import { converterOf } from './transforms.ts'

/**
 * A provider's way of reporting usage. Paths are from the body, steps separated by '/', best first; a step into a list of counts is the
 * kind of one: a modality, a lifetime.
 */
export interface UsageShape {
  name: string
  doc: string
  /** Path of which one must be there for the shape to be this one. */
  marks: readonly string[]
  convention: Convention
  input: readonly string[]
  /** Counts beside the input that are input too: they are added. */
  more_input?: readonly string[]
  output: readonly string[]
  cached_input?: readonly string[]
  cache_write?: readonly string[]
  cache_write_1h?: readonly string[]
  reasoning?: readonly string[]
  total?: readonly string[]
  audio_input?: readonly string[]
  audio_output?: readonly string[]
  image_input?: readonly string[]
  image_output?: readonly string[]
  cached_audio_input?: readonly string[]
  /** Reasoning is not part of the output that is given. */
  isReasoningBeside?: boolean
}

const anthropic: UsageShape = {
  name: 'anthropic',
  doc: 'Anthropic messages: the input leaves out what came from or went into the cache; thinking is part of the output',
  marks: ['usage/input_tokens', 'usage/output_tokens'],
  convention: 'exclusive',
  input: ['usage/input_tokens'],
  output: ['usage/output_tokens'],
  cached_input: ['usage/cache_read_input_tokens'],
  cache_write: ['usage/cache_creation_input_tokens'],
  cache_write_1h: ['usage/cache_creation/ephemeral_1h_input_tokens'],
  reasoning: ['usage/output_tokens_details/thinking_tokens'],
}

/** In the order in which they are tried: the first whose mark is found. */
export const usageShapes: readonly UsageShape[] = [
  {
    name: 'gemini',
    doc:
      'Gemini, Vertex AI generateContent and Live: thoughts stand beside the candidates, what tools put into the prompt ' +
      'beside the prompt, cached content is part of the prompt',
    marks: ['usageMetadata/promptTokenCount', 'usageMetadata/totalTokenCount', 'usageMetadata/candidatesTokenCount'],
    convention: 'inclusive',
    input: ['usageMetadata/promptTokenCount'],
    more_input: ['usageMetadata/toolUsePromptTokenCount'],
    output: ['usageMetadata/candidatesTokenCount', 'usageMetadata/responseTokenCount'],
    cached_input: ['usageMetadata/cachedContentTokenCount'],
    cached_audio_input: ['usageMetadata/cacheTokensDetails/AUDIO'],
    audio_input: ['usageMetadata/promptTokensDetails/AUDIO'],
    audio_output: ['usageMetadata/candidatesTokensDetails/AUDIO', 'usageMetadata/responseTokensDetails/AUDIO'],
    image_input: ['usageMetadata/promptTokensDetails/IMAGE'],
    image_output: ['usageMetadata/candidatesTokensDetails/IMAGE', 'usageMetadata/responseTokensDetails/IMAGE'],
    reasoning: ['usageMetadata/thoughtsTokenCount'],
    total: ['usageMetadata/totalTokenCount'],
    isReasoningBeside: true,
  },
  {
    name: 'bedrock-converse',
    doc: 'Bedrock Converse: the input leaves out what came from or went into the cache',
    marks: ['usage/inputTokens'],
    convention: 'exclusive',
    input: ['usage/inputTokens'],
    output: ['usage/outputTokens'],
    cached_input: ['usage/cacheReadInputTokens', 'usage/cacheReadInputTokenCount'],
    cache_write: ['usage/cacheWriteInputTokens', 'usage/cacheWriteInputTokenCount'],
    cache_write_1h: ['usage/cacheDetails/1h'],
    total: ['usage/totalTokens'],
  },
  {
    name: 'bedrock-invoke',
    doc: 'Bedrock InvokeModel streams: the metrics of the last chunk',
    marks: ['amazon-bedrock-invocationMetrics/inputTokenCount'],
    convention: 'exclusive',
    input: ['amazon-bedrock-invocationMetrics/inputTokenCount'],
    output: ['amazon-bedrock-invocationMetrics/outputTokenCount'],
    cached_input: ['amazon-bedrock-invocationMetrics/cacheReadInputTokenCount'],
    cache_write: ['amazon-bedrock-invocationMetrics/cacheWriteInputTokenCount'],
  },
  {
    name: 'cohere',
    doc: 'Cohere v1 and v2: billed units, which may be fewer than the tokens processed',
    marks: ['meta/billed_units', 'usage/billed_units'],
    convention: 'inclusive',
    input: ['meta/billed_units/input_tokens', 'usage/billed_units/input_tokens'],
    output: ['meta/billed_units/output_tokens', 'usage/billed_units/output_tokens'],
  },
  {
    name: 'openai-chat',
    doc:
      'OpenAI chat and completions, and all that speak its protocol (Azure, Mistral, DeepSeek, Groq, vLLM, SGLang): inclusive on ' +
      'both sides',
    marks: ['usage/prompt_tokens', 'usage/completion_tokens'],
    convention: 'inclusive',
    input: ['usage/prompt_tokens'],
    output: ['usage/completion_tokens'],
    cached_input: [
      'usage/prompt_tokens_details/cached_tokens',
      'usage/prompt_cache_hit_tokens',
      'usage/cached_tokens',
      'usage/cache_read_input_tokens',
    ],
    cache_write: [
      'usage/prompt_tokens_details/cache_write_tokens',
      'usage/prompt_tokens_details/cache_creation_tokens',
      'usage/cache_creation_input_tokens',
    ],
    reasoning: ['usage/completion_tokens_details/reasoning_tokens'],
    total: ['usage/total_tokens'],
    audio_input: ['usage/prompt_tokens_details/audio_tokens'],
    audio_output: ['usage/completion_tokens_details/audio_tokens'],
    image_input: ['usage/prompt_tokens_details/image_tokens'],
    image_output: ['usage/completion_tokens_details/image_tokens'],
    cached_audio_input: ['usage/prompt_tokens_details/cached_tokens_details/audio_tokens'],
  },
  // Told by its own names first: a gateway may have added a total.
  { ...anthropic, marks: ['usage/cache_read_input_tokens', 'usage/cache_creation_input_tokens'] },
  {
    name: 'openai-responses',
    doc: 'OpenAI responses, images, transcriptions and Realtime (which writes token_details): inclusive on both sides, with a total',
    marks: ['usage/total_tokens', 'usage/input_tokens_details', 'usage/input_token_details'],
    convention: 'inclusive',
    input: ['usage/input_tokens'],
    output: ['usage/output_tokens'],
    cached_input: ['usage/input_tokens_details/cached_tokens', 'usage/input_token_details/cached_tokens'],
    cache_write: ['usage/input_tokens_details/cache_write_tokens'],
    reasoning: ['usage/output_tokens_details/reasoning_tokens', 'usage/output_token_details/reasoning_tokens'],
    total: ['usage/total_tokens'],
    audio_input: ['usage/input_token_details/audio_tokens', 'usage/input_tokens_details/audio_tokens'],
    audio_output: ['usage/output_token_details/audio_tokens', 'usage/output_tokens_details/audio_tokens'],
    image_input: ['usage/input_tokens_details/image_tokens', 'usage/input_token_details/image_tokens'],
    image_output: ['usage/output_tokens_details/image_tokens', 'usage/output_token_details/image_tokens'],
    cached_audio_input: [
      'usage/input_token_details/cached_tokens_details/audio_tokens',
      'usage/input_tokens_details/cached_tokens_details/audio_tokens',
    ],
  },
  anthropic,
  {
    name: 'ollama',
    doc: 'Ollama chat and generate: counts at the top of the last chunk; a prompt found in the cache has no prompt_eval_count',
    marks: ['eval_count', 'prompt_eval_count'],
    convention: 'inclusive',
    input: ['prompt_eval_count'],
    output: ['eval_count'],
  },
]

/** The value at a path of '/'-separated steps; undefined where there is none. In a list of counts a step is the kind of one. */
export function valueAt(body: unknown, path: string): unknown {
  let value = body
  for (const step of path.split('/')) {
    if (Array.isArray(value)) value = listed(value.filter(isObject), step)
    else if (isObject(value) && Object.hasOwn(value, step)) value = value[step]
    else return undefined
  }
  return value
}

/** Of counts in a list the one for a kind: Gemini's `{modality, tokenCount}`, Bedrock's `{ttl, inputTokens}`. */
function listed(counts: readonly Line[], kind: string): unknown {
  const found = counts.find(count => count['modality'] === kind || count['ttl'] === kind)
  return found?.['tokenCount'] ?? found?.['inputTokens']
}

/** The shape in which a body reports usage; undefined: it reports none that is known. */
export function usageShapeOf(body: Line): UsageShape | undefined {
  const isGiven = (path: string) => valueAt(body, path) !== undefined && valueAt(body, path) !== null
  return usageShapes.find(shape => shape.marks.some(isGiven))
}

const count = converterOf('count')

/**
 * The usage that a body reports, in the inclusive convention. A count that is no whole number counts as not given: a body is no log line
 * that could be refused. Where an OpenAI-compatible body has more in its total than in its parts and names no reasoning (Gemini's
 * compatibility layer), the rest is taken as reasoning and the usage marked as estimated.
 */
export function usageInShape(body: Line, shape: UsageShape, operation = ''): Usage {
  const read = (paths: readonly string[] | undefined): number | null => {
    let found: number | null = null
    for (const path of paths ?? []) {
      const value = count(valueAt(body, path))
      // A 0 in one place does not contradict a count in another: translated bodies fill in names that they do not know.
      if (typeof value === 'number' && (found === null || found === 0)) found = value
    }
    return found
  }
  const tokens: ReportedTokens = {
    input: read(shape.input),
    output: read(shape.output),
    cached_input: read(shape.cached_input),
    cache_write: read(shape.cache_write),
    cache_write_1h: read(shape.cache_write_1h),
    reasoning: read(shape.reasoning),
    total: read(shape.total),
    audio_input: read(shape.audio_input),
    audio_output: read(shape.audio_output),
    image_input: read(shape.image_input),
    image_output: read(shape.image_output),
    cached_audio_input: read(shape.cached_audio_input),
  }
  const more = read(shape.more_input)
  if (more !== null) tokens.input = (tokens.input ?? 0) + more
  if (shape.isReasoningBeside === true && tokens.input !== null && (tokens.output !== null || tokens.reasoning !== null)) {
    const whole = (tokens.output ?? 0) + (tokens.reasoning ?? 0)
    // Beyond exact numbers the parts stay as they are, and are found to contradict each other.
    if (Number.isSafeInteger(whole)) tokens.output = whole
  }
  const { input, output, total = null, reasoning } = tokens
  if (shape.name === 'openai-chat' && input !== null && output !== null && total !== null && total > input + output && !reasoning) {
    return {
      ...usageOf({ ...tokens, output: total - input, reasoning: total - input - output }, { operation }),
      usage_quality: 'estimated',
    }
  }
  if (input === null && output === null) return { ...UNKNOWN_USAGE }
  // Of OpenAI's protocol some servers leave reasoning or cached tokens out: there the total decides, so nothing is promised.
  const isPromised = shape.convention === 'exclusive' || shape.name === 'gemini'
  return usageOf(tokens, isPromised ? { operation, convention: shape.convention } : { operation })
}
