import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noteRepriced, readRepricingMinutes } from '../../../services/money/price-book/repricing.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 10, 1)
const minute = (n: number) => START + n * MINUTE

test('minutes wait for prices from when they are noted until they are settled with them, or newer ones', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const settle = async (n: number, settle_version: number, price_version: number) =>
    await clickhouse.insert(
      'settled_windows',
      ['window_start', 'settle_version', 'price_version'],
      [[minute(n) / 1000, settle_version, price_version]],
    )
  const waiting = async (from = 0, to = 10) => await readRepricingMinutes({ start_ms: minute(from), end_ms: minute(to) }, clickhouse)
  for (const n of [0, 1, 2, 9]) await settle(n, 1, 1)
  assert.equal(await waiting(), 0)
  // Minute 5 has never been settled: it has no figure that could be out of date. Noted twice, as by a command that was run again.
  await noteRepriced(2, [0, 1, 5, 9].map(minute), clickhouse)
  await noteRepriced(2, [1].map(minute), clickhouse)
  assert.deepEqual([await waiting(), await waiting(1, 9), await waiting(2, 9)], [3, 1, 0])
  await settle(0, 2, 2)
  await settle(5, 2, 2)
  assert.equal(await waiting(), 2)
  // A further correction before the first is applied.
  await noteRepriced(3, [0, 1].map(minute), clickhouse)
  assert.equal(await waiting(), 3)
  await settle(1, 3, 2)
  assert.equal(await waiting(), 3)
  await settle(0, 4, 3)
  await settle(1, 4, 3)
  await settle(9, 4, 4)
  assert.equal(await waiting(), 0)
})
