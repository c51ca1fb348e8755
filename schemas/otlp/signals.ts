/** The signals of OTLP that Weir takes. */
export type Signal = 'logs' | 'traces' | 'metrics'

/** Where a signal's records stand in its export request. */
export interface SignalShape {
  signal: Signal
  /** Name of the request, and of its records, in `otlpMessages`. */
  request: string
  record: string
  /** Names of the members that lead to the records. */
  resources: 'resourceLogs' | 'resourceSpans' | 'resourceMetrics'
  scopes: 'scopeLogs' | 'scopeSpans' | 'scopeMetrics'
  records: 'logRecords' | 'spans' | 'metrics'
  /** Member of the answer that counts refused records (data points for metrics). */
  rejected: 'rejectedLogRecords' | 'rejectedSpans' | 'rejectedDataPoints'
}

/** The signals, by the last part of their path. */
export const signals: Readonly<Record<Signal, SignalShape>> = {
  logs: {
    signal: 'logs',
    request: 'ExportLogsServiceRequest',
    record: 'LogRecord',
    resources: 'resourceLogs',
    scopes: 'scopeLogs',
    records: 'logRecords',
    rejected: 'rejectedLogRecords',
  },
  traces: {
    signal: 'traces',
    request: 'ExportTraceServiceRequest',
    record: 'Span',
    resources: 'resourceSpans',
    scopes: 'scopeSpans',
    records: 'spans',
    rejected: 'rejectedSpans',
  },
  metrics: {
    signal: 'metrics',
    request: 'ExportMetricsServiceRequest',
    record: 'Metric',
    resources: 'resourceMetrics',
    scopes: 'scopeMetrics',
    records: 'metrics',
    rejected: 'rejectedDataPoints',
  },
}

/** Content type of the OTLP/JSON messages that ingest appends to the event log. */
export const OTLP_JSON_TYPE = 'application/x-otlp-json'

/**
 * Bounds of any OTLP message: attribute values inside each other, and messages in all (a batch of 8,192 records
 * with 30 attributes has 500,000).
 */
export const otlpLimits = { maxDepth: 64, maxMessages: 1_000_000 } as const
