import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publishPoolHours } from '../../../services/money/pools/publish-pool-hours.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { HOUR_START_MS, MINUTE_MS, poolTerms, termsOf } from './pool-periods.ts'
import { insertMinutes } from './settled-minutes.ts'

test('an hour that is published again shows only what holds now, and the hours beside it stay', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  let clock = HOUR_START_MS
  const deps = { clickhouse, now: () => ++clock, untilMs: Number.POSITIVE_INFINITY, onRefused: (pool: string) => assert.fail(pool) }
  const hourOf = (start_ms: number) => ({ start_ms, end_ms: start_ms + 60 * MINUTE_MS })
  const use = { pool: 'gpu-a', gpus: 1, gpu_busy_ratio: '1' }
  const work = { pool: 'gpu-a', token_kind: 'output', quantity: 1 }
  const [first, next] = [HOUR_START_MS, HOUR_START_MS + 60 * MINUTE_MS] as const
  await insertMinutes(
    clickhouse,
    [
      { ...use, at_ms: first },
      { ...use, at_ms: next },
    ],
    [
      { ...work, at_ms: first, tenant_id: 'acme' },
      { ...work, at_ms: next, tenant_id: 'hooli' },
    ],
  )
  const published = async () =>
    await clickhouse.query(
      `SELECT toUnixTimestamp(hour_start) * 1000 AS hour, tenant_id, kind, toString(cost) AS cost, terms_version
       FROM {database}.gpu_pool_cost_per_hour_current WHERE kind = 'busy' ORDER BY hour, tenant_id`,
    )
  const busy = (hour: number, tenant_id: string, cost: string) => ({ hour, tenant_id, kind: 'busy', cost, terms_version: 1 })
  for (const hour of [first, next]) assert.equal(await publishPoolHours(hourOf(hour), termsOf([poolTerms()]), deps), 2)
  const twoSixtieths = '0.033333333333333333'
  assert.deepEqual(await published(), [busy(first, 'acme', twoSixtieths), busy(next, 'hooli', twoSixtieths)])
  // Settled anew: the work was another tenant's.
  await insertMinutes(clickhouse, [{ ...use, at_ms: first, version: 2 }], [{ ...work, at_ms: first, tenant_id: 'globex', version: 2 }])
  await publishPoolHours(hourOf(first), termsOf([poolTerms()]), deps)
  assert.deepEqual(await published(), [busy(first, 'globex', twoSixtieths), busy(next, 'hooli', twoSixtieths)])
  assert.equal(await publishPoolHours(hourOf(first), termsOf([]), deps), 0)
  assert.deepEqual(await published(), [busy(next, 'hooli', twoSixtieths)])
})
