import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readQuantities } from '../../../services/money/charges/read-quantities.ts'
import type { ClickHouse } from '../../../services/platform/clickhouse/client.ts'
import { openPriceBookStore } from '../../../services/settle/price-book-store.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts } from '../../settle/attempt-rows.ts'
import { insertPrices, priceRow } from '../../settle/price-rows.ts'
import { settleWindow } from '../../settle/settle-one.ts'

const ONE = 10n ** 18n
const MINUTE_MS = 60_000
const START = Date.UTC(2026, 10, 24, 23, 58)
const MIDNIGHT = Date.UTC(2026, 10, 25)
let clock = START
const now = () => ++clock

async function settled(clickhouse: ClickHouse): Promise<void> {
  await insertPrices(clickhouse, [
    priceRow({ unit_price: '0.000002500000000001' }),
    priceRow({ token_kind: 'output', unit_price: '0.00001' }),
  ])
  const minutes = [START, START + MINUTE_MS, MIDNIGHT, MIDNIGHT + MINUTE_MS]
  await insertAttempts(
    clickhouse,
    minutes.flatMap((started_at, index) =>
      ['acme', 'globex'].map(tenant_id =>
        attemptRow({ tenant_id, route: `r${index % 2}`, started_at, input_tokens: 100 + index, output_tokens: 7 }),
      ),
    ),
  )
  const prices = await openPriceBookStore({}, { clickhouse })
  for (const minute of minutes) await settleWindow(minute, { clickhouse, prices, now })
}

test('quantities are summed between the cuts, by tenant, and their cost is that of the minutes', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await settled(clickhouse)
  const period = { start_ms: START, end_ms: MIDNIGHT + 2 * MINUTE_MS }
  const cuts = [MIDNIGHT, MIDNIGHT + 10 * MINUTE_MS]
  const all = await readQuantities({ period, cuts, hasRoutes: false }, clickhouse)
  const input = all.filter(row => row.tenant_id === 'acme' && row.token_kind === 'input')
  assert.deepEqual(
    input.map(row => [row.period_start_ms, row.quantity, row.attempts, row.route]),
    [
      [START, 201n * ONE, 2, ''],
      [MIDNIGHT, 205n * ONE, 2, ''],
    ],
  )
  const cost = all.reduce((sum, row) => sum + (row.list_unit_price ?? 0n) * (row.quantity / ONE), 0n)
  // 2 × (406 × 0.000002500000000001 + 28 × 0.00001)
  assert.equal(cost, 2n * (406n * 2_500_000_000_001n + 28n * 10_000_000_000_000n))
  const only = await readQuantities({ period, cuts: [], tenants: { only: ['acme'] }, hasRoutes: true }, clickhouse)
  assert.deepEqual([...new Set(only.map(row => `${row.tenant_id} ${row.route}`))], ['acme r0', 'acme r1'])
  const others = await readQuantities({ period, cuts: [], tenants: { except: ['acme'] }, hasRoutes: false }, clickhouse)
  assert.deepEqual([...new Set(others.map(row => row.tenant_id))], ['globex'])
  const end = await readQuantities({ period: { start_ms: START, end_ms: MIDNIGHT }, cuts, hasRoutes: false }, clickhouse)
  assert.equal(
    end.filter(row => row.token_kind === 'input').reduce((sum, row) => sum + row.quantity, 0n),
    402n * ONE,
  )
})
