import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { RandomStream } from '../../../services/demo/simulation/random.ts'
import { formatDecimal } from '../../../services/money/decimal.ts'
import { addPoolCosts, type PoolCost, unitCosts } from '../../../services/money/pools/pool-cost.ts'
import { type PoolPeriodCost, readPoolCosts, readPoolShares } from '../../../services/money/pools/read-pool-costs.ts'
import { buildPriceBook } from '../../../services/money/price-book/resolve.ts'
import type { PoolTerms, Terms } from '../../../services/money/terms/terms.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices } from '../../settle/attempt-rows.ts'
import { gpuRow, insertGpuSamples } from '../../settle/gpu-rows.ts'
import { priceRow } from '../../settle/price-rows.ts'
import { settleWindow } from '../../settle/settle-one.ts'
import { always, decimal, HOUR_MS, HOUR_START_MS, MINUTE_MS, poolTerms, tenantIn, termsOf } from './pool-periods.ts'
import { insertMinutes, type UseMinute, type WorkMinute } from './settled-minutes.ts'

const { clickhouse: shared } = await openTestClickHouse({ after })
const DAY = Date.UTC(2026, 10, 1)
const hour = { start_ms: HOUR_START_MS, end_ms: HOUR_START_MS + HOUR_MS }
const minute = (n: number) => HOUR_START_MS + n * MINUTE_MS

async function read(clickhouse: ClickHouse, span: { start_ms: number; end_ms: number }, all: Terms, prices = buildPriceBook([])) {
  const periods: PoolPeriodCost[] = []
  for await (const day of readPoolCosts(span, all, { clickhouse, prices })) periods.push(...day)
  return periods
}

const costs = ({ allocation }: PoolPeriodCost) =>
  Object.fromEntries(allocation.shares.map(share => [`${share.tenant_id} ${share.reason ?? share.kind}`, formatDecimal(share.cost)]))

test('from raw lines and GPU readings to shares: redelivered, wasted and refused attempts, and minutes without readings', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  let clock = HOUR_START_MS
  const attempt = (tenant_id: string, second: number, facts = {}) =>
    attemptRow({
      tenant_id,
      started_at: HOUR_START_MS + second * 1000,
      upstream_kind: 'pool',
      provider: '',
      pool: 'gpu-a',
      response_model: 'llama',
      ...facts,
    })
  const first = attempt('acme', 5, { input_tokens: 1_000, cached_input_tokens: 400, output_tokens: 90 })
  await insertAttempts(clickhouse, [
    first,
    { ...first, offset: first.offset + 10_000 },
    // 600 + 0.1 × 400 + 4 × 90 = 1,000, and 3,000 of the other tenant, half of them wasted, in the next minute.
    attempt('globex', 70, { input_tokens: 1_500, outcome: 'error', status_code: 500 }),
    attempt('globex', 75, { input_tokens: 1_100, output_tokens: 100, reasoning_tokens: 60 }),
    attempt('globex', 80, { input_tokens: 9_999, outcome: 'rejected', status_code: 429 }),
    attempt('hooli', 80, { input_tokens: 50_000, upstream_kind: 'provider', provider: 'openai', pool: '' }),
  ])
  // Two GPUs; 0.25 busy in the first minute, 0.75 in the second, none read after that.
  await insertGpuSamples(
    clickhouse,
    [10, 70].flatMap(second =>
      ['GPU-1', 'GPU-2'].map(gpu_uuid =>
        gpuRow({ gpu_uuid, sampled_at: HOUR_START_MS + second * 1000, engine_active_ratio: second === 10 ? 0.25 : 0.75 }),
      ),
    ),
  )
  for (const window of [0, 1]) await settleWindow(minute(window), { clickhouse, prices: noPrices, now: () => ++clock })
  const [period, ...more] = await read(clickhouse, hour, termsOf([poolTerms()]))
  assert.deepEqual(more, [])
  // 2 GPU-hours × 2 USD; 58 of 60 minutes unknown; half of the rest busy, 1,000 to 3,000.
  const { gpu_hours, cost } = period?.allocation ?? {}
  assert.deepEqual([formatDecimal(gpu_hours ?? 0n), formatDecimal(cost ?? 0n)], ['2', '4'])
  assert.deepEqual(costs(period as PoolPeriodCost), {
    '__idle__ idle': '0.066666666666666667',
    '__unattributed__ not_measured': '3.866666666666666667',
    'acme busy': '0.016666666666666666',
    'globex busy': '0.05',
  })
  const { summary } = period as PoolPeriodCost
  assert.deepEqual(
    [summary.measured_minutes, summary.utilisation_source, summary.input_tokens, summary.output_tokens],
    [2, 'gpu', 3_600, 190],
  )
  assert.equal(formatDecimal(unitCosts(summary).utilisation_ratio ?? 0n), '0.5')
})

test('an hour that is cut gives each part its own rate, minutes and work, and superseded versions are not read', async () => {
  const pool = 'cut'
  const use: UseMinute[] = Array.from({ length: 60 }, (_, n) => ({ pool, at_ms: minute(n), gpus: 1, gpu_busy_ratio: n < 30 ? '1' : '0.5' }))
  const work: WorkMinute[] = [
    { pool, at_ms: minute(29), tenant_id: 'acme', token_kind: 'input', quantity: 10 },
    { pool, at_ms: minute(30), tenant_id: 'globex', token_kind: 'output', quantity: 10 },
  ]
  const old = { version: 0, tenant_id: 'old', quantity: 1_000_000 }
  await insertMinutes(
    shared,
    [...use, ...use.map(one => ({ ...one, gpus: 99, version: 0 }))],
    [...work, { ...work[0], ...old } as WorkMinute],
  )
  const rate = { id: 'r', purchase: 'on_demand', per_gpu_hour: decimal('2'), currency: 'USD', gpus: null } as const
  const rates: PoolTerms['rates'] = [
    { ...rate, valid_from_ms: 0, valid_to_ms: minute(30) },
    { ...rate, per_gpu_hour: decimal('4'), valid_from_ms: minute(30), valid_to_ms: null },
  ]
  const periods = await read(shared, hour, termsOf([poolTerms({ pool, rates })]))
  assert.deepEqual(periods.map(costs), [{ 'acme busy': '1' }, { '__idle__ idle': '1', 'globex busy': '1' }])
  // A question about one minute of it is answered with the whole part.
  const one = await read(shared, { start_ms: minute(31), end_ms: minute(32) }, termsOf([poolTerms({ pool, rates })]))
  assert.deepEqual(one, periods.slice(1))
})

test('minutes without a GPU reading are judged by the engines, which also count the GPUs where nobody else does', async () => {
  const pool = 'engines'
  await insertMinutes(
    shared,
    [
      { pool, at_ms: minute(0), gpus: 4, gpu_busy_ratio: '0.5', engines: 2, engine_busy_ratio: '0.9' },
      { pool, at_ms: minute(1), engines: 2, engine_busy_ratio: '0.25' },
      // Servers that tell nothing are there, and unmeasured.
      { pool, at_ms: minute(2), engines: 2 },
    ],
    [],
  )
  const [period] = await read(shared, hour, termsOf([poolTerms({ pool, gpus_per_engine: 2 })]))
  const { summary } = period as PoolPeriodCost
  // (4 × 0.5 + 4 × 0.25) / 8
  assert.equal(formatDecimal(unitCosts(summary).utilisation_ratio ?? 0n), '0.375')
  assert.deepEqual([formatDecimal(summary.gpu_hours), summary.measured_minutes, summary.utilisation_source], ['4', 2, 'gpu'])
})

test('warm-up is seen: GPUs with fewer servers than run on them, and first work that comes late', async () => {
  const minutes = (pool: string, engines: (n: number) => number): UseMinute[] =>
    Array.from({ length: 20 }, (_, n) => ({ pool, at_ms: minute(n), gpus: 4, gpu_busy_ratio: '0', engines: engines(n) }))
  const work = (pool: string, n: number) => ({ pool, at_ms: minute(n), tenant_id: 'acme', token_kind: 'output', quantity: 1 })
  await insertMinutes(
    shared,
    [
      ...minutes('cold', n => (n < 6 ? 0 : n < 8 ? 1 : 2)),
      ...minutes('late', () => 0),
      ...minutes('warm', () => 2),
      ...minutes('asleep', () => 2),
    ],
    [work('cold', 8), work('late', 12), work('warm', 0)],
  )
  const pools = ['cold', 'late', 'warm', 'asleep'].map(pool => poolTerms({ pool, gpus_per_engine: 2 }))
  const periods = await read(shared, hour, termsOf(pools))
  assert.deepEqual(
    periods.map(({ summary }) => [summary.pool, summary.warm_up_minutes, summary.minutes_before_work, summary.cold_starts]),
    [
      ['cold', 8, 8, 1],
      ['late', 0, 12, 1],
      ['warm', 0, 0, 0],
      ['asleep', 0, 0, 0],
    ],
  )
})

test('a million tokens cost what they cost at the measured utilisation, at full use, and at a provider', async () => {
  const pool = 'priced'
  const use = Array.from({ length: 60 }, (_, n) => ({ pool, at_ms: minute(n), gpus: 1, gpu_busy_ratio: '0.25' }))
  const kinds = { input: 600_000, cached_input: 200_000, output: 150_000, reasoning: 50_000 }
  const work = Object.entries(kinds).map(([token_kind, quantity]) => ({ pool, at_ms: minute(3), tenant_id: 'acme', token_kind, quantity }))
  await insertMinutes(shared, use, work)
  const price = (token_kind: 'input' | 'cached_input' | 'output', unit_price: string, facts = {}) =>
    priceRow({ provider: 'openai', model: 'gpt-x', token_kind, unit_price, ...facts })
  const prices = [
    price('input', '0.000002'),
    price('input', '0.000009', { min_input_tokens: 1_000 }),
    price('cached_input', '0.000001'),
    price('output', '0.00001', { valid_to: HOUR_START_MS + 1 }),
    price('output', '0.09', { valid_from: HOUR_START_MS + 1 }),
  ]
  const compared = { provider: 'openai', model: 'gpt-x' }
  const at = async (compare_with: PoolTerms['compare_with']) => {
    const [period] = await read(shared, hour, termsOf([poolTerms({ pool, compare_with })]), buildPriceBook(prices))
    return Object.values(unitCosts((period as PoolPeriodCost).summary)).map(value => value && formatDecimal(value))
  }
  // 2 USD for a million tokens, a quarter of it for the time worked; 1.2 + 0.2 + 2 at the provider (reasoning costs what output does).
  assert.deepEqual(await at(compared), ['0.25', '2', '0.5', '3.4'])
  assert.deepEqual(await at({ provider: 'openai', model: 'unheard-of' }), ['0.25', '2', '0.5', null])
  assert.deepEqual(await at(null), ['0.25', '2', '0.5', null])
})

test('over three days and five zones the tenants, idle and unattributed sum to what was put in, to the last digit', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const pools = ['p1', 'p2', 'p3']
  const stream = new RandomStream(7, 'pools')
  const random = () => stream.uint32() / 2 ** 32
  const use: UseMinute[] = []
  const work: WorkMinute[] = []
  for (let n = 0; n < 3 * 1440; n += 7) {
    const at_ms = DAY - 36 * HOUR_MS + n * MINUTE_MS
    for (const pool of pools) {
      const ratio = `0.${String(Math.floor(random() * 1e9)).padStart(9, '0')}`
      if (random() < 0.9) use.push({ pool, at_ms, gpus: Math.floor(random() * 9), gpu_busy_ratio: ratio, engines: 1 })
      if (random() < 0.7)
        work.push({
          pool,
          at_ms,
          tenant_id: `t${Math.floor(random() * 5)}`,
          token_kind: random() < 0.5 ? 'input' : 'output',
          quantity: Math.floor(random() * 1e9),
        })
    }
  }
  await insertMinutes(clickhouse, use, work)
  const zones = ['Asia/Kolkata', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Berlin']
  const tenants = zones.map((time_zone, n) => tenantIn(`t${n}`, time_zone))
  const rates: PoolTerms['rates'] = [
    { ...always, id: 'r', purchase: 'reserved', per_gpu_hour: decimal('1.234567890123456789'), currency: 'EUR', gpus: 3 },
    { ...always, id: 'd', purchase: 'on_demand', per_gpu_hour: decimal('3.3'), currency: 'USD', gpus: null },
  ]
  const exchange_rates = [DAY - 40 * HOUR_MS, DAY].map((valid_from_ms, n) => ({
    from: 'EUR',
    to: 'USD',
    rate: decimal(`1.0${n + 7}`),
    valid_from_ms,
    source: '',
  }))
  const idles = ['weighted', 'even', 'kept'] as const
  const all = termsOf(
    pools.map((pool, n) => poolTerms({ pool, rates, idle: idles[n] as 'kept' })),
    { tenants, exchange_rates },
  )
  const span = { start_ms: DAY - 36 * HOUR_MS, end_ms: DAY + 36 * HOUR_MS }
  const periods = await read(clickhouse, span, all)
  const shares = []
  for await (const day of readPoolShares(span, all, { clickhouse })) shares.push(...day)
  const sum = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n)
  const parts = periods.flatMap(({ allocation }) => allocation.parts.map(part => part.cost))
  assert.equal(sum(shares.map(({ cost }) => cost)), sum(parts))
  const totals = [...Map.groupBy(periods, ({ summary }) => summary.pool).values()].map(of =>
    of.map(({ summary }) => summary).reduce(addPoolCosts),
  )
  const split = (one: PoolCost) => one.busy_cost + one.idle_cost + one.unattributed_cost
  assert.equal(sum(totals.map(split)), sum(parts))
  assert.ok(totals.every(one => one.busy_cost > 0n && one.unattributed_cost > 0n))
  // 3 reserved GPUs × 72 hours at two exchange rates; on-demand is what the readings say, at least nothing.
  const reserved = periods.flatMap(({ allocation }) => allocation.parts.filter(({ id }) => id === 'r').map(part => part.gpu_hours))
  assert.equal(formatDecimal(sum(reserved)), String(3 * 72 * pools.length))
  // Every month of every zone is a sum of whole periods.
  const ends = new Set(periods.map(({ allocation }) => allocation.end_ms))
  for (const offset of [5.5, 5.75, 14, 1]) assert.ok(ends.has(DAY - offset * HOUR_MS), String(offset))
})
