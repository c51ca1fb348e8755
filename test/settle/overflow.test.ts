import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AttemptRow } from '../../schemas/attempt.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, WINDOW_MS } from './attempt-rows.ts'
import { insertPrices, priceRow } from './price-rows.ts'
import { settleWindow } from './settle-one.ts'

let clock = WINDOW_MS
const now = () => ++clock

async function settled(clickhouse: ClickHouse, rows: readonly AttemptRow[]): Promise<void> {
  await insertPrices(clickhouse, [priceRow({ unit_price: '0.000002' }), priceRow({ unit_price: '0.00001', token_kind: 'output' })])
  const prices = await openPriceBookStore({}, { clickhouse })
  await insertAttempts(clickhouse, rows)
  await settleWindow(WINDOW_MS, { clickhouse, prices, now })
}

/** Names of a label of a tenant with its sums, by name. */
async function byLabel(clickhouse: ClickHouse, tenant_id: string, label: string) {
  return await clickhouse.query<{ name: string; requests: number; tokens: number; cost: string }>(
    `SELECT ${label} AS name, sum(requests) AS requests, sum(input_tokens + output_tokens) AS tokens, toString(sum(list_cost)) AS cost
     FROM {database}.usage_per_minute_current WHERE tenant_id = {tenant_id:String} GROUP BY name ORDER BY name`,
    { tenant_id },
  )
}

test('of 10,000 routes of a tenant the 200 with most requests keep their names, and the rest its tokens and cost in full', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  // Spread over the alphabet without order, so that neither the first written nor the first by name are the busiest.
  const name = (n: number) => `route-${(Math.imul(n + 1, 2_654_435_761) >>> 0).toString(36)}`
  const exploding = Array.from({ length: 10_000 }, (_, n) =>
    attemptRow({ tenant_id: 'exploding', route: name(n), input_tokens: 10, is_sole_row: n % 2 === 0 }),
  )
  // 150 of them have a second request, so 50 places go to names with one request: the first by name.
  const busy = Array.from({ length: 150 }, (_, n) =>
    attemptRow({ tenant_id: 'exploding', route: name(60 * n), output_tokens: 5, is_sole_row: n % 2 === 0 }),
  )
  const others = Array.from({ length: 200 }, (_, n) => attemptRow({ tenant_id: 'calm', route: name(n), input_tokens: 1 }))
  // Redeliveries of one request make no route busier.
  const quiet = exploding.find(row => row.route === name(1)) ?? assert.fail()
  const repeats = Array.from({ length: 20 }, (_, n) => ({ ...quiet, offset: quiet.offset + 1_000_000 + n }))
  await settled(clickhouse, [...exploding, ...busy, ...others, ...repeats])

  const busyNames = busy.map(row => row.route)
  const fill = exploding
    .map(row => row.route)
    .filter(route => !busyNames.includes(route))
    .sort()
    .slice(0, 50)
  const found = await byLabel(clickhouse, 'exploding', 'route')
  assert.deepEqual(
    found.map(row => row.name),
    [...busyNames, ...fill, 'overflow'].sort(),
  )
  assert.ok(!fill.includes(quiet.route), 'the redelivered route would not have its place by name')
  // 10,000 × 10 + 150 × 5 tokens in all; 150 names with 15 tokens and 50 with 10 are told by name.
  const overflow = found.find(row => row.name === 'overflow')
  assert.deepEqual(overflow, { name: 'overflow', requests: 10_150 - 300 - 50, tokens: 100_000 - 1_500 - 500, cost: '0.196' })
  const [all] = await clickhouse.query(
    'SELECT sum(input_tokens) AS input, sum(output_tokens) AS output, toString(sum(list_cost)) AS cost FROM ' +
      '{database}.usage_per_minute_current',
  )
  // 100,200 × 0.000002 + 750 × 0.00001
  assert.deepEqual(all, { input: 100_200, output: 750, cost: '0.2079' })
  assert.equal((await byLabel(clickhouse, 'calm', 'route')).length, 200)
})

test('models keep being priced by their own names when they fall into overflow', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const models = Array.from({ length: 300 }, (_, n) => attemptRow({ request_model: `m${n}`, response_model: `m${n}`, input_tokens: 1 }))
  // Last by name, and with one request only: gpt-4o is the one with a price.
  const priced = attemptRow({ request_model: 'zzz', response_model: 'gpt-4o', input_tokens: 1_000 })
  const busier = models.map(row => attemptRow({ request_model: row.request_model, response_model: row.response_model }))
  await settled(clickhouse, [...models, ...busier, priced])
  const found = await byLabel(clickhouse, 'acme', 'request_model')
  assert.equal(found.length, 201)
  assert.equal(
    found.find(row => row.name === 'zzz'),
    undefined,
  )
  const overflow = found.find(row => row.name === 'overflow')
  assert.deepEqual(overflow, { name: 'overflow', requests: 201, tokens: 1_100, cost: '0.002' })
})

test('up to 200 values nothing falls into overflow', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await settled(
    clickhouse,
    Array.from({ length: 400 }, (_, n) => attemptRow({ tenant_id: `t${n % 2}`, endpoint: `10.0.0.${n}`, route: `r${n}` })),
  )
  for (const tenant of ['t0', 't1'])
    assert.equal((await byLabel(clickhouse, tenant, 'route')).filter(row => row.name === 'overflow').length, 0)
})

test('a request that spans windows keeps the names of its attempts there, unless its tenant overflows', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const exploding = Array.from({ length: 201 }, (_, n) => attemptRow({ tenant_id: 'exploding', route: `r${n}`, is_sole_row: true }))
  const spanning = [0, 1].map(minute =>
    attemptRow({
      tenant_id: 'calm',
      request_id: 'spanning',
      attempt_no: 1 + minute,
      route: `minute-${minute}`,
      started_at: WINDOW_MS + minute * 60_000,
    }),
  )
  await settled(clickhouse, [...exploding, ...spanning])
  const names = (await byLabel(clickhouse, 'calm', 'route')).map(row => row.name)
  assert.deepEqual(names, ['minute-0', 'minute-1'])
  assert.equal((await byLabel(clickhouse, 'exploding', 'route')).length, 201)
})
