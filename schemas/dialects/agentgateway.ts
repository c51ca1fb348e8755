import type { AttemptContent } from '../attempt.ts'
import { clientNetwork } from './addresses.ts'
import { defineDialect, type Facts, type FactTable, type FieldTable, has, isAbsent, type Line } from './dialect.ts'
import { CLIENT_CANCELLED, type Ending, endingOfStatus } from './error-classes.ts'
import { finishCall } from './finish-call.ts'
import { parseIsoTime } from './iso-time.ts'
import { operationOfPath } from './operations.ts'
import { startKey } from './own-identity.ts'
import type { SkipReason } from './skip-reasons.ts'
import type { Convention } from './token-convention.ts'

const fields = {
  tenant_id: {
    from: ['tenant_id', 'tenant.id', 'tenant', 'agw.api_key.name', 'jwt.sub', 'src.identity'],
    as: 'text',
    note: 'a field added by CEL, else who authenticated',
  },
  api_key_id: { from: ['agw.api_key.name'], as: 'text' },
  user_id: { from: ['user_id', 'jwt.sub'], as: 'text' },
  request_id: { from: ['request.id', 'x-request-id'], as: 'text', note: 'a trace may hold many requests and is none' },
  trace_id: { from: ['trace.id'], as: 'text' },
  started_at: { from: ['started_ms'], as: 'epoch_ms', note: 'the line is dated by its end: duration is taken off' },
  ended_at: { from: ['ended_ms'], as: 'epoch_ms' },
  route: { from: ['route'], as: 'text' },
  operation: { from: ['gen_ai.operation.name'], as: 'text' },
  request_model: { from: ['agw.ai.original_model', 'gen_ai.request.model'], as: 'text' },
  response_model: { from: ['gen_ai.response.model'], as: 'text' },
  endpoint: { from: ['inferencepool.selected_endpoint', 'endpoint'], as: 'text' },
  reported_cost: { from: ['agw.ai.usage.cost.total'], as: 'decimal_text', note: 'USD' },
} satisfies FieldTable

const facts = {
  span: { from: ['span.id'], as: 'text' },
  status: { from: ['http.status'], as: 'count' },
  reason: { from: ['reason'], as: 'text' },
  error: { from: ['error'], as: 'text' },
  path: { from: ['http.path'], as: 'text' },
  provider: { from: ['gen_ai.provider.name', 'gen_ai.system'], as: 'text' },
  pool_endpoint: { from: ['inferencepool.selected_endpoint'], as: 'text' },
  client: { from: ['src.addr'], as: 'text' },
  attempt: { from: ['retry.attempt'], as: 'count', note: 'retries before this answer' },
  ttft: { from: ['ttft_ms'], as: 'ms' },
  input: {
    from: ['gen_ai.usage.input_tokens'],
    as: 'count',
    note:
      'inclusive from version 1.5 on; before it the provider’s own count, which Anthropic and Bedrock give without cached tokens: ' +
      'told by agw.version where you log it, by the date (no 1.5 before 2026-08-06), or by parts that exceed the whole',
  },
  version: { from: ['agw.version', 'agentgateway.version'], as: 'text', note: 'a field that you may add' },
  cached_input: { from: ['gen_ai.usage.cache_read.input_tokens'], as: 'count' },
  cache_write: { from: ['gen_ai.usage.cache_creation.input_tokens', 'gen_ai.usage.cache_write.input_tokens'], as: 'count' },
  output: { from: ['gen_ai.usage.output_tokens'], as: 'count' },
  reasoning: { from: ['gen_ai.usage.reasoning_tokens', 'gen_ai.usage.reasoning.output_tokens'], as: 'count' },
} satisfies FactTable

const rejected = (error_class: Ending['error_class']): Ending => ({ outcome: 'rejected', error_class })
const error = (error_class: Ending['error_class']): Ending => ({ outcome: 'error', error_class })

/** agentgateway's `reason` (crates/agentgateway/src/telemetry/log.rs), where it says more than the status. */
const reasons: ReadonlyMap<string, Ending> = new Map([
  ['RateLimit', rejected('gateway_rejected')],
  ['Guardrail', rejected('blocked_by_policy')],
  ['JwtAuth', rejected('auth')],
  ['Oidc', rejected('auth')],
  ['BasicAuth', rejected('auth')],
  ['APIKeyAuth', rejected('auth')],
  ['ExtAuth', rejected('auth')],
  ['Authorization', rejected('auth')],
  ['NotFound', rejected('client_error')],
  ['InvalidRequest', rejected('client_error')],
  ['NoHealthyBackend', error('no_capacity')],
  ['Timeout', error('timeout')],
  ['UpstreamFailure', error('connect_or_reset')],
  ['Internal', error('unknown')],
])

const DURATION = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m)$/
const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000 }

/** Milliseconds of a duration with its unit, as `706ms` or `1.2s`; undefined when it is none. */
export function durationMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  const match = typeof value === 'string' ? DURATION.exec(value) : null
  return match === null ? undefined : Math.round(Number(match[1]) * (UNIT_MS[match[2] as string] as number) * 1000) / 1000
}

function openLine(line: Line): Line {
  const ended = typeof line['time'] === 'string' ? parseIsoTime(line['time'], false) : undefined
  const duration = durationMs(line['duration'])
  const first = line['agw.ai.time_to_first_token']
  return {
    ...line,
    ...(ended !== undefined && { ended_ms: ended, started_ms: ended - Math.round(duration ?? 0) }),
    ttft_ms: isAbsent(first) ? null : (durationMs(first) ?? null),
  }
}

/** When token counts became inclusive (agentgateway#2880, released as 1.5). */
const INCLUSIVE_SINCE_MS = Date.UTC(2026, 7, 6)

/** How the input is counted; undefined: the version is not known, so only the numbers can tell. */
function conventionOf(base: AttemptContent, of: Facts<typeof facts>): Convention | undefined {
  const isExclusiveProvider = /anthropic|bedrock/.test(of.provider) || /claude/.test(base.response_model)
  if (!isExclusiveProvider) return undefined
  const version = /^v?(\d+)\.(\d+)/.exec(of.version)
  if (version !== null) return Number(version[1]) > 1 || Number(version[2]) >= 5 ? 'inclusive' : 'exclusive'
  return base.started_at < INCLUSIVE_SINCE_MS ? 'exclusive' : undefined
}

function request(base: AttemptContent, of: Facts<typeof facts>): AttemptContent {
  base.status_code = of.status ?? 0
  const byReason = reasons.get(of.reason)
  const ending =
    byReason !== undefined && base.status_code >= 400
      ? byReason
      : base.status_code === 0
        ? CLIENT_CANCELLED
        : endingOfStatus(base.status_code, of.reason === '' || of.reason === 'Upstream')
  const isSent = ending.outcome !== 'rejected' && of.reason !== 'NoHealthyBackend' && of.reason !== 'DirectResponse'
  if (ending.outcome !== 'ok') base.error_detail = [of.reason, of.error].filter(text => text !== '').join(': ')
  const retries = of.attempt ?? 0
  base.attempt_no = retries + 1
  base.attempts_reported = isSent ? retries + 1 : 0
  base.is_sole_row = true
  base.attempt_key = startKey(base, of.span)
  base.is_retry = retries > 0
  base.gateway = 'agentgateway'
  base.operation ||= operationOfPath(of.path)
  base.is_stream = of.ttft !== null
  base.ttft_ms = of.ttft
  base.client_ip_prefix = clientNetwork(of.client)
  if (base.reported_cost !== null) base.reported_currency = 'USD'
  return finishCall(base, {
    ending,
    isSent,
    hints: {
      ...(of.pool_endpoint !== '' && { kind: 'pool' }),
      protocol: of.provider,
      address: base.endpoint,
      model: base.response_model,
      backend: base.route,
    },
    tokens: of,
    convention: conventionOf(base, of),
  })
}

function otherTraffic(line: Line): SkipReason | undefined {
  const isOf = (start: string) => Object.keys(line).some(name => name.startsWith(start) && !isAbsent(line[name]))
  if (line['protocol'] === 'llm' || isOf('gen_ai.')) return undefined
  if (line['protocol'] === 'mcp' || line['protocol'] === 'a2a' || isOf('mcp.') || isOf('a2a.')) return 'mcp'
  const path = line['http.path']
  return typeof path === 'string' && operationOfPath(path) !== '' ? undefined : 'not_llm'
}

/** agentgateway's request log, as JSON or as text of key=value pairs. */
export const agentgateway = defineDialect({
  name: 'agentgateway',
  doc:
    'agentgateway request log (crates/agentgateway/src/telemetry/log.rs): JSON, or text of key=value pairs. One line per request, ' +
    'retries counted in retry.attempt.',
  sameCall: '`request_id`, the start in ms and the span’s id; a line without an id by all it says',
  joins: 'nothing: a line is a request, retries are counted in it',
  recognises(line) {
    if (!has(line, 'http.status') && !has(line, 'grpc.status')) return false
    const mark = ['listener', 'route', 'src.addr'].find(name => has(line, name))
    return has(line, 'duration') && mark !== undefined && `http.status, duration and ${mark} stand in the line`
  },
  skips: otherTraffic,
  mayLackId: true,
  fields,
  facts,
  dropped: [
    'level',
    'time',
    'scope',
    'message',
    'duration',
    'started_ms',
    'http.method',
    'http.host',
    'http.version',
    'span.id',
    'gen_ai.prompt',
    'gen_ai.completion',
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'agw.ai.time_to_first_token',
  ],
  open: openLine,
  attempts: (_line, base, of) => [request(base, of)],
})
