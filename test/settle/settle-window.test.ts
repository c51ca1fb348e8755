import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttemptRow } from '../../schemas/attempt.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE, windowStart } from '../../services/platform/clock.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from './attempt-rows.ts'
import { settleWindow } from './settle-one.ts'

const MINUTE_MS = MINUTE
let clock = WINDOW_MS
const now = () => ++clock

/** Settles a window and everything that depends on it, as run-settle does. */
async function settle(clickhouse: ClickHouse, start: number): Promise<void> {
  const settled = await settleWindow(start, { clickhouse, prices: noPrices, now })
  for (const dependent of settled.dependents) await settleWindow(dependent, { clickhouse, prices: noPrices, now })
}

interface Totals {
  requests: number
  attempts: number
  attempts_reported: number
  unseen_attempts: number
  input_tokens: number
  output_tokens: number
}

async function totals(clickhouse: ClickHouse, window?: number): Promise<Totals> {
  const [row] = await clickhouse.query<Totals>(
    `SELECT sum(requests) AS requests, sum(attempts) AS attempts, sum(attempts_reported) AS attempts_reported,
       sum(unseen_attempts) AS unseen_attempts, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens
     FROM {database}.usage_per_minute_current ${window === undefined ? '' : "WHERE window_start = {window:DateTime('UTC')}"}`,
    window === undefined ? {} : { window: window / 1000 },
  )
  return row as Totals
}

test('a redelivered batch changes no total', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const rows = [1, 2, 3].map(n => attemptRow({ input_tokens: 100 * n, output_tokens: n, is_sole_row: true, attempts_reported: n }))
  await insertAttempts(clickhouse, rows)
  await settle(clickhouse, WINDOW_MS)
  const before = await totals(clickhouse)
  assert.deepEqual(before, { requests: 3, attempts: 3, attempts_reported: 6, unseen_attempts: 3, input_tokens: 600, output_tokens: 6 })
  await insertAttempts(clickhouse, rows)
  await insertAttempts(clickhouse, [rows[1] as AttemptRow])
  await settle(clickhouse, WINDOW_MS)
  assert.deepEqual(await totals(clickhouse), before)
  const [window] = await clickhouse.query('SELECT raw_rows, duplicates, conflicts FROM {database}.settled_windows_current')
  assert.deepEqual(window, { raw_rows: 7, duplicates: 4, conflicts: 0 })
})

test('a resend under a new offset is a duplicate; the same identity with another body is a listed conflict, the first stands', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const first = attemptRow({ offset: 10, request_id: 'r', input_tokens: 100 })
  const resent = { ...first, offset: 11, partition: 1 }
  const other = { ...first, offset: 12, partition: 2, input_tokens: 999_999 }
  await insertAttempts(clickhouse, [other, resent, first])
  await settle(clickhouse, WINDOW_MS)
  assert.equal((await totals(clickhouse)).input_tokens, 100)
  const [window] = await clickhouse.query('SELECT raw_rows, duplicates, conflicts FROM {database}.settled_windows_current')
  assert.deepEqual(window, { raw_rows: 3, duplicates: 1, conflicts: 1 })
  const listed = await clickhouse.query(
    'SELECT request_id, kept_offset, refused_partition, refused_offset FROM {database}.conflicts_current',
  )
  assert.deepEqual(listed, [{ request_id: 'r', kept_offset: 10, refused_partition: 2, refused_offset: 12 }])
})

test('attempts of one request join, whoever was logged first, and the request counts where it ended', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const failed = attemptRow({
    request_id: 'r',
    attempt_no: 1,
    outcome: 'error',
    error_class: 'timeout',
    provider: 'openai',
    usage_quality: 'missing',
  })
  const answered = attemptRow({
    request_id: 'r',
    attempt_no: 2,
    attempt_key: '2',
    started_at: WINDOW_MS + 4_000,
    provider: 'anthropic',
    input_tokens: 1200,
    output_tokens: 210,
    ttft_ms: 280,
    duration_ms: 1_840,
    received_at: WINDOW_MS,
  })
  await insertAttempts(clickhouse, [answered])
  await settle(clickhouse, WINDOW_MS)
  await insertAttempts(clickhouse, [failed])
  await settle(clickhouse, WINDOW_MS)
  assert.deepEqual(await totals(clickhouse), {
    requests: 1,
    attempts: 2,
    attempts_reported: 2,
    unseen_attempts: 0,
    input_tokens: 1200,
    output_tokens: 210,
  })
  const resilience = await clickhouse.query(
    `SELECT cause, from_upstream, to_upstream, sum(requests) AS requests, sum(attempts) AS attempts,
       sum(recovered_by_fallback) AS recovered_by_fallback, sum(recovered_by_retry) AS recovered_by_retry,
       sum(added_latency_ms) AS added_latency_ms, sum(collateral_tokens) AS collateral_tokens, sum(wasted_tokens) AS wasted_tokens
     FROM {database}.resilience_per_minute_current GROUP BY ALL`,
  )
  assert.deepEqual(resilience, [
    {
      cause: 'timeout',
      from_upstream: 'openai',
      to_upstream: 'anthropic',
      requests: 1,
      attempts: 2,
      recovered_by_fallback: 1,
      recovered_by_retry: 0,
      added_latency_ms: 4000,
      collateral_tokens: 1410,
      // The failed call's input is taken from its sibling: the same prompt went out twice.
      wasted_tokens: 1200,
    },
  ])
  const [latency] = await clickhouse.query<{ duration: number[]; ttft: number[] }>(
    `SELECT quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(duration_ms) AS duration, quantilesBFloat16Merge(0.5, 0.9, 0.95,
      0.99)(ttft_ms) AS ttft
     FROM {database}.latency_per_minute_current`,
  )
  assert.ok(Math.abs((latency?.duration[0] ?? 0) / 5_840 - 1) < 0.008, 'the client waited for both attempts')
  assert.ok(Math.abs((latency?.ttft[0] ?? 0) / 4_280 - 1) < 0.008)
})

test('a request that spans windows counts once, in the window of its first attempt, also when that attempt comes in last', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const next = WINDOW_MS + MINUTE_MS
  const second = attemptRow({ request_id: 'r', attempt_no: 2, attempt_key: '2', started_at: next + 1_000, input_tokens: 7 })
  const first = attemptRow({
    request_id: 'r',
    attempt_no: 1,
    started_at: next - 1_000,
    outcome: 'error',
    error_class: 'provider_error',
    input_tokens: 5,
  })
  await insertAttempts(clickhouse, [second])
  await settle(clickhouse, next)
  assert.equal((await totals(clickhouse, next)).requests, 1)
  await insertAttempts(clickhouse, [first])
  await settle(clickhouse, WINDOW_MS)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), {
    requests: 1,
    attempts: 2,
    attempts_reported: 2,
    unseen_attempts: 0,
    input_tokens: 12,
    output_tokens: 0,
  })
  assert.equal((await totals(clickhouse, next)).attempts, 0)
})

test('attempts further apart than 15 minutes are other requests, and no attempt is counted twice or lost', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const minutes = [0, 14, 28, 40, 43]
  const rows = minutes.map((minute, index) =>
    attemptRow({
      request_id: 'r',
      attempt_no: index + 1,
      attempt_key: String(index),
      started_at: WINDOW_MS + minute * MINUTE_MS,
      input_tokens: 1,
    }),
  )
  await insertAttempts(clickhouse, rows)
  for (const minute of minutes) await settle(clickhouse, WINDOW_MS + minute * MINUTE_MS)
  const all = await totals(clickhouse)
  // Head 0 takes 14; 28 has a neighbour but no head within 15 minutes and stands alone, as do 40 and 43.
  assert.deepEqual(all, { requests: 4, attempts: 5, attempts_reported: 5, unseen_attempts: 0, input_tokens: 5, output_tokens: 0 })
})

test('a settling that is cut off before publishing leaves the former version in place', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 100 })])
  await settle(clickhouse, WINDOW_MS)
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 50 })])
  const cutOff: ClickHouse = {
    ...clickhouse,
    command: async (sql, ...rest) => {
      if (sql.includes('INTO {database}.settled_windows')) throw new Error('killed here')
      await clickhouse.command(sql, ...rest)
    },
  }
  await assert.rejects(settleWindow(WINDOW_MS, { clickhouse: cutOff, prices: noPrices, now }), /killed here/)
  assert.equal((await totals(clickhouse)).input_tokens, 100)
  await settle(clickhouse, WINDOW_MS)
  assert.equal((await totals(clickhouse)).input_tokens, 150)
})

test('settling twice gives identical rows', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const rows = Array.from({ length: 500 }, (_, n) =>
    attemptRow({
      tenant_id: `t${n % 7}`,
      route: `r${n % 3}`,
      request_id: `q${n >> 1}`,
      attempt_no: 1 + (n % 2),
      attempt_key: String(n % 2),
      started_at: WINDOW_MS + ((n * 7919) % 60_000),
      input_tokens: n,
      output_tokens: n % 13,
      ttft_ms: n % 500,
      duration_ms: 500 + n,
      outcome: n % 5 ? 'ok' : 'error',
      error_class: n % 5 ? '' : 'timeout',
    }),
  )
  await insertAttempts(clickhouse, rows)
  const snapshot = async () => {
    await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now })
    const read = (sql: string) => clickhouse.query(sql)
    return [
      await read('SELECT * EXCEPT settle_version FROM {database}.usage_per_minute_current ORDER BY ALL'),
      await read('SELECT * EXCEPT settle_version FROM {database}.resilience_per_minute_current ORDER BY ALL'),
      await read(
        'SELECT tenant_id, route, finalizeAggregation(ttft_ms), finalizeAggregation(duration_ms), errors_by_class FROM ' +
          '{database}.latency_per_minute_current ORDER BY ALL',
      ),
      await read(
        'SELECT upstream_kind, provider, attempts, errors_by_class, finalizeAggregation(duration_ms) FROM ' +
          '{database}.provider_per_minute_current ORDER BY ALL',
      ),
    ]
  }
  assert.deepEqual(await snapshot(), await snapshot())
})

test('whatever the order of arrival, resends and settling: every attempt is counted once', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const plan = fc.array(
    fc.record({
      request: fc.nat(5),
      attempt: fc.nat(3),
      second: fc.nat(12 * 60),
      isSole: fc.boolean(),
      copies: fc.integer({ min: 1, max: 3 }),
      tokens: fc.nat(1000),
    }),
    { minLength: 1, maxLength: 25 },
  )
  let run = 0
  await fc.assert(
    fc.asyncProperty(plan, fc.integer(), async (attempts, seed) => {
      run++
      const base = WINDOW_MS + run * 3 * 60 * MINUTE_MS
      const seen = new Map<string, { tokens: number; window: number }>()
      const rows: AttemptRow[] = []
      for (const planned of attempts) {
        const request_id = `${planned.isSole ? 's' : 'j'}${run}-${planned.request}-${planned.isSole ? planned.attempt : ''}`
        const attempt_key = planned.isSole ? '1' : String(planned.attempt)
        const key = `${request_id}/${attempt_key}`
        if (seen.has(key)) continue
        const started_at = base + planned.second * 1000
        seen.set(key, { tokens: planned.tokens, window: windowStart(started_at) })
        const row = attemptRow({
          request_id,
          attempt_key,
          attempt_no: planned.attempt + 1,
          started_at,
          is_sole_row: planned.isSole,
          input_tokens: planned.tokens,
        })
        for (let copy = 0; copy < planned.copies; copy++) rows.push({ ...row, offset: row.offset + copy * 1_000_000 })
      }
      const shuffled = rows
        .map((row, index) => ({ row, rank: Math.imul(index + 1, seed | 1) >>> 0 }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ row }) => row)
      for (const row of shuffled) {
        await insertAttempts(clickhouse, [row])
        if ((row.offset + seed) % 3 === 0) await settle(clickhouse, row.window_start)
      }
      for (const window of new Set(shuffled.map(row => row.window_start))) await settle(clickhouse, window)
      const [sum] = await clickhouse.query<Totals>(
        'SELECT sum(attempts) AS attempts, sum(requests) AS requests, sum(input_tokens) AS input_tokens FROM ' +
          '{database}.usage_per_minute_current WHERE window_start >= {from:DateTime} AND window_start < {to:DateTime}',
        { from: base / 1000, to: base / 1000 + 3 * 3600 },
      )
      assert.equal(sum?.attempts, seen.size)
      assert.equal(
        sum?.input_tokens,
        [...seen.values()].reduce((total, { tokens }) => total + tokens, 0),
      )
      // All of a request's attempts lie within 12 minutes here, so a request identity is one request.
      assert.equal(sum?.requests, new Set([...seen.keys()].map(key => key.split('/')[0])).size)
    }),
    { numRuns: 3 },
  )
})
