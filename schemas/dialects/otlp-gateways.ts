/**
 * Gateways that write a GenAI span for each attempt, side by side under the span of the client's request: the first call, its retries and
 * its fallbacks. Spans of applications say nothing of the kind: calls side by side under an agent's span are requests of their own.
 */
import { isAbsent, isObject, type Line } from './dialect.ts'
import type { SkipReason } from './skip-reasons.ts'

/** A gateway that writes one span for each attempt. */
interface SpanGateway {
  name: string
  doc: string
  writes(line: Line, attributes: Line): boolean
}

/** In the order in which they are tried. */
export const spanGateways: readonly SpanGateway[] = [
  {
    name: 'truefoundry',
    doc: 'TrueFoundry (docs: ai-gateway/fetch-request-logs-span-attributes): tfy.*, and gen_ai.* beside them where that is switched on',
    writes: (_line, attributes) => Object.hasOwn(attributes, 'tfy.span_type'),
  },
  {
    name: 'zuplo',
    doc: 'Zuplo since 2026-11 (docs: ai-gateway/observability/tracing): a GenAI span for each call of a provider, under its handler’s',
    writes: line => /zuplo/i.test(String(line['scope_name'])) || namesOf(line['resource']).some(name => name.startsWith('zuplo.')),
  },
  {
    name: 'otlp',
    doc: 'any other: set the resource attribute weir.join to parent in its exporter or collector',
    writes: line => isObject(line['resource']) && line['resource']['weir.join'] === 'parent',
  },
]

function namesOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : []
}

/** The gateway that wrote a span for each attempt; undefined: the span is of something else. */
export function spanGatewayOf(line: Line): SpanGateway | undefined {
  const attributes = isObject(line['attributes']) ? line['attributes'] : {}
  return spanGateways.find(gateway => gateway.writes(line, attributes))
}

/** TrueFoundry's kinds of spans: only those of kind Model are calls; the span of the whole request repeats what they used. */
export function skipOfSpanType(attributes: Line): SkipReason | undefined {
  const type = attributes['tfy.span_type']
  if (isAbsent(type) || type === 'Model') return undefined
  return /^mcp/i.test(String(type)) ? 'mcp' : 'not_a_call'
}

/**
 * What joins a span to others of its request: its parent where the gateway writes a span for each attempt or says that it sent it again.
 * null: nothing but an id that the application gives.
 */
export function joinedRequestOf(line: Line): string | null {
  const attributes = isObject(line['attributes']) ? line['attributes'] : {}
  const isResent = ['http.request.resend_count', 'retry.attempt'].some(name => !isAbsent(attributes[name]))
  return isResent || spanGatewayOf(line) !== undefined ? placeOf(line, 'parent_span_id') : null
}

/** The name of a span, or of its parent, among all; null where it has none. */
export function placeOf(line: Line, id: 'span_id' | 'parent_span_id'): string | null {
  return isAbsent(line['trace_id']) || isAbsent(line[id]) ? null : `${line['trace_id']}:${line[id]}`
}

/** TrueFoundry's lists and subjects, which some versions write as JSON texts, opened. */
export function openSubjects(attributes: Line): Line {
  const opened: Record<string, unknown> = { ...attributes }
  for (const name of ['tfy.request.created_by_subject_teams', 'tfy.request.created_by_subject']) {
    const text = attributes[name]
    if (typeof text !== 'string' || !/^[[{]/.test(text)) continue
    try {
      opened[name] = JSON.parse(text) as unknown
    } catch {
      // A name that only begins like JSON stays a name.
    }
  }
  return opened
}
