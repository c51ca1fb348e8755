/**
 * Every setting of Weir: environment variable, type, default and what it decides. `env.ts` reads them;
 * `docs/settings.md` is written from here.
 */
import Type, { type TSchema } from 'typebox'

const MIB = 1024 * 1024

/** One setting. `schema.default` absent: the setting may stay unset and is then `undefined`. */
export interface Setting<S extends TSchema = TSchema> {
  name: string
  schema: S
  /** Its value is never shown, neither in messages nor in logs. */
  isSecret: boolean
}

type Facts = { description: string; minimum?: number; maximum?: number }

const integer = <const D extends number>(name: string, fallback: D, facts: Facts) =>
  ({ name, isSecret: false, schema: Type.Integer({ minimum: 0, ...facts, default: fallback as number }) }) as const
const ratio = (name: string, fallback: number, description: string) =>
  ({ name, isSecret: false, schema: Type.Number({ description, minimum: 0, maximum: 1, default: fallback }) }) as const
const port = (name: string, fallback: number, description: string) =>
  integer(name, fallback, { description: `${description}; 0 takes a free one`, maximum: 65_535 })
const flag = (name: string, fallback: boolean, description: string) =>
  ({ name, isSecret: false, schema: Type.Boolean({ description, default: fallback }) }) as const
const choice = <const T extends string>(name: string, values: readonly T[], fallback: NoInfer<T>, description: string) =>
  ({ name, isSecret: false, schema: Type.Unsafe<T>(Type.String({ enum: [...values], description, default: fallback })) }) as const
const text = (name: string, fallback: string, description: string) =>
  ({ name, isSecret: false, schema: Type.String({ description, default: fallback, minLength: 1 }) }) as const
const secret = (name: string, description: string) => ({ name, isSecret: true, schema: Type.String({ description, default: '' }) }) as const
const optionalText = (name: string, description: string, pattern?: string) =>
  ({
    name,
    isSecret: false,
    schema: Type.Union([Type.String({ minLength: 1, ...(pattern && { pattern }) }), Type.Undefined()], { description }),
  }) as const
const list = (name: string, description: string, itemPattern: string) =>
  ({ name, isSecret: false, schema: Type.Array(Type.String({ pattern: itemPattern }), { description, default: [] as string[] }) }) as const

/** The settings by section. The keys are the names in code. */
export const settingsCatalogue = {
  process: {
    logLevel: choice(
      'WEIR_LOG_LEVEL',
      ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
      'info',
      'least severe level that is written to the log',
    ),
    metricsHost: text('WEIR_METRICS_HOST', '127.0.0.1', 'address on which worker and settle serve /metrics, /healthz and /readyz'),
    stalledAfterMs: integer('WEIR_STALLED_AFTER_MS', 60_000, {
      description: 'a loop with waiting work and no progress for so long (ms) makes /healthz answer 503',
      minimum: 1_000,
    }),
  },
  log: {
    kind: choice('WEIR_LOG', ['embedded', 'kafka'], 'embedded', 'which event log carries the lines'),
    dataDir: text('WEIR_DATA_DIR', './data', 'folder of everything that is kept on this machine: embedded event log, embedded ClickHouse'),
    brokers: list('KAFKA_BROKERS', 'Kafka brokers, host:port separated by commas; needed with WEIR_LOG=kafka', '^[^\\s:,]+:\\d{1,5}$'),
    sessionTimeoutMs: integer('KAFKA_SESSION_TIMEOUT_MS', 10_000, {
      description: 'a worker or settle process that Kafka has not heard of for so long (ms) loses its partitions to the others',
      minimum: 3_000,
      maximum: 300_000,
    }),
    epoch: optionalText(
      'WEIR_LOG_EPOCH',
      'identity of the event log in row identities; set it anew when topics were deleted and created again under the same Kafka cluster',
      '^[A-Za-z0-9._-]{1,64}$',
    ),
  },
  clickhouse: {
    url: optionalText(
      'CLICKHOUSE_URL',
      'HTTP address of the ClickHouse server, without user and password; unset: the embedded one is started',
      '^https?://[^\\s@]+$',
    ),
    user: text('CLICKHOUSE_USER', 'default', 'ClickHouse user'),
    password: secret('CLICKHOUSE_PASSWORD', 'password of that user'),
    database: {
      name: 'CLICKHOUSE_DATABASE',
      isSecret: false,
      schema: Type.String({ description: 'database that holds the tables', default: 'weir', pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' }),
    },
    isReplicated: flag('CLICKHOUSE_REPLICATED', false, 'tables are made with Replicated engines'),
    cluster: optionalText('CLICKHOUSE_CLUSTER', 'cluster name for ON CLUSTER in migrations; unset: none', '^[A-Za-z0-9_.{}-]+$'),
  },
  files: {
    tokens: optionalText('WEIR_TOKENS_FILE', 'JSON file of bearer tokens (hashed), read again when it changes'),
    targets: optionalText(
      'WEIR_TARGETS_FILE',
      'JSON file of metrics targets (docs/scraping.md): in the shape of Prometheus file_sd, or with DNS names and Kubernetes pods; ' +
        'read again when it changes; unset: nothing is scraped',
    ),
    dialects: list(
      'WEIR_DIALECT_FILES',
      'YAML files, separated by commas, that describe log formats of your own (docs/custom-dialects.md)',
      '^[^,]+$',
    ),
    upstreams: optionalText(
      'WEIR_UPSTREAMS_FILE',
      'YAML file (docs/upstreams.md) that names pools and providers by their addresses, hosts and clusters',
    ),
    tenants: optionalText(
      'WEIR_TENANTS_FILE',
      'YAML file (docs/tenants.md) that says who is charged for lines that name no tenant: by source, route, key and others',
    ),
    defaultTenant: optionalText(
      'WEIR_DEFAULT_TENANT',
      'who is charged for lines that name no tenant and that no rule knows; unset: they are refused',
    ),
    prices: optionalText(
      'WEIR_PRICES_FILE',
      'price file (docs/prices.md) that fills an empty price book at start, instead of the list that comes with Weir; later ones come ' +
        'with `weir prices import`',
    ),
    egress: optionalText(
      'WEIR_EGRESS_FILE',
      'YAML file (docs/egress.md) of the providers and regions that tenants may send to; what else they send there is told by ' +
        '`weir egress`; unset: everything is allowed',
    ),
    alerts: optionalText(
      'WEIR_ALERTS_FILE',
      'YAML file (docs/alerting.md) of receivers, routes, mute times and rules; unset: the rules that come with Weir, told in the log',
    ),
    terms: optionalText(
      'WEIR_TERMS_FILE',
      'billing terms (docs/terms.md) that an installation without any begins with; later ones come with `weir terms import`',
    ),
  },
  ingest: {
    host: text('WEIR_INGEST_HOST', '127.0.0.1', 'address that ingest listens on'),
    port: port('WEIR_INGEST_PORT', 8686, 'port that ingest listens on'),
    maxBodyBytes: integer('WEIR_INGEST_MAX_BODY_BYTES', 16 * MIB, {
      description: 'largest request body as sent, compressed or not',
      minimum: 1024,
    }),
    maxInflatedBytes: integer('WEIR_INGEST_MAX_INFLATED_BYTES', 64 * MIB, {
      description: 'largest request body after decompression',
      minimum: 1024,
    }),
    maxLineBytes: integer('WEIR_INGEST_MAX_LINE_BYTES', 256 * 1024, {
      description: 'longest line; longer ones are rejected alone',
      minimum: 1024,
      maximum: 900_000,
    }),
    maxBytesInFlight: integer('WEIR_INGEST_MAX_BYTES_IN_FLIGHT', 128 * MIB, {
      description: 'body bytes held at once by all requests; more are answered 503',
      minimum: MIB,
    }),
    appendTimeoutMs: integer('WEIR_INGEST_APPEND_TIMEOUT_MS', 10_000, {
      description: 'how long (ms) the event log may take to store a body before the sender is answered 503',
      minimum: 100,
    }),
    maxBytesPerSecond: integer('WEIR_INGEST_MAX_BYTES_PER_SECOND', 0, {
      description: 'body bytes per second and sender before it is answered 429; 0: no limit',
    }),
    scrapeIntervalMs: integer('WEIR_SCRAPE_INTERVAL_MS', 5_000, {
      description: 'time (ms) between two readings of a target',
      minimum: 100,
    }),
    scrapeTimeoutMs: integer('WEIR_SCRAPE_TIMEOUT_MS', 3_000, {
      description: 'how long (ms) a target may take to answer; shorter than the interval',
      minimum: 50,
    }),
    maxExpositionBytes: integer('WEIR_INGEST_MAX_EXPOSITION_BYTES', 512 * 1024, {
      description: 'largest metrics exposition, pushed or scraped',
      minimum: 1024,
      maximum: 900_000,
    }),
  },
  worker: {
    metricsPort: port('WEIR_WORKER_METRICS_PORT', 8688, 'port of /metrics, /healthz and /readyz of the worker'),
    maxInsertRows: integer('WEIR_WORKER_MAX_INSERT_ROWS', 100_000, { description: 'rows gathered before an insert', minimum: 1 }),
    maxInsertDelayMs: integer('WEIR_WORKER_MAX_INSERT_DELAY_MS', 500, {
      description: 'how long (ms) rows wait for more before they are inserted; three times as long where 5,000 came in that time',
      minimum: 10,
    }),
    maxDeadLetterRatio: ratio(
      'WEIR_WORKER_MAX_DEAD_LETTER_RATIO',
      0.5,
      'share of refused lines among recent ones above which a source is parked, or the worker stops when it is that of all; 0 or 1: never',
    ),
    sourceWindowLines: integer('WEIR_WORKER_SOURCE_WINDOW_LINES', 1_000, {
      description: 'how many recent lines of a source that share is taken over to park it; with fewer it is never parked',
      minimum: 1,
    }),
    deadLetterWindowLines: integer('WEIR_WORKER_DEAD_LETTER_WINDOW_LINES', 10_000, {
      description: 'how many recent lines of all sources that share is taken over to stop; with fewer the worker never stops',
      minimum: 1,
    }),
  },
  settle: {
    metricsPort: port('WEIR_SETTLE_METRICS_PORT', 8689, 'port of /metrics, /healthz and /readyz of settle'),
    quietMs: integer('WEIR_SETTLE_QUIET_MS', 1_000, {
      description: 'a touched window is settled when no rows came for so long (ms)',
      minimum: 10,
    }),
    maxWaitMs: integer('WEIR_SETTLE_MAX_WAIT_MS', 10_000, {
      description:
        'and at least this often (ms) while they keep coming, sooner the more come; at least the quiet time, longer while rows are late',
      minimum: 10,
    }),
  },
  retention: {
    // Lines are accepted for 35 days, and what is settled again reads the day around.
    rawDays: integer('WEIR_RETENTION_RAW_DAYS', 120, {
      description:
        'days that raw rows are kept; longer where billing terms exist and statements of the day are not all closed. Settled figures stay',
      minimum: 40,
    }),
    minuteDays: integer('WEIR_RETENTION_MINUTE_DAYS', 400, {
      description:
        'days that settled minutes are kept, in whole months (UTC) and never shorter than raw rows; longer while statements of the month ' +
        'are not all closed. Minutes that statements are made of (usage, charges, use of pools) stay; 0: all stay',
      minimum: 0,
    }),
    hourDays: integer('WEIR_RETENTION_HOUR_DAYS', 0, {
      description:
        'days that hours made of settled minutes are kept, in whole months (UTC) and never shorter than the minutes; those of usage ' +
        'stay; 0: all stay',
      minimum: 0,
    }),
  },
  statements: {
    minCompleteness: ratio(
      'WEIR_STATEMENTS_MIN_COMPLETENESS',
      0.999,
      'least share of the lines received in a month that must be accounted for before its statements may be closed without a reason',
    ),
  },
  charge: {
    metricsPort: port('WEIR_CHARGE_METRICS_PORT', 8690, 'port of /metrics, /healthz and /readyz of charge'),
    intervalMs: integer('WEIR_CHARGE_INTERVAL_MS', 20_000, {
      description: 'hours whose minutes were settled are published at most this often (ms); statements do not wait for it',
      minimum: 100,
    }),
  },
  alert: {
    metricsPort: port('WEIR_ALERT_METRICS_PORT', 8691, 'port of /metrics, /healthz and /readyz of alert'),
    evaluateAtMostEveryMs: integer('WEIR_ALERT_EVERY_MS', 1_000, {
      description: 'rules are looked at at most this often (ms), whatever their groups say',
      minimum: 50,
    }),
  },
  api: {
    host: text('WEIR_API_HOST', '127.0.0.1', 'address that the API listens on'),
    port: port('WEIR_API_PORT', 8687, 'port that the API listens on'),
    queryTimeoutMs: integer('WEIR_API_QUERY_TIMEOUT_MS', 30_000, {
      description: 'how long (ms) a query may run before the client is answered 503',
      minimum: 100,
    }),
    requestsAtOnce: integer('WEIR_API_REQUESTS_AT_ONCE', 8, {
      description: 'requests that are answered at once; the others wait, each token in a line of its own',
      minimum: 1,
    }),
    requestsOfTokenAtOnce: integer('WEIR_API_REQUESTS_OF_TOKEN_AT_ONCE', 4, {
      description: 'requests of one token that are answered at once; 64 more may wait, further ones are answered 429',
      minimum: 1,
    }),
  },
} as const satisfies Record<string, Record<string, Setting>>
