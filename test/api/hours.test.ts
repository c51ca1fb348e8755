import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { AttemptRow } from '../../schemas/attempt.ts'
import { HOUR, MINUTE } from '../../services/platform/clock.ts'
import { makeHours } from '../../services/settle/hours.ts'
import { settleWindows } from '../../services/settle/settle-windows.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices } from '../settle/attempt-rows.ts'
import { NOW_MS, openTestApi } from './fixture.ts'

const api = await openTestApi({ after }, { isOpen: true })
const { clickhouse } = api
const START_MS = NOW_MS - (NOW_MS % HOUR) - 30 * HOUR
let clock = NOW_MS
const deps = { clickhouse, prices: noPrices, now: () => ++clock }

/** An attempt a few minutes apart over thirty hours, of tenants, models and upstreams, some retried and some failed. */
const rows: AttemptRow[] = Array.from({ length: 900 }, (_, n) =>
  attemptRow({
    tenant_id: `t${n % 4}`,
    route: `r${n % 3}`,
    request_id: `q${Math.floor(n / 2)}`,
    attempt_key: String(n),
    started_at: START_MS + Math.floor(n / 2) * 4 * MINUTE + (n % 2) * 500,
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

const groups: Readonly<Record<string, readonly string[]>> = {
  '/v1/usage': ['', 'tenant_id', 'tenant_id,route'],
  '/v1/latency': ['', 'tenant_id', 'upstream'],
  '/v1/resilience': ['', 'cause', 'tenant_id,from_upstream'],
  '/v1/providers': ['', 'provider'],
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
      found.push(body.rows)
    }
  }
  return found
}

test('hours answer as their minutes do, whatever the range and step, and one whose minutes changed is not used', async () => {
  await insertAttempts(clickhouse, rows)
  const windows = new Set(rows.map(row => row.window_start))
  await settleWindows(windows, deps)
  const minute = fc.integer({ min: -60, max: 32 * 60 })
  const range = fc
    .record({ a: minute, b: minute, step: fc.constantFrom('', '', '1h', '6h', '1d', '15m') })
    .map(({ a, b, step }) => ({ from: START_MS + Math.min(a, b) * MINUTE, to: START_MS + (Math.max(a, b) + 1) * MINUTE, step }))
  const whole = { from: START_MS - HOUR, to: START_MS + 31 * HOUR, step: '' }
  const ranges = [
    whole,
    { ...whole, step: '1h' },
    { ...whole, from: whole.from + 7 * MINUTE },
    ...fc.sample(range, { numRuns: 9, seed: 20261128 }),
  ]
  const ofMinutes = await answers(ranges)
  let made = 0
  for (let some = await makeHours({ quietMs: -1 }, deps); some > 0; some = await makeHours({ quietMs: -1 }, deps)) made += some
  assert.equal(made, new Set([...windows].map(start => Math.floor(start / HOUR))).size)
  assert.deepEqual(await answers(ranges), ofMinutes)
  // A late row changes one hour: the next answers count it, from its minutes.
  await insertAttempts(clickhouse, [attemptRow({ tenant_id: 't0', started_at: START_MS + 5 * HOUR + MINUTE, input_tokens: 1_000_000 })])
  await settleWindows([START_MS + 5 * HOUR + MINUTE], deps)
  const total = async () => {
    const { body } = await api.get(`/v1/usage?from=${at(whole.from)}&to=${at(whole.to)}`)
    return (body.rows as { input_tokens: number }[]).reduce((sum, row) => sum + row.input_tokens, 0)
  }
  const expected = rows.reduce((sum, row) => sum + row.input_tokens, 1_000_000)
  assert.equal(await total(), expected)
  assert.equal(await makeHours({ quietMs: -1 }, deps), 1)
  assert.equal(await total(), expected)
  // What is read now are the hours: without the minutes of the middle the answer is the same.
  await clickhouse.command('TRUNCATE TABLE {database}.usage_per_minute')
  assert.equal(await total(), expected)
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
