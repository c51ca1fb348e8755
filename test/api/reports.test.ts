import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Value } from 'typebox/value'
import { reportSchema } from '../../services/api/reports/report-schema.ts'
import { reports } from '../../services/api/reports/reports.ts'
import { chargeRow, driftRow } from './charge-rows.ts'
import {
  groupRow,
  HOUR_OF_TEST,
  insertLatency,
  insertProvider,
  insertRows,
  openTestApi,
  poolRow,
  publish,
  resilienceRow,
  securityRow,
  usageRow,
} from './fixture.ts'
import { rowsOfPages } from './pages.ts'
import { insertPoolCosts, poolShareRow, poolUseRow } from './pool-cost-rows.ts'

const api = await openTestApi({ after })
const onLlama = { upstream_kind: 'pool', upstream: 'llama' }
const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

for (const clock of ['09:00', '09:01', '09:02', '09:03']) await publish(api.clickhouse, clock, 1)
await insertRows(api.clickhouse, 'usage_per_minute', [
  usageRow('09:00', 'acme', { upstream_kind: 'pool', upstream: 'llama', requests: 1 }),
  usageRow('09:00', 'globex', { upstream_kind: 'provider', upstream: 'openai', requests: 1 }),
])
await insertRows(api.clickhouse, 'attempt_groups_per_minute', [
  groupRow('09:00', 'acme', { ...onLlama, request_model: 'llama-3', attempts: 2, input_tokens: 30 }),
  groupRow('09:02', 'acme', { ...onLlama, response_model: 'llama-3', input_tokens: 9 }),
  groupRow('09:02', 'acme', { ...onLlama, request_model: 'llama-3', outcome: 'rejected' }),
  groupRow('09:00', 'globex', { region: 'eu', endpoint: 'api.example:443', attempts: 3 }),
  groupRow('09:00', 'globex', { region: 'eu', endpoint: 'api.example:443', outcome: 'error', error_class: 'timeout' }),
  groupRow('09:00', 'globex', { region: 'eu', outcome: 'rejected', attempts: 50 }),
])

await insertLatency(api.clickhouse, '09:00', 'acme', { ttft: oneTo(500), duration: oneTo(500) })
await insertLatency(api.clickhouse, '09:01', 'acme', {
  ttft: oneTo(500).map(value => value + 500),
  duration: oneTo(500).map(value => value + 500),
})
await insertLatency(api.clickhouse, '09:02', 'globex', { duration: [7] })
await insertLatency(api.clickhouse, '09:02', 'globex', { duration: [1e9], version: 5 })

await insertRows(api.clickhouse, 'pool_per_minute', [
  poolRow('09:00', 'llama', 'llama-3', {
    running: 4,
    waiting: 0,
    running_max: 6,
    kv_cache_use_ratio: 0.5,
    queue_ms: 10,
    requests_finished: 1,
    saturation: 0.5,
    minutes_to_saturation: 20,
    attempts: 6,
    arrival_tokens_per_s: 100,
    tenants: [
      { tenant_id: 'acme', attempts: 2, tokens: 30 },
      { tenant_id: 'globex', attempts: 4, tokens: 20 },
    ],
  }),
  poolRow('09:00', 'llama', 'llama-4', {
    running: 1,
    engines: 3,
    kv_cache_use_ratio: 0.1,
    saturation: 0.2,
    attempts: 1,
    tenants: [{ tenant_id: 'globex', attempts: 1, tokens: 15 }],
  }),
  poolRow('09:02', 'llama', 'llama-3', {
    running: 8,
    waiting: 3,
    running_max: 9,
    kv_cache_use_ratio: 0.9,
    queue_ms: 50,
    requests_finished: 3,
    saturation: 1,
    minutes_to_saturation: null,
    attempts: 1,
    arrival_tokens_per_s: 300,
    tenants: [{ tenant_id: 'acme', attempts: 1, tokens: 9 }],
  }),
  poolRow('09:01', 'mistral', 'mistral-small', { running: 2, minutes_to_saturation: 7 }),
])

await insertRows(api.clickhouse, 'security_per_minute', [
  securityRow('09:00', 'acme'),
  securityRow('09:01', 'acme', { route: 'embed' }),
  securityRow('09:02', 'globex'),
])
await insertRows(api.clickhouse, 'resilience_per_minute', [
  resilienceRow('09:00', 'acme', { requests: 8, attempts: 8, attempts_reported: 10, wasted_cost: '0.25', added_latency_ms: 12.5 }),
  resilienceRow('09:01', 'acme', {
    requests: 2,
    attempts: 4,
    attempts_reported: 5,
    cause: 'timeout',
    to_upstream: 'llama',
    fallback_requests: 2,
    recovered_by_fallback: 1,
    failed_after_all: 1,
    wasted_cost: '0.000000000000000003',
  }),
  resilienceRow('09:02', 'globex', { requests: 0, attempts: 3, attempts_reported: 3 }),
])

await insertProvider(api.clickhouse, '09:00', {
  upstream_kind: 'provider',
  provider: 'openai',
  endpoint: 'api.example:443',
  region: 'eu',
  attempts: 10,
  ok: 7,
  durations: oneTo(100),
})
await insertProvider(api.clickhouse, '09:01', {
  upstream_kind: 'provider',
  provider: 'openai',
  endpoint: 'b.example:443',
  region: 'us',
  attempts: 2,
  ok: 2,
  durations: [],
})
await insertProvider(api.clickhouse, '09:01', {
  upstream_kind: 'pool',
  provider: 'llama',
  endpoint: '10.0.0.1:8000',
  attempts: 4,
  ok: 1,
  durations: [5],
})

type Row = Record<string, unknown> & { ttft_ms: Record<string, number>; duration_ms: Record<string, number> }
await insertRows(api.clickhouse, 'charges_per_minute', [chargeRow('09:00', 'acme'), chargeRow('09:00', 'globex')])
await insertRows(api.clickhouse, 'cost_drift_per_minute', [driftRow('09:00', 'acme'), driftRow('09:00', 'globex')])
await insertPoolCosts(
  api.clickhouse,
  [poolShareRow('acme'), poolShareRow('globex', { model: 'b' }), poolShareRow('__idle__', { kind: 'idle', model: '' })],
  [poolUseRow('llama'), poolUseRow('mistral')],
)

const rowsOf = async (path: string, token = 'fake-operator'): Promise<Row[]> => {
  const { status, body, text } = await api.get(path, token)
  assert.equal(status, 200, text)
  return body.rows
}

test('quantiles over a range are those of all its values, within BFloat16 precision', async () => {
  const [row] = await rowsOf(`/v1/latency?${HOUR_OF_TEST}&group_by=tenant_id&tenant_id=acme`)
  assert.ok(row)
  // The values are 1 to 1000, so the p-quantile is near p × 1000; one step of rank and 0.4 % of precision are allowed.
  for (const [name, expected] of [
    ['p50', 500],
    ['p90', 900],
    ['p95', 950],
    ['p99', 990],
  ] as const) {
    const found = row.ttft_ms[name] as number
    assert.ok(Math.abs(found - expected) <= expected * 0.004 + 1, `${name} is ${found}`)
  }
  assert.deepEqual([row['requests'], row['ttft_count'], row['errors_by_class']], [1000, 1000, { timeout: 2 }])
})

test('a quantile of nothing is null, and unpublished versions are not read', async () => {
  const [row] = await rowsOf(`/v1/latency?${HOUR_OF_TEST}&tenant_id=globex`)
  assert.deepEqual([row?.ttft_ms, row?.['tpot_ms'], row?.['queue_ms']], [null, null, null])
  assert.deepEqual(row?.duration_ms, { p50: 7, p90: 7, p95: 7, p99: 7 })
})

test('a pool’s step averages minutes with readings, sums its models, and forecasts from the last minute', async () => {
  const [llama, mistral] = await rowsOf(`/v1/saturation?${HOUR_OF_TEST}&step=1h&group_by=pool`)
  assert.ok(llama && mistral)
  assert.equal(llama['window_start'], '2026-01-31T09:00:00Z')
  assert.deepEqual([llama['windows'], llama['engines'], llama['attempts']], [2, 4, 8])
  // Minute 09:00 runs 4 + 1, minute 09:02 runs 8; the minute between has no reading and does not count.
  assert.equal(llama['running'], 6.5)
  assert.equal(llama['running_max'], 9)
  // Inside 09:00 weighted by engines: (0.5 × 1 + 0.1 × 3) / 4 = 0.2.
  assert.ok(Math.abs((llama['kv_cache_use_ratio'] as number) - (0.2 + 0.9) / 2) < 1e-12)
  // Weighted by finished requests: (10 × 1 + 50 × 3) / 4.
  assert.equal(llama['queue_ms'], 40)
  assert.deepEqual([llama['saturation'], llama['saturation_max']], [0.75, 1])
  assert.equal(llama['minutes_to_saturation'], null, 'the forecast of 09:00 is out of date')
  assert.deepEqual(llama['tenants'], [
    { tenant_id: 'acme', attempts: 3, tokens: 39 },
    { tenant_id: 'globex', attempts: 5, tokens: 35 },
  ])
  assert.deepEqual([mistral['minutes_to_saturation'], mistral['waiting'], mistral['saturation'], mistral['tenants']], [7, null, null, []])
})

test('at full grain and one minute a pool’s row is the settled row', async () => {
  const rows = await rowsOf(`/v1/saturation?${HOUR_OF_TEST}&step=1m&pool=llama&model=llama-3`)
  assert.deepEqual(
    rows.map(row => [row['window_start'], row['model'], row['running'], row['waiting'], row['queue_ms'], row['minutes_to_saturation']]),
    [
      ['2026-01-31T09:00:00Z', 'llama-3', 4, 0, 10, 20],
      ['2026-01-31T09:02:00Z', 'llama-3', 8, 3, 50, null],
    ],
  )
})

test('amplification counts what gateways reported, and is null without requests', async () => {
  const rows = await rowsOf(`/v1/resilience?${HOUR_OF_TEST}&group_by=tenant_id`)
  assert.deepEqual(
    rows.map(row => [row['tenant_id'], row['requests'], row['amplification'], row['wasted_cost'], row['currency']]),
    [
      ['acme', 10, 1.5, '0.250000000000000003', 'USD'],
      ['globex', 0, null, '0', 'USD'],
    ],
  )
  const left = await rowsOf(`/v1/resilience?${HOUR_OF_TEST}&pool=llama&cause=timeout`)
  assert.deepEqual(
    left.map(row => [row['from_upstream'], row['to_upstream'], row['recovered_by_fallback'], row['failed_after_all']]),
    [['openai', 'llama', 1, 1]],
  )
})

test('upstream health is per attempt, by kind, endpoint and region', async () => {
  const rows = await rowsOf(`/v1/providers?${HOUR_OF_TEST}&group_by=provider`)
  assert.deepEqual(
    rows.map(row => [row['provider'], row['attempts'], row['success_ratio'], row['errors_by_class']]),
    [
      ['llama', 4, 0.25, { provider_rate_limited: 3 }],
      ['openai', 12, 0.75, { provider_rate_limited: 3 }],
    ],
  )
  const median = rows[1]?.duration_ms['p50'] as number
  assert.ok(Math.abs(median - 50) <= 50 * 0.004 + 1, `p50 is ${median}`)
  assert.deepEqual(
    (await rowsOf(`/v1/providers?${HOUR_OF_TEST}&provider=openai&region=us`)).map(row => row['endpoint']),
    ['b.example:443'],
  )
  assert.deepEqual(await rowsOf(`/v1/providers?${HOUR_OF_TEST}&provider=llama`), [], 'llama is a pool')
})

test('a tenant sees the pools that served it: how full in bands, itself among the tenants, nothing of everyone', async () => {
  const rows = await rowsOf(`/v1/saturation?${HOUR_OF_TEST}`, 'fake-acme')
  assert.deepEqual(
    rows.map(row => [row['pool'], row['model'], row['saturation_band'], row['windows']]),
    [['llama', 'llama-3', 'medium', 2]],
  )
  const llama: Record<string, unknown> = rows[0] ?? {}
  assert.deepEqual(llama['tenants'], [{ tenant_id: 'acme', attempts: 3, tokens: 39 }])
  const shown = Object.keys(llama).filter(name => llama[name] !== null)
  assert.deepEqual(shown.sort(), ['model', 'pool', 'saturation_band', 'tenants', 'windows'])
  assert.deepEqual(await rowsOf(`/v1/saturation?${HOUR_OF_TEST}`, 'fake-globex'), [], 'no pool served globex')
})

test('a tenant sees of upstreams its own attempts alone, and no endpoints', async () => {
  const rows = await rowsOf(`/v1/providers?${HOUR_OF_TEST}`, 'fake-globex')
  assert.deepEqual(
    rows.map(row => [row['provider'], row['region'], row['success_ratio'], row['attempts'], row['timeouts'], row['errors_by_class']]),
    [['openai', 'eu', 0.75, 4, 1, { timeout: 1 }]],
  )
  assert.ok(!JSON.stringify(rows).includes('example'))
  for (const query of ['group_by=endpoint', 'group_by=provider,endpoint', 'endpoint=b.example:443']) {
    const { status, body } = await api.get(`/v1/providers?${HOUR_OF_TEST}&${query}`, 'fake-globex')
    assert.deepEqual([status, body.code], [403, 'API_FORBIDDEN'])
  }
})

for (const report of reports) {
  test(`${report.path} answers what its schema says, to operators and tenants, with every group and without`, async () => {
    const schema = (reportSchema(report).response as Record<number, never>)[200] as never
    for (const token of ['fake-operator', 'fake-both']) {
      for (const query of ['', '&step=1m', '&group_by=none', '&step=1h&group_by=none']) {
        const { status, body, text } = await api.get(`${report.path}?${HOUR_OF_TEST}${query}`, token)
        assert.equal(status, 200, text)
        assert.ok(body.rows.length > 0)
        assert.deepEqual(Value.Errors(schema, body), [])
        assert.equal('window_start' in body.rows[0], query.includes('step'))
      }
    }
  })

  test(`the pages of ${report.path} hold every row once`, async () => {
    const whole = await rowsOf(`${report.path}?${HOUR_OF_TEST}&step=1m`)
    const paged = await rowsOfPages(api, `${report.path}?${HOUR_OF_TEST}&step=1m`, 'fake-operator', 2)
    assert.deepEqual(paged, whole)
  })
}
