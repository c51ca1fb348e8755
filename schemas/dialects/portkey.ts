import type { AttemptContent } from '../attempt.ts'
import { shiftedDecimal } from './decimal-text.ts'
import { defineDialect, type Facts, type FactTable, type FieldTable, has, isObject, type Line } from './dialect.ts'
import { endingOfStatus } from './error-classes.ts'
import { finishCall } from './finish-call.ts'
import { operationOfPath } from './operations.ts'

const fields = {
  tenant_id: {
    from: ['workspace_slug', 'workspace_id', 'organisation_id'],
    as: 'text',
    note: 'Portkey’s metadata comes from the client and names nobody who is charged',
  },
  api_key_id: { from: ['virtual_key', 'api_key_id'], as: 'text' },
  user_id: { from: ['metadata/_user', '_user'], as: 'text' },
  request_id: { from: ['id'], as: 'text', note: 'one log per request; trace_id groups requests of a client' },
  trace_id: { from: ['trace_id', 'internal_trace_id'], as: 'text' },
  started_at: { from: ['created_at', 'time_of_generation'], as: 'utc_or_epoch_s' },
  duration_ms: { from: ['response_time'], as: 'ms' },
  route: { from: ['config_id', 'config', 'prompt_id'], as: 'text' },
  request_model: { from: ['ai_model'], as: 'text' },
  response_model: { from: ['response/body/model', 'ai_model'], as: 'text' },
  endpoint: { from: ['request_url'], as: 'text' },
} satisfies FieldTable

const facts = {
  status: { from: ['response_status_code', 'response/status'], as: 'count' },
  success: { from: ['is_success'], as: 'flag' },
  provider: { from: ['ai_org'], as: 'text' },
  cost: { from: ['cost'], as: 'decimal_text', note: 'US cents, where cost_currency names no other currency' },
  currency: { from: ['cost_currency', 'currency'], as: 'text' },
  cache_status: { from: ['cache_status'], as: 'text' },
  stream: { from: ['stream_mode'], as: 'flag' },
  retries: { from: ['retry_success_count'], as: 'count', none: [-1, '-1'], note: 'retries before the answer' },
  mode: { from: ['mode'], as: 'text' },
  option: { from: ['last_used_option_index'], as: 'count', none: [-1, '-1'], note: 'place in the list of targets' },
  path: { from: ['request_url'], as: 'text' },
  input: { from: ['req_units'], as: 'count' },
  output: { from: ['res_units'], as: 'count' },
  total: { from: ['total_units'], as: 'count' },
  cached_input: { from: ['cache_read_input_tokens', 'response/body/usage/prompt_tokens_details/cached_tokens'], as: 'count' },
} satisfies FactTable

function request(base: AttemptContent, of: Facts<typeof facts>): AttemptContent {
  base.status_code = of.status ?? 0
  const isCacheHit = of.cache_status === 'HIT' || of.cache_status === 'SEMANTIC HIT'
  const isFailed = of.success === false && base.status_code < 400
  const ending = isFailed ? ({ outcome: 'error', error_class: 'unknown' } as const) : endingOfStatus(base.status_code, true)
  const retries = of.retries ?? 0
  base.is_sole_row = true
  base.attempt_no = retries + 1
  base.attempts_reported = isCacheHit ? 0 : of.retries === null ? null : retries + 1
  base.is_fallback = of.mode === 'fallback' && (of.option ?? 0) > 0
  base.is_retry = !base.is_fallback && retries > 0
  base.policy = of.mode
  base.gateway = 'portkey'
  base.operation = operationOfPath(of.path)
  base.is_stream = of.stream === true
  base.response_cache = of.cache_status === 'MISS' ? 'miss' : ''
  if (ending.outcome !== 'ok') base.error_detail = `HTTP ${base.status_code}`
  setCost(base, of, isCacheHit)
  return finishCall(base, {
    ending,
    isSent: true,
    isCacheHit,
    hints: { protocol: of.provider, address: base.endpoint, model: base.response_model, backend: of.provider },
    tokens: of,
  })
}

function setCost(base: AttemptContent, of: Facts<typeof facts>, isCacheHit: boolean): void {
  if (of.cost === null || (of.cost === '0' && !isCacheHit)) return
  base.reported_cost = shiftedDecimal(of.cost, -2)
  base.reported_currency = of.currency === '' ? 'USD' : of.currency.toUpperCase()
}

/** Portkey's log and analytics objects. */
export const portkey = defineDialect({
  name: 'portkey',
  doc: 'Portkey log export and LogObject (Portkey-AI/openapi): one object per request; cost in cents; units are tokens.',
  sameCall: 'the log’s `id` and the start in ms',
  joins: 'nothing: a line is a request; `trace_id` groups requests of a client',
  recognises(line) {
    const at = isObject(line['metrics']) ? line['metrics'] : line
    return has(at, 'ai_model') && (has(at, 'req_units') || has(at, 'ai_org')) && 'ai_model and req_units or ai_org stand in the line'
  },
  fields,
  facts,
  dropped: [
    'request',
    'response',
    'metrics',
    'finalUntransformedRequest',
    'originalResponse',
    'transformedRequest',
    'runtime',
    'sdk_version',
  ],
  open: (line: Line) => (isObject(line['metrics']) ? { ...line, ...line['metrics'] } : line),
  attempts: (_line, base, of) => [request(base, of)],
})
