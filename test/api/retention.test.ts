import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { tablesOf } from '../../schemas/tables.ts'
import { DAY, HOUR, MINUTE } from '../../services/platform/clock.ts'
import { makeDays, makeHours } from '../../services/settle/hours.ts'
import { dropOldMonths } from '../../services/settle/old-months.ts'
import { settleWindows } from '../../services/settle/settle-windows.ts'
import { attemptRow, insertAttempts, noPrices } from '../settle/attempt-rows.ts'
import { NOW_MS, openTestApi } from './fixture.ts'

const api = await openTestApi({ after }, { isOpen: true })
const { clickhouse } = api
const END_MS = NOW_MS - (NOW_MS % HOUR)
const START_MS = END_MS - 20 * HOUR
let clock = NOW_MS
const deps = { clickhouse, prices: noPrices, now: () => ++clock }
const later = { clickhouse, now: () => NOW_MS + 200 * DAY }
const at = (ms: number) => new Date(ms).toISOString()
const range = (fromMs: number, toMs: number) => `from=${at(fromMs)}&to=${at(toMs)}`

const whole = range(START_MS, END_MS)
/** What hours answer, too few hours for them to be chosen for their cost among it. */
const byHour = ['latency', 'resilience', 'providers', 'saturation'].flatMap(name =>
  [whole, `${whole}&step=1h`, range(START_MS + HOUR, START_MS + 3 * HOUR)].map(asked => `/v1/${name}?${asked}`),
)
const always = ['usage', 'charges'].flatMap(name =>
  [whole, `${whole}&step=15m`, range(START_MS + MINUTE, END_MS)].map(asked => `/v1/${name}?${asked}`),
)
const byMinute = ['latency', 'resilience', 'providers'].flatMap(name =>
  [`${whole}&step=15m`, range(START_MS + MINUTE, END_MS), range(START_MS, END_MS - MINUTE), range(END_MS - 40 * MINUTE, END_MS)].map(
    asked => `/v1/${name}?${asked}`,
  ),
)
const minutesAlone = [`/v1/charges/drift?${whole}`, `/v1/saturation?${whole}&tenant_id=acme`]

test('what hours and bills tell is told after minutes are dropped; anything else is refused by name, never answered empty', async () => {
  const rows = Array.from({ length: 120 }, (_, n) =>
    attemptRow({
      request_id: `q${Math.floor(n / 2)}`,
      attempt_key: String(n),
      started_at: START_MS + Math.floor(n / 2) * 20 * MINUTE + (n % 2) * 500,
      provider: ['openai', 'anthropic'][n % 2] ?? '',
      outcome: n % 3 ? 'ok' : 'error',
      error_class: n % 3 ? '' : 'timeout',
      input_tokens: 10 + n,
      output_tokens: 20,
      duration_ms: 100 + n,
      reported_cost: '0.5',
      reported_currency: 'USD',
    }),
  )
  await insertAttempts(clickhouse, rows)
  await settleWindows(new Set(rows.map(row => row.window_start)), deps)
  await clickhouse.command(
    'INSERT INTO {database}.pool_per_minute (window_start, settle_version, pool, engines) ' +
      "SELECT window_start, max(settle_version) AS settle_version, 'a100' AS pool, 1 AS engines " +
      'FROM {database}.settled_windows GROUP BY window_start',
  )
  while ((await makeHours({ quietMs: -1 }, deps)) > 0);
  assert.ok((await makeDays({ clickhouse, now: () => NOW_MS + DAY })) > 0)
  const kept = [...byHour, ...always]
  const before = await Promise.all(kept.map(answer))
  for (const [index, rows] of before.entries()) assert.ok(rows.length > 0, kept[index])
  for (const url of byMinute) assert.ok((await answer(url)).length > 0, url)

  for (const table of tablesOf('raw')) await clickhouse.command(`TRUNCATE TABLE {database}.${table}`)
  assert.ok((await dropOldMonths({ minuteDays: 60, hourDays: 0 }, later)).length > 0)
  for (const [index, url] of kept.entries()) assert.deepEqual(await answer(url), before[index], url)
  for (const url of [...byMinute, ...minutesAlone]) await refused(url)
  const next = range(Date.UTC(2026, 1, 1), Date.UTC(2026, 1, 2))
  for (const name of ['latency', 'saturation', 'charges/drift']) assert.deepEqual(await answer(`/v1/${name}?${next}`), [], 'not before it')

  assert.ok((await dropOldMonths({ minuteDays: 60, hourDays: 90 }, later)).length > 0)
  for (const url of byHour) await refused(url)
  for (const [index, url] of kept.entries()) if (always.includes(url)) assert.deepEqual(await answer(url), before[index], url)
})

async function answer(url: string): Promise<unknown[]> {
  const { status, body } = await api.get(url)
  assert.equal(status, 200, `${url}: ${JSON.stringify(body)}`)
  return body.rows
}

async function refused(url: string): Promise<void> {
  const { status, body } = await api.get(url)
  assert.deepEqual([status, body.code], [410, 'API_ROWS_DROPPED'], url)
  assert.match(body.detail, /up to 2026-0[12]-\d\d.* because of their age/)
}
