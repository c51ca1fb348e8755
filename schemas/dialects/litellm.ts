import type { AttemptContent } from '../attempt.ts'
import { DAY_MS } from '../durations.ts'
import { clientNetwork } from './addresses.ts'
import { defineDialect, type Facts, has, type Line } from './dialect.ts'
import { ENDED_WELL, type Ending, endingOfLitellm } from './error-classes.ts'
import { finishCall } from './finish-call.ts'
import { batchTimeOf, isBatchPoll, skipOfCallType } from './litellm-call-types.ts'
import { litellmFacts, litellmFields } from './litellm-fields.ts'
import { billedUnitsOfRecord, priceModifiersOfRecord } from './litellm-units.ts'
import { operationOfCallType } from './operations.ts'
import { startKey } from './own-identity.ts'
import { microseconds } from './transforms.ts'

type LitellmFacts = Facts<typeof litellmFacts>

/** One record per call: retries and fallbacks of a request are records of their own, joined by `identify`. */
function call(line: Line, base: AttemptContent, facts: LitellmFacts): AttemptContent {
  const isFailure = facts.status === 'failure'
  const isCacheHit = facts.cache_hit === true
  const ending = isFailure ? failureOf(base, facts) : ENDED_WELL
  // A gateway's own refusal and an answer from its cache call nobody.
  const isSent = ending.outcome !== 'rejected' && !isCacheHit
  if (isFailure) base.error_detail = [facts.error_class, facts.error_message].filter(text => text !== '').join(': ')
  base.status_code = isFailure ? statusOf(facts.error_code) : 200
  const tried = facts.retries !== null || facts.fallbacks !== null
  base.attempts_reported = isSent ? (tried ? 1 + (facts.retries ?? 0) + (facts.fallbacks ?? 0) : null) : 0
  base.is_fallback = (facts.fallbacks ?? 0) > 0 || (facts.original_group !== '' && facts.original_group !== facts.group)
  base.is_retry = !base.is_fallback && (facts.retries ?? 0) > 0
  base.fallback_from = base.is_fallback ? facts.original_group : ''
  base.request_model ||= facts.model
  base.response_model = isSent || isCacheHit ? withoutProvider(facts.model, facts.protocol) : ''
  base.gateway = 'litellm'
  base.operation = operationOfCallType(facts.call_type)
  base.is_stream = facts.stream === true
  if (base.service_tier === 'default' || base.service_tier === 'auto') base.service_tier = ''
  base.response_cache = facts.cache_key === '' ? '' : 'miss'
  base.client_ip_prefix = clientNetwork(facts.client)
  setTimes(base, facts)
  identify(base, facts)
  if (isBatchPoll(line)) asBatch(base, facts, batchTimeOf(line))
  if (isSent && !isFailure) {
    const hasTokens = (facts.input ?? 0) + (facts.output ?? 0) > 0
    base.billed_units = billedUnitsOfRecord(line, { operation: base.operation, model: base.response_model, hasTokens })
    base.price_modifiers = priceModifiersOfRecord(line)
  }
  setCost(base, facts, isCacheHit)
  finishCall(base, {
    ending,
    isSent,
    isCacheHit,
    hints: {
      protocol: facts.protocol,
      address: base.endpoint,
      model: base.response_model,
      backend: facts.group,
      isPriced: facts.priced_input !== '',
    },
    // A usage object beside a failure belongs to another call.
    tokens: isFailure ? { input: facts.input, output: facts.output } : facts,
  })
  if (!isSent) base.endpoint = ''
  return base
}

/**
 * What joins records, and what tells them apart. The proxy gives the calls of one request, retries and fallbacks among them, one
 * `litellm_call_id`; its `trace_id` is a session's where the client named one, as agents do. The SDK's router gives each try a call id of
 * its own and all of them one trace. `id` is the provider's response id on success, which some servers repeat, and the call id on failure:
 * with neither of the two nothing joins.
 */
function identify(base: AttemptContent, facts: LitellmFacts): void {
  if (base.trace_id !== '' && facts.of_proxy === '') base.request_id = base.trace_id
  base.is_sole_row = base.trace_id === '' && facts.call_id === ''
  base.attempt_key = startKey(base, facts.status, facts.id === '' ? facts.call_id : facts.id)
}

/**
 * A batch, however often it is polled: dated by the batch itself, or else by the day of the poll, so that polls say the same. Half the
 * price of single calls is the batch tier of the price book.
 */
function asBatch(base: AttemptContent, facts: LitellmFacts, endedMs: number | undefined): void {
  base.started_at = endedMs ?? base.started_at - (base.started_at % DAY_MS)
  base.ended_at = null
  base.duration_ms = null
  base.ttft_ms = null
  base.trace_id = ''
  base.request_id = facts.id === '' ? base.request_id : facts.id
  base.attempt_key = 'batch'
  base.is_sole_row = true
  base.operation = 'batch'
  base.service_tier = 'batch'
}

function failureOf(base: AttemptContent, facts: LitellmFacts): Ending {
  return endingOfLitellm({
    category: facts.rate_limit_category,
    normalized: facts.normalized_error,
    errorClass: facts.error_class,
    status: statusOf(facts.error_code),
    isBlocked: facts.guardrail_status === 'guardrail_intervened',
    isFromUpstream: facts.error_provider !== '' || facts.protocol !== '' || base.endpoint !== '',
  })
}

/** LiteLLM's error_code is text and may be a name; 0 then. */
function statusOf(code: string): number {
  return /^[1-9]\d\d$/.test(code) ? Number(code) : 0
}

/** `openai/gpt-4o-mini` of provider openai is the model gpt-4o-mini; a slash that belongs to the model's own name stays. */
function withoutProvider(model: string, provider: string): string {
  return provider !== '' && model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model
}

/** The record's times are finer than milliseconds: durations are taken before rounding. */
function setTimes(base: AttemptContent, facts: LitellmFacts): void {
  if (facts.start !== null && facts.end !== null && facts.end >= facts.start) base.duration_ms = microseconds(facts.end - facts.start)
  const first = facts.first_token
  if (base.is_stream && facts.start !== null && first !== null && first >= facts.start) base.ttft_ms = microseconds(first - facts.start)
}

/** A cost of 0 means that LiteLLM has no price, except for an answer from its cache, which costs nothing. */
function setCost(base: AttemptContent, facts: LitellmFacts, isCacheHit: boolean): void {
  base.reported_cost = facts.cost === '0' && !isCacheHit ? null : facts.cost
  base.reported_currency = base.reported_cost === null ? '' : 'USD'
}

/** LiteLLM's StandardLoggingPayload, as its callbacks write it. */
export const litellm = defineDialect({
  name: 'litellm',
  doc:
    'LiteLLM StandardLoggingPayload (litellm/types/utils.py): one record per call, success or failure, as generic_api, S3, GCS and ' +
    'custom callbacks write it.',
  sameCall:
    'the start in ms, success or failure, and `id` (the provider’s response id, or the call id of a failure), which alone repeats. ' +
    'A batch that is polled: its id',
  joins:
    '`litellm_call_id`, which the proxy gives all retries and fallbacks of a call. `trace_id` is a session’s where a client named ' +
    'one: it joins only records of the SDK, which gives each try a call id of its own, and those without a call id. Without either ' +
    'a record is a request',
  recognises(line) {
    if (!has(line, 'startTime') || !has(line, 'call_type')) return false
    const mark = ['model_map_information', 'hidden_params', 'status_fields'].find(name => has(line, name))
    return mark !== undefined && `startTime, call_type and ${mark} stand in the line`
  },
  skips: skipOfCallType,
  fields: litellmFields,
  claimedTenants: ['metadata/requester_custom_headers/x-tenant-id', 'end_user', 'metadata/user_api_key_end_user_id'],
  facts: litellmFacts,
  dropped: [
    'messages',
    'error_str',
    'total_tokens',
    'response_time',
    'saved_cache_cost',
    'model_parameters',
    'guardrail_information',
    'standard_built_in_tools_params',
    'response_cost_failure_debug_info',
    'requester_ip_address',
  ],
  mayLackId: true,
  kept: [
    ...['metadata/spend_logs_metadata', 'metadata/user_api_key_alias', 'hidden_params/litellm_overhead_time_ms'],
    // What is left of the provider's limits, as its headers say it and as LiteLLM's typed payload does.
    ...['requests', 'tokens'].flatMap(kind => ['limit', 'remaining'].flatMap(what => limitHeaders(what, kind))),
  ],
  attempts: (line, base, facts) => [call(line, base, facts)],
})

function limitHeaders(what: string, kind: string): string[] {
  const names = [`x-ratelimit-${what}-${kind}`, `llm_provider-x-ratelimit-${what}-${kind}`, `x_ratelimit_${what}_${kind}`]
  return names.map(name => `hidden_params/additional_headers/${name}`)
}
