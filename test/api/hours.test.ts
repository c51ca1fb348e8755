import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { AttemptRow } from '../../schemas/attempt.ts'
import { HOUR, MINUTE } from '../../services/platform/clock.ts'
import { makeDays, makeHours } from '../../services/settle/hours.ts'
import { settleWindows } from '../../services/settle/settle-windows.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices } from '../settle/attempt-rows.ts'
import { importTerms } from './charge-rows.ts'
import { insertRows, NOW_MS, openTestApi } from './fixture.ts'

const api = await openTestApi({ after }, { isOpen: true })
const { clickhouse } = api
const START_MS = NOW_MS - (NOW_MS % HOUR) - 75 * HOUR
let clock = NOW_MS
const deps = { clickhouse, prices: noPrices, now: () => ++clock }

/** An attempt a few minutes apart over three days, of tenants, models and upstreams, some retried and some failed. */
const rows: AttemptRow[] = Array.from({ length: 900 }, (_, n) =>
  attemptRow({
    tenant_id: `t${n % 4}`,
    route: `r${n % 3}`,
    request_id: `q${Math.floor(n / 2)}`,
    attempt_key: String(n),
    started_at: START_MS + Math.floor(n / 2) * 10 * MINUTE + (n % 2) * 500,
    provider: ['openai', 'anthropic'][n % 2] ?? '',
    outcome: n % 5 ? 'ok' : 'error',
    error_class: n % 5 ? '' : n % 2 ? 'timeout' : 'provider_error',
    input_tokens: n,
    output_tokens: 100 + (n % 50),
    ttft_ms: n % 400,
    duration_ms: 500 + n,
    reported_cost: '0.000000000000000001',
    reported_currency: 'USD',
  }),
)

/** Readings of two pools, one of two models, in the minutes with attempts and some others; some readings are not there. */
const poolRows = Array.from({ length: 600 }, (_, n) => {
  const isGap = n % 7 === 0
  return {
    window_start: (START_MS + Math.floor(n / 3) * 20 * MINUTE) / 1000,
    pool: n % 3 === 2 ? 'h100' : 'a100',
    model: n % 3 === 1 ? 'qwen' : 'llama',
    engines: 1 + (n % 4),
    samples: 12,
    running: isGap ? null : n % 17,
    running_max: isGap ? null : 2 * (n % 17),
    kv_cache_use_ratio: isGap ? null : (n % 90) / 100,
    queue_ms: n % 5 === 0 ? null : n % 300,
    requests_finished: n % 11 === 0 ? null : n % 50,
    saturation: isGap ? null : (n % 100) / 100,
    minutes_to_saturation: n % 2 ? null : n,
    arrival_tokens_per_s: n,
    attempts: n,
    tenants: [`t${n % 3}`, `t${3 + (n % 40)}`].map(tenant_id => ({ tenant_id, attempts: n % 9, tokens: 1_000 * n })),
  }
})

/** Days that begin on a half hour of UTC, and on another hour. */
const TERMS = `
time_zone: Asia/Kolkata
tenants:
  - { id: t1, time_zone: America/New_York }
`

const groups: Readonly<Record<string, readonly string[]>> = {
  '/v1/usage': ['', 'tenant_id', 'tenant_id,route'],
  '/v1/latency': ['none', 'route', '', 'upstream', 'upstream_kind', 'tenant_id', 'route,priority'],
  '/v1/resilience': ['', 'cause', 'tenant_id,from_upstream'],
  '/v1/providers': ['', 'provider'],
  '/v1/saturation': ['', 'pool', 'model', 'none'],
  '/v1/charges': ['', 'tenant_id,day', 'tenant_id,token_kind'],
}
const at = (ms: number) => new Date(ms).toISOString()

async function answers(ranges: readonly { from: number; to: number; step: string }[]): Promise<unknown[]> {
  const found: unknown[] = []
  for (const [path, lists] of Object.entries(groups)) {
    for (const [index, { from, to, step }] of ranges.entries()) {
      const list = lists[index % lists.length]
      const url = `${path}?from=${at(from)}&to=${at(to)}${step && `&step=${step}`}${list && `&group_by=${list}`}`
      const { status, body } = await api.get(url)
      assert.equal(status, 200, `${url}: ${JSON.stringify(body)}`)
      found.push(rounded(body.rows))
    }
  }
  return found
}

/** Means of floats may differ in their last digits by the order in which they are summed. */
function rounded(rows: unknown): unknown {
  return JSON.parse(JSON.stringify(rows), (_, value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value))
}

test('hours and days answer as their minutes do, whatever the range, step and zone, and none of older minutes is used', async () => {
  await insertAttempts(clickhouse, rows)
  const windows = new Set([...rows.map(row => row.window_start), ...poolRows.map(row => row.window_start * 1000)])
  await settleWindows(windows, deps)
  const versions = await clickhouse.query<{ start: number; version: number }>(
    'SELECT toUnixTimestamp(window_start) AS start, max(settle_version) AS version FROM {database}.settled_windows GROUP BY start',
  )
  const versionOf = new Map(versions.map(({ start, version }) => [start, version]))
  await insertRows(
    clickhouse,
    'pool_per_minute',
    poolRows.map(row => ({ settle_version: versionOf.get(row.window_start), ...row })),
  )
  await importTerms(clickhouse, TERMS)
  const minute = fc.integer({ min: -60, max: 77 * 60 })
  const range = fc
    .record({ a: minute, b: minute, step: fc.constantFrom('', '', '1h', '6h', '1d', '15m') })
    .map(({ a, b, step }) => ({ from: START_MS + Math.min(a, b) * MINUTE, to: START_MS + (Math.max(a, b) + 1) * MINUTE, step }))
  const whole = { from: START_MS - HOUR, to: START_MS + 76 * HOUR, step: '' }
  const ranges = [
    ...[whole, whole],
    ...[
      { ...whole, step: '1h' },
      { ...whole, step: '1d' },
      { ...whole, step: '1w' },
    ],
    { ...whole, from: whole.from + 7 * MINUTE },
    ...fc.sample(range, { numRuns: 3, seed: 20261128 }),
  ]
  const ofMinutes = await answers(ranges)
  let made = 0
  for (let some = await makeHours({ quietMs: -1 }, deps); some > 0; some = await makeHours({ quietMs: -1 }, deps)) made += some
  assert.equal(made, new Set([...windows].map(start => Math.floor(start / HOUR))).size)
  assert.deepEqual(await answers(ranges), ofMinutes)
  assert.equal(await makeDays(deps), 3, 'days that are over')
  assert.equal(await makeDays(deps), 0)
  assert.deepEqual(await answers(ranges), ofMinutes)
  // A late row changes one hour: the next answers count it, from its minutes, and from the hours of its day.
  await insertAttempts(clickhouse, [attemptRow({ tenant_id: 't0', started_at: START_MS + 25 * HOUR + MINUTE, input_tokens: 1_000_000 })])
  await settleWindows([START_MS + 25 * HOUR + MINUTE], deps)
  const total = async () => {
    const { body } = await api.get(`/v1/usage?from=${at(whole.from)}&to=${at(whole.to)}`)
    return (body.rows as { input_tokens: number }[]).reduce((sum, row) => sum + row.input_tokens, 0)
  }
  const expected = rows.reduce((sum, row) => sum + row.input_tokens, 1_000_000)
  assert.equal(await total(), expected)
  assert.equal(await makeDays(deps), 0, 'not while one of its hours is to be made')
  assert.equal(await makeHours({ quietMs: -1 }, deps), 1)
  assert.equal(await total(), expected)
  assert.equal(await makeDays(deps), 1)
  assert.equal(await total(), expected)
  // What is read now are hours, and days where there are: without what they are made of the answer is the same.
  await clickhouse.command('TRUNCATE TABLE {database}.usage_per_minute')
  assert.equal(await total(), expected)
  await clickhouse.command(
    'ALTER TABLE {database}.usage_per_hour DELETE WHERE toStartOfDay(hour_start) IN ' +
      "(SELECT day_start FROM {database}.usage_per_day WHERE day_start >= {from:DateTime('UTC')}) SETTINGS mutations_sync = 2",
    { from: whole.from / 1000 },
  )
  assert.equal(await total(), expected)
})

test('saturation of hours is that of their minutes, each counted once however many models a pool serves', async () => {
  const { body } = await api.get(`/v1/saturation?from=${at(START_MS)}&to=${at(START_MS + 70 * HOUR)}&group_by=pool&pool=a100`)
  const inRange = poolRows.filter(row => row.pool === 'a100' && row.window_start * 1000 < START_MS + 70 * HOUR)
  const fullest = [...Map.groupBy(inRange, row => row.window_start).values()].map(list => list.map(row => row.saturation ?? -1))
  const known = fullest.map(list => Math.max(...list)).filter(value => value >= 0)
  const [row] = body.rows as { windows: number; saturation: number; saturation_max: number; attempts: number }[]
  assert.equal(row?.windows, fullest.length)
  assert.equal(
    row?.attempts,
    inRange.reduce((sum, one) => sum + one.attempts, 0),
  )
  assert.equal(row?.saturation_max, Math.max(...known))
  assert.ok(Math.abs((row?.saturation ?? 0) - known.reduce((sum, value) => sum + value, 0) / known.length) < 1e-9)
})

test('an hour that is not over or not at rest is not made', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const start = START_MS + 40 * HOUR
  await insertAttempts(clickhouse, [attemptRow({ started_at: start })])
  await settleWindows([start], { clickhouse, prices: noPrices, now: () => start + MINUTE })
  const makeAt = (ms: number) => makeHours({ quietMs: 2 * MINUTE }, { clickhouse, now: () => ms })
  assert.equal(await makeAt(start + HOUR - MINUTE), 0, 'not over')
  assert.equal(await makeAt(start + HOUR), 1)
  await settleWindows([start], { clickhouse, prices: noPrices, now: () => start + 2 * HOUR })
  assert.equal(await makeAt(start + 2 * HOUR + MINUTE), 0, 'not at rest')
  assert.equal(await makeAt(start + 2 * HOUR + 2 * MINUTE + 1), 1)
})
