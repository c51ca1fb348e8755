import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { ViewSource } from '../../../services/alert/rules/rule.ts'
import { readSource } from '../../../services/alert/signals/read-source.ts'
import { readViewAt } from '../../../services/alert/signals/read-view.ts'
import { minutesOf } from '../../../services/alert/signals/settled-minutes.ts'
import { viewSql } from '../../../services/alert/signals/view-sql.ts'
import { views } from '../../../services/alert/signals/views.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { groupRow, insertLatency, insertRows, minute, poolRow, publish, usageRow } from '../../api/fixture.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

let clickhouse: ClickHouse
const at = (clock: string) => minute(clock) * 1000
const read = (source: ViewSource, clock: string) =>
  readSource(source, { nowMs: at(clock) + 5 * MINUTE, settledUntilMs: at(clock) }, { clickhouse })

before(async t => {
  clickhouse = (await openTestClickHouse(t as never)).clickhouse
  for (const clock of ['08:00', '09:00', '09:01', '09:02', '09:03', '09:04']) await publish(clickhouse, clock, 1)
  await insertRows(clickhouse, 'usage_per_minute', [
    usageRow('09:00', 'acme', { requests: 10, successful_requests: 10, list_cost: '1.5' }),
    usageRow('09:01', 'acme', { requests: 10, successful_requests: 4, list_cost: '0.5' }),
    usageRow('09:01', 'globex', { requests: 20, successful_requests: 19, list_cost: '0.1' }),
    // A version that is no more counts nowhere.
    usageRow('09:01', 'acme', { requests: 500, successful_requests: 0, settle_version: 0 }),
  ])
  await insertRows(clickhouse, 'attempt_groups_per_minute', [
    groupRow('09:02', 'acme', { attempts: 8 }),
    groupRow('09:02', 'acme', { attempts: 4, outcome: 'error', error_class: 'timeout' }),
    groupRow('09:02', 'globex', { attempts: 5, outcome: 'error', error_class: 'client_error' }),
    groupRow('09:02', 'globex', { attempts: 2, outcome: 'error', error_class: 'provider_error' }),
  ])
  await insertRows(clickhouse, 'pool_per_minute', [
    poolRow('09:02', 'blue', 'llama', { running: 0, waiting: 4, samples: 4 }),
    poolRow('09:03', 'blue', 'llama', { running: 0, waiting: 2, samples: 4 }),
    poolRow('09:04', 'blue', 'llama', { running: 3, waiting: 2, samples: 4 }),
    poolRow('09:00', 'green', 'llama', { running: 1, waiting: 0, samples: 4 }),
  ])
  await insertLatency(clickhouse, '09:03', 'acme', { ttft: [100, 200, 4000], duration: [1, 2, 3] })
})

test('a ratio of sums is of the period that ends where settling has come to, by label, with its tenants', async () => {
  const source = { view: 'usage', measure: 'failed_requests', per: 'requests', over: '2m', by: ['provider'] }
  const { readings, isComplete, settledUntilMs } = await read(source, '09:02')
  assert.equal(isComplete, true)
  assert.equal(settledUntilMs, at('09:02'))
  assert.equal(readings.length, 1)
  assert.deepEqual(readings[0]?.labels, { provider: 'openai' })
  assert.equal(readings[0]?.value, 7 / 40)
  assert.equal(readings[0]?.count, 7)
  assert.equal(readings[0]?.sample, 40)
  assert.equal(readings[0]?.facts['tenants'], 'acme, globex')
  assert.equal(readings[0]?.facts['list_cost'], '2.1')
  assert.equal(readings[0]?.facts['currency'], 'USD')
  const [acme] = (await read({ ...source, by: ['tenant_id'], where: { tenant_id: 'acme' }, over: '1m' }, '09:02')).readings
  assert.equal(acme?.value, 0.6)
})

test("a client's own faults are no part of a provider's ratio", async () => {
  const { readings } = await read(
    { view: 'attempts', measure: 'upstream_faults', per: 'judged_attempts', over: '5m', by: ['provider'] },
    '09:05',
  )
  assert.equal(readings[0]?.value, 6 / 14)
})

test('minutes apart: a pool stalls only where every minute of the period does', async () => {
  const source: ViewSource = { view: 'pool', measure: 'stalled_requests', of: 'min', over: '2m', by: ['pool', 'model'] }
  const blue = async (clock: string) => (await read(source, clock)).readings.find(({ labels }) => labels['pool'] === 'blue')?.value
  assert.equal(await blue('09:04'), 2)
  assert.equal(await blue('09:05'), 0)
})

test('a pool without readings cannot be told, it is not fine', async () => {
  const { readings } = await read({ view: 'pool', measure: 'waiting', of: 'max', over: '2m', by: ['pool', 'model'] }, '09:05')
  const green = readings.find(({ labels }) => labels['pool'] === 'green')
  assert.deepEqual([green?.value, green?.sample], [null, 0])
})

test('a period in which nothing is settled is not complete', async () => {
  const source = { view: 'usage', measure: 'requests', over: '1m', by: [] }
  assert.deepEqual(await read(source, '08:30'), { settledUntilMs: at('08:30'), isComplete: false, readings: [] })
  assert.equal((await readSource(source, { nowMs: at('09:00'), settledUntilMs: null }, { clickhouse })).isComplete, false)
})

test('several moments by one query say what each says alone', async () => {
  const sources: ViewSource[] = [
    { view: 'usage', measure: 'failed_requests', per: 'requests', over: '3m', by: ['tenant_id'] },
    { view: 'pool', measure: 'waiting', of: 'last', over: '3m', by: ['pool', 'model'] },
  ]
  for (const source of sources) {
    const moments = { firstMs: at('09:01'), stepMs: MINUTE, count: 6 }
    const together = await readViewAt(source, moments, { clickhouse })
    for (const [index, one] of together.entries()) {
      const [alone] = await readViewAt(source, { firstMs: moments.firstMs + index * MINUTE, stepMs: MINUTE, count: 1 }, { clickhouse })
      assert.deepEqual(one, alone, `${source.view} ${index}`)
    }
    assert.ok(together.some(({ readings }) => readings.length > 0))
  }
})

test('every measure of every view, in every way that minutes become one, is a statement that the server takes', async () => {
  const moments = { firstMs: at('09:05'), stepMs: MINUTE, count: 1 }
  for (const [name, view] of Object.entries(views)) {
    const facts = Object.fromEntries(Object.keys(view.measures).map(measure => [measure, measure]))
    for (const fold of ['sum', 'last'] as const) {
      const source: ViewSource = { view: name, measure: view.sample, per: view.sample, over: '5m', of: fold, by: Object.keys(view.labels) }
      const { sql, parameters } = viewSql(source, minutesOf(view.table).sql, 5 * MINUTE, moments, facts)
      const rows = await clickhouse.query<object>(sql, parameters)
      for (const row of rows)
        for (const measure of Object.keys(facts)) assert.ok(Object.hasOwn(row, `fact_${measure}`), `${name}.${measure}`)
    }
  }
})

test('only names from the lists go into the text', () => {
  const source = { view: 'usage', measure: 'requests', over: '5m', by: ['tenant_id) FROM system.users --'] }
  assert.throws(() => viewSql(source, 'rows', MINUTE, { firstMs: 0, stepMs: MINUTE, count: 1 }), /is no label/)
  const evil = { ...source, by: [], where: { tenant_id: "x' OR 1=1" } }
  assert.ok(!viewSql(evil, 'rows', MINUTE, { firstMs: 0, stepMs: MINUTE, count: 1 }).sql.includes('OR 1=1'))
})
