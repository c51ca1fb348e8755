import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { topics, WINDOW_SETTLED_TOPIC } from '../../schemas/topics.ts'
import { CHARGE_GROUP, publishHours } from '../../services/charge/publish-hours.ts'
import { planTerms, storeTerms } from '../../services/money/terms/terms-store.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { delay, MINUTE } from '../../services/platform/clock.ts'
import { AppError } from '../../services/platform/errors.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { buildInMemoryEventLog, type InMemoryEventLog } from '../fakes/in-memory-event-log.ts'
import { HOUR_MS, HOUR_START_MS } from '../money/pools/pool-periods.ts'
import { insertMinutes } from '../money/pools/settled-minutes.ts'

let clock = HOUR_START_MS + 2 * HOUR_MS
const now = () => ++clock
const terms = (rate: string, currency = 'USD') =>
  `pools:\n  - pool: gpu-a\n    rates:\n      - { id: r, purchase: on_demand, per_gpu_hour: ${rate}, currency: ${currency} }\n`

async function agreeOn(text: string, clickhouse: ClickHouse, kind: 'import' | 'correct' = 'import'): Promise<void> {
  const plan = await planTerms(text, 'terms.yaml', now(), clickhouse)
  await storeTerms(text, plan, { kind, imported_by: 'test', reason: 'test', source: 'terms.yaml' }, clickhouse)
}

async function settled(eventLog: InMemoryEventLog, windowMs: number): Promise<void> {
  const event = { window_start_ms: windowMs, settle_version: '1', requests: 1, attempts: 1 }
  await eventLog.append(WINDOW_SETTLED_TOPIC, [{ key: String(windowMs), value: Buffer.from(JSON.stringify(event)) }])
}

async function lag(eventLog: InMemoryEventLog): Promise<number> {
  const offsets = await eventLog.offsets(WINDOW_SETTLED_TOPIC, CHARGE_GROUP)
  return offsets.reduce((sum, { first, end, committed }) => sum + end - (committed ?? first), 0)
}

/** Current cost by hour in which GPUs were there, in order. */
async function published(clickhouse: ClickHouse): Promise<[number, string][]> {
  const rows = await clickhouse.query<{ hour: number; cost: string }>(
    `SELECT toUnixTimestamp(hour_start) * 1000 AS hour, toString(sum(cost)) AS cost
     FROM {database}.gpu_pool_cost_per_hour_current GROUP BY hour HAVING cost != '0' ORDER BY hour`,
  )
  return rows.map(({ hour, cost }) => [(hour - HOUR_START_MS) / HOUR_MS, cost])
}

function start(clickhouse: ClickHouse, eventLog: InMemoryEventLog, logger = pino({ level: 'silent' })) {
  const controller = new AbortController()
  const deps = {
    eventLog,
    clickhouse,
    metrics: buildMetrics('charge'),
    progress: buildProgress(now, { stalledAfterMs: MINUTE }),
    logger,
    now,
  }
  const ended = publishHours({ intervalMs: 50 }, deps, controller.signal)
  return async () => {
    controller.abort()
    await ended
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(50)
}

/** The last minute of an hour, or another. */
const use = (hour: number, minute = 59) => ({
  pool: 'gpu-a',
  at_ms: HOUR_START_MS + hour * HOUR_MS + minute * MINUTE,
  gpus: 1,
  gpu_busy_ratio: '1',
})

test('hours are published when a minute of them is settled, and again when the terms change, and only then committed', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const eventLog = buildInMemoryEventLog({ topics })
  await insertMinutes(clickhouse, [use(0)], [])
  await agreeOn(terms('2'), clickhouse)
  const stop = start(clickhouse, eventLog)
  // Settled before anybody listened.
  await until(async () => (await published(clickhouse)).length === 1)
  await insertMinutes(clickhouse, [use(1)], [])
  await settled(eventLog, use(1).at_ms)
  await until(async () => (await lag(eventLog)) === 0)
  assert.deepEqual(await published(clickhouse), [
    [0, '2'],
    [1, '2'],
  ])
  await agreeOn(terms('3'), clickhouse, 'correct')
  await until(async () => (await published(clickhouse)).every(([, cost]) => cost === '3'))
  // The hour that runs is told up to its newest minute, and whole when it is over, although nothing more was settled in it.
  await insertMinutes(clickhouse, [use(2, 29)], [])
  await settled(eventLog, use(2, 29).at_ms)
  await until(async () => (await published(clickhouse))[2]?.[1] === '1.5')
  clock = HOUR_START_MS + 3 * HOUR_MS
  await until(async () => (await published(clickhouse))[2]?.[1] === '3')
  // Stopping publishes what was settled until then.
  await insertMinutes(clickhouse, [use(3)], [])
  await settled(eventLog, use(3).at_ms)
  await until(async () => (await lag(eventLog)) === 0)
  await stop()
  assert.equal((await published(clickhouse)).length, 4)
})

test('ClickHouse that is away is waited for, and nothing is committed before; terms that cannot be computed hold nothing up', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const eventLog = buildInMemoryEventLog({ topics })
  await insertMinutes(clickhouse, [use(0)], [])
  // No rate from EUR to the document's currency.
  await agreeOn(terms('2', 'EUR'), clickhouse)
  let failures = 3
  const lagAtFailure: number[] = []
  const flaky: ClickHouse = {
    ...clickhouse,
    async query(sql, ...rest) {
      if (sql.includes('pool_use_per_minute_current') && failures-- > 0) {
        lagAtFailure.push(await lag(eventLog))
        throw new AppError('CLICKHOUSE_UNAVAILABLE', 'away')
      }
      return await clickhouse.query(sql, ...rest)
    },
  }
  await settled(eventLog, use(0).at_ms)
  const stop = start(flaky, eventLog)
  await until(async () => (await lag(eventLog)) === 0)
  await stop()
  assert.deepEqual(lagAtFailure, [1, 1, 1])
  assert.deepEqual(await published(clickhouse), [])
})

test('charges of an hour are published under the terms, routes and price versions apart, and again when the terms change', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const eventLog = buildInMemoryEventLog({ topics })
  const [first, second] = [HOUR_START_MS, HOUR_START_MS + MINUTE]
  const card = (discount: string) =>
    `tenants:\n  - { id: acme, rate_card: card }\nrate_cards:\n  - { id: card, terms: [{ id: all, discount: ${discount} }] }\npools:\n ` +
    ` - pool: gpu-a\n`
  const row = (at: number, cells: Record<string, unknown>): Record<string, unknown> => ({
    ...{ window_start: at / 1000, settle_version: 1, tenant_id: 'acme', route: 'chat', request_model: 'm', upstream_kind: 'provider' },
    ...{
      upstream: 'openai',
      token_kind: 'input',
      is_wasted: false,
      estimate_method: '',
      price_version: 1,
      currency: 'USD',
      unit_price: '0.01',
      quantity: 100,
      attempts: 1,
      ...cells,
    },
  })
  const rows = [
    row(first, {}),
    row(second, { is_wasted: true, quantity: 10 }),
    row(second, { unit_price: '0.02', price_version: 2, estimate_method: 'from_text' }),
    row(second, { route: 'embed', unit_price: null, price_version: 0 }),
    row(second, { tenant_id: 'globex', upstream_kind: 'pool', upstream: 'gpu-a', unit_price: null, price_version: 0 }),
  ]
  const columns = Object.keys(rows[0] ?? {})
  await clickhouse.insert(
    'charges_per_minute',
    columns,
    rows.map(one => columns.map(column => one[column])),
  )
  await clickhouse.insert(
    'settled_windows',
    ['window_start', 'settle_version'],
    [first, second].map(at => [at / 1000, 1]),
  )
  const hours = async () =>
    (
      await clickhouse.query<Record<string, unknown>>(
        `SELECT tenant_id, route, price_version, toFloat64(quantity) AS quantity, toFloat64(unpriced_quantity) AS unpriced,
           list_cost, effective_cost, wasted_cost, estimated_cost
         FROM {database}.charges_per_hour_current ORDER BY tenant_id, route, price_version`,
      )
    ).map(found => Object.values(found))
  await agreeOn(card('0.1'), clickhouse)
  const stop = start(clickhouse, eventLog)
  await until(async () => (await hours()).length > 0)
  assert.deepEqual(await hours(), [
    ['acme', 'chat', 1, 110, 0, '1.1', '0.99', '0.09', '0'],
    ['acme', 'chat', 2, 100, 0, '2', '1.8', '0', '1.8'],
    ['acme', 'embed', 0, 100, 100, '0', '0', '0', '0'],
    ['globex', 'chat', 0, 100, 0, '0', '0', '0', '0'],
  ])
  await agreeOn(card('0.5'), clickhouse, 'correct')
  await until(async () => (await hours())[0]?.[6] === '0.55')
  await stop()
  assert.equal((await hours()).length, 4)
})

test('a tenant, a pool or an hour that cannot be computed costs the others nothing, and is told', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const eventLog = buildInMemoryEventLog({ topics })
  const columns = ['window_start', 'settle_version', 'tenant_id', 'upstream_kind', 'upstream', 'token_kind', 'price_version', 'currency']
  const charge = (hour: number, tenant: string, unit_price: string, quantity: number | string) => [
    ...[(HOUR_START_MS + hour * HOUR_MS) / 1000, 1, tenant, 'provider', 'openai', 'input', 1, 'USD'],
    ...[unit_price, quantity],
  ]
  await clickhouse.insert(
    'charges_per_minute',
    [...columns, 'unit_price', 'quantity'],
    [
      charge(0, 'acme', '0.01', 100),
      // Past 2^53, where a number of JavaScript is not exact.
      charge(0, 'globex', '0.01', '9007199254740993'),
      // Past what a decimal of ClickHouse holds.
      charge(0, 'initech', '99999999999', 9_007_199_254_740_991),
      charge(1, 'acme', '0.02', 100),
      charge(2, 'acme', '0.03', 100),
    ],
  )
  await clickhouse.insert(
    'settled_windows',
    ['window_start', 'settle_version'],
    [0, 1, 2].map(hour => [(HOUR_START_MS + hour * HOUR_MS) / 1000, 1]),
  )
  await insertMinutes(clickhouse, [use(0), { ...use(0), pool: 'gpu-b' }], [])
  const rates = (currency: string) => `[{ id: r, purchase: on_demand, per_gpu_hour: 2, currency: ${currency} }]`
  await agreeOn(`pools:\n  - { pool: gpu-b, rates: ${rates('EUR')} }\n  - { pool: gpu-a, rates: ${rates('USD')} }\n`, clickhouse)
  const broken: ClickHouse = {
    ...clickhouse,
    async query(sql, parameters, ...rest) {
      if (sql.includes('charges_per_minute_current') && parameters?.['from'] === (HOUR_START_MS + HOUR_MS) / 1000)
        throw new TypeError('a defect that this hour alone meets')
      return await clickhouse.query(sql, parameters, ...rest)
    },
  }
  const lines: { level: string; msg: string; code?: string }[] = []
  for (const hour of [0, 1, 2]) await settled(eventLog, HOUR_START_MS + hour * HOUR_MS)
  const stop = start(
    broken,
    eventLog,
    pino({ formatters: { level: level => ({ level }) } }, { write: text => void lines.push(JSON.parse(text)) }),
  )
  await until(async () => (await lag(eventLog)) === 0)
  await stop()
  const found = await clickhouse.query<{ hour: number; tenant_id: string; cost: string }>(
    `SELECT toUnixTimestamp(hour_start) * 1000 AS hour, tenant_id, toString(list_cost) AS cost
     FROM {database}.charges_per_hour_current ORDER BY hour, tenant_id`,
  )
  assert.deepEqual(
    found.map(({ hour, tenant_id, cost }) => [(hour - HOUR_START_MS) / HOUR_MS, tenant_id, cost]),
    [
      [0, 'acme', '1'],
      [0, 'globex', '90071992547409.93'],
      [2, 'acme', '3'],
    ],
  )
  // Nothing ran on the pool in the other hours.
  assert.deepEqual(await published(clickhouse), [[0, '2']])
  const said = lines.filter(({ level }) => level === 'error').map(({ msg, code }) => `${code}: ${msg}`)
  for (const expected of [/PRICE_INVALID.*without initech/, /EXCHANGE_RATE_MISSING.*without gpu-b/])
    assert.ok(
      said.some(line => expected.test(line)),
      `${expected} in ${said.join('; ')}`,
    )
  assert.ok(
    said.some(line => line.includes('an hour cannot be published')),
    said.join('; '),
  )
})
