import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AttemptRow } from '../../schemas/attempt.ts'
import { tablesOf } from '../../schemas/tables.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { settleWindows } from '../../services/settle/settle-windows.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { readSyncs, type Syncs } from '../fakes/syncs.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from './attempt-rows.ts'
import { engineRow, insertSamples } from './engine-rows.ts'
import { insertPrices, priceRow } from './price-rows.ts'
import { settleWindow } from './settle-one.ts'

let clock = WINDOW_MS
const now = () => ++clock

async function current(clickhouse: ClickHouse): Promise<{ requests: number; attempts: number; tokens: number }> {
  const [row] = await clickhouse.query<{ requests: number; attempts: number; tokens: number }>(
    `SELECT requests, attempts, (SELECT sum(input_tokens) FROM {database}.usage_per_minute_current) AS tokens FROM ` +
      `{database}.settled_windows_current`,
  )
  return row ?? assert.fail()
}

/** A server on which, just before the first publishing, `meanwhile` happens. */
function interrupted(clickhouse: ClickHouse, meanwhile: () => Promise<unknown>): ClickHouse {
  let isDone = false
  return {
    ...clickhouse,
    async command(sql, ...rest) {
      if (sql.startsWith('INSERT INTO {database}.settled_windows') && !isDone) {
        isDone = true
        await meanwhile()
      }
      await clickhouse.command(sql, ...rest)
    },
  }
}

test('a settler that was overtaken does not put its older rows in place, whatever its clock says', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1 })])
  const ahead = () => WINDOW_MS + 60 * MINUTE
  const slow = interrupted(clickhouse, async () => {
    await insertAttempts(clickhouse, [attemptRow({ input_tokens: 10 })])
    await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now })
    await insertAttempts(clickhouse, [attemptRow({ input_tokens: 100 })])
  })
  const settled = await settleWindow(WINDOW_MS, { clickhouse: slow, prices: noPrices, now: ahead })
  assert.deepEqual(await current(clickhouse), { requests: 3, attempts: 3, tokens: 111 })
  assert.equal(settled.requests, 3)
})

test('two settlers that begin in the same millisecond do not add up', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1 }), attemptRow({ input_tokens: 2 })])
  const sameTime = () => WINDOW_MS
  const slow = interrupted(clickhouse, () => settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now: sameTime, tieBreaker: () => 1 }))
  const settled = await settleWindow(WINDOW_MS, { clickhouse: slow, prices: noPrices, now: sameTime, tieBreaker: () => 2 })
  assert.deepEqual(await current(clickhouse), { requests: 2, attempts: 2, tokens: 3 })
  assert.equal(settled.requests, 2)
})

test('a clock that was set back still gives a newer version', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1 })])
  await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now: () => WINDOW_MS + MINUTE })
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 2 })])
  await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now: () => WINDOW_MS })
  assert.equal((await current(clickhouse)).tokens, 3)
})

test('a dependency computes again when rows, rows of its requests elsewhere, samples or prices have changed, and only then', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertPrices(clickhouse, [priceRow({ unit_price: '0.000001' })])
  const prices = await openPriceBookStore({}, { clickhouse })
  const later = WINDOW_MS + 5 * MINUTE
  let known = ''
  const isComputedAnew = async () => {
    const { settle_version } = await settleWindow(WINDOW_MS, { clickhouse, prices, now }, { onlyIfChanged: true })
    const isNew = settle_version !== known
    known = settle_version
    return isNew
  }
  await insertAttempts(clickhouse, [attemptRow({ request_id: 'r', input_tokens: 1 })])
  assert.equal(await isComputedAnew(), true, 'never settled yet')
  assert.equal(await isComputedAnew(), false)
  await insertAttempts(clickhouse, [attemptRow({ request_id: 'other', started_at: later })])
  await insertSamples(clickhouse, [engineRow({ sampled_at: later })])
  assert.equal(await isComputedAnew(), false, 'nothing of that is its own')
  await insertAttempts(clickhouse, [attemptRow({ request_id: 'r', attempt_no: 2, started_at: later })])
  assert.equal(await isComputedAnew(), true, 'a further attempt of its request')
  await insertAttempts(clickhouse, [attemptRow({ request_id: 'new' })])
  assert.equal(await isComputedAnew(), true, 'a row of its own')
  await insertSamples(clickhouse, [engineRow({ sampled_at: WINDOW_MS - 10 * MINUTE })])
  assert.equal(await isComputedAnew(), true, 'a sample that its forecast looks back at')
  await insertPrices(clickhouse, [priceRow({ unit_price: '0.000002', version: 2 })])
  assert.equal(await isComputedAnew(), true, 'another price book')
  assert.equal(await isComputedAnew(), false)
})

/** Rows of every kind: sole and joined, over three minutes, with resends, conflicts, estimates and unheard-of models. */
function mixedRows(): AttemptRow[] {
  return Array.from({ length: 900 }, (_, n) => {
    const isSole = n % 3 === 0
    const row = attemptRow({
      tenant_id: `t${Math.floor(n / 7) % 5}`,
      route: `r${n % 4}`,
      offset: n,
      request_id: isSole ? `s${n}` : `q${Math.floor(n / 7)}`,
      attempt_no: 1 + (n % 3),
      is_sole_row: isSole,
      attempts_reported: isSole ? n % 4 : null,
      started_at: WINDOW_MS + ((n * 7_919) % 180_000),
      provider: ['openai', 'anthropic', 'azure'][n % 3] ?? '',
      response_model: n % 11 ? 'gpt-4o' : 'unheard-of',
      input_tokens: (n * 37) % 3_000,
      cached_input_tokens: n % 90,
      output_tokens: n % 130,
      ttft_ms: n % 500,
      duration_ms: 500 + n / 3,
      request_bytes: n * 11,
      response_bytes: n * 17,
      usage_quality: n % 6 ? 'reported' : 'missing',
      outcome: n % 5 ? 'ok' : 'error',
      error_class: n % 5 ? '' : n % 2 ? 'timeout' : 'provider_error',
    })
    // Some lie in the same message as the one before.
    return n % 50 === 49 ? { ...row, offset: n - 1, line_no: 1 } : row
  })
}

const reports: Record<string, string> = {
  usage: 'SELECT * EXCEPT settle_version',
  resilience: 'SELECT * EXCEPT settle_version',
  pool: 'SELECT * EXCEPT settle_version',
  latency:
    'SELECT * EXCEPT (settle_version, ttft_ms, tpot_ms, duration_ms, queue_ms), arrayMap(state -> finalizeAggregation(state), ' +
    '[ttft_ms, tpot_ms, duration_ms, queue_ms])',
  provider: 'SELECT * EXCEPT (settle_version, ttft_ms, duration_ms), arrayMap(state -> finalizeAggregation(state), [ttft_ms, duration_ms])',
}

async function snapshot(clickhouse: ClickHouse): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {}
  for (const [report, select] of Object.entries(reports))
    found[report] = await clickhouse.query(`${select} FROM {database}.${report}_per_minute_current ORDER BY ALL`)
  found['conflicts'] = await clickhouse.query('SELECT * EXCEPT settle_version FROM {database}.conflicts_current ORDER BY ALL')
  found['windows'] = await clickhouse.query(
    'SELECT * EXCEPT (settle_version, settled_at) FROM {database}.settled_windows_current ORDER BY window_start',
  )
  return found
}

test('the same raw rows give identical rows in every table: settled twice, written in another order, in other parts', async t => {
  const rows = mixedRows()
  const samples = Array.from({ length: 120 }, (_, n) =>
    engineRow({
      offset: n,
      pool: `p${n % 2}`,
      endpoint: `e${n % 5}`,
      sampled_at: WINDOW_MS + n * 1_500,
      kv_cache_use_ratio: (n % 17) / 19,
      output_tokens_total: n * n,
    }),
  )
  const results: Record<string, unknown[]>[] = []
  const written = [
    { order: rows, step: 900, readings: samples },
    { order: rows.toReversed(), step: 61, readings: samples.toReversed() },
    { order: rows.toSorted((a, b) => ((a.offset * 7_907) % 911) - ((b.offset * 7_907) % 911)), step: 200, readings: samples },
  ]
  for (const { order, step, readings } of written) {
    const { clickhouse } = await openTestClickHouse(t)
    await insertPrices(clickhouse, [priceRow({ unit_price: '0.000002' }), priceRow({ unit_price: '0.00001', token_kind: 'output' })])
    const prices = await openPriceBookStore({}, { clickhouse })
    for (let from = 0; from < order.length; from += step) await insertAttempts(clickhouse, order.slice(from, from + step))
    await insertSamples(clickhouse, readings)
    for (const pass of [0, 1]) {
      for (const minute of pass ? [2, 1, 0] : [0, 1, 2]) await settleWindow(WINDOW_MS + minute * MINUTE, { clickhouse, prices, now })
      results.push(await snapshot(clickhouse))
    }
  }
  const [first] = results
  for (const [table, found] of Object.entries(first ?? {})) assert.ok(found.length > 0, `${table} has rows`)
  for (const result of results) assert.deepEqual(result, first)
})

test('windows in one pass, one by one, in halves: identical rows', async t => {
  const starts = [0, 1, 2].map(minute => WINDOW_MS + minute * MINUTE)
  const divisions = [
    [starts],
    starts.map(start => [start]),
    [starts.slice(0, 2), starts.slice(2)],
    [[WINDOW_MS, WINDOW_MS + 2 * MINUTE], starts],
  ]
  const results: Record<string, unknown[]>[] = []
  for (const division of divisions) {
    const { clickhouse } = await openTestClickHouse(t)
    await insertPrices(clickhouse, [priceRow({ unit_price: '0.000002' }), priceRow({ unit_price: '0.00001', token_kind: 'output' })])
    const prices = await openPriceBookStore({}, { clickhouse })
    await insertAttempts(clickhouse, mixedRows())
    for (const some of division) await settleWindows(some, { clickhouse, prices, now })
    results.push(await snapshot(clickhouse))
  }
  for (const result of results) assert.deepEqual(result, results[0])
})

test('a window is not published from fewer rows than before without a person’s word', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1 }), attemptRow({ input_tokens: 2 })])
  await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now })
  await clickhouse.command('TRUNCATE TABLE {database}.attempts_raw')
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 4 })])
  const refusing = await settleWindows([WINDOW_MS], { clickhouse, prices: noPrices, now })
  assert.deepEqual(refusing, { settled: [], refused: [{ window_start_ms: WINDOW_MS, rows_before: 2, rows_now: 1 }], dependents: [] })
  assert.equal((await current(clickhouse)).tokens, 3)
  await settleWindows([WINDOW_MS], { clickhouse, prices: noPrices, now }, { allowsFewerRows: true })
  assert.equal((await current(clickhouse)).tokens, 4)
})

/** A server on which `meanwhile` happens before the first statement that begins so. */
function before(beginning: string, clickhouse: ClickHouse, meanwhile: () => Promise<unknown>): ClickHouse {
  let isDone = false
  return {
    ...clickhouse,
    async command(sql, ...rest) {
      if (sql.startsWith(beginning) && !isDone) {
        isDone = true
        await meanwhile()
      }
      await clickhouse.command(sql, ...rest)
    },
  }
}

test('rows that come while a window is computed are in none of its statements: no repeat is counted twice, whenever it lands', async t => {
  for (const statement of ['shared_requests', 'joined_attempts', 'attempt_sums', 'settled_windows']) {
    const { clickhouse } = await openTestClickHouse(t)
    const sole = attemptRow({ is_sole_row: true, input_tokens: 1 })
    const joinable = attemptRow({ request_id: 'r', input_tokens: 10 })
    const others = [1, 2].map(attempt_no => attemptRow({ request_id: 's', attempt_no, attempt_key: String(attempt_no) }))
    await insertAttempts(clickhouse, [sole, joinable, ...others])
    const repeats = [sole, joinable].map(row => ({ ...row, offset: row.offset + 1_000_000 }))
    const busy = before(`INSERT INTO {database}.${statement}`, clickhouse, () => insertAttempts(clickhouse, repeats))
    await settleWindow(WINDOW_MS, { clickhouse: busy, prices: noPrices, now })
    assert.deepEqual(await current(clickhouse), { requests: 3, attempts: 4, tokens: 11 }, statement)
    await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now })
    assert.deepEqual(await current(clickhouse), { requests: 3, attempts: 4, tokens: 11 }, statement)
    const [window] = await clickhouse.query('SELECT raw_rows, duplicates FROM {database}.settled_windows_current')
    assert.deepEqual(window, { raw_rows: 6, duplicates: 2 })
  }
})

test('every row of a version is synced, files and directories, before the insert that makes it current', async t => {
  const { clickhouse, database } = await openTestClickHouse(t)
  await insertAttempts(clickhouse, [attemptRow({ input_tokens: 1, reported_cost: '1', reported_currency: 'USD' })])
  await insertSamples(clickhouse, [engineRow({ sampled_at: WINDOW_MS })])
  const before = await readSyncs(clickhouse)
  const underWay = new Set<string>()
  let traced: { underWay: number; tables: number; syncs: Syncs } | undefined
  const trace: ClickHouse = {
    ...clickhouse,
    async command(sql, ...rest) {
      if (sql.startsWith('INSERT INTO {database}.settled_windows')) {
        const filled = await clickhouse.query<{ name: string }>(
          'SELECT name FROM system.tables WHERE database = {database_name:String} AND name IN {settled:Array(String)} AND total_rows > 0',
          { database_name: database, settled: tablesOf('settled') },
        )
        traced = { underWay: underWay.size, tables: filled.length, syncs: await readSyncs(clickhouse) }
      }
      underWay.add(sql)
      await clickhouse.command(sql, ...rest)
      underWay.delete(sql)
    },
  }
  await settleWindow(WINDOW_MS, { clickhouse: trace, prices: noPrices, now })
  assert.ok(traced && traced.tables >= 8, `rows in ${traced?.tables} tables`)
  assert.equal(traced.underWay, 0)
  assert.ok(traced.syncs.directories - before.directories >= traced.tables, 'the directory of each')
  assert.ok(traced.syncs.files - before.files >= traced.tables, 'the files of each')
})
