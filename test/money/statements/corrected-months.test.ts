import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { writeAdjustment } from '../../../services/money/statements/adjustment-store.ts'
import { buildDrafts } from '../../../services/money/statements/build-drafts.ts'
import { closeStatements } from '../../../services/money/statements/close.ts'
import { changedStatements } from '../../../services/money/statements/corrected-months.ts'
import { liveSource } from '../../../services/money/statements/live-source.ts'
import { readFacts } from '../../../services/money/statements/read-facts.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { closeConfig, closeDeps, givePrices, NOW_MS, sendLines, settle } from './closing-fixture.ts'
import { noTerms, tenant } from './random-month.ts'

const MINUTE_MS = 60_000
const NOON_MS = Date.UTC(2026, 9, 12, 12)

test('a late row is corrected although the clock stood below that of another minute of the month when it was settled', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000, at: NOON_MS }]), NOW_MS)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000, at: NOON_MS + MINUTE_MS }]), NOW_MS + 60 * MINUTE_MS)
  const [october] = await closeStatements(closeConfig(), closeDeps(clickhouse, { readFacts }))
  assert.equal(october?.statement?.payable, parseDecimal('5'))
  assert.deepEqual(await changedStatements('2026-11', noTerms, ['acme'], clickhouse), [], 'nothing was settled since')
  assert.equal((await changedStatements('2026-11', { ...noTerms, version: 2 }, ['acme'], clickhouse)).length, 1, 'other terms')

  // The clock has been put back by half an hour.
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 4_000_000, at: NOON_MS }]), NOW_MS + 30 * MINUTE_MS)
  const changed = await changedStatements('2026-11', noTerms, ['acme'], clickhouse)
  assert.deepEqual(
    changed.map(head => head.statement_id),
    [october?.statement?.statement_id],
  )
  const [november] = await closeStatements(
    closeConfig({ month: '2026-11' }),
    closeDeps(clickhouse, { readFacts, now: () => Date.UTC(2026, 11, 3) }),
  )
  assert.equal(november?.statement?.payable, parseDecimal('10'))
})

test('a closed month is corrected in the zone and the currency that it was closed with, whatever the terms say by now', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  // In Kolkata the first lies in October and the second in November; in UTC it is September and October.
  const edges = [Date.UTC(2026, 8, 30, 18, 30), Date.UTC(2026, 9, 31, 18, 30)]
  await settle(
    clickhouse,
    await sendLines(clickhouse, [
      { tokens: 1_000_000, at: edges[0] as number },
      { tokens: 4_000_000, at: edges[1] as number },
    ]),
  )
  const terms = { ...noTerms, tenants: [tenant({ id: 'acme', time_zone: 'Asia/Kolkata' })] }
  const [october] = await closeStatements(closeConfig(), closeDeps(clickhouse, { readFacts, terms }))
  assert.equal(october?.statement?.payable, parseDecimal('2.5'))

  const source = { ...(await liveSource(clickhouse)), readFacts }
  const moved = { ...noTerms, version: 2, tenants: [tenant({ id: 'acme', time_zone: 'UTC' })] }
  const draft = async (of: typeof terms) => {
    const corrected = (await changedStatements('2026-11', of, ['acme'], clickhouse)).map(head => head.statement_id)
    assert.equal(corrected.length, 1)
    const [made] = await buildDrafts({ month: '2026-11', tenants: ['acme'], corrected }, { ...source, terms: of })
    return made?.lines.filter(line => line.charge_class === 'Correction') ?? []
  }
  assert.deepEqual(await draft(moved), [], 'nothing was settled since')
  // A late row at noon of its day in both zones: one line of it, and no more.
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 2_000_000, at: NOON_MS }]))
  const [line, ...more] = await draft(moved)
  assert.deepEqual([line?.precise_cost, more], [parseDecimal('5'), []])
  assert.equal(line?.corrects_statement, october?.statement?.statement_id)

  const exchange_rates = [{ from: 'USD', to: 'JPY', rate: parseDecimal('150'), valid_from_ms: 0, source: '' }]
  const yen = { ...moved, version: 3, exchange_rates, tenants: [tenant({ id: 'acme', time_zone: 'Asia/Kolkata', currency: 'JPY' })] }
  await assert.rejects(draft(yen), { code: 'STATEMENT_INVALID', message: /was closed in USD and has corrections.*JPY/ })
})

test('what was corrected is not corrected again, and a dispute is no correction of rows', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000, at: NOON_MS }]))
  const [october] = await closeStatements(closeConfig(), closeDeps(clickhouse, { readFacts }))
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000, at: NOON_MS }]))
  const dispute = {
    adjustment_id: 'adj-1',
    tenant_id: 'acme',
    month: '2026-11',
    amount: parseDecimal('-1'),
    currency: 'USD',
    reason: 'agreed',
  }
  const corrects_statement = october?.statement?.statement_id ?? ''
  await writeAdjustment({ ...dispute, corrects_statement, created_by: 'finance', created_at_ms: 1 }, clickhouse)
  const close = async (month: string, now: number) =>
    (await closeStatements(closeConfig({ month }), closeDeps(clickhouse, { readFacts, now: () => now })))[0]?.statement
  assert.equal((await close('2026-11', Date.UTC(2026, 11, 3)))?.payable, parseDecimal('1.5'))
  // October's minutes are other ones than those of its statement: it is looked at again, and nothing is left to correct.
  const december = await close('2026-12', Date.UTC(2027, 0, 3))
  assert.deepEqual([december?.payable, december?.lines, december?.basis.corrected], [0n, [], [corrects_statement]])
})
