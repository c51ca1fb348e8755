import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { closeStatements } from '../../../services/money/statements/close.ts'
import { changedStatements } from '../../../services/money/statements/corrected-months.ts'
import { readFacts } from '../../../services/money/statements/read-facts.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { closeConfig, closeDeps, givePrices, NOW_MS, sendLines, settle } from './closing-fixture.ts'
import { noTerms } from './random-month.ts'

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
