import assert from 'node:assert/strict'
import { reports } from '../../services/api/reports/reports.ts'
import type { TestScope } from '../fakes/clickhouse-server.ts'
import { chargeRow, driftRow } from './charge-rows.ts'
import {
  groupRow,
  insertLatency,
  insertProvider,
  insertRows,
  minute,
  openTestApi,
  poolRow,
  publish,
  resilienceRow,
  securityRow,
  type TestApi,
  usageRow,
} from './fixture.ts'
import { insertPoolCosts, poolShareRow, poolUseRow } from './pool-cost-rows.ts'

/** A text of globex, in every column of it; a reader of acme must never see it. */
export const MARK = 'globex-only'
/** A count of globex, on every row of it. */
export const VOLUME = 987_654_321

/** The API on a database with rows of acme and globex in every table. */
export async function openTwoTenants(t: TestScope): Promise<TestApi> {
  const api = await openTestApi(t)
  const { clickhouse } = api
  for (const clock of ['09:00', '09:01'])
    await publish(clickhouse, clock, 1, { conflicts: VOLUME, raw_rows: VOLUME, duplicates: VOLUME, requests: VOLUME, attempts: VOLUME })
  const globexNames = { route: MARK, request_model: MARK, response_model: MARK, upstream: MARK }
  await insertRows(clickhouse, 'usage_per_minute', [
    usageRow('09:00', 'acme', { requests: 1, upstream_kind: 'pool', upstream: 'llama' }),
    usageRow('09:00', 'acme', { requests: 2, route: 'embed' }),
    usageRow('09:00', 'globex', { ...globexNames, requests: VOLUME }),
    usageRow('09:01', 'globex', { ...globexNames, requests: VOLUME, upstream_kind: 'pool' }),
  ])
  await insertRows(clickhouse, 'attempt_groups_per_minute', [
    groupRow('09:00', 'acme', { upstream_kind: 'pool', upstream: 'llama' }),
    groupRow('09:00', 'acme'),
    groupRow('09:00', 'globex', { ...globexNames, endpoint: MARK, region: MARK, attempts: VOLUME }),
    groupRow('09:01', 'globex', { ...globexNames, attempts: VOLUME, upstream_kind: 'pool' }),
  ])
  await insertLatency(clickhouse, '09:00', 'acme', { duration: [1], ttft: [1], route: 'embed' })
  await insertLatency(clickhouse, '09:00', 'globex', { duration: [1], ttft: [2], route: MARK })
  await insertRows(clickhouse, 'resilience_per_minute', [
    resilienceRow('09:00', 'acme', { requests: 1 }),
    resilienceRow('09:00', 'globex', { route: MARK, policy: MARK, from_upstream: MARK, to_upstream: MARK, requests: VOLUME }),
  ])
  await insertRows(clickhouse, 'security_per_minute', [
    securityRow('09:00', 'acme'),
    securityRow('09:00', 'globex', { route: MARK, api_key_id: MARK, client_ip_prefix: MARK, requests: VOLUME, attempts: VOLUME }),
  ])
  await insertRows(clickhouse, 'pool_per_minute', [
    poolRow('09:00', 'llama', 'llama-3', {
      running: VOLUME,
      waiting: VOLUME,
      attempts: VOLUME,
      arrival_tokens_per_s: VOLUME,
      requests_finished: VOLUME,
      saturation: 0.5,
      tenants: [
        { tenant_id: MARK, attempts: VOLUME, tokens: VOLUME },
        { tenant_id: 'acme', attempts: 1, tokens: 1 },
      ],
    }),
    poolRow('09:00', MARK, MARK, { running: VOLUME }),
  ])
  await insertProvider(clickhouse, '09:00', {
    upstream_kind: 'provider',
    provider: 'openai',
    endpoint: MARK,
    attempts: VOLUME,
    ok: VOLUME,
    durations: [1],
  })
  await insertProvider(clickhouse, '09:00', {
    upstream_kind: 'provider',
    provider: MARK,
    endpoint: MARK,
    region: MARK,
    attempts: VOLUME,
    ok: VOLUME,
    durations: [1],
  })
  const atMs = minute('09:00') * 1000
  const raw = { window_start: minute('09:00'), started_at: atMs, log_epoch: 'e', topic: 'weir.access-log.v1', received_at: atMs }
  await insertRows(clickhouse, 'attempts_raw', [
    { ...raw, tenant_id: 'acme', request_id: 'a', offset: 1 },
    { ...raw, tenant_id: 'globex', request_id: MARK, offset: 2 },
  ])
  const conflict = { window_start: minute('09:00'), settle_version: 1, attempt_key: '1', kept_topic: 't', refused_topic: 't' }
  await insertRows(clickhouse, 'conflicts', [
    { ...conflict, tenant_id: 'acme', source: 'edge', request_id: 'a' },
    { ...conflict, tenant_id: 'globex', source: MARK, request_id: MARK },
  ])
  await insertRows(clickhouse, 'dead_letters', [
    {
      received_at: minute('09:00') * 1000,
      source: MARK,
      code: 'LINE_NOT_JSON',
      message: MARK,
      line: MARK,
      encoding: 'utf8',
      log_epoch: 'e',
      topic: 'weir.access-log.v1',
      partition: 0,
      offset: 3,
      line_no: 0,
    },
  ])

  const globexModels = { ...globexNames, price_key: MARK, region: MARK }
  await insertRows(clickhouse, 'charges_per_minute', [
    chargeRow('09:00', 'acme', { upstream_kind: 'pool', upstream: 'llama', unit_price: null }),
    chargeRow('09:00', 'globex', { ...globexModels, quantity: VOLUME }),
  ])
  await insertRows(clickhouse, 'cost_drift_per_minute', [
    driftRow('09:00', 'acme'),
    driftRow('09:00', 'globex', { ...globexNames, attempts: VOLUME }),
  ])
  await insertPoolCosts(
    clickhouse,
    [
      poolShareRow('acme', { cost: '0.1' }),
      poolShareRow('globex', { pool: MARK, model: MARK, cost: String(VOLUME), gpu_hours: String(VOLUME) }),
    ],
    [
      poolUseRow('llama', { cost: String(VOLUME), gpu_hours: String(VOLUME), input_tokens: VOLUME }),
      poolUseRow(MARK, { cost: String(VOLUME) }),
    ],
  )
  return api
}

/** Every endpoint that reads data. */
export const paths = [...reports.map(report => report.path), '/v1/completeness']

/** Throws when an answer holds something of globex. */
export function assertClean(text: string): void {
  assert.ok(!text.includes(MARK), text)
  assert.ok(!text.includes(String(VOLUME)), text)
}
