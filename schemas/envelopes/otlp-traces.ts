import { isObject, type Line } from '../dialects/dialect.ts'
import { isAttributeList, listOf, otlpAttributes, otlpId, otlpNanos } from './otlp-values.ts'

/**
 * The spans of an OTLP ExportTraceServiceRequest (`resourceSpans`), one line each, in the shape that the dialect `otlp-span` reads. Takes
 * what OTLP/JSON holds and what a protobuf decoder with the same field names gives. A line can be written out as JSON and read again.
 */
export function spanLines(request: Line): Line[] {
  const lines: Line[] = []
  for (const ofResource of listOf(request['resourceSpans']).filter(isObject)) {
    const resource = isObject(ofResource['resource']) ? otlpAttributes(ofResource['resource']['attributes']) : {}
    for (const ofScope of listOf(ofResource['scopeSpans'] ?? ofResource['instrumentationLibrarySpans']).filter(isObject)) {
      const scope = isObject(ofScope['scope']) ? ofScope['scope'] : {}
      for (const span of listOf(ofScope['spans'])) lines.push(spanLine(isObject(span) ? span : {}, resource, scope))
    }
  }
  return lines
}

/** Whether the line is one OTLP span by itself, as some file exporters write it. */
export function isBareSpan(line: Line): boolean {
  const hasPlace = 'spanId' in line || 'startTimeUnixNano' in line || (typeof line['kind'] === 'string' && line['kind'].startsWith('SPAN_'))
  return hasPlace && typeof line['name'] === 'string' && isAttributeList(line['attributes'])
}

/** One span as a line; see `spanLines`. */
export function spanLine(span: Line, resource: Line = {}, scope: Line = {}): Line {
  const status = isObject(span['status']) ? span['status'] : {}
  const events = listOf(span['events']).filter(isObject)
  const exception = events.find(event => event['name'] === 'exception')
  const firstToken = events.find(event => FIRST_TOKEN_EVENTS.has(String(event['name'])))
  return {
    otlp: 'span',
    trace_id: otlpId(span['traceId']),
    span_id: otlpId(span['spanId']),
    parent_span_id: otlpId(span['parentSpanId']),
    span_name: span['name'] ?? null,
    scope_name: scope['name'] ?? null,
    start_unix_nano: otlpNanos(span['startTimeUnixNano']),
    end_unix_nano: otlpNanos(span['endTimeUnixNano']),
    first_token_unix_nano: otlpNanos(firstToken?.['timeUnixNano']),
    is_error: status['code'] === 2 || status['code'] === '2' || status['code'] === 'STATUS_CODE_ERROR',
    status_message: status['message'] ?? null,
    exception: exception === undefined ? {} : otlpAttributes(exception['attributes']),
    attributes: otlpAttributes(span['attributes']),
    resource,
  }
}

/** Events with which instrumentations mark the first token (OpenInference; Vercel's AI SDK). */
const FIRST_TOKEN_EVENTS: ReadonlySet<string> = new Set(['First Token Stream Event', 'ai.stream.firstChunk'])
