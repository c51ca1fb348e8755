import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { groupRow, insertRows, minute, NOW_MS, poolRow, resilienceRow, securityRow, type TestApi, usageRow } from '../api/fixture.ts'
import { MARK, openTwoTenants, VOLUME } from '../api/two-tenants.ts'
import type { TestScope } from '../fakes/clickhouse-server.ts'

type Cells = Readonly<Record<string, unknown>>
/** What acme did at 09:10, of which the sums of panels are known. */
export const ACME = {
  ...{ requests: 40, successful_requests: 30, attempts: 50, attempts_reported: 60, unpriced_attempts: 4, unpriced_tokens: 900 },
  ...{ missing_usage_attempts: 2, input_tokens: 5_000, cached_input_tokens: 1_000, cache_write_tokens: 500, output_tokens: 2_000 },
  ...{ reasoning_tokens: 400, list_cost: '1.25', input_cost: '1.25' },
} as const

/** The API on rows of acme and globex in every table that a panel reads, with something in every column that panels choose by. */
export async function openPanelWorld(t: TestScope): Promise<TestApi> {
  const api = await openTwoTenants(t)
  for (const tenant of ['acme', 'globex']) await insertTenant(api.clickhouse, tenant)
  await insertPlatform(api.clickhouse)
  const settled = ['09:10', '09:11', '09:14'].map(clock => ({
    ...{ window_start: minute(clock), settle_version: 1, settled_at: NOW_MS },
    attempts: 1,
  }))
  await insertRows(api.clickhouse, 'settled_windows', settled)
  return api
}

async function insertTenant(clickhouse: ClickHouse, tenant: string): Promise<void> {
  const isOther = tenant === 'globex'
  const named = <Row extends Cells>(row: Row, ...columns: readonly string[]) =>
    isOther ? { ...row, ...Object.fromEntries(columns.map(column => [column, MARK])) } : row
  const models = ['route', 'request_model', 'upstream'] as const
  const counts = isOther ? { ...ACME, requests: VOLUME, successful_requests: VOLUME } : ACME
  await insertRows(clickhouse, 'usage_per_minute', [
    named(usageRow('09:10', tenant, { ...counts, response_model: isOther ? `${MARK}-2` : 'gpt-4o-mini' }), ...models),
    named(usageRow('09:11', tenant, { requests: 5, successful_requests: 5, attempts: 5, list_cost: '9', currency: 'EUR' }), ...models),
  ])
  const states = ['ttft_ms', 'tpot_ms', 'duration_ms', 'queue_ms']
  await clickhouse.command(
    `INSERT INTO {database}.latency_per_minute (window_start, settle_version, tenant_id, priority, route, request_model, upstream_kind,
       upstream, requests, successful_requests, errors_by_class, ${states.join(', ')}, ttft_count, tpot_count, duration_count, queue_count)
     SELECT {window:DateTime('UTC')}, 1, {tenant:String}, {name:String}, {name:String}, {name:String}, 'provider', {name:String}, 40, 30,
       map({class:String}, 10), ${states.map(() => stateFrom('{first:UInt32}')).join(', ')},
       40, 40, 40, 40`,
    { window: minute('09:10'), tenant, name: isOther ? MARK : 'chat', class: isOther ? MARK : 'timeout', first: isOther ? 900 : 1 },
  )
  await insertRows(clickhouse, 'resilience_per_minute', [
    named(
      resilienceRow('09:10', tenant, {
        ...{ cause: 'timeout', to_upstream: 'anthropic', requests: 20, attempts: 30, attempts_reported: 30, retried_requests: 8 },
        ...{ fallback_requests: 6, recovered_by_retry: 1, recovered_by_fallback: 5, failed_after_all: 2, failed_at_once: 1 },
        ...{ wasted_cost: '0.5', added_latency_ms: 800, added_latency_requests: 8, collateral_tokens: isOther ? VOLUME : 70 },
      }),
      ...['route', 'policy', 'cause', 'from_upstream', 'to_upstream'],
    ),
  ])
  await insertRows(clickhouse, 'security_per_minute', [
    named(
      securityRow('09:10', tenant, {
        ...{ rejected_attempts: 6, auth_failures: 3, auth_failures_by_result: { [isOther ? MARK : 'invalid']: 3 }, attempts: 9 },
        ...{
          refused_model_attempts: isOther ? VOLUME : 2,
          rate_limited_attempts: 1,
          guardrail_hits: 1,
          input_tokens: isOther ? VOLUME : 5,
        },
      }),
      ...['route', 'api_key_id', 'client_ip_prefix'],
    ),
  ])
  await insertRows(clickhouse, 'attempt_groups_per_minute', [named(groupRow('09:10', tenant), ...models)])
  await insertRows(clickhouse, 'charges_per_hour', [
    {
      ...{ hour_start: minute('09:00'), published_version: 1, terms_version: 1, tenant_id: tenant, currency: 'USD', quantity: '1' },
      ...{ route: isOther ? MARK : 'chat', list_cost: '3', contracted_cost: '2', effective_cost: isOther ? String(VOLUME) : '2' },
    },
  ])
  await insertRows(clickhouse, 'statements', [
    {
      ...{ statement_id: isOther ? MARK : 'acme-2025-12', version: 1, tenant_id: tenant, month: '2025-12', currency: 'USD' },
      ...{ payable: isOther ? String(VOLUME) : '12.34', closed_at_ms: minute('08:00') * 1000, corrected: [], positions: [] },
    },
  ])
  const [atMs, name] = [minute('09:10') * 1000, isOther ? MARK : 'slow']
  const alert = { fingerprint: `f-${tenant}`, since: minute('09:09'), rule: name, severity: 'page', tenant_id: tenant, summary: name }
  await insertRows(clickhouse, 'alert_history', [
    { ...alert, changed_at: atMs, change: 'fired', state: 'firing', value: 0.5, threshold: 0.2 },
    { ...alert, fingerprint: `g-${tenant}`, changed_at: atMs, change: 'fired', state: 'firing' },
    { ...alert, fingerprint: `g-${tenant}`, changed_at: atMs + 120_000, change: 'resolved', state: 'resolved' },
  ])
}

/** The state of forty times, one a millisecond from the first. */
const stateFrom = (first: string) =>
  `arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', CAST(range(${first}, ${first} + 40), 'Array(Float32)'))`

/** What is of no tenant. */
async function insertPlatform(clickhouse: ClickHouse): Promise<void> {
  const atMs = minute('09:10') * 1000
  const readings = { running: 3, waiting: 1, running_max: 4, kv_cache_use_ratio: 0.5, kv_cache_use_ratio_max: 0.9, preemptions: 2 }
  await insertRows(clickhouse, 'pool_per_minute', [
    poolRow('09:10', 'llama', 'llama-3', {
      ...readings,
      ...{ queue_ms: 40, requests_finished: 10, prefix_cache_hit_ratio: 0.25, output_tokens_per_s: 90, arrival_tokens_per_s: 300 },
      ...{ saturation: 0.7, minutes_to_saturation: 12 },
    }),
  ])
  const state = stateFrom('1')
  await clickhouse.command(
    `INSERT INTO {database}.provider_per_minute (window_start, settle_version, upstream_kind, provider, endpoint, region, attempts,
       successful_attempts, rate_limited, timeouts, connect_failures, errors_by_class, ttft_ms, duration_ms, ttft_count, duration_count)
     SELECT {window:DateTime('UTC')}, 1, 'provider', 'anthropic', '', 'eu', 100, 40, 30, 20, 10, map('timeout', 20), ${state}, ${state},
       40, 40`,
    { window: minute('09:10') },
  )
  const message = { log_epoch: 'e', topic: 'weir.access-log.v1', partition: 0, received_at: atMs, source: 'edge', skip_reasons: {} }
  await insertRows(clickhouse, 'messages_read', [
    { ...message, offset: 7, lines: 10, rows: 8, accepted_lines: 7, dead_letters: 1, skipped_lines: 2, parked_lines: 0 },
  ])
  await insertRows(clickhouse, 'price_imports', [
    {
      ...{ version: 1, kind: 'import', imported_at: minute('08:00') * 1000, imported_by: 'finance', reason: 'new', source: 'file' },
      ...{ valid_from: minute('08:00') * 1000, rows: 12, content_sha256: '', import_id: 'a' },
    },
  ])
  await insertRows(clickhouse, 'alert_deliveries', [
    {
      ...{ message_id: 'm', receiver: 'on-call', updated_at: atMs, decided_at: atMs, tries: 2, outcome: 'retry', status: 500, detail: '' },
      ...{
        reason: 'fired',
        severity: 'page',
        group_key: 'g',
        title: 't',
        fingerprints: [],
        tenant_ids: [],
        is_for_tenants: false,
        message: '',
      },
    },
  ])
  await insertRows(clickhouse, 'alert_silences', [
    {
      ...{ id: 's', changed_at: atMs, is_ended: false, matchers: { rule: '*' }, from: atMs, until: minute('12:00') * 1000 },
      ...{ author: 'ops', comment: 'known' },
    },
  ])
  await insertRows(clickhouse, 'parked_sources', [{ source: 'lab', changed_at: atMs, is_parked: true, reason: 'rubbish' }])
  await insertRows(clickhouse, 'window_checks', [{ checked_at: atMs, changed: 1, lost: 0, fewer: 0, first_fewer: null, last_fewer: null }])
}
