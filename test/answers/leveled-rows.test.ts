import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareCosts, readCosts } from '../../services/answers/movers/read-costs.ts'
import { sumOf } from '../../services/answers/movers/split-cost.ts'
import { formatDecimal } from '../../services/money/decimal.ts'
import { parseTerms } from '../../services/money/terms/parse-terms.ts'
import { MINUTE } from '../../services/platform/clock.ts'
import { makeHours } from '../../services/settle/hours.ts'
import { chargeRow } from '../api/charge-rows.ts'
import { insertRows, publish, usageRow } from '../api/fixture.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'

const at = (clock: string) => Date.parse(`2026-01-31T${clock}:00Z`)
const EVERYONE = { isAll: true, tenants: [], seesVolumes: true }
/** Twice as dear in euro from a minute inside an hour on. */
const terms = parseTerms(
  `exchange_rates:
  - { from: USD, to: EUR, rate: 1, valid_from: 2020-01-01, source: test }
  - { from: USD, to: EUR, rate: 2, valid_from: 2026-01-31T05:30:00Z, source: test }
tenants: [{ id: acme, currency: EUR }]
`,
  { file: 'test', version: 1 },
)

test('costs from hours are those of their minutes, also at the ends, where terms change and where hours are out of date', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const clocks = Array.from({ length: 10 }, (_, hour) => [`0${hour}:10`, `0${hour}:50`]).flat()
  for (const clock of clocks) await publish(clickhouse, clock, 1)
  const insert = async (clock: string, quantity: number, settle_version = 1) => {
    await insertRows(clickhouse, 'charges_per_minute', [chargeRow(clock, 'acme', { quantity, settle_version })])
    await insertRows(clickhouse, 'usage_per_minute', [usageRow(clock, 'acme', { requests: 1, successful_requests: 1, settle_version })])
  }
  for (const clock of clocks) await insert(clock, 1000)
  while ((await makeHours({ quietMs: -1 }, { clickhouse, now: () => at('11:00') + 60 * MINUTE })) > 0);
  const [made] = await clickhouse.query<{ hours: string }>('SELECT count() AS hours FROM {database}.quantities_per_hour_current')
  assert.equal(Number(made?.hours), 10)
  const costOf = async (from: string, to: string) => {
    const costs = await readCosts({ fromMs: at(from), toMs: at(to), scope: EVERYONE }, terms, { clickhouse })
    const [compared] = compareCosts({ charges: [], requests: [] }, costs, terms)
    const requests = costs.requests.reduce((sum, one) => sum + one.requests, 0n)
    return [compared && formatDecimal(sumOf(compared.leaves, 'after')), formatDecimal(requests)]
  }
  // 1 a minute until 05:30, then 2: eleven of the first, nine of the second.
  assert.deepEqual(await costOf('00:00', '10:00'), ['29', '20'])
  assert.deepEqual(await costOf('00:30', '09:30'), ['26', '18'])
  assert.deepEqual(await costOf('04:00', '06:00'), ['5', '4'])
  // Hours alone: that their minutes are gone is not noticed, and a minute that changed is.
  await clickhouse.command('ALTER TABLE {database}.charges_per_minute DELETE WHERE toHour(window_start) = 2 SETTINGS mutations_sync = 1')
  assert.deepEqual(await costOf('00:00', '10:00'), ['29', '20'])
  await insert('03:10', 3000, 2)
  await publish(clickhouse, '03:10', 2)
  assert.deepEqual(await costOf('00:00', '10:00'), ['31', '20'])
})
