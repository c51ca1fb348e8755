import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttemptRow } from '../../schemas/attempt.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from './attempt-rows.ts'
import { settleWindow } from './settle-one.ts'

const JOIN_MS = 15 * MINUTE
let clock = WINDOW_MS
const now = () => ++clock

/** Settles a window and, as run-settle does, what it showed to be out of date. */
async function settle(clickhouse: ClickHouse, start: number): Promise<void> {
  const deps = { clickhouse, prices: noPrices, now }
  const { dependents } = await settleWindow(start, deps)
  for (const dependent of dependents) await settleWindow(dependent, deps, { onlyIfChanged: true })
}

interface Totals {
  requests: number
  attempts: number
  tokens: number
  left_out: number
  raw_rows: number
}

async function totals(clickhouse: ClickHouse, fromMs: number): Promise<Totals> {
  const where = `WHERE window_start BETWEEN {from:DateTime('UTC')} AND {from:DateTime('UTC')} + INTERVAL 3 HOUR`
  const [row] = await clickhouse.query<Totals>(
    `SELECT sum(requests) AS requests, sum(attempts) AS attempts, sum(duplicates + conflicts) AS left_out, sum(raw_rows) AS raw_rows,
       (SELECT sum(input_tokens) FROM {database}.usage_per_minute_current ${where}) AS tokens
     FROM {database}.settled_windows_current ${where}`,
    { from: fromMs / 1000 },
  )
  return row ?? assert.fail()
}

/** The joining rule in words, row by row: heads, what belongs to them, and of each attempt identity in a request the first row identity. */
function truthOf(rows: readonly AttemptRow[]): Omit<Totals, 'raw_rows'> {
  const counted: AttemptRow[] = []
  let requests = 0
  for (const same of Map.groupBy(rows, row => row.request_id).values()) {
    const isHead = (row: AttemptRow) =>
      !same.some(other => other.started_at < row.started_at && other.started_at >= row.started_at - JOIN_MS)
    const startOf = (row: AttemptRow) =>
      same.find(head => isHead(head) && head.started_at <= row.started_at && row.started_at - head.started_at <= JOIN_MS)?.started_at ??
      row.started_at
    for (const one of Map.groupBy(same, startOf).values()) {
      requests++
      for (const claims of Map.groupBy(one, row => row.attempt_key).values()) {
        counted.push(claims.reduce((first, row) => (row.offset < first.offset ? row : first)))
      }
    }
  }
  return {
    requests,
    attempts: counted.length,
    tokens: counted.reduce((sum, row) => sum + row.input_tokens, 0),
    left_out: rows.length - counted.length,
  }
}

const planned = fc.record({
  request: fc.nat(1),
  attempt: fc.nat(2),
  // Where the rule turns: just within and just beyond the joining distance.
  atMs: fc.oneof(fc.nat(50 * MINUTE), fc.constantFrom(0, JOIN_MS - 1, JOIN_MS, JOIN_MS + 1, 2 * JOIN_MS, 2 * JOIN_MS + 1)),
  tokens: fc.nat(1_000),
  isResent: fc.boolean(),
  isSettledAtOnce: fc.boolean(),
})

test('reused request ids, late firsts, resends: every raw row is counted in one window or left out in one, whatever the order', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(planned, { minLength: 4, maxLength: 12 }), async plan => {
      const base = WINDOW_MS + ++run * 6 * 60 * MINUTE
      const open = new Set<number>()
      const rows: AttemptRow[] = []
      for (const { request, attempt, atMs, tokens, isResent, isSettledAtOnce } of plan) {
        const row = attemptRow({ request_id: `${run}-${request}`, attempt_no: attempt, started_at: base + atMs, input_tokens: tokens })
        const written = isResent ? [row, { ...row, offset: row.offset + 1_000_000 }] : [row]
        await insertAttempts(clickhouse, written)
        rows.push(...written)
        if (isSettledAtOnce) await settle(clickhouse, row.window_start)
        else open.add(row.window_start)
      }
      for (const window of open) await settle(clickhouse, window)
      assert.deepEqual(await totals(clickhouse, base), { ...truthOf(rows), raw_rows: rows.length })
    }),
    { numRuns: 3, seed: 20261124 },
  )
})

test('an attempt that comes in last may divide requests up to half an hour later', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const at = (minute: number, facts: Partial<AttemptRow> = {}) =>
    attemptRow({ request_id: 'r', attempt_no: minute, started_at: WINDOW_MS + minute * MINUTE, input_tokens: 1, ...facts })
  await insertAttempts(clickhouse, [at(14), at(28)])
  for (const minute of [14, 28]) await settle(clickhouse, WINDOW_MS + minute * MINUTE)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), { requests: 1, attempts: 2, tokens: 2, left_out: 0, raw_rows: 2 })
  await insertAttempts(clickhouse, [at(0)])
  await settle(clickhouse, WINDOW_MS)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), { requests: 2, attempts: 3, tokens: 3, left_out: 0, raw_rows: 3 })
})

test('the same attempt identity twenty minutes later is another request, not a row that vanishes', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const rows = [0, 20].map(minute => attemptRow({ request_id: 'r', started_at: WINDOW_MS + minute * MINUTE, input_tokens: 50 }))
  await insertAttempts(clickhouse, rows)
  for (const row of rows) await settle(clickhouse, row.window_start)
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), { requests: 2, attempts: 2, tokens: 100, left_out: 0, raw_rows: 2 })
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
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), { requests: 1, attempts: 1, tokens: 10, left_out: 2, raw_rows: 3 })
  const windows = await clickhouse.query('SELECT duplicates, conflicts FROM {database}.settled_windows_current ORDER BY window_start')
  assert.deepEqual(windows, [
    { duplicates: 1, conflicts: 1 },
    { duplicates: 0, conflicts: 0 },
  ])
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
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), { requests: 1, attempts: 2, tokens: 40, left_out: 2, raw_rows: 4 })
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
  assert.deepEqual(await totals(clickhouse, WINDOW_MS), { requests: 1, attempts: 20_000, tokens: 20_000, left_out: 0, raw_rows: 20_000 })
})
