/**
 * One convention for token counts: `input_tokens` includes cached and cache-write tokens, `output_tokens` includes reasoning tokens.
 * Sources differ (reference: docs of OpenAI, Anthropic, Bedrock Converse and Gemini on their usage objects): OpenAI counts inclusively,
 * Anthropic and Bedrock leave cached and cache-write tokens out of the input, Gemini leaves thoughts out of the output. Gateways convert
 * some of it and not all. A line is converted only where its own numbers prove the way of counting; where they contradict each other, it is
 * marked.
 */
import type { AttemptContent } from '../attempt.ts'

/** Counts as a source gave them; null or absent: not given. */
export interface ReportedTokens {
  input: number | null
  cached_input?: number | null
  cache_write?: number | null
  cache_write_1h?: number | null
  output: number | null
  reasoning?: number | null
  /** What the source says input and output add up to. */
  total?: number | null
  audio_input?: number | null
  audio_output?: number | null
  image_input?: number | null
  image_output?: number | null
  cached_audio_input?: number | null
}

/** How a source counts its input: with cached and cache-write tokens or without. */
export type Convention = 'inclusive' | 'exclusive'

/** The token columns with their quality. */
export type Usage = Pick<
  AttemptContent,
  | 'input_tokens'
  | 'cached_input_tokens'
  | 'cache_write_tokens'
  | 'cache_write_1h_tokens'
  | 'output_tokens'
  | 'reasoning_tokens'
  | 'audio_input_tokens'
  | 'audio_output_tokens'
  | 'image_input_tokens'
  | 'image_output_tokens'
  | 'cached_audio_input_tokens'
  | 'usage_quality'
>

/** Nothing was used, and that is known: no upstream saw the request. */
export const NO_USAGE: Usage = Object.freeze({
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_tokens: 0,
  cache_write_1h_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  audio_input_tokens: 0,
  audio_output_tokens: 0,
  image_input_tokens: 0,
  image_output_tokens: 0,
  cached_audio_input_tokens: 0,
  usage_quality: 'reported',
})

/** An upstream was called and nobody said what it used. */
export const UNKNOWN_USAGE: Usage = Object.freeze({ ...NO_USAGE, usage_quality: 'missing' })

/** Operations that have no output tokens to report. */
const INPUT_ONLY: ReadonlySet<string> = new Set(['embeddings', 'rerank', 'moderation', 'tokenize', 'count_tokens', 'retrieval'])
/** Operations whose output is images alone: an answer that does not say so counts them as plain output (OpenAI’s /images/generations). */
const IMAGES_OUT: ReadonlySet<string> = new Set(['image_generation', 'image_edit'])

/**
 * The usage in the inclusive convention. After it, parts never exceed their whole. `convention: 'inclusive'` says that the source promises
 * to count inclusively: parts beyond the whole are then a contradiction and not another way of counting. Without a total, a side is taken
 * as exclusive only where its parts exceed it; with one, the way of counting that adds up to it is taken, if there is exactly one.
 * `convention: 'exclusive'` says that the source is known to leave cached and cache-write tokens out of the input (Anthropic's and
 * Bedrock's own counting).
 */
export function usageOf(reported: ReportedTokens, options: { operation?: string; convention?: Convention } = {}): Usage {
  const { input, output } = reported
  if (input === null && output === null) return copyOf(UNKNOWN_USAGE)
  const isWhole = input !== null && output !== null
  const total = isWhole ? (reported.total ?? null) : null
  const inParts = (reported.cached_input ?? 0) + (reported.cache_write ?? 0)
  const counted =
    options.convention === 'exclusive'
      ? addedUp(input ?? 0, inParts, output ?? 0, total)
      : wholesOf(input ?? 0, inParts, output ?? 0, reported.reasoning ?? 0, total, options.convention !== 'inclusive')
  const isImage = IMAGES_OUT.has(options.operation ?? '') && (reported.image_output ?? null) === null
  const parts = isImage ? { ...reported, image_output: Math.max(0, counted.output - (reported.reasoning ?? 0)) } : reported
  const { columns, isWithin } = usageWithin(parts, counted.input, counted.output)
  const isComplete = input !== null && (output !== null || INPUT_ONLY.has(options.operation ?? '') || reported.total === input)
  columns.usage_quality = counted.isSound && isWithin ? (isComplete ? 'reported' : 'missing') : 'contradictory'
  return columns
}

/** Input with its parts added. A total may have been summed by somebody who did not know that they were missing. */
function addedUp(input: number, inParts: number, output: number, total: number | null): Wholes {
  const whole = input + inParts
  const isSound = Number.isSafeInteger(whole + output) && (total === null || total === whole + output || total === input + output)
  return isSound ? { input: whole, output, isSound } : { input, output, isSound }
}

interface Wholes {
  input: number
  output: number
  isSound: boolean
}

function wholesOf(input: number, inParts: number, output: number, outParts: number, total: number | null, mayConvert: boolean): Wholes {
  const asGiven: Wholes = { input, output, isSound: true }
  const isInForced = inParts > input
  const isOutForced = outParts > output
  if (!mayConvert) return { ...asGiven, isSound: (total === null || total === input + output) && !isInForced && !isOutForced }
  // Parts beyond the whole prove exclusive counting of that side, whatever plain sum stands in the total.
  const forced: Wholes = { input: isInForced ? input + inParts : input, output: isOutForced ? output + outParts : output, isSound: true }
  const isSafe = Number.isSafeInteger(input + inParts + output + outParts)
  if (isSafe && (total === null || total === forced.input + forced.output || total === input + output)) return forced
  const candidates: Wholes[] = []
  for (const inWhole of isInForced ? [input + inParts] : [input, input + inParts]) {
    for (const outWhole of isOutForced ? [output + outParts] : [output, output + outParts]) {
      if (inWhole + outWhole === total) candidates.push({ input: inWhole, output: outWhole, isSound: true })
    }
  }
  const [found] = candidates
  const isAmbiguous = candidates.some(other => other.input !== found?.input)
  return isSafe && found !== undefined && !isAmbiguous ? found : { ...asGiven, isSound: false }
}

function usageWithin(reported: ReportedTokens, input: number, output: number): { columns: Usage; isWithin: boolean } {
  let isWithin = true
  const within = (part: number | null | undefined, limit: number) => {
    if (part === null || part === undefined || part <= limit) return part ?? 0
    isWithin = false
    return limit
  }
  const cached = within(reported.cached_input, input)
  const write = within(reported.cache_write, input - cached)
  const columns: Usage = {
    input_tokens: input,
    cached_input_tokens: cached,
    cache_write_tokens: write,
    cache_write_1h_tokens: within(reported.cache_write_1h, write),
    output_tokens: output,
    reasoning_tokens: within(reported.reasoning, output),
    cached_audio_input_tokens: within(reported.cached_audio_input, cached),
    audio_input_tokens: within(reported.audio_input, input),
    audio_output_tokens: within(reported.audio_output, output),
    image_input_tokens: within(reported.image_input, input),
    image_output_tokens: within(reported.image_output, output),
    usage_quality: 'reported',
  }
  return { columns, isWithin }
}

function copyOf(usage: Usage): Usage {
  return { ...usage }
}
