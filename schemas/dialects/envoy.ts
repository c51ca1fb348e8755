import type { AttemptContent } from '../attempt.ts'
import { clientNetwork } from './addresses.ts'
import { defineDialect, type Facts, has, isAbsent, isObject, type Line } from './dialect.ts'
import { ENVOY_HEADER_TENANTS, envoyFacts, envoyFields } from './envoy-fields.ts'
import { ENVOY_CACHE_FLAGS, endingOfEnvoy } from './error-classes.ts'
import { finishCall } from './finish-call.ts'
import { isOtherPath, operationOfPath } from './operations.ts'
import type { SkipReason } from './skip-reasons.ts'

type EnvoyFacts = Facts<typeof envoyFacts>

/** Names that Envoy's own formats and Envoy Gateway's default format use, and hardly anybody else. */
const MARKS = [
  'response_flags',
  'response_flags_long',
  'response_code_details',
  'upstream_cluster',
  'upstream_request_attempt_count',
] as const

/** One line per request: the row is its last attempt, and `attempts_reported` says how many there were. */
function lastAttempt(base: AttemptContent, facts: EnvoyFacts): AttemptContent {
  const count = facts.attempt_count
  const flags = facts.flags === '' ? facts.flags_long : facts.flags
  const isSent = count === null ? wasSentUncounted(base.status_code, facts, flags) : count > 0
  const isFromUpstream = isSent && (facts.details === '' || facts.details === 'via_upstream')
  const ending = endingOfEnvoy(base.status_code, flags, isFromUpstream)
  const backend = backendOf(facts.provider_name)
  if (ending.outcome !== 'ok') base.error_detail = [flags, facts.details, facts.transport_failure].filter(text => text !== '').join(' ')
  base.attempt_no = Math.max(1, count ?? 1)
  base.attempts_reported = count ?? (isSent ? null : 0)
  base.is_sole_row = true
  base.is_fallback = backend.index > 0 && (count ?? 0) > 1
  base.is_retry = !base.is_fallback && (count ?? 0) > 1
  // Of a retry the host that was left shows whether it went to another upstream (upstream.ts).
  if ((count ?? 0) > 1) base.fallback_from = firstOther(facts.hosts_attempted, facts.host)
  const isStream = facts.stream ?? (facts.ttft !== null || facts.content_type.startsWith('text/event-stream'))
  base.is_stream = isStream
  base.ttft_ms = facts.ttft ?? (isStream ? facts.response_duration : null)
  base.operation ||= operationOfPath(facts.path)
  base.gateway ||= backend.isPath ? 'envoy-ai-gateway' : 'envoy'
  base.client_ip_prefix = clientNetwork(facts.client)
  if (base.trace_id === '' && facts.traceparent !== '') base.trace_id = facts.traceparent.split('-')[1] ?? ''
  const isUnnamed = backend.name === '' && facts.provider_name !== ''
  return finishCall(base, {
    ending,
    isSent,
    isCacheHit: ENVOY_CACHE_FLAGS.has(flags),
    hints: {
      kind: facts.kind,
      pool: facts.pool,
      provider: facts.provider === '' && isUnnamed ? facts.provider_name : facts.provider,
      address: facts.host_name === '' ? facts.host : facts.host_name,
      // Only the model that answered shows who answered; the one asked for may be anybody's alias.
      model: base.response_model,
      backend: backend.name === '' ? facts.cluster : backend.name,
    },
    tokens: facts,
  })
}

/**
 * Whether an upstream was called, by a log that does not count attempts: it names the host, or the answer is the upstream’s, or nothing
 * speaks against it.
 */
function wasSentUncounted(status: number, facts: EnvoyFacts, flags: string): boolean {
  if (facts.host !== '' || facts.details === 'via_upstream' || (status > 0 && status < 400)) return true
  return facts.details === '' && flags === ''
}

/**
 * Takes apart what Envoy AI Gateway calls the backend: `namespace/name/route/…/rule/…/ref/index`; the index is the place in the fallback
 * order.
 */
function backendOf(text: string): { name: string; index: number; isPath: boolean } {
  const route = text.indexOf('/route/')
  if (route < 0) return { name: text.includes('/') ? text : '', index: 0, isPath: false }
  const ref = text.lastIndexOf('/ref/')
  const index = ref < 0 ? 0 : Number(text.slice(ref + 5))
  return { name: text.slice(0, route), index: Number.isInteger(index) ? index : 0, isPath: true }
}

function firstOther(hosts: string, last: string): string {
  for (const host of hosts.split(',')) if (host.trim() !== last && host.trim() !== '') return host.trim()
  return ''
}

function hasAiLog(line: Line): boolean {
  const aiLog = line['ai_log']
  return (typeof aiLog === 'string' && aiLog.startsWith('{')) || isObject(aiLog)
}

/** Fields that only a request to a model fills, or by which an operator says that it is one. */
const MODEL_SOURCES = [
  ...envoyFields.request_model.from,
  ...envoyFields.response_model.from,
  ...envoyFields.operation.from,
  ...envoyFacts.provider_name.from,
  ...envoyFacts.kind.from,
  ...envoyFacts.pool.from,
  ...envoyFacts.provider.from,
  ...envoyFacts.input.from,
  ...envoyFacts.output.from,
]
/** Names under which operators log `%ACCESS_LOG_TYPE%`. */
const LOG_TYPES = ['access_log_type', 'log_type', 'access-log-type'] as const

/** Entries of the router's upstream log stand beside the one of the access log for the whole request (data/accesslog/v3, AccessLogType). */
function isUpstreamLog(logType: unknown): boolean {
  return logType === 'UpstreamEnd' || logType === 'UpstreamPeriodic' || logType === 'UpstreamPoolReady'
}

/** Fields of Envoy AI Gateway's MCP routes. */
const MCP_SOURCES = ['mcp_method', 'mcp.method', 'mcp.method.name', 'mcp_request_id', 'mcp_backend', 'mcp.backend']

/**
 * A line with a path that is none of a model and without any model, provider or token count is other traffic; a failed call of a model
 * keeps its path.
 */
function otherTraffic(line: Line): SkipReason | undefined {
  if (LOG_TYPES.some(name => isUpstreamLog(line[name]))) return 'attempt_log'
  const isGiven = (name: string) => !isAbsent(line[name])
  if (MODEL_SOURCES.some(isGiven)) return undefined
  if (MCP_SOURCES.some(isGiven)) return 'mcp'
  const path = envoyFacts.path.from.map(name => line[name]).find(value => !isAbsent(value))
  return typeof path === 'string' && isOtherPath(path) ? 'not_llm' : undefined
}

/**
 * Envoy and Envoy Gateway JSON access logs, Envoy AI Gateway's among them; also with every value as text and '-' for unset, as the OTLP
 * access logger writes.
 */
export const envoy = defineDialect({
  name: 'envoy',
  doc:
    'Envoy JSON access log (operators of substitution_formatter.rst), Envoy Gateway’s default names, Envoy AI Gateway’s documented ' +
    'names.',
  sameCall: '`request_id` and the start in ms; a line without an id by all it says',
  joins:
    'nothing: a line is a request, whoever else was sent its `x-request-id`. Retries are counted in it. Entries of the router’s ' +
    'upstream log are passed over where the line says of which log it is',
  recognises(line) {
    // Higress writes the same log with one field more.
    if (hasAiLog(line) || !has(line, 'start_time') || !(has(line, 'response_code') || has(line, 'response_flags'))) return false
    const mark = MARKS.find(name => has(line, name))
    return mark !== undefined && `start_time and ${mark} stand in the line`
  },
  skips: otherTraffic,
  mayLackId: true,
  fields: envoyFields,
  claimedTenants: ENVOY_HEADER_TENANTS,
  facts: envoyFacts,
  dropped: [
    ':authority',
    'connection_termination_details',
    'downstream_local_address',
    'downstream_remote_port',
    'method',
    'protocol',
    'requested_server_name',
    'upstream_local_address',
    'authorization',
    'cookie',
  ],
  attempts: (_line, base, facts) => [lastAttempt(base, facts)],
})
