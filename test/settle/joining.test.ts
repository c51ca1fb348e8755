import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttemptRow } from '../../schemas/attempt.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import { settleWindows } from '../../services/settle/settle-windows.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from './attempt-rows.ts'
import { JOIN_MS, type Totals, truthOf } from './joining-rule.ts'

let clock = WINDOW_MS
const now = () => ++clock

/** Settles windows together and, as run-settle does, what they showed to be out of date. */
async function settleAll(clickhouse: ClickHouse, starts: readonly number[]): Promise<void> {
  const deps = { clickhouse, prices: noPrices, now }
  const { dependents } = await settleWindows(starts, deps)
  await settleWindows(dependents, deps, { onlyIfChanged: true })
}

const settle = (clickhouse: ClickHouse, start: number) => settleAll(clickhouse, [start])

/** Begins to settle a window and dies before the n-th statement that writes. */
async function settleUntil(clickhouse: ClickHouse, start: number, statement: number): Promise<void> {
  let count = 0
  const dying: ClickHouse = {
    ...clickhouse,
    async command(...asked) {
      if (++count > statement) throw new Error('killed here')
      await clickhouse.command(...asked)
    },
  }
  await settleWindows([start], { clickhouse: dying, prices: noPrices, now }).catch(error => assert.match(String(error), /killed here/))
}

async function totals(clickhouse: ClickHouse, fromMs: number): Promise<Totals> {
  const where = `WHERE window_start BETWEEN {from:DateTime('UTC')} AND {from:DateTime('UTC')} + INTERVAL 3 HOUR`
  const [row] = await clickhouse.query<Totals>(
    `SELECT sum(requests) AS requests, sum(attempts) AS attempts,
       (SELECT sum(successful_requests) FROM {database}.usage_per_minute_current ${where}) AS answered,
       (SELECT sum(input_tokens) FROM {database}.usage_per_minute_current ${where}) AS tokens,
       (SELECT sum(wasted_tokens) FROM {database}.resilience_per_minute_current ${where}) AS wasted,
       sum(duplicates + conflicts) AS left_out, sum(raw_rows) AS raw_rows
     FROM {database}.settled_windows_current ${where}`,
    { from: fromMs / 1000 },
  )
  return row ?? assert.fail()
}

const planned = fc.record({
  request: fc.nat(1),
  attempt: fc.nat(4),
  // Where the rule turns: just within and just beyond the joining distance, and the end of an answer.
  atMs: fc.oneof(
    fc.nat(50 * MINUTE),
    fc.nat(20_000),
    fc.constantFrom(0, JOIN_MS - 1, JOIN_MS, JOIN_MS + 1, 2 * JOIN_MS, 2 * JOIN_MS + 1, 4_994, 4_995, 4_996, 5_000),
  ),
  durationMs: fc.constantFrom(null, 0, 1, 5, 5_000, 90_000, JOIN_MS, JOIN_MS + 1),
  outcome: fc.constantFrom('ok' as const, 'ok' as const, 'error' as const, 'cancelled' as const),
  tokens: fc.nat(1_000),
  isResent: fc.boolean(),
  isSettled: fc.constantFrom('at once', 'later', 'later', 'cut off'),
  statement: fc.nat(12),
})

test('reused request ids, late firsts, answers, resends, crashes: every raw row is counted in one window or left out in one', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(planned, { minLength: 4, maxLength: 12 }), fc.boolean(), async (plan, isTogether) => {
      const base = WINDOW_MS + ++run * 6 * 60 * MINUTE
      const open = new Set<number>()
      const rows: AttemptRow[] = []
      for (const { request, attempt, atMs, durationMs, outcome, tokens, isResent, isSettled, statement } of plan) {
        const row = attemptRow({
          request_id: `${run}-${request}`,
          attempt_no: attempt,
          started_at: base + atMs,
          duration_ms: durationMs,
          outcome,
          error_class: outcome === 'error' ? 'provider_error' : '',
          input_tokens: tokens,
        })
        const written = isResent ? [row, { ...row, offset: row.offset + 1_000_000 }] : [row]
        await insertAttempts(clickhouse, written)
        rows.push(...written)
        open.add(row.window_start)
        if (isSettled === 'at once') await settle(clickhouse, row.window_start)
        if (isSettled === 'cut off') await settleUntil(clickhouse, row.window_start, statement)
      }
      if (isTogether) await settleAll(clickhouse, [...open])
      else for (const window of open) await settle(clickhouse, window)
      assert.deepEqual(await totals(clickhouse, base), { ...truthOf(rows), raw_rows: rows.length })
    }),
    { numRuns: 4, seed: 20261124 },
  )
})

test('an attempt that comes in last may divide requests up to half an hour later', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const at = (minute: number, facts: Partial<AttemptRow> = {}) =>
    attemptRow({ request_id: 'r', attempt_no: minute, started_at: WINDOW_MS + minute * MINUTE, input_tokens: 1, ...facts })
  await insertAttempts(clickhouse, [at(14), at(28)])
  for (const minute of [14, 28]) await settle(clickhouse, WINDOW_MS + minute * MINUTE)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), {
    requests: 1,
    answered: 1,
    attempts: 2,
    tokens: 2,
    wasted: 1,
    left_out: 0,
    raw_rows: 2,
  })
  await insertAttempts(clickhouse, [at(0)])
  await settle(clickhouse, WINDOW_MS)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), {
    requests: 2,
    answered: 2,
    attempts: 3,
    tokens: 3,
    wasted: 1,
    left_out: 0,
    raw_rows: 3,
  })
})

test('the same attempt identity twenty minutes later is another request, not a row that vanishes', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const rows = [0, 20].map(minute => attemptRow({ request_id: 'r', started_at: WINDOW_MS + minute * MINUTE, input_tokens: 50 }))
  await insertAttempts(clickhouse, rows)
  for (const row of rows) await settle(clickhouse, row.window_start)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), {
    requests: 2,
    answered: 2,
    attempts: 2,
    tokens: 100,
    wasted: 0,
    left_out: 0,
    raw_rows: 2,
  })
})

test('a conflict across windows is listed once, where its request started, and counted there', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const kept = attemptRow({ request_id: 'r', offset: 3, started_at: WINDOW_MS + 3 * MINUTE, input_tokens: 10 })
  const refused = { ...kept, offset: 8, started_at: WINDOW_MS + MINUTE, window_start: WINDOW_MS + MINUTE, input_tokens: 99 }
  await insertAttempts(clickhouse, [kept, refused, kept])
  for (const minute of [3, 1]) await settle(clickhouse, WINDOW_MS + minute * MINUTE)
  const listed = await clickhouse.query(
    `SELECT toUnixTimestamp(window_start) AS start, request_id, kept_offset, refused_offset FROM {database}.conflicts_current`,
  )
  assert.deepEqual(listed, [{ start: WINDOW_MS / 1000 + 60, request_id: 'r', kept_offset: 3, refused_offset: 8 }])
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), {
    requests: 1,
    answered: 1,
    attempts: 1,
    tokens: 10,
    wasted: 0,
    left_out: 2,
    raw_rows: 3,
  })
  const windows = await clickhouse.query('SELECT duplicates, conflicts FROM {database}.settled_windows_current ORDER BY window_start')
  assert.deepEqual(windows, [
    { duplicates: 1, conflicts: 1 },
    { duplicates: 0, conflicts: 0 },
  ])
})

test('a line that was decoded again to another identity counts once, and which of the two does not hang on the order', async t => {
  const counted: unknown[] = []
  for (const order of [0, 1]) {
    const { clickhouse } = await openTestClickHouse(t)
    const row = attemptRow({ request_id: 'x-request-id', attempt_key: '1', offset: 5, input_tokens: 7, is_sole_row: true })
    const again = { ...row, request_id: 'span-17', attempt_key: 'span-17' }
    const both = order ? [again, row] : [row, again]
    for (const one of both) await insertAttempts(clickhouse, [one])
    await insertAttempts(clickhouse, [attemptRow({ offset: 6, is_sole_row: true, input_tokens: 1 })])
    await settle(clickhouse, WINDOW_MS)
    counted.push(await totals(clickhouse, WINDOW_MS))
  }
  const once = { requests: 2, answered: 2, attempts: 2, tokens: 8, wasted: 0, left_out: 1, raw_rows: 3 }
  assert.deepEqual(counted, [once, once])
})

test('calls of one session are requests of their own, and a fallback that bears the start of its whole request is the answer', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const call = (n: number) =>
    attemptRow({ request_id: 'session', attempt_key: `c${n}`, started_at: WINDOW_MS + n * 4_000, duration_ms: 3_999, input_tokens: 10 })
  await insertAttempts(
    clickhouse,
    Array.from({ length: 10 }, (_, n) => call(n)),
  )
  const failed = { request_id: 'f', attempt_key: 'a', outcome: 'error', error_class: 'timeout', provider: 'azure' } as const
  await insertAttempts(clickhouse, [
    attemptRow({ ...failed, started_at: WINDOW_MS + 2_000, duration_ms: 1_000, input_tokens: 1 }),
    attemptRow({ request_id: 'f', attempt_key: 'b', started_at: WINDOW_MS + 1_000, duration_ms: 5_000, input_tokens: 2 }),
  ])
  await settle(clickhouse, WINDOW_MS)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), {
    requests: 11,
    answered: 11,
    attempts: 12,
    tokens: 103,
    wasted: 1,
    left_out: 0,
    raw_rows: 12,
  })
  const [fallback] = await clickhouse.query(
    `SELECT cause, from_upstream, to_upstream, recovered_by_fallback
     FROM {database}.resilience_per_minute_current WHERE recovered_by_fallback > 0`,
  )
  assert.deepEqual(fallback, { cause: 'timeout', from_upstream: 'azure', to_upstream: 'openai', recovered_by_fallback: 1 })
})

test('two attempts in one line have one position and are both kept', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const line = { request_id: 'kong', offset: 77, line_no: 4 }
  const rows = [
    attemptRow({ ...line, row_no: 0, attempt_no: 1, outcome: 'error', error_class: 'connect_or_reset', endpoint: '10.0.0.1' }),
    attemptRow({ ...line, row_no: 1, attempt_no: 2, input_tokens: 40, endpoint: '10.0.0.2' }),
  ]
  await insertAttempts(clickhouse, [...rows, ...rows])
  await settle(clickhouse, WINDOW_MS)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), {
    requests: 1,
    answered: 1,
    attempts: 2,
    tokens: 40,
    wasted: 0,
    left_out: 2,
    raw_rows: 4,
  })
  assert.deepEqual(await clickhouse.query('SELECT conflicts FROM {database}.settled_windows_current'), [{ conflicts: 0 }])
})

test('rows that are a request each stay so, even where clients reuse a request id', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const sole = ['a', 'b'].map(attempt_key => attemptRow({ request_id: 'reused', attempt_key, is_sole_row: true, input_tokens: 1 }))
  await insertAttempts(clickhouse, [...sole, attemptRow({ request_id: 'reused', attempt_key: 'c', input_tokens: 1 })])
  await settle(clickhouse, WINDOW_MS)
  assert.equal((await totals(clickhouse, WINDOW_MS)).requests, 3)
})

test('a gateway that gives all requests the same id slows settling down, but does not stop it', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const rows = Array.from({ length: 20_000 }, (_, n) =>
    attemptRow({ request_id: '-', attempt_key: String(n), started_at: WINDOW_MS + n * 5 + (n % 2) * MINUTE, input_tokens: 1 }),
  )
  await insertAttempts(clickhouse, rows)
  for (const window of new Set(rows.map(row => row.window_start))) await settle(clickhouse, window)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), {
    requests: 1,
    answered: 1,
    attempts: 20_000,
    tokens: 20_000,
    wasted: 19_999,
    left_out: 0,
    raw_rows: 20_000,
  })
})
