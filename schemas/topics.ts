/**
 * Every topic of Weir. The words:
 * line: one record as a gateway wrote it, in some dialect. attempt: one call to one upstream.
 * request: what a tenant's client asked for once, one or more attempts. window: one minute (UTC) of request start time.
 * touched: a window that has new rows. settled: a window computed from raw rows and published. dead letter: a refused line, kept whole with
 * its reason. Names hold dots and hyphens, never underscores: Kafka folds dots into underscores in metric names, so the two could collide.
 */
import { DAY_MS } from './durations.ts'

/**
 * Lines of gateways: one or many a message (newline-separated or a JSON array), or an OTLP export request of logs or spans (JSON or
 * protobuf). Headers `dialect`, `source`, `sender`, `tenants`, `content-type` are optional.
 */
export const ACCESS_LOG_TOPIC = 'weir.access-log.v1'
/** The header that names who chose the source of a message itself: the name of its token, or `local` of a program on ingest's machine. */
export const SENDER_HEADER = 'sender'
/**
 * Expositions of model servers, gateways and GPU exporters: Prometheus text a message (of Ollama the answer of `/api/ps`); headers `pool`,
 * `engine`, `endpoint`, `model`, `region`, `scraped-at-ms`, `content-type`. Or single values: an OTLP export request of metrics (JSON or
 * protobuf), or samples of prometheus-kafka-adapter (JSON), both without headers.
 */
export const ENGINE_METRICS_TOPIC = 'weir.engine-metrics.v1'
/** WindowTouched messages (schemas/window-events.ts), keyed by window start. */
export const WINDOW_TOUCHED_TOPIC = 'weir.window-touched.v1'
/** WindowSettled messages (schemas/window-events.ts), keyed by window start. */
export const WINDOW_SETTLED_TOPIC = 'weir.window-settled.v1'
/**
 * State and outbox of the alert service, one key a thing (services/alert/log), and silences and acknowledgements that others write;
 * compacted. Its partitions are what the processes of alert share out.
 */
export const ALERT_TOPIC = 'weir.alert.v1'
/** Refused lines, whole; headers `code`, `message`, `source`, `topic`, `partition`, `offset`, `line-no`. */
export const DEAD_LETTER_TOPIC = 'weir.dead-letter.v1'

/** The consumer group of the worker, whose positions say how far lines were read. */
export const WORKER_GROUP = 'weir-worker'

/** All topics with their partitions and retention; `migrate` creates them. */
export const topics: readonly { name: string; partitions: number; retentionMs: number; isCompacted?: boolean }[] = [
  { name: ACCESS_LOG_TOPIC, partitions: 8, retentionMs: 7 * DAY_MS },
  { name: ENGINE_METRICS_TOPIC, partitions: 4, retentionMs: 3 * DAY_MS },
  { name: WINDOW_TOUCHED_TOPIC, partitions: 8, retentionMs: DAY_MS },
  { name: WINDOW_SETTLED_TOPIC, partitions: 8, retentionMs: 3 * DAY_MS },
  { name: ALERT_TOPIC, partitions: 4, retentionMs: 7 * DAY_MS, isCompacted: true },
  { name: DEAD_LETTER_TOPIC, partitions: 2, retentionMs: 35 * DAY_MS },
]
