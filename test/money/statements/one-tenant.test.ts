import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDecimal, parseDecimal } from '../../../services/money/decimal.ts'
import { buildDrafts } from '../../../services/money/statements/build-drafts.ts'
import { buildStatement } from '../../../services/money/statements/build-statement.ts'
import { statementContent } from '../../../services/money/statements/canonical.ts'
import { closeStatements } from '../../../services/money/statements/close.ts'
import { liveSource } from '../../../services/money/statements/live-source.ts'
import { monthDetails, monthDetailsApart } from '../../../services/money/statements/month-details.ts'
import { readFacts } from '../../../services/money/statements/read-facts.ts'
import type { Terms } from '../../../services/money/terms/terms.ts'
import type { AppError } from '../../../services/platform/errors.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { closeConfig, closeDeps, givePrices, MONTH, sendLines, settle } from './closing-fixture.ts'
import { noTerms, ONE, randomMonth, sharedCost, tenant } from './random-month.ts'

const zones = ['UTC', 'Asia/Kolkata', 'Pacific/Pago_Pago']

test('the draft of one tenant, with of the others only what they spent, is byte for byte the one made of all', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  const names = Array.from({ length: 25 }, (_, index) => `tenant-${String(index).padStart(2, '0')}`)
  await settle(
    clickhouse,
    await sendLines(
      clickhouse,
      names.map((name, index) => ({ tenant: name, tokens: 1_000_003 * (index + 1), at: Date.UTC(2026, 9, 12 + (index % 2)) })),
    ),
  )
  const terms: Terms = {
    ...noTerms,
    exchange_rates: [
      { from: 'USD', to: 'EUR', rate: 912_345_678_901_234_567n, valid_from_ms: 0, source: '' },
      { from: 'EUR', to: 'USD', rate: 1_096_091_234_567_890_123n, valid_from_ms: 0, source: '' },
    ],
    tenants: names.map((id, index) => tenant({ id, currency: index % 2 === 0 ? 'EUR' : 'USD', time_zone: zones[index % 3] as string })),
    shared_costs: [sharedCost({}), sharedCost({ id: 'some', rule: 'even' }), sharedCost({ id: 'two', tenants: names.slice(0, 2) })],
  }
  const source = { ...(await liveSource(clickhouse)), terms }
  const all = await buildDrafts({ month: MONTH, corrected: [] }, source)
  assert.equal(all.length, names.length)
  for (const id of ['tenant-00', 'tenant-01', 'tenant-24']) {
    const [alone] = await buildDrafts({ month: MONTH, corrected: [], tenants: [id] }, source)
    assert.equal(statementContent(alone as never), statementContent(all.find(one => one.tenant_id === id) as never), id)
  }
})

test('of a random month, some tenants by themselves have the very details that they have among all', () => {
  fc.assert(
    fc.property(randomMonth, fc.subarray(['acme', 'globex', 'initech', 'umbrella', '__house__']), (facts, asked) => {
      const all = monthDetails(facts)
      const spent = new Map<string, bigint>()
      for (const { tenant_id, effective_cost } of facts.charges)
        if (!asked.includes(tenant_id)) spent.set(tenant_id, (spent.get(tenant_id) ?? 0n) + effective_cost)
      const charges = facts.charges.filter(({ tenant_id }) => asked.includes(tenant_id))
      const { details, faults } = monthDetailsApart({ ...facts, charges, spent, tenants: asked })
      assert.equal(faults.size, 0)
      const head = { ...noHead, period_start_ms: 0, period_end_ms: 1 }
      for (const id of asked)
        assert.equal(
          statementContent(buildStatement(head, details.get(id) ?? [])),
          statementContent(buildStatement(head, all.get(id) ?? [])),
        )
      assert.deepEqual(
        [...details.keys()].filter(id => !asked.includes(id)),
        [],
      )
    }),
    { numRuns: 200 },
  )
})

const noHead = {
  ...{ issuer: '', tenant_id: '', tenant_name: '', team: '', cost_centre: '', gl_code: '', tags: {}, month: '', time_zone: 'UTC' },
  ...{ currency: 'USD' },
  basis: {
    ...{ price_version: 1, terms_version: 1, positions: [], windows: 0, raw_rows: 0, requests: 0, attempts: 0 },
    ...{ lines_received: 0, lines_accounted: 0, corrected: [] },
  },
}

test('a tenant whose charges cannot be computed is refused by name; the others are drafted and closed', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  const lines = ['acme', 'broken', 'globex'].map(name => ({ tenant: name, tokens: 1_000_000 }))
  await settle(clickhouse, await sendLines(clickhouse, lines))
  // No rate from the dollars of the price list.
  const tenants = [tenant({ id: 'broken', currency: 'CHF' }), tenant({ id: 'acme' })]
  const terms: Terms = { ...noTerms, tenants }
  const source = { ...(await liveSource(clickhouse)), terms }
  await assert.rejects(buildDrafts({ month: MONTH, corrected: [] }, source), { code: 'EXCHANGE_RATE_MISSING' })
  const refused = new Map<string, string>()
  const onRefused = (id: string, reason: AppError) => void refused.set(id, reason.code)
  const drafts = await buildDrafts({ month: MONTH, corrected: [], onRefused }, source)
  assert.deepEqual(
    drafts.map(draft => [draft.tenant_id, formatDecimal(draft.payable)]),
    [
      ['acme', '2.5'],
      ['globex', '2.5'],
    ],
  )
  assert.deepEqual([...refused], [['broken', 'EXCHANGE_RATE_MISSING']])

  const outcomes = await closeStatements(
    closeConfig({ tenants: ['acme', 'broken', 'globex'] }),
    closeDeps(clickhouse, { readFacts, terms }),
  )
  assert.deepEqual(
    outcomes.map(one => [one.tenant_id, one.error?.code ?? formatDecimal(one.statement?.payable ?? 0n)]),
    [
      ['acme', '2.5'],
      ['broken', 'EXCHANGE_RATE_MISSING'],
      ['globex', '2.5'],
    ],
  )

  // Who bears a cost that is divided by what it spent cannot be told its part; who does not is.
  const shared = { ...terms, shared_costs: [sharedCost({ tenants: ['acme', 'broken'] })] }
  refused.clear()
  const rest = await buildDrafts({ month: MONTH, corrected: [], onRefused }, { ...source, terms: shared })
  assert.deepEqual(
    rest.map(draft => draft.tenant_id),
    ['globex'],
  )
  assert.deepEqual([...refused].sort(), [
    ['acme', 'STATEMENT_INVALID'],
    ['broken', 'EXCHANGE_RATE_MISSING'],
  ])
  await assert.rejects(
    buildDrafts({ month: MONTH, corrected: [], tenants: ['acme'] }, { ...source, terms: shared }),
    (error: AppError) => error.code === 'STATEMENT_INVALID' && !error.message.includes('broken'),
  )
})

test('quantities past 2^53 are billed exactly, and another tenant is none the wiser', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  await givePrices(clickhouse)
  const most = 1_000_000_000
  const lines = [
    { tenant: 'huge', tokens: most },
    { tenant: 'acme', tokens: 1_000_000 },
  ]
  await settle(clickhouse, await sendLines(clickhouse, lines))
  // As many tokens as no number holds: 20 million copies of the settled row, and one token.
  const columns = (
    await clickhouse.query<{ name: string }>(
      "SELECT name FROM system.columns WHERE database = {db:String} AND table = 'charges_per_minute' AND name NOT IN ('quantity')",
      { db: clickhouse.database },
    )
  ).map(({ name }) => name)
  await clickhouse.command(
    `INSERT INTO {database}.charges_per_minute (${columns.join(', ')}, quantity)
     SELECT ${columns.join(', ')}, toDecimal128('20000000000000001', 6) AS quantity
     FROM {database}.charges_per_minute WHERE tenant_id = 'huge'`,
  )
  const drafts = await buildDrafts({ month: MONTH, corrected: [] }, await liveSource(clickhouse))
  const [acme, huge] = drafts
  assert.equal(formatDecimal(acme?.payable ?? 0n), '2.5')
  const tokens = 20_000_000_000_000_001n + BigInt(most)
  assert.equal(huge?.lines[0]?.quantity, tokens * ONE)
  assert.equal(huge?.precise_total, tokens * parseDecimal('0.0000025'))
})
