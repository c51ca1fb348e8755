/**
 * Every metric of Weir: name, kind, one sentence, labels. Names are `<service>_<noun>_<unit>`; `event_log_…` is shared by the services that
 * read the log. A label has a closed list of values, or `bounded` where the configuration bounds them (topics, partitions, routes); never a
 * tenant or anything a client chooses.
 */
const bounded = 'bounded'

/** Label names with their values. */
export type Labels = Readonly<Record<string, readonly string[] | typeof bounded>>

/** A metric's declaration. `buckets` are upper bounds in the metric's unit. */
export interface MetricSpec<Kind extends 'counter' | 'gauge' | 'histogram' = 'counter' | 'gauge' | 'histogram', L extends Labels = Labels> {
  kind: Kind
  help: string
  labels: L
  buckets?: readonly number[]
}

const SHORT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const LONG_SECONDS = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 30, 60, 300, 1_800, 3_600, 86_400]

const none = {} as const
const counter = <const L extends Labels>(help: string, labels: L): MetricSpec<'counter', L> => ({ kind: 'counter', help, labels })
const gauge = <const L extends Labels>(help: string, labels: L): MetricSpec<'gauge', L> => ({ kind: 'gauge', help, labels })
const histogram = <const L extends Labels>(help: string, labels: L, buckets: readonly number[]): MetricSpec<'histogram', L> => ({
  kind: 'histogram',
  help,
  labels,
  buckets,
})

/** The catalogue. A name that is not here does not type-check. */
export const metricCatalogue = {
  ingest_lines_total: counter('Access-log lines received, by what became of them.', { outcome: ['accepted', 'rejected'] }),
  ingest_samples_total: counter(
    'Samples of metrics received by OTLP and remote write; not_read are of series that no engine’s table names, gap are NaN and stale ' +
      'markers.',
    { outcome: ['accepted', 'rejected', 'not_read', 'gap'] },
  ),
  ingest_bytes_total: counter('Bytes of accepted lines and expositions, uncompressed.', none),
  ingest_requests_total: counter('HTTP requests answered, by endpoint and status class.', {
    endpoint: ['access-logs', 'engine-metrics', 'otlp-logs', 'otlp-traces', 'otlp-metrics', 'remote-write'],
    status: ['2xx', '4xx', '5xx'],
  }),
  ingest_append_duration_seconds: histogram('Time until the event log had a body on disk.', none, SHORT_SECONDS),
  ingest_in_flight_bytes: gauge('Body bytes held at this moment.', none),
  ingest_scrapes_total: counter('Readings of metrics targets; all but ok are gaps in the data, never zeros.', {
    outcome: ['ok', 'timeout', 'refused', 'status', 'too_large', 'invalid', 'append_failed', 'skipped'],
  }),
  ingest_scrape_duration_seconds: histogram('Time a metrics target took to answer.', none, SHORT_SECONDS),
  ingest_targets_count: gauge('Metrics targets in the current list.', none),
  worker_rows_total: counter('Rows written to the raw tables.', {
    table: ['attempts_raw', 'engine_samples_raw', 'gpu_samples_raw', 'gateway_samples_raw'],
  }),
  worker_unknown_series_total: counter('Series in expositions that no table names, by what was scraped: news of a newer version.', {
    product: bounded,
  }),
  worker_lines_total: counter('Lines and expositions read from the log, by what became of them.', {
    outcome: ['rows', 'dead_letter', 'skipped', 'parked'],
  }),
  worker_line_ends_total: counter(
    'Lines and expositions by the step of decoding in which they ended and why: an error code or a reason to skip.',
    { step: bounded, outcome: ['rows', 'skipped', 'dead_letter', 'parked'], reason: bounded },
  ),
  worker_dead_letters_total: counter('Lines refused by the worker, by error code.', { code: bounded }),
  worker_unstored_dead_letters_total: counter('Dead letters that ClickHouse refused in every form: they are in their topic alone.', none),
  worker_parked_sources_count: gauge(
    'Sources that are parked, for too many of their lines were refused: weir sources list names them.',
    none,
  ),
  worker_insert_duration_seconds: histogram('Time of an insert into ClickHouse.', none, SHORT_SECONDS),
  worker_ingest_delay_seconds: histogram('Time from the event log’s receipt of a line to its insert.', none, LONG_SECONDS),
  event_log_lag_records: gauge('Records behind: end offset less committed offset.', { topic: bounded, partition: bounded }),
  settle_duration_seconds: histogram('Time to settle the windows that were due together, from reading to publishing.', none, SHORT_SECONDS),
  settle_windows_total: counter('Windows settled, by what caused it; dependency: also other prices.', { cause: ['rows', 'dependency'] }),
  settle_refused_windows_total: counter(
    'Windows that stay as they were published because raw rows of theirs are gone; a person has to say what is to be.',
    none,
  ),
  settle_windows_of_fewer_rows_count: gauge(
    'Settled windows of which raw rows are gone, as last compared; they stay as they were published.',
    none,
  ),
  settle_failures_total: counter('Attempts to settle a window that failed and are tried again.', none),
  settle_freshness_seconds: histogram(
    'Time from the event log’s receipt of the oldest new line to the publishing of its window.',
    none,
    LONG_SECONDS,
  ),
  settle_touched_windows_count: gauge('Touched windows that wait to be settled.', none),
  charge_hours_total: counter('Hours of charges and pool costs published; the running hour again and again.', none),
  charge_failures_total: counter(
    'Rounds of publishing that failed and are tried again, and hours that the billing terms do not allow to publish.',
    none,
  ),
  alert_evaluations_total: counter('Evaluations of rules, by what became of them; failed: what they read could not be read.', {
    outcome: ['done', 'failed'],
  }),
  alert_evaluation_duration_seconds: histogram('Time to evaluate the rules of a group that were due.', none, SHORT_SECONDS),
  alert_firing_count: gauge('Alerts that fire, by severity.', { severity: ['page', 'ticket', 'info'] }),
  alert_deliveries_total: counter('Tries to tell a receiver, by what became of them.', {
    outcome: ['delivered', 'retry', 'refused', 'gone', 'expired'],
  }),
  alert_oldest_undelivered_seconds: gauge('Age of the oldest message that nobody has yet.', none),
  api_request_duration_seconds: histogram('Time to answer an API request.', { route: bounded, status: bounded }, SHORT_SECONDS),
  api_requests_rejected_total: counter('API requests refused, by reason; overloaded: too many of one token wait, or too many drafts.', {
    reason: ['unauthenticated', 'forbidden', 'invalid', 'overloaded', 'too_large', 'too_long', 'dropped'],
  }),
} as const satisfies Record<string, MetricSpec>
