/**
 * The simulated platform knows what its tenants asked of its pools and how long each engine worked: what settling makes
 * of its lines must say the same.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readExposition } from '../../../schemas/metrics/read-exposition.ts'
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { renderDcgmExposition } from '../../../services/demo/simulation/emit/dcgm-exposition.ts'
import { type PoolPeriodCost, readPoolCosts } from '../../../services/money/pools/read-pool-costs.ts'
import { windowStart } from '../../../services/platform/clock.ts'
import { play, START_MS } from '../../demo/simulation/play.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices } from '../../settle/attempt-rows.ts'
import { gpuRow, insertGpuSamples } from '../../settle/gpu-rows.ts'
import { settleWindow } from '../../settle/settle-one.ts'
import { MINUTE_MS, poolTerms, termsOf } from './pool-periods.ts'

const MINUTES = 3
const END_MS = START_MS + MINUTES * MINUTE_MS

test('shares of the simulated pools are those of the true tokens and the true busy time, and sum to what was put in', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const { requests, outputs } = play({ minutes: MINUTES })
  const calls = requests
    .flatMap(request => request.attempts.map(attempt => ({ tenant_id: request.tenant_id, attempt })))
    .filter(({ attempt }) => attempt.upstream_kind === 'pool' && attempt.outcome === 'ok' && attempt.started_at < END_MS)
  await insertAttempts(
    clickhouse,
    calls.map(({ tenant_id, attempt: { tokens, upstream, started_at } }) =>
      attemptRow({ tenant_id, started_at, upstream_kind: 'pool', provider: '', pool: upstream, response_model: 'm', ...tokens }),
    ),
  )
  const readings = outputs.flatMap(output => output.gpuScrapes).filter(({ sampled_at }) => sampled_at < END_MS)
  const samples = readings.flatMap(reading => {
    const target = { pool: reading.pool, endpoint: `${reading.host}:9400`, sampledAtMs: reading.sampled_at }
    return readExposition(renderDcgmExposition(reading), target).gpus.map(gpu => gpuRow(gpu))
  })
  await insertGpuSamples(clickhouse, samples)
  let clock = END_MS
  for (let window = windowStart(START_MS); window < END_MS; window += MINUTE_MS)
    await settleWindow(window, { clickhouse, prices: noPrices, now: () => ++clock })
  const pools = defaultPlatform.pools.map(({ name, gpus_per_engine }) => poolTerms({ pool: name, gpus_per_engine }))
  assert.ok(calls.length > 100 && pools.every(({ pool }) => calls.some(({ attempt }) => attempt.upstream === pool)))
  const periods: PoolPeriodCost[] = []
  for await (const day of readPoolCosts({ start_ms: START_MS, end_ms: END_MS }, termsOf(pools), { clickhouse, untilMs: END_MS }))
    periods.push(...day)
  for (const { pool } of pools) {
    const { endpoints, gpus_per_engine } = defaultPlatform.pools.find(({ name }) => name === pool) ?? assert.fail()
    const own = periods.filter(({ summary }) => summary.pool === pool)
    const shares = own.flatMap(({ allocation }) => allocation.shares)
    const put = own.reduce((sum, { allocation }) => sum + allocation.cost, 0n)
    assert.equal(
      shares.reduce((sum, share) => sum + share.cost, 0n),
      put,
    )
    // Every GPU was there all the time.
    const hours = own.reduce((sum, { allocation }) => sum + (allocation.end_ms - allocation.start_ms) / 3_600_000, 0)
    assert.ok(Math.abs(Number(put) / 1e18 - 2 * hours * endpoints.length * gpus_per_engine) < 1e-9)
    // The readings up to the end cover all of the time but the last 15 seconds.
    const known = readings.filter(reading => reading.pool === pool)
    const truth = known.reduce((sum, { active_ratio }) => sum + active_ratio, 0) / known.length
    const { busy, measured } = own.reduce(
      (sum, { summary }) => ({
        busy: sum.busy + Number(summary.busy_gpu_hours),
        measured: sum.measured + Number(summary.measured_gpu_hours),
      }),
      { busy: 0, measured: 0 },
    )
    assert.ok(Math.abs(busy / measured - truth) < 0.05, `${pool}: ${busy / measured} of ${truth}`)
    // START_MS lies inside one hour, so that the busy cost goes by all true tokens at once.
    assert.equal(own.length, 1)
    const weight = (one: (typeof calls)[number]) => {
      const { input_tokens, cached_input_tokens, output_tokens } = one.attempt.tokens
      return 10 * (input_tokens - cached_input_tokens) + cached_input_tokens + 40 * output_tokens
    }
    const here = calls.filter(({ attempt }) => attempt.upstream === pool)
    const all = here.reduce((sum, one) => sum + weight(one), 0)
    const busyCost = own[0]?.summary.busy_cost ?? 0n
    for (const [tenant_id, of] of Map.groupBy(here, ({ tenant_id }) => tenant_id)) {
      const expected = (busyCost * BigInt(of.reduce((sum, one) => sum + weight(one), 0))) / BigInt(all)
      const share = shares.filter(one => one.tenant_id === tenant_id).reduce((sum, { cost }) => sum + cost, 0n)
      const difference = share - expected
      assert.ok(difference >= -2n && difference <= 2n, `${tenant_id} on ${pool}: ${share}, expected ${expected}`)
    }
  }
})
