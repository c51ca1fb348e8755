/**
 * The one error type of the product and the catalogue of its codes.
 * A code names service, noun and fault. `docs/errors.md` lists the same codes; a test holds the two equal.
 */
export const errorCatalogue = {
  SETTINGS_INVALID: { retryable: false, meaning: 'An environment variable or a settings file is missing or malformed.' },
  DATA_FOLDER_TAKEN: { retryable: false, meaning: 'Another process of Weir works in the data folder.' },
  EVENT_LOG_CODEC_UNSUPPORTED: { retryable: false, meaning: 'A producer compresses with a method that Weir cannot read (snappy or lz4).' },
  EVENT_LOG_KAFKA_NOT_INSTALLED: {
    retryable: false,
    meaning: 'A local Kafka was asked for, but java or mvn is missing, or Kafka could not be fetched with them.',
  },
  EVENT_LOG_UNAVAILABLE: { retryable: true, meaning: 'The event log (Kafka or the embedded one) did not answer in time.' },
  EVENT_LOG_RECORD_TOO_LARGE: { retryable: false, meaning: 'One record is larger than the event log accepts.' },
  EVENT_LOG_NOT_OWNER: { retryable: false, meaning: 'A commit was tried for a partition that this member no longer owns.' },
  EVENT_LOG_GAP: { retryable: false, meaning: 'Unread records were removed by retention, or committed offsets lie beyond the log.' },
  CLICKHOUSE_UNAVAILABLE: { retryable: true, meaning: 'ClickHouse refused the connection, timed out or is starting.' },
  CLICKHOUSE_OVERLOADED: { retryable: true, meaning: 'ClickHouse is short of memory, disk or has too many parts.' },
  CLICKHOUSE_DATA_REFUSED: { retryable: false, meaning: 'ClickHouse cannot read a value of an inserted row; other rows may be fine.' },
  CLICKHOUSE_QUERY_FAILED: { retryable: false, meaning: 'ClickHouse understood the connection but rejected the query.' },
  CLICKHOUSE_QUERY_TOO_LARGE: { retryable: false, meaning: 'The query would read more rows or bytes than it was allowed to.' },
  CLICKHOUSE_QUERY_TOO_LONG: { retryable: true, meaning: 'The query ran longer than it was allowed to.' },
  CLICKHOUSE_NOT_INSTALLED: {
    retryable: false,
    meaning: 'No CLICKHOUSE_URL, no clickhouse binary on PATH, and the optional package chdb is missing.',
  },
  MIGRATION_CHANGED: { retryable: false, meaning: 'A migration that was already applied has been edited since.' },
  INGEST_UNAUTHENTICATED: {
    retryable: false,
    meaning: 'The sender’s bearer token is missing, unknown or not a sender’s; without a tokens file: the sender is not on this machine.',
  },
  INGEST_FORBIDDEN: { retryable: false, meaning: 'The sender’s token does not allow metrics of that pool.' },
  INGEST_PARAMETER_INVALID: { retryable: false, meaning: 'A query parameter of an ingest request is missing or malformed.' },
  INGEST_BODY_TOO_LARGE: { retryable: false, meaning: 'The request body, inflated or not, exceeds its limit.' },
  INGEST_BODY_INVALID: { retryable: false, meaning: 'The request body could not be decompressed or read.' },
  INGEST_ENCODING_UNSUPPORTED: { retryable: false, meaning: 'The Content-Encoding is none of identity, gzip, zstd.' },
  INGEST_MEDIA_TYPE_UNSUPPORTED: { retryable: false, meaning: 'The Content-Type is not one this endpoint reads.' },
  INGEST_LINES_REJECTED: { retryable: false, meaning: 'No line of the body could be accepted; the answer lists each with its reason.' },
  INGEST_RATE_EXCEEDED: { retryable: true, meaning: 'The sender exceeds its bytes per second.' },
  INGEST_OVERLOADED: { retryable: true, meaning: 'More bodies are under way than ingest holds at once.' },
  LINE_NOT_UTF8: { retryable: false, meaning: 'The line holds bytes that are not UTF-8.' },
  LINE_NOT_JSON: { retryable: false, meaning: 'The line is not a JSON object (or array of objects).' },
  LINE_TOO_LONG: { retryable: false, meaning: 'The line is longer than the limit.' },
  LINE_TOO_DEEP: { retryable: false, meaning: 'Objects and arrays of the line are nested deeper than the limit.' },
  LINE_DIALECT_UNKNOWN: { retryable: false, meaning: 'No dialect recognises the fields of the line.' },
  LINE_FIELD_MISSING: { retryable: false, meaning: 'A field that the dialect needs is absent.' },
  LINE_FIELD_INVALID: { retryable: false, meaning: 'A field has a type, range or form that the dialect does not allow.' },
  LINE_NOT_READ: {
    retryable: false,
    meaning: 'Weir failed while reading the line: a defect of Weir, to be reported together with the line.',
  },
  LINE_TIME_OUT_OF_RANGE: {
    retryable: false,
    meaning: 'The time of the line is older than accepted (35 days) or more than 5 minutes in the future.',
  },
  LINE_TENANT_NOT_ALLOWED: { retryable: false, meaning: 'The sender may not write for the tenant named in the line.' },
  SCRAPE_NOT_READABLE: { retryable: false, meaning: 'A metrics exposition has a line that is not Prometheus text format.' },
  SCRAPE_TARGETS_UNAVAILABLE: { retryable: true, meaning: 'The Kubernetes API server did not give the pods that are metrics targets.' },
  SCRAPE_ENGINE_UNKNOWN: {
    retryable: false,
    meaning: 'A metrics exposition has no series of an engine, gateway or GPU exporter that Weir knows.',
  },
  WORKER_DRAIN_TIMEOUT: {
    retryable: true,
    meaning: 'A stopping worker could not write in time what it held; it is uncommitted and will be read again.',
  },
  WORKER_TOO_MANY_DEAD_LETTERS: {
    retryable: false,
    meaning: 'The share of refused lines passed the limit; the worker stopped rather than drain the topic.',
  },
  WORKER_SOURCE_PARKED: {
    retryable: false,
    meaning: 'Too many lines of one source were refused: its messages are kept aside, whole, until `weir sources resume` takes them up.',
  },
  EXCHANGE_RATE_MISSING: {
    retryable: false,
    meaning: 'The billing terms have no exchange rate between two currencies at the time needed.',
  },
  PRICE_INVALID: { retryable: false, meaning: 'A price row is not a finite, non-negative decimal or lacks a key.' },
  INVOICE_INVALID: { retryable: false, meaning: "A provider's invoice or usage export is not understood." },
  STATEMENT_INVALID: { retryable: false, meaning: 'A month, zone, amount or other argument about a statement is malformed.' },
  STATEMENT_TENANT_UNKNOWN: { retryable: false, meaning: 'No row and no entry of the billing terms names the tenant.' },
  STATEMENT_UNKNOWN: { retryable: false, meaning: 'There is no closed statement with this id.' },
  STATEMENT_MONTH_NOT_OVER: { retryable: false, meaning: 'The billing month to be closed is not over in the time zone of the tenant.' },
  STATEMENT_EARLIER_OPEN: { retryable: false, meaning: 'An earlier month of the tenant has charges and is not closed yet.' },
  STATEMENT_INCOMPLETE: {
    retryable: false,
    meaning: 'Too few of the received lines are accounted for to close a statement without a reason.',
  },
  STATEMENT_TOO_LARGE: { retryable: false, meaning: 'The statement has more lines than one answer may hold.' },
  STATEMENT_CLAIMED: { retryable: true, meaning: 'Another process is closing the same statement.' },
  STATEMENT_NOT_REPRODUCED: { retryable: false, meaning: 'A closed statement that was made again from raw rows came out otherwise.' },
  STATEMENT_ROWS_DROPPED: {
    retryable: false,
    meaning: 'Raw rows that a closed statement was made from were dropped because of their age: it cannot be made again.',
  },
  TERMS_INVALID: { retryable: false, meaning: 'The billing terms cannot be read, contradict themselves or would change the past.' },
  MANIFEST_INVALID: { retryable: false, meaning: 'A file of Kubernetes manifests cannot be read; what and where is told, with its line.' },
  TERMS_VERSION_TAKEN: { retryable: true, meaning: 'Two imports of billing terms ran at the same moment; only the first is in force.' },
  PRICE_VERSION_TAKEN: { retryable: true, meaning: 'Two imports of prices ran at the same moment; only the first is in force.' },
  TOKENS_FILE_BUSY: { retryable: true, meaning: 'Another process changes the tokens file at this moment.' },
  API_UNAUTHENTICATED: { retryable: false, meaning: 'The bearer token is missing, unknown or expired.' },
  API_FORBIDDEN: { retryable: false, meaning: 'The token may not read what was asked for.' },
  API_QUERY_TOO_LARGE: { retryable: false, meaning: 'The question spans more rows than one query may read: narrow the range or filter.' },
  API_QUERY_TOO_LONG: {
    retryable: true,
    meaning: 'The question took longer than one query may run: narrow the range, raise step or group by less.',
  },
  API_OVERLOADED: { retryable: true, meaning: 'Too many requests of one token wait for their answers.' },
  API_ROWS_DROPPED: {
    retryable: false,
    meaning: 'The question reaches before the retention: rows that would answer it were dropped because of their age.',
  },
  API_REQUEST_INVALID: { retryable: false, meaning: 'A query parameter is malformed.' },
  HTTP_ROUTE_UNKNOWN: { retryable: false, meaning: 'The service has no such path or method.' },
  HTTP_REQUEST_INVALID: { retryable: false, meaning: 'The HTTP request itself is malformed.' },
  INTERNAL_ERROR: { retryable: false, meaning: 'A fault of Weir itself; its log has the details.' },
  DEMO_FEED_REFUSED: { retryable: false, meaning: 'Ingest refused a line that the demo made.' },
  DIALECT_FILE_INVALID: {
    retryable: false,
    meaning: 'A dialect file (WEIR_DIALECT_FILES) cannot be read or says something that is not understood.',
  },
  TAIL_POSITIONS_UNREADABLE: { retryable: false, meaning: 'The file in which weir tail-files keeps how far it has sent cannot be read.' },
  TAIL_REFUSED: {
    retryable: false,
    meaning: 'Ingest refuses what weir tail-files sends: the token, the address or the settings are wrong.',
  },
  TAIL_UNREACHABLE: { retryable: true, meaning: 'Ingest does not answer weir tail-files, or asks it to wait.' },
  TENANTS_FILE_INVALID: {
    retryable: false,
    meaning: 'The file of tenants (WEIR_TENANTS_FILE) cannot be read or says something that is not understood.',
  },
  UPSTREAMS_FILE_INVALID: {
    retryable: false,
    meaning: 'The file of upstreams (WEIR_UPSTREAMS_FILE) cannot be read or says something that is not understood.',
  },
  EGRESS_FILE_INVALID: {
    retryable: false,
    meaning: 'The file of allowed providers (WEIR_EGRESS_FILE) cannot be read or says something that is not understood.',
  },
  ALERT_NOT_OWNER: { retryable: true, meaning: 'Another process decides about these alerts now; nothing was changed.' },
  ALERTING_FILE_INVALID: {
    retryable: false,
    meaning:
      'The alerting file (WEIR_ALERTS_FILE) cannot be read, says something that is not understood, or names a secret that is missing.',
  },
  REPORT_FILE_UNREADABLE: { retryable: false, meaning: 'An input file of the report cannot be opened or decompressed.' },
} as const

/** Every error code of the product. */
export type ErrorCode = keyof typeof errorCatalogue

/** What went wrong, as a code that programs decide on and a sentence that people read. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean

  /** `message` names the fault and the remedy; `cause` is kept for the log, never shown to a client. */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    // JSON.parse quotes half a character where it stumbles over a whole one; ClickHouse and JSON readers refuse such text.
    super(message.toWellFormed(), options)
    this.name = 'AppError'
    this.code = code
    this.retryable = errorCatalogue[code].retryable
  }
}

/** The text of anything that was thrown, with the remedy where the system's own words lack it. */
export function messageOf(thrown: unknown): string {
  if (isPortTaken(thrown)) {
    return (
      `port ${thrown.port} on ${thrown.address} is taken: stop the program that has it, or choose another with WEIR_INGEST_PORT, ` +
      `WEIR_API_PORT, WEIR_WORKER_METRICS_PORT, WEIR_SETTLE_METRICS_PORT, WEIR_CHARGE_METRICS_PORT ` +
      `or WEIR_ALERT_METRICS_PORT`
    )
  }
  return thrown instanceof Error ? thrown.message : String(thrown)
}

function isPortTaken(thrown: unknown): thrown is Error & { port: number; address: string } {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE'
}
