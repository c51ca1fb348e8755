import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openAsOfDatabase } from '../../../services/cli/statements/as-of-database.ts'
import { storePrices } from '../../../services/money/price-book/stored-prices.ts'
import { freezeMinutes } from '../../../services/money/statements/as-of.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { insertPrices, priceRow } from '../../settle/price-rows.ts'
import { givePrices, NOW_MS, sendLines, settle } from './closing-fixture.ts'

const OCTOBER = { start_ms: Date.UTC(2026, 9, 1), end_ms: Date.UTC(2026, 10, 1) }
const day = (number: number) => Date.UTC(2026, 9, number, 12)

test('after a correction only the minutes that it prices differently are settled again for a closing', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await insertPrices(clickhouse, [priceRow({ model: 'o3', unit_price: '0.000003' })])
  const lines = [
    { tokens: 1_000, at: day(5) },
    { tokens: 1_000, at: day(6), model: 'o3' },
    { tokens: 1_000, at: day(20), model: 'o3' },
  ]
  const windows = await sendLines(clickhouse, lines)
  await settle(clickhouse, windows)
  // From October 10 on o3 costs something else; the other model is new.
  const corrected = { version: 2, valid_from: day(10) }
  const rows = ['o3', 'other'].map(model => priceRow({ model, unit_price: '0.000009', ...corrected }))
  await storePrices(rows, { kind: 'correct', imported_by: 'ada', reason: 'contract', source: 'test' }, clickhouse)
  const settledBeside: number[] = []
  await using asOf = await openAsOfDatabase({ priceVersion: 2 }, { live: clickhouse, now: () => NOW_MS })
  const watched = {
    ...asOf,
    settle: async (starts: readonly number[]) => {
      settledBeside.push(...starts)
      await asOf.settle(starts)
    },
  }
  await freezeMinutes([OCTOBER], { waitMs: 0 }, { asOf: watched, now: () => NOW_MS, note: () => {} })
  assert.deepEqual(settledBeside, [day(20)])
  const [sum] = await asOf.clickhouse.query(
    'SELECT toString(sum(quantity * unit_price)) AS cost FROM {database}.charges_per_minute_current',
  )
  // 1,000 × (0.0000025 + 0.000003 + 0.000009)
  assert.deepEqual(sum, { cost: '0.0145' })
})
