import type { FastifyInstance } from 'fastify'
import { topics } from '../../schemas/topics.ts'
import { type ApiConfig, buildApi } from '../../services/api/app.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import type { TokenHolder } from '../../services/platform/tokens.ts'
import { openTestClickHouse, type TestClickHouse, type TestScope } from '../fakes/clickhouse-server.ts'
import { buildInMemoryEventLog, type InMemoryEventLog } from '../fakes/in-memory-event-log.ts'

/** Obviously fake tokens. */
export const TOKENS: Readonly<Record<string, TokenHolder>> = {
  'fake-operator': { name: 'operations', role: 'operator' },
  'fake-acme': { name: 'acme', role: 'tenant', tenants: ['acme'] },
  'fake-globex': { name: 'globex', role: 'tenant', tenants: ['globex'] },
  'fake-both': { name: 'holding', role: 'tenant', tenants: ['acme', 'globex'] },
  'fake-finance': { name: 'finance', role: 'finance' },
  'fake-sender': { name: 'edge', role: 'sender' },
}

/** The API's present: the last hour ends at 10:00. */
export const NOW_MS = Date.parse('2026-01-31T09:59:30Z')
/** The hour that holds the test's rows. */
export const HOUR_OF_TEST = 'from=2026-01-31T09:00:00Z&to=2026-01-31T10:00:00Z'

export interface Answer {
  status: number
  headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON answers of many shapes
  body: any
  text: string
}

export interface TestApi {
  clickhouse: ClickHouse
  /** The server and database for a client of another kind. */
  server: Pick<TestClickHouse, 'url' | 'owner' | 'database'>
  app: FastifyInstance
  eventLog: InMemoryEventLog
  /** GET as the holder of a token (undefined: without one). */
  get(url: string, token?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Sends a body as JSON, as the holder of a token. */
  send(method: 'POST' | 'DELETE', url: string, body: object | undefined, token?: string): Promise<Answer>
}

/** The read API on a fresh, migrated database. `isOpen`: without a tokens file. */
export async function openTestApi(
  t: TestScope,
  options: Partial<ApiConfig> & { isOpen?: boolean; beforeQuery?: () => Promise<void>; tokensFile?: string } = {},
): Promise<TestApi> {
  const { clickhouse, ...server } = await openTestClickHouse(t)
  const now = () => NOW_MS
  const { isOpen, beforeQuery, tokensFile, ...config } = options
  const query: ClickHouse['query'] = async (...asked) => {
    await beforeQuery?.()
    return await clickhouse.query(...asked)
  }
  const eventLog = buildInMemoryEventLog({ topics })
  const app = buildApi(
    { queryTimeoutMs: 30_000, requestsAtOnce: 100, requestsOfTokenAtOnce: 100, ...config },
    {
      clickhouse: { ...clickhouse, query },
      openEventLog: async () => eventLog,
      tokens: isOpen ? undefined : { lookup: bearer => (Object.hasOwn(TOKENS, bearer) ? TOKENS[bearer] : undefined) },
      tokensFile,
      logger: buildLogger({ service: 'api', level: 'silent' }),
      metrics: buildMetrics('api'),
      progress: buildProgress(now, { stalledAfterMs: 60_000 }),
      now,
    },
  )
  t.after(async () => {
    await app.close()
  })
  async function ask(
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    token: string | undefined,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<Answer> {
    const answer = await app.inject({
      method,
      url,
      headers: { host: 'localhost', ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body && { payload: body }),
    })
    const isJson = answer.body !== '' && String(answer.headers['content-type']).includes('json')
    return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : undefined, text: answer.body }
  }

  return {
    clickhouse,
    server,
    app,
    eventLog,
    get: (url, token, headers = {}) => ask('GET', url, token, headers),
    send: (method, url, body, token) => ask(method, url, token, {}, body),
  }
}

/** A minute of 2026-01-31, `hh:mm`, in seconds. */
export function minute(clock: string): number {
  return Date.parse(`2026-01-31T${clock}:00Z`) / 1000
}

type Cells = Readonly<Record<string, unknown>>

/** Inserts rows given as objects; columns that a row leaves out get the table's default. */
export async function insertRows(clickhouse: ClickHouse, table: string, rows: readonly Cells[]): Promise<void> {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))]
  await clickhouse.insert(
    table,
    columns,
    rows.map(row => columns.map(column => row[column] ?? null)),
  )
}

/** Makes a version of a window current. */
export async function publish(clickhouse: ClickHouse, clock: string, settle_version: number, cells: Cells = {}): Promise<void> {
  await insertRows(clickhouse, 'settled_windows', [{ window_start: minute(clock), settle_version, settled_at: NOW_MS, ...cells }])
}

/** What tells apart the rows of most settled tables, in version 1: gpt-4o at openai, on the route chat. */
export function rowNames(clock: string, tenant_id: string): Cells {
  const model = { request_model: 'gpt-4o', response_model: 'gpt-4o' }
  return {
    window_start: minute(clock),
    settle_version: 1,
    tenant_id,
    route: 'chat',
    ...model,
    upstream_kind: 'provider',
    upstream: 'openai',
  }
}

/** Rows of usage_per_minute in version 1: USD, tier standard, provider openai unless said otherwise. */
export function usageRow(clock: string, tenant_id: string, cells: Cells = {}): Cells {
  return {
    ...rowNames(clock, tenant_id),
    service_tier: 'standard',
    currency: 'USD',
    ...cells,
  }
}

/** Rows of attempt_groups_per_minute in version 1, an attempt of the names of `usageRow` that ended well unless said otherwise. */
export function groupRow(clock: string, tenant_id: string, cells: Cells = {}): Cells {
  return { ...usageRow(clock, tenant_id), outcome: 'ok', attempts: 1, ...cells }
}

/** One latency row whose states hold the given values. */
export async function insertLatency(
  clickhouse: ClickHouse,
  clock: string,
  tenant_id: string,
  values: { ttft?: readonly number[]; duration?: readonly number[]; version?: number; route?: string },
): Promise<void> {
  const state = (name: string) =>
    `arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', CAST({${name}:Array(Float32)}, 'Array(Float32)'))`
  await clickhouse.command(
    `INSERT INTO {database}.latency_per_minute (window_start, settle_version, tenant_id, priority, route, request_model, upstream_kind,
       upstream,
       requests, successful_requests, errors_by_class, ttft_ms, tpot_ms, duration_ms, queue_ms, ttft_count, duration_count)
     SELECT {window:DateTime('UTC')}, {version:UInt64}, {tenant:String}, '', {route:String}, 'gpt-4o', 'provider', 'openai',
       {requests:UInt64}, {requests:UInt64} - 1, map('timeout', 1), ${state('ttft')}, ${state('none')}, ${state('duration')},
       ${state('none')}, length({ttft:Array(Float32)}), length({duration:Array(Float32)})`,
    {
      window: minute(clock),
      version: values.version ?? 1,
      tenant: tenant_id,
      route: values.route ?? 'chat',
      requests: values.duration?.length ?? values.ttft?.length ?? 1,
      ttft: values.ttft ?? [],
      duration: values.duration ?? [],
      none: [],
    },
  )
}

/** One provider row whose states hold the given values. */
export async function insertProvider(
  clickhouse: ClickHouse,
  clock: string,
  cells: {
    upstream_kind: string
    provider: string
    endpoint: string
    region?: string
    attempts: number
    ok: number
    durations: readonly number[]
  },
): Promise<void> {
  const state = (name: string) =>
    `arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', CAST({${name}:Array(Float32)}, 'Array(Float32)'))`
  await clickhouse.command(
    `INSERT INTO {database}.provider_per_minute (window_start, settle_version, upstream_kind, provider, endpoint, region, attempts,
       successful_attempts,
       rate_limited, timeouts, connect_failures, errors_by_class, ttft_ms, duration_ms, ttft_count, duration_count)
     SELECT {window:DateTime('UTC')}, 1, {kind:String}, {provider:String}, {endpoint:String}, {region:String}, {attempts:UInt64},
       {ok:UInt64},
       {attempts:UInt64} - {ok:UInt64}, 0, 0, map('provider_rate_limited', {attempts:UInt64} - {ok:UInt64}), ${state('none')},
       ${state('durations')}, 0, length({durations:Array(Float32)})`,
    {
      window: minute(clock),
      kind: cells.upstream_kind,
      provider: cells.provider,
      endpoint: cells.endpoint,
      region: cells.region ?? '',
      attempts: cells.attempts,
      ok: cells.ok,
      durations: cells.durations,
      none: [],
    },
  )
}

/** Rows of pool_per_minute in version 1. */
export function poolRow(clock: string, pool: string, model: string, cells: Cells = {}): Cells {
  return {
    window_start: minute(clock),
    settle_version: 1,
    pool,
    model,
    engines: 1,
    samples: 12,
    arrival_tokens_per_s: 0,
    attempts: 0,
    tenants: [],
    ...cells,
  }
}

/** Rows of resilience_per_minute in version 1. */
export function resilienceRow(clock: string, tenant_id: string, cells: Cells = {}): Cells {
  return {
    window_start: minute(clock),
    settle_version: 1,
    tenant_id,
    route: 'chat',
    policy: 'default',
    cause: '',
    from_upstream: 'openai',
    to_upstream: 'openai',
    currency: 'USD',
    ...cells,
  }
}

/** Rows of security_per_minute in version 1: on the route chat, a key of the tenant's own. */
export function securityRow(clock: string, tenant_id: string, cells: Cells = {}): Cells {
  return {
    ...{ window_start: minute(clock), settle_version: 1, tenant_id, route: 'chat', api_key_id: `key-of-${tenant_id}` },
    ...{ client_ip_prefix: '192.0.2.0/24', requests: 1, attempts: 1, ...cells },
  }
}
