import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { moversQuestion } from '../../../services/answers/movers/movers-question.ts'
import { type PoolHour, poolMoves } from '../../../services/answers/movers/pool-moves.ts'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { HOUR } from '../../../services/platform/clock.ts'
import { insertRows, publish, usageRow } from '../../api/fixture.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const at = (hour: number, kind: string, cost: string, pool = 'llama'): PoolHour => ({
  hour_ms: hour * HOUR,
  pool,
  kind,
  currency: 'USD',
  cost,
})

test("a pool's change is split into work, idle and nobody's, and as many hours as both sides have are compared", () => {
  const before = [at(0, 'busy', '99'), at(1, 'busy', '4'), at(1, 'idle', '6')]
  const after = [at(9, 'busy', '7'), at(9, 'idle', '2'), at(9, 'unattributed', '0.5')]
  assert.deepEqual(poolMoves(before, after), [
    {
      ...{ pool: 'llama', currency: 'USD', hours: 1, before: parseDecimal('10'), after: parseDecimal('9.5') },
      parts: [
        { part: 'pool_idle', change: parseDecimal('-4') },
        { part: 'pool_busy', change: parseDecimal('3') },
        { part: 'pool_unattributed', change: parseDecimal('0.5') },
      ],
    },
  ])
  assert.deepEqual(poolMoves([], after), [], 'an hour that is not published yet is no saving')
  const gone = poolMoves([at(0, 'busy', '3', 'old'), at(0, 'busy', '1')], [at(1, 'busy', '1')])
  assert.deepEqual(
    gone.map(one => [one.pool, one.before, one.after]),
    [['old', parseDecimal('3'), 0n]],
  )
})

test('parts sum to the change, to the last digit', () => {
  const row = fc
    .record({
      hour: fc.integer({ min: 0, max: 3 }),
      kind: fc.constantFrom('busy', 'idle', 'unattributed'),
      cost: fc.bigInt({ min: 0n, max: 10n ** 20n }),
      pool: fc.constantFrom('a', 'b'),
    })
    .map(({ hour, kind, cost, pool }) => at(hour, kind, `${cost / 10n ** 18n}.${(cost % 10n ** 18n).toString().padStart(18, '0')}`, pool))
  fc.assert(
    fc.property(fc.array(row), fc.array(row), (before, after) => {
      for (const move of poolMoves(before, after)) {
        assert.equal(
          move.parts.reduce((sum, one) => sum + one.change, 0n),
          move.after - move.before,
        )
      }
    }),
  )
})

test('the question tells pools beside the charges, to a tenant its own share alone', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  for (const clock of ['08:00', '09:00']) await publish(clickhouse, clock, 1)
  const day = '2026-01-31'
  const share = (hour: string, tenant_id: string, kind: string, cost: string) => ({
    ...{ hour_start: `${day} ${hour}:00`, published_version: 1, pool: 'llama', period_start: `${day} ${hour}:00` },
    ...{ period_end: `${day} ${hour === '08:00' ? '09:00' : '10:00'}:00`, tenant_id, model: 'm', kind, cost, currency: 'USD' },
  })
  await insertRows(clickhouse, 'gpu_pool_cost_per_hour', [
    share('08:00', 'acme', 'busy', '2'),
    share('08:00', '__idle__', 'idle', '8'),
    share('09:00', 'acme', 'busy', '5'),
    share('09:00', 'globex', 'busy', '1'),
    share('09:00', '__idle__', 'idle', '4'),
  ])
  const asked = {
    ...{ fromMs: Date.parse(`${day}T09:00:00Z`), toMs: Date.parse(`${day}T10:00:00Z`), nowMs: Date.parse(`${day}T10:00:00Z`) },
    parameters: {},
  }
  const ask = async (scope: { isAll: boolean; tenants: string[]; seesVolumes: boolean }) => {
    const { findings } = await moversQuestion.ask({ ...asked, scope }, { clickhouse })
    return (findings as unknown as { pool: string | null; change: string; sentence: string }[]).filter(one => one.pool !== null)
  }
  // The period ends where settling has come to, 09:01: no whole hour of it is over.
  assert.deepEqual(await ask({ isAll: true, tenants: [], seesVolumes: true }), [])
  for (const clock of ['08:59', '09:59']) await publish(clickhouse, clock, 1)
  await insertRows(clickhouse, 'usage_per_minute', [usageRow('08:59', 'acme', {}), usageRow('09:59', 'acme', {})])
  const [all] = await ask({ isAll: true, tenants: [], seesVolumes: true })
  assert.deepEqual([all?.pool, all?.change], ['llama', '0'])
  assert.match(all?.sentence ?? '', /^own pool llama: 10\.0+ → 10\.0+ USD \(0\.0+\): work \+4\.0+, idle −4\.0+\.$/)
  const [own] = await ask({ isAll: false, tenants: ['acme'], seesVolumes: false })
  assert.equal(own?.change, '3')
})
