import type { AttemptContent } from '../attempt.ts'
import { clientNetwork } from './addresses.ts'
import { defineDialect, type Facts, type FactTable, type FieldTable, has, isAbsent, isObject, type Line } from './dialect.ts'
import { endingOfStatus } from './error-classes.ts'
import { finishCall } from './finish-call.ts'
import { parseNginxTime } from './nginx-time.ts'
import { operationOfPath } from './operations.ts'
import type { SkipReason } from './skip-reasons.ts'

const fields = {
  tenant_id: {
    from: ['consumer/username', 'consumer_name', 'consumer', 'consumer_group_id'],
    as: 'text',
    note: 'the consumer that APISIX authenticated; without one the line has no tenant',
  },
  api_key_id: { from: ['credential_id', 'consumer/credential_id'], as: 'text' },
  user_id: { from: ['llm_summary/end_user_id', 'llm_end_user_id'], as: 'text' },
  request_id: { from: ['apisix_request_id', 'request_id', 'request/headers/x-request-id'], as: 'text' },
  trace_id: { from: ['opentelemetry_trace_id', 'trace_id'], as: 'text' },
  started_at: {
    from: ['start_time', 'started_ms'],
    as: 'time',
    note: 'nginx dates a line by its end: request_time is taken off where the log has no start',
  },
  duration_ms: { from: ['latency', 'request_ms'], as: 'ms' },
  upstream_ms: {
    from: ['llm_summary/upstream_response_time', 'apisix_upstream_response_time', 'upstream_latency', 'upstream_ms'],
    as: 'ms',
    note: 'llm_summary and apisix_… count in ms, nginx’s upstream_response_time in seconds',
  },
  route: { from: ['route_name', 'route_id'], as: 'text' },
  request_model: { from: ['llm_summary/request_model', 'request_llm_model'], as: 'text' },
  response_model: { from: ['llm_summary/model', 'llm_model'], as: 'text' },
  endpoint: { from: ['upstream', 'upstream_last'], as: 'text' },
  request_bytes: { from: ['request/size', 'request_length'], as: 'count' },
  response_bytes: { from: ['response/size', 'bytes_sent', 'body_bytes_sent'], as: 'count' },
} satisfies FieldTable

const facts = {
  status: { from: ['response/status', 'status'], as: 'count' },
  upstream_status: { from: ['upstream_status'], as: 'text', note: 'one status, or several as "502, 200"' },
  tries: { from: ['upstream_tries'], as: 'count' },
  path: { from: ['request/uri', 'uri', 'request_uri', 'request_path'], as: 'text' },
  upstream_url: { from: ['upstream_url'], as: 'text' },
  kind: { from: ['request_type'], as: 'text', note: 'ai_chat, ai_stream or traditional_http' },
  provider: { from: ['llm_summary/provider', 'llm_provider', 'provider'], as: 'text' },
  stream: { from: ['llm_summary/stream', 'llm_stream'], as: 'flag' },
  ttft: {
    from: ['llm_summary/duration', 'llm_time_to_first_token'],
    as: 'ms',
    note: 'only of streams: without one it is the whole latency; 0: not reached',
  },
  client: { from: ['client_ip', 'remote_addr'], as: 'text' },
  input: { from: ['llm_summary/prompt_tokens', 'llm_prompt_tokens'], as: 'count', note: '0 is the default of the variable, not a count' },
  output: { from: ['llm_summary/completion_tokens', 'llm_completion_tokens'], as: 'count' },
  total: { from: ['llm_summary/total_tokens', 'llm_total_tokens'], as: 'count', none: [0, '0'] },
  cached_input: { from: ['llm_summary/cache_read_input_tokens', 'llm_cache_read_input_tokens'], as: 'count' },
  cache_write: { from: ['llm_summary/cache_creation_input_tokens', 'llm_cache_creation_input_tokens'], as: 'count' },
  reasoning: { from: ['llm_summary/reasoning_tokens', 'llm_reasoning_tokens'], as: 'count' },
} satisfies FactTable

/** Turns nginx's own forms (local time, seconds, comma lists of upstream tries) into plain values. */
function openNginx(line: Line): Line {
  const requestMs = secondsToMs(line['request_time'])
  const at = parseNginxTime(line['time_local'] ?? line['time_iso8601'] ?? line['@timestamp'])
  const hosts = listText(line['upstream_addr'])
  const request = typeof line['request'] === 'string' ? line['request'].split(' ')[1] : undefined
  return {
    ...line,
    ...(request !== undefined && { request_path: request, request: null }),
    ...(at !== undefined && { started_ms: at - Math.round(requestMs ?? 0) }),
    ...(requestMs !== undefined && { request_ms: requestMs }),
    upstream_ms: secondsToMs(listText(line['upstream_response_time']).at(-1)) ?? null,
    upstream_last: hosts.at(-1) ?? null,
    upstream_tries: hosts.length,
  }
}

function secondsToMs(value: unknown): number | undefined {
  if (isAbsent(value)) return undefined
  const seconds = Number(value)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1e6) / 1000 : undefined
}

function listText(value: unknown): string[] {
  return typeof value === 'string' && !isAbsent(value)
    ? value
        .split(',')
        .map(part => part.trim())
        .filter(part => part !== '' && part !== '-')
    : []
}

function request(base: AttemptContent, of: Facts<typeof facts>): AttemptContent {
  const status = of.status ?? 0
  const lastUpstream = of.upstream_status.split(',').at(-1)?.trim() ?? ''
  const isFromUpstream = lastUpstream === String(status)
  const isSent = of.upstream_status !== '' || base.endpoint !== '' || (status > 0 && status < 400)
  base.status_code = status
  base.attempt_no = Math.max(1, of.tries ?? 1)
  base.attempts_reported = isSent ? (of.tries !== null && of.tries > 0 ? of.tries : null) : 0
  base.is_sole_row = true
  base.is_retry = (of.tries ?? 0) > 1
  base.gateway = 'apisix'
  base.operation = operationOfPath(of.path) || operationOfPath(of.upstream_url) || 'chat'
  base.is_stream = of.stream ?? of.kind === 'ai_stream'
  base.ttft_ms = base.is_stream && (of.ttft ?? 0) > 0 ? of.ttft : null
  base.client_ip_prefix = clientNetwork(of.client)
  const ending = endingOfStatus(status, isFromUpstream)
  if (ending.outcome !== 'ok') base.error_detail = `HTTP ${status} from ${isFromUpstream ? 'the upstream' : 'APISIX'}`
  return finishCall(base, {
    ending,
    isSent,
    hints: {
      protocol: of.provider,
      address: of.upstream_url === '' ? base.endpoint : of.upstream_url,
      model: base.response_model,
      backend: base.route,
    },
    tokens: of,
    // Of Anthropic's own protocol APISIX passes on Anthropic's own, exclusive, count.
    convention: base.operation === 'messages' ? 'exclusive' : undefined,
  })
}

const VARIABLES = ['llm_prompt_tokens', 'llm_completion_tokens', 'request_llm_model', 'llm_time_to_first_token'] as const

/** A request that no AI plugin handled: its variables have their defaults. */
function otherTraffic(line: Line): SkipReason | undefined {
  return line['request_type'] === 'traditional_http' ? 'not_llm' : undefined
}

/** APISIX's log objects and access logs with the values of ai-proxy and ai-proxy-multi. */
export const apisix = defineDialect({
  name: 'apisix',
  doc:
    'APISIX ai-proxy, ai-proxy-multi: llm_summary of the logger plugins, nginx variables in a JSON or the documented text access ' +
    'log. A failed instance before a fallback stands in no log.',
  sameCall: '`request_id` and the start in ms; a line without an id by all it says',
  joins: 'nothing: a line is a request',
  recognises(line) {
    if (isObject(line['llm_summary'])) return 'llm_summary stands in the line'
    if (line['request_type'] === 'traditional_http') return 'request_type is APISIX’s'
    const mark = VARIABLES.find(name => has(line, name))
    return has(line, 'request_type') && mark !== undefined && `request_type and ${mark} stand in the line`
  },
  skips: otherTraffic,
  mayLackId: true,
  fields,
  facts,
  dropped: [
    'request',
    'response',
    'llm_request',
    'llm_response_text',
    'remote_addr',
    'remote_user',
    'time_local',
    'time_iso8601',
    'http_host',
    'http_referer',
    'http_user_agent',
    'request_time',
    'upstream_addr',
    'upstream_response_time',
    'server',
    'llm_total_tokens',
  ],
  open: openNginx,
  attempts: (_line, base, of) => [request(base, of)],
})
