import type { AttemptContent } from '../attempt.ts'
import { defineDialect, type Facts, isAbsent, isObject, type Line } from './dialect.ts'
import { ENDED_WELL, type Ending, endingOfStatus } from './error-classes.ts'
import { endingOfErrorType } from './exception-names.ts'
import { finishCall } from './finish-call.ts'
import { otlpFacts, otlpFields } from './otlp-fields.ts'
import { joinedRequestOf, openSubjects, placeOf, skipOfSpanType, spanGatewayOf } from './otlp-gateways.ts'
import { startKey } from './own-identity.ts'
import type { SkipReason } from './skip-reasons.ts'
import type { Convention } from './token-convention.ts'

type OtlpFacts = Facts<typeof otlpFacts>

/** Operations and span kinds that call a model, as one canonical word. */
const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['LLM', 'chat'],
  ['EMBEDDING', 'embeddings'],
  ['RERANKER', 'rerank'],
  ['completion', 'text_completion'],
  ['embedding', 'embeddings'],
  // TrueFoundry’s tfy.model.request_type.
  ['ChatCompletion', 'chat'],
  ['AgentResponse', 'chat'],
  ['Completion', 'text_completion'],
  ['Embedding', 'embeddings'],
  ['Rerank', 'rerank'],
  ['CreateModelResponse', 'responses'],
])
/**
 * Steps around calls: agents, tools and chains repeat the usage of the calls inside them, fetch_response repeats that of an earlier call.
 */
const STEPS: ReadonlySet<string> = new Set([
  'execute_tool',
  'create_agent',
  'invoke_agent',
  'invoke_workflow',
  'plan',
  'retrieval',
  'fetch_response',
  'CHAIN',
  'AGENT',
  'TOOL',
  'RETRIEVER',
  'GUARDRAIL',
  'EVALUATOR',
  'PROMPT',
  'workflow',
  'task',
  'agent',
  'tool',
])
const NAMES = ['gen_ai.operation.name', 'openinference.span.kind', 'traceloop.span.kind', 'traceloop.entity.kind'] as const
/** Operations on the memory of an agent: search_memory, upsert_memory, create_memory_store, … */
const MEMORY = /_memory(_store)?$/
const MARKS = ['gen_ai.', 'llm.', 'ai.usage.', 'openinference.', 'tfy.'] as const

/**
 * A span or event that calls no model. Vercel's AI SDK writes an outer span that repeats the usage of the inner `….doGenerate` and
 * `….doStream`.
 */
function aroundCalls(line: Line): SkipReason | undefined {
  const attributes = isObject(line['attributes']) ? line['attributes'] : {}
  const vercel = attributes['ai.operationId']
  if (typeof vercel === 'string' && !/\.do[A-Z]\w*$/.test(vercel)) return 'not_a_call'
  const ofType = skipOfSpanType(attributes)
  if (ofType !== undefined) return ofType
  for (const name of NAMES) if (STEPS.has(String(attributes[name])) || MEMORY.test(String(attributes[name]))) return 'not_a_call'
  const names = Object.keys(attributes)
  if (names.some(name => name.startsWith('mcp.') && !isAbsent(attributes[name]))) return 'mcp'
  return names.some(name => MARKS.some(mark => name.startsWith(mark))) ? undefined : 'not_llm'
}

function openSpan(line: Line): Line {
  const attributes = isObject(line['attributes']) ? openSubjects(line['attributes']) : {}
  const ids = { joined_request_id: joinedRequestOf(line), own_request_id: placeOf(line, 'span_id') }
  return { ...line, attributes, ...ids, time_unix_nano: line['time_unix_nano'] ?? null }
}

function endingOf(of: OtlpFacts): Ending {
  if (of.http_status !== null && of.http_status >= 400) return endingOfStatus(of.http_status, true)
  if (of.error_type !== '') return endingOfErrorType(of.error_type)
  return of.is_error === true ? { outcome: 'error', error_class: 'unknown' } : ENDED_WELL
}

/**
 * Instrumentations whose numbers cannot show that they count otherwise than the conventions say: OpenLLMetry's Bedrock package passes on
 * Converse's own, exclusive, input (traceloop/openllmetry#4449).
 */
const conventionsOfScope: ReadonlyMap<string, Convention> = new Map([['opentelemetry.instrumentation.bedrock', 'exclusive']])

/**
 * How the instrumentation counts, where its version is known to count otherwise than the conventions say. Vercel's AI SDK before version 6
 * passes on Anthropic's exclusive input; from version 6 on, told by ai.usage.inputTokenDetails, the input is inclusive.
 */
function conventionOf(line: Line, of: OtlpFacts): Convention | undefined {
  const told = conventionsOfScope.get(String(line['scope_name']))
  if (told !== undefined) return told
  if (line['scope_name'] !== 'ai' || !of.provider.includes('anthropic')) return undefined
  const attributes = isObject(line['attributes']) ? line['attributes'] : {}
  return Object.keys(attributes).some(name => name.startsWith('ai.usage.inputTokenDetails')) ? 'inclusive' : 'exclusive'
}

function call(line: Line, base: AttemptContent, of: OtlpFacts): AttemptContent {
  const ending = endingOf(of)
  base.status_code = of.http_status ?? (/^[45]\d\d$/.test(of.error_type) ? Number(of.error_type) : 0)
  if (ending.outcome !== 'ok')
    base.error_detail = [of.error_type, of.status_message || of.error_message].filter(text => text !== '').join(': ')
  const gateway = spanGatewayOf(line)
  // Side by side under one span they are in the order of time.
  base.attempt_no = gateway !== undefined && of.attempt === null ? 0 : (of.attempt ?? 0) + 1
  base.is_sole_row = of.joined_by === '' && line['joined_request_id'] === null
  // A span may hold the events of several calls.
  base.attempt_key = startKey(base, String(line['span_id'] ?? ''))
  base.is_retry = (of.attempt ?? 0) > 0
  base.gateway = gateway?.name ?? 'otlp'
  base.operation = OPERATIONS.get(base.operation) ?? base.operation
  base.ttft_ms = of.ttft ?? of.ttft_told ?? (of.first_token !== null && of.start !== null ? Math.max(0, of.first_token - of.start) : null)
  base.is_stream = of.stream ?? (of.first_token !== null || of.ttft_told !== null)
  base.reported_cost = of.cost
  base.reported_currency = of.cost === null ? '' : 'USD'
  const isEngine = of.engine_request !== '' && of.provider === ''
  base.endpoint = of.address === '' ? '' : of.port === '' ? of.address : `${of.address}:${of.port}`
  const kind = of.kind !== '' ? of.kind : of.pool !== '' || isEngine ? 'pool' : ''
  return finishCall(base, {
    ending,
    isSent: true,
    hints: {
      ...(kind !== '' && { kind }),
      pool: of.pool,
      protocol: of.provider,
      address: of.address,
      model: base.response_model,
      backend: of.pool || base.response_model || base.request_model,
    },
    tokens: of,
    convention: conventionOf(line, of),
  })
}

/** Spans of the OpenTelemetry GenAI conventions of all ages, of OpenInference, of Vercel's AI SDK and of vLLM itself, one line each. */
export const otlpSpan = defineDialect({
  name: 'otlp-span',
  doc:
    'OTLP spans: GenAI conventions (current, newer, legacy), OpenInference, OpenLLMetry, Vercel AI SDK, vLLM. Spans of agents, tools ' +
    'and chains are skipped.',
  sameCall: 'the span’s id and its start in ms',
  joins:
    'the attribute `request.id`; the parent of spans that a gateway writes for each attempt (TrueFoundry, Zuplo, any whose ' +
    'resource has `weir.join` set to `parent`) or that say that they were sent again; else a span is a request, for a trace holds all ' +
    'calls of an agent',
  recognises: line => line['otlp'] === 'span' && 'an OTLP span',
  skips: aroundCalls,
  fields: {
    ...otlpFields,
    started_at: { from: ['start_unix_nano'], as: 'epoch_ns' },
    ended_at: { from: ['end_unix_nano'], as: 'epoch_ns' },
  },
  facts: otlpFacts,
  dropped: [
    'otlp',
    'span_id',
    'parent_span_id',
    'span_name',
    'attributes',
    'resource',
    'exception',
    'joined_request_id',
    'own_request_id',
    'time_unix_nano',
  ],
  open: openSpan,
  attempts: (line, base, of) => [call(line, base, of)],
})

/** Events of the GenAI conventions that carry usage. A sender that also sends spans reports the same calls twice: send one of the two. */
export const otlpEvent = defineDialect({
  ...otlpSpan,
  name: 'otlp-event',
  doc:
    'OTLP log records that are GenAI events (gen_ai.client.inference.operation.details and alike). Those without usage are skipped. ' +
    'Do not send them beside the spans of the same calls.',
  sameCall: 'the id of its span and its time in ms',
  joins: 'the attribute `request.id`; else an event is a request',
  recognises: line => line['otlp'] === 'event' && 'an OTLP event of the GenAI conventions',
  skips(line): SkipReason | undefined {
    const attributes = isObject(line['attributes']) ? line['attributes'] : {}
    const hasUsage = Object.keys(attributes).some(name => name.includes('.usage.') || name.includes('token_count'))
    const isFailure = !isAbsent(attributes['error.type'])
    return aroundCalls(line) ?? (hasUsage || isFailure ? undefined : 'payload')
  },
  fields: { ...otlpFields, started_at: { from: ['time_unix_nano'], as: 'epoch_ns', note: 'the time of the event: no duration is known' } },
})
