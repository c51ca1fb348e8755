import { isObject, type Line } from '../dialects/dialect.ts'
import { listOf, otlpAttributes, otlpId, otlpNanos, otlpValue } from './otlp-values.ts'

/**
 * The records of an OTLP ExportLogsServiceRequest (`resourceLogs`), one line each. Three kinds of senders use log records:
 * - a body of text is a log line that a collector read from a file: the line is that text;
 * - an event of the GenAI conventions becomes a line of the dialect `otlp-event`;
 * - anything else (Envoy's access logger, a collector that parsed the line) is its attributes, over those of a body that is a map.
 * `tenant` is what the resource names as such.
 */
export function logLines(request: Line): { line: Line | string; tenant: unknown }[] {
  const lines: { line: Line | string; tenant: unknown }[] = []
  for (const ofResource of listOf(request['resourceLogs']).filter(isObject)) {
    const resource = isObject(ofResource['resource']) ? otlpAttributes(ofResource['resource']['attributes']) : {}
    for (const ofScope of listOf(ofResource['scopeLogs'] ?? ofResource['instrumentationLibraryLogs']).filter(isObject)) {
      for (const record of listOf(ofScope['logRecords'])) {
        lines.push({ line: logLine(isObject(record) ? record : {}, resource), tenant: resource['tenant.id'] ?? resource['tenant_id'] })
      }
    }
  }
  return lines
}

function logLine(record: Line, resource: Line): Line | string {
  const attributes = otlpAttributes(record['attributes'])
  const body = otlpValue(record['body'])
  const name = record['eventName'] ?? attributes['event.name']
  if (typeof name === 'string' && name.startsWith('gen_ai.')) {
    return {
      otlp: 'event',
      event_name: name,
      trace_id: otlpId(record['traceId']),
      span_id: otlpId(record['spanId']),
      time_unix_nano: otlpNanos(record['timeUnixNano']) ?? otlpNanos(record['observedTimeUnixNano']),
      attributes: isObject(body) ? { ...body, ...attributes } : attributes,
      resource,
    }
  }
  const isParsed = 'response_code' in attributes || 'start_time' in attributes
  if (typeof body === 'string' && !isParsed) return body
  return isObject(body) ? { ...body, ...attributes } : { ...attributes }
}
