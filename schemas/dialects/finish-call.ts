import type { AttemptContent } from '../attempt.ts'
import { BILLED_UNITS, type BilledUnitName, readBilledUnits } from '../billed-units.ts'
import { authResultOf, type Ending } from './error-classes.ts'
import { type Convention, NO_USAGE, type ReportedTokens, UNKNOWN_USAGE, type Usage, usageOf } from './token-convention.ts'
import { NO_UPSTREAM, type UpstreamHints, upstreamOf } from './upstream.ts'

/** What a dialect knows of one call when its table has been read. */
export interface Call {
  ending: Ending
  /** An upstream was called. */
  isSent: boolean
  /** The gateway answered from its own cache. */
  isCacheHit?: boolean
  hints: UpstreamHints
  tokens: ReportedTokens
  convention?: Convention | undefined
}

/** Reasons with which a model ends an answer that it has given. */
const ANSWERED: ReadonlySet<string> = new Set([
  'stop',
  'length',
  'tool_calls',
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'STOP',
  'MAX_TOKENS',
  'COMPLETE',
])
/** Operations whose answer is no generated text. */
const WITHOUT_TEXT: ReadonlySet<string> = new Set(['embeddings', 'rerank', 'moderation', 'tokenize', 'count_tokens', 'retrieval'])
/** Operations that may well use no tokens that anybody counts. */
const FREE: ReadonlySet<string> = new Set(['moderation', 'tokenize', 'count_tokens'])

/** Fills in outcome, upstream and usage of a call: what all gateways have in common. */
export function finishCall(base: AttemptContent, call: Call): AttemptContent {
  const isCacheHit = call.isCacheHit === true
  const isSent = call.isSent && !isCacheHit
  base.outcome = call.ending.outcome
  base.error_class = call.ending.error_class
  base.auth_result ||= authResultOf(call.ending, base.status_code)
  if (isCacheHit) base.response_cache = 'hit'
  const upstream = isSent ? upstreamOf(call.hints) : NO_UPSTREAM
  base.upstream_kind = upstream.upstream_kind
  base.pool = upstream.pool
  base.provider = upstream.provider
  base.region ||= upstream.region
  return Object.assign(base, isSent || isCacheHit ? usageOfCall(base, call) : { ...NO_USAGE })
}

/** The same of a request as an engine itself tells of it: it was sent to a pool, and its tokens are whole numbers of both sides. */
export function finishEngineCall(base: AttemptContent, ending: Ending, tokens: Call['tokens']): AttemptContent {
  const { pool, response_model } = base
  const hints = { kind: 'pool', pool, address: '', model: response_model, backend: pool || response_model } as const
  return finishCall(base, { ending, isSent: true, hints, tokens, convention: 'inclusive' })
}

/**
 * What a call used. No model answers without using a token, so zeros on both sides mean that nobody counted: gateways write them for
 * streams without usage, for transcriptions and for websockets. The same goes for a streamed answer without a token of output.
 */
function usageOfCall(base: AttemptContent, call: Call): Usage {
  const { input, output } = call.tokens
  const isOk = base.outcome === 'ok'
  if ((input ?? 0) === 0 && (output ?? 0) === 0) {
    const isKnown = isOk && (isPaidByUnit(base.billed_units) || (FREE.has(base.operation) && input !== null))
    return { ...(isKnown ? NO_USAGE : UNKNOWN_USAGE) }
  }
  const isWithText = isOk && !WITHOUT_TEXT.has(base.operation)
  const isAnswered = isWithText && ANSWERED.has(base.finish_reason)
  const isUncounted = isWithText && base.is_stream && output === 0 && !isAnswered
  const tokens = isUncounted ? { ...call.tokens, output: null, total: null } : call.tokens
  const options = call.convention === undefined ? { operation: base.operation } : { operation: base.operation, convention: call.convention }
  const usage = usageOf(tokens, options)
  // An answer that the model ended itself has at least one token: a source that says 0 contradicts itself.
  if (isAnswered && output === 0 && usage.usage_quality === 'reported') usage.usage_quality = 'contradictory'
  return usage
}

/**
 * Whether the units of a call (`billed_units`) measure the work: then it is known what the call comes to although nobody counted tokens.
 */
export function isPaidByUnit(billedUnits: string): boolean {
  return billedUnits !== '' && [...readBilledUnits(billedUnits).keys()].some(unit => BILLED_UNITS[unit as BilledUnitName].isWork)
}
