import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { statementId } from '../../../services/money/statements/build-statement.ts'
import { claimStatement } from '../../../services/money/statements/claims.ts'
import { closeStatements } from '../../../services/money/statements/close.ts'
import { readStatements } from '../../../services/money/statements/store.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { closeConfig, closeDeps, givePrices, MONTH, NOW_MS, sendLines, settle } from './closing-fixture.ts'
import { noTerms, tenant } from './random-month.ts'

const d = parseDecimal

test('closing freezes lines, versions, counts and positions; closing again gives the same statement and does nothing', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(
    clickhouse,
    await sendLines(clickhouse, [{ tokens: 1_000_000 }, { tokens: 2_000_000, at: Date.UTC(2026, 9, 13) }, { tokens: 7, tenant: 'globex' }]),
  )
  const [first] = await closeStatements(closeConfig(), closeDeps(clickhouse))
  assert.equal(first?.error, undefined)
  assert.equal(first?.statement?.payable, d('7.5'))
  assert.deepEqual(
    first?.statement?.lines.map(line => [line.meter, line.quantity, line.billed_cost]),
    [['input', d('3000000'), d('7.5')]],
  )
  const { positions, ...basis } = first?.statement?.basis ?? { positions: [] }
  assert.deepEqual(basis, {
    price_version: 1,
    terms_version: 1,
    windows: 2,
    raw_rows: 2,
    requests: 2,
    attempts: 2,
    lines_received: 3,
    lines_accounted: 3,
    corrected: [],
  })
  assert.equal(positions.length, 1)
  const [again] = await closeStatements(closeConfig(), closeDeps(clickhouse, { now: () => NOW_MS + 5000 }))
  assert.deepEqual(again, { ...first, isNew: false })
  const [stored] = await readStatements({ month: MONTH }, clickhouse)
  assert.equal(stored?.content_sha256, first?.statement?.content_sha256)
  const databases = await clickhouse.query<{ name: string }>("SELECT name FROM system.databases WHERE name LIKE '%asof%'")
  assert.deepEqual(databases, [])
})

test('minutes that are not settled, or hold rows that are still under way, are settled as of what has been read', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  const [window] = (await sendLines(clickhouse, [{ tokens: 1_000_000 }])) as [number]
  // The worker writes rows before the ledger: this one is not read to its end yet, but the minute was settled with it.
  await sendLines(clickhouse, [{ tokens: 4_000_000 }], { isInLedger: false })
  await settle(clickhouse, [window])
  await sendLines(clickhouse, [{ tokens: 10, tenant: 'globex' }])
  // Beyond the ledger again, so that positions stay where they are.
  await sendLines(clickhouse, [{ tokens: 4_000_000 }], { isInLedger: false })
  const [outcome] = await closeStatements(closeConfig(), closeDeps(clickhouse))
  // The ledger has offset 0 and 2: offset 1 lies below and counts, offset 3 does not.
  assert.equal(outcome?.statement?.payable, d('12.5'))
  const [live] = await clickhouse.query<{ raw_rows: number }>('SELECT raw_rows FROM {database}.settled_windows_current')
  assert.equal(live?.raw_rows, 2, 'the live minute stays as it was')
})

test('a month that is not over, incomplete, or after an open one is refused; nothing is written', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000 }]))
  const code = async (config: object, deps: object = {}) =>
    (await closeStatements(closeConfig(config), closeDeps(clickhouse, deps)))[0]?.error?.code
  assert.equal(await code({ month: '2026-11' }), 'STATEMENT_MONTH_NOT_OVER')
  // Midnight comes to Pago Pago eleven hours after UTC.
  const terms = { ...noTerms, tenants: [tenant({ id: 'acme', time_zone: 'Pacific/Pago_Pago' })] }
  assert.equal(await code({}, { terms, now: () => Date.UTC(2026, 10, 1, 10, 59) }), 'STATEMENT_MONTH_NOT_OVER')
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 5, at: Date.UTC(2026, 8, 1) }]))
  assert.equal(await code({}), 'STATEMENT_EARLIER_OPEN')
  const dead = {
    log_epoch: 'test',
    topic: 'weir.access-log.v1',
    partition: 0,
    offset: 100,
    source: '',
    lines: 1,
    rows: 0,
    accepted_lines: 0,
  }
  await clickhouse.insert(
    'messages_read',
    [...Object.keys(dead), 'received_at', 'dead_letters', 'skipped_lines', 'skip_reasons'],
    [[...Object.values(dead), Date.UTC(2026, 9, 20), 1, 0, {}]],
  )
  assert.equal(await code({ allowEarlierOpen: true }), 'STATEMENT_INCOMPLETE')
  assert.deepEqual(await readStatements({}, clickhouse), [])
  const [forced] = await closeStatements(closeConfig({ allowEarlierOpen: true, forcedReason: 'agreed with acme' }), closeDeps(clickhouse))
  assert.equal(forced?.error?.message, undefined)
  assert.equal(forced?.statement?.forced_reason, 'agreed with acme')
  assert.deepEqual([forced?.statement?.basis.lines_received, forced?.statement?.basis.lines_accounted], [2, 1])
})

test('while another process holds the claim closing yields; a claim that expired or is taken over stops nobody', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  await settle(clickhouse, await sendLines(clickhouse, [{ tokens: 1_000_000 }]))
  await claimStatement(statementId('acme', MONTH), { claimedBy: 'somebody', takeOver: false }, { clickhouse, now: () => NOW_MS })
  const [yielded] = await closeStatements(closeConfig(), closeDeps(clickhouse))
  assert.equal(yielded?.error?.code, 'STATEMENT_CLAIMED')
  assert.match(yielded?.error?.message ?? '', /somebody.*--take-over/)
  const [after] = await closeStatements(closeConfig(), closeDeps(clickhouse, { now: () => NOW_MS + 16 * 60_000 }))
  assert.equal(after?.error?.message, undefined)
  await claimStatement(statementId('globex', MONTH), { claimedBy: 'somebody', takeOver: false }, { clickhouse, now: () => NOW_MS })
  const [taken] = await closeStatements(closeConfig({ tenants: ['globex'], takeOver: true }), closeDeps(clickhouse))
  assert.equal(taken?.error?.message, undefined)
})
