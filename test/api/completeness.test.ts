import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Value } from 'typebox/value'
import { CompletenessAnswer } from '../../services/api/reports/completeness.ts'
import { HOUR_OF_TEST, insertRows, minute, NOW_MS, openTestApi, publish, usageRow } from './fixture.ts'

const api = await openTestApi({ after })
const { clickhouse } = api
const ACCESS_LOG = 'weir.access-log.v1'
const place = { log_epoch: 'epoch-1', topic: ACCESS_LOG, partition: 0 }

/** A raw attempt at `clock`, received in the same minute. */
const attempt = (clock: string, offset: number, cells: Record<string, unknown> = {}) => ({
  window_start: minute(clock),
  started_at: minute(clock) * 1000 + 500,
  received_at: minute(clock) * 1000 + 900,
  tenant_id: 'acme',
  request_id: `r${offset}`,
  ...place,
  offset,
  line_no: 0,
  row_no: 0,
  ...cells,
})
const message = (clock: string, offset: number, lines: number, rows: number, accepted_lines: number, dead_letters: number, cells = {}) => ({
  ...place,
  offset,
  received_at: minute(clock) * 1000 + 900,
  source: 'edge',
  lines,
  rows,
  accepted_lines,
  dead_letters,
  ...cells,
})
const deadLetter = (clock: string, offset: number, line_no: number, cells = {}) => ({
  received_at: minute(clock) * 1000 + 900,
  source: 'edge',
  code: 'LINE_NOT_JSON',
  message: 'not JSON',
  line: '{"truncated":',
  encoding: 'utf8',
  ...place,
  offset,
  line_no,
  ...cells,
})

// Message 0: three lines, one of them refused, one with two attempts. Delivered twice, like its refused line.
const first = [attempt('09:00', 0), attempt('09:00', 0, { line_no: 1 }), attempt('09:00', 0, { line_no: 1, row_no: 1 })]
await insertRows(clickhouse, 'attempts_raw', first)
await insertRows(clickhouse, 'attempts_raw', first)
await insertRows(clickhouse, 'dead_letters', [deadLetter('09:00', 0, 2)])
await insertRows(clickhouse, 'dead_letters', [deadLetter('09:00', 0, 2)])
await insertRows(clickhouse, 'messages_read', [message('09:00', 0, 3, 3, 2, 1)])
await insertRows(clickhouse, 'messages_read', [message('09:00', 0, 3, 3, 2, 1)])
// Message 1 is globex's and not settled yet. Message 2 is inserted, but its ledger row is still under way.
await insertRows(clickhouse, 'attempts_raw', [attempt('09:01', 1, { tenant_id: 'globex' }), attempt('09:01', 2, { tenant_id: 'globex' })])
await insertRows(clickhouse, 'messages_read', [message('09:01', 1, 1, 1, 1, 0)])
// Partition 1 lost a row: the ledger says two, the table has one. The engine topic is balanced.
await insertRows(clickhouse, 'attempts_raw', [attempt('09:00', 7, { partition: 1, tenant_id: 'globex' })])
await insertRows(clickhouse, 'messages_read', [message('09:00', 7, 2, 2, 2, 0, { partition: 1 })])
await insertRows(clickhouse, 'engine_samples_raw', [
  {
    window_start: minute('09:00'),
    sampled_at: minute('09:00') * 1000,
    pool: 'llama',
    log_epoch: 'epoch-1',
    topic: 'weir.engine-metrics.v1',
    partition: 0,
    offset: 0,
    row_no: 0,
    received_at: minute('09:00') * 1000,
  },
])
await insertRows(clickhouse, 'messages_read', [message('09:00', 0, 1, 1, 1, 0, { topic: 'weir.engine-metrics.v1' })])
// Outside of the hour: must not count.
await insertRows(clickhouse, 'attempts_raw', [attempt('08:30', 99)])
await insertRows(clickhouse, 'dead_letters', [deadLetter('08:30', 99, 0), deadLetter('09:30', 5, 0, { topic: 'weir.engine-metrics.v1' })])

const counts = { raw_rows: 7, duplicates: 3, conflicts: 1, requests: 2, attempts: 3, attempts_reported: 5, unseen_attempts: 2 }
await publish(clickhouse, '09:00', 1, counts)
await publish(clickhouse, '09:00', 2, counts)
// In another hour: a dead letter of message 0 was lost, message 1 has one too many, and one of message 2 waits with its source parked.
await insertRows(clickhouse, 'dead_letters', [deadLetter('11:00', 101, 0)])
await insertRows(clickhouse, 'messages_read', [
  message('11:00', 100, 1, 0, 0, 1),
  message('11:00', 101, 0, 0, 0, 0),
  message('11:00', 102, 5, 0, 0, 0, { parked_lines: 5, partition: 1 }),
  message('11:00', 103, 5, 0, 0, 0, { parked_lines: 4, partition: 2 }),
])
await insertRows(clickhouse, 'usage_per_minute', [
  usageRow('09:00', 'acme', { settle_version: 2, requests: 1, attempts: 2, unseen_attempts: 2 }),
  usageRow('09:00', 'globex', { settle_version: 2, requests: 1, attempts: 1 }),
])
const conflict = {
  window_start: minute('09:00'),
  tenant_id: 'acme',
  source: 'edge',
  attempt_key: '1',
  kept_topic: ACCESS_LOG,
  refused_topic: ACCESS_LOG,
  refused_offset: 7,
}
await insertRows(clickhouse, 'conflicts', [
  { ...conflict, settle_version: 1, request_id: 'of an older version' },
  { ...conflict, settle_version: 2, request_id: 'r0' },
])

test('the counts agree with a hand count; redeliveries and old versions count once', async () => {
  const { status, body, text } = await api.get(`/v1/completeness?${HOUR_OF_TEST}`, 'fake-operator')
  assert.equal(status, 200, text)
  assert.deepEqual(Value.Errors(CompletenessAnswer, body), [])
  const { lines, attempts_rows, requests, attempts, duplicates, conflicts, dead_letters, unseen_attempts } = body
  assert.deepEqual(
    { lines, attempts_rows, requests, attempts, duplicates, conflicts, dead_letters, unseen_attempts },
    // Lines: 2 accepted of message 0, messages 1, 2 and 7, and one refused.
    { lines: 6, attempts_rows: 9, requests: 2, attempts: 3, duplicates: 3, conflicts: 1, dead_letters: 1, unseen_attempts: 2 },
  )
  assert.deepEqual([body.settled_windows, body.unsettled_windows], [1, 1])
  assert.deepEqual([body.last_settled_window, body.last_settled_at], ['2026-01-31T09:00:00Z', new Date(NOW_MS).toISOString()])
})

test('the books balance per Kafka partition, rows under way are told apart, a lost row shows', async () => {
  const { body } = await api.get(`/v1/completeness?${HOUR_OF_TEST}`, 'fake-operator')
  const brief = body.balance.map((b: Record<string, unknown>) => [
    b['topic'],
    b['partition'],
    b['messages'],
    b['lines'],
    b['accepted_lines'],
    b['dead_letters'],
    b['rows'],
    b['rows_found'],
    b['dead_letters_found'],
    b['rows_ahead'],
    b['is_balanced'],
  ])
  assert.deepEqual(brief, [
    [ACCESS_LOG, 0, 2, 4, 3, 1, 4, 4, 1, 1, true],
    [ACCESS_LOG, 1, 1, 2, 2, 0, 2, 1, 0, 0, false],
    ['weir.engine-metrics.v1', 0, 1, 1, 1, 0, 1, 1, 0, 0, true],
  ])
})

test('a missing dead letter is not made up for by one too many elsewhere, and every line that waits counts', async () => {
  const { body } = await api.get('/v1/completeness?from=2026-01-31T11:00:00Z&to=2026-01-31T12:00:00Z', 'fake-operator')
  assert.deepEqual(
    body.balance.map((b: Record<string, unknown>) => [b['dead_letters'], b['dead_letters_found'], b['parked_lines'], b['is_balanced']]),
    [
      [1, 1, 0, false],
      [0, 0, 5, true],
      [0, 0, 4, false],
    ],
  )
})

test('operators see the latest dead letters whole, and the current conflicts', async () => {
  const { body } = await api.get(`/v1/completeness?${HOUR_OF_TEST}`, 'fake-operator')
  assert.deepEqual(
    body.latest_dead_letters.map((letter: Record<string, unknown>) => [
      letter['received_at'],
      letter['topic'],
      letter['offset'],
      letter['line'],
    ]),
    [
      ['2026-01-31T09:30:00.900Z', 'weir.engine-metrics.v1', 5, '{"truncated":'],
      ['2026-01-31T09:00:00.900Z', ACCESS_LOG, 0, '{"truncated":'],
    ],
  )
  assert.deepEqual(
    body.latest_conflicts.map((row: Record<string, unknown>) => [row['request_id'], row['refused_offset']]),
    [['r0', 7]],
  )
  const limited = await api.get(`/v1/completeness?${HOUR_OF_TEST}&limit=1`, 'fake-operator')
  assert.equal(limited.body.latest_dead_letters.length, 1)
})

test('a tenant sees its own counts and conflicts, and nothing that cannot be told per tenant', async () => {
  for (const [token, query] of [
    ['fake-acme', ''],
    ['fake-operator', '&tenant_id=acme'],
  ] as const) {
    const { body } = await api.get(`/v1/completeness?${HOUR_OF_TEST}${query}`, token)
    assert.deepEqual(Value.Errors(CompletenessAnswer, body), [])
    const { lines, attempts_rows, requests, attempts, duplicates, conflicts, dead_letters, unseen_attempts, balance, latest_dead_letters } =
      body
    assert.deepEqual(
      { lines, attempts_rows, requests, attempts, duplicates, conflicts, dead_letters, unseen_attempts, balance, latest_dead_letters },
      {
        lines: 2,
        attempts_rows: 6,
        requests: 1,
        attempts: 2,
        duplicates: null,
        conflicts: 1,
        dead_letters: null,
        unseen_attempts: 2,
        balance: null,
        latest_dead_letters: null,
      },
    )
  }
  const globex = await api.get(`/v1/completeness?${HOUR_OF_TEST}`, 'fake-globex')
  assert.deepEqual([globex.body.conflicts, globex.body.latest_conflicts], [0, []])
})

test('every report carries the summary of its range', async () => {
  const { body } = await api.get(`/v1/usage?${HOUR_OF_TEST}`, 'fake-operator')
  assert.deepEqual(body.completeness, {
    attempts_rows: 9,
    requests: 2,
    attempts: 3,
    duplicates: 3,
    conflicts: 1,
    dead_letters: 1,
    unseen_attempts: 2,
    settled_windows: 1,
    unsettled_windows: 1,
    repricing_windows: 0,
    last_settled_window: '2026-01-31T09:00:00Z',
    last_settled_at: new Date(NOW_MS).toISOString(),
  })
})

test('an empty range counts nothing and is no error', async () => {
  const { status, body } = await api.get('/v1/completeness?from=2025-01-01T00:00:00Z&to=2025-01-01T01:00:00Z', 'fake-operator')
  assert.deepEqual([status, body.lines, body.attempts_rows, body.balance, body.latest_conflicts], [200, 0, 0, [], []])
  const fresh = await openTestApi({ after })
  const nothing = await fresh.get('/v1/completeness', 'fake-operator')
  assert.deepEqual([nothing.status, nothing.body.last_settled_window, nothing.body.last_settled_at], [200, null, null])
})
