import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SECOND } from '../../services/platform/clock.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from './attempt-rows.ts'
import { settleWindow } from './settle-one.ts'

const thousandths = (values: readonly number[]) => values.map(value => Math.round(1000 * Math.log(value)))
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

test('groups hold the sums of logarithms that their geometric means and spreads are made of', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const answers = [
    { ttft_ms: 100, duration_ms: 1_100, output_tokens: 101 },
    { ttft_ms: 350, duration_ms: 2_350, output_tokens: 11 },
  ]
  const plain = answers.map((one, n) => attemptRow({ request_id: `plain-${n}`, ...one }))
  // The first attempt failed and the second was asked 3 s later: its client waited for both.
  const tried = [
    attemptRow({ request_id: 'tried', attempt_no: 1, outcome: 'error', error_class: 'provider_error', duration_ms: 50 }),
    attemptRow({ request_id: 'tried', attempt_no: 2, started_at: WINDOW_MS + 3 * SECOND, ttft_ms: 20, duration_ms: 30, output_tokens: 1 }),
  ]
  const silent = attemptRow({ request_id: 'silent', ttft_ms: null, duration_ms: null, output_tokens: 0 })
  await insertAttempts(clickhouse, [...plain, ...tried, silent])
  await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now: () => WINDOW_MS + 60 * SECOND })
  const names = ['ttft', 'tpot', 'duration', 'output'].flatMap(name => [`ln_${name}_sum`, `ln_${name}_squares`])
  const [row] = await clickhouse.query<Record<string, number>>(
    `SELECT sum(ln_output_count) AS outputs, ${names.map(name => `sum(${name}) AS ${name}`).join(', ')}
     FROM {database}.attempt_groups_per_minute_current WHERE outcome = 'ok'`,
  )
  const expected = {
    ttft: thousandths([100, 350, 3_020]),
    tpot: thousandths([10, 200]),
    duration: thousandths([1_100, 2_350, 3_030]),
    output: thousandths([101, 11, 1]),
  }
  assert.equal(Number(row?.['outputs']), 3)
  for (const [name, values] of Object.entries(expected)) {
    assert.equal(Number(row?.[`ln_${name}_sum`]), sum(values), name)
    assert.equal(Number(row?.[`ln_${name}_squares`]), sum(values.map(value => value * value)), name)
  }
})
