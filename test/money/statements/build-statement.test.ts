import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { shareOut } from '../../../services/money/share-out.ts'
import { adjustmentDetail } from '../../../services/money/statements/adjustment.ts'
import { buildStatement, statementId } from '../../../services/money/statements/build-statement.ts'
import { canonicalJson, statementContent } from '../../../services/money/statements/canonical.ts'
import { correctionDetails } from '../../../services/money/statements/corrections.ts'
import { type Detail, detail, HOUSE_TENANT } from '../../../services/money/statements/detail.ts'
import { roundToMinorUnit } from '../../../services/money/statements/minor-unit.ts'
import { monthDetails } from '../../../services/money/statements/month-details.ts'
import { charge, monthOf, noTerms, ONE, sameCurrency, sharedCost, tenant } from './random-month.ts'
import { statementHead as head } from './statement-head.ts'

const d = parseDecimal
const facts = { monthOf, terms: noTerms, charges: [], poolShares: [], convert: sameCurrency }
const costing = (model: string, text: string) =>
  detail({ model, upstream_kind: 'provider', precise_cost: d(text), effective_cost: d(text) })

test('amounts are rounded half to even to the minor unit of the currency: yen have none, dinars three digits', () => {
  const cases = [
    ['2.345', 'USD', '2.34'],
    ['2.355', 'USD', '2.36'],
    ['-2.345', 'USD', '-2.34'],
    ['2.345000000000000001', 'USD', '2.35'],
    ['0.5', 'JPY', '0'],
    ['1.5', 'JPY', '2'],
    ['1.2345', 'KWD', '1.234'],
    ['1.2355', 'KWD', '1.236'],
    ['1.00005', 'CLF', '1'],
    ['7.125', 'XYZ', '7.12'],
  ] as const
  for (const [amount, currency, expected] of cases)
    assert.equal(roundToMinorUnit(d(amount), currency), d(expected), `${amount} ${currency}`)
})

test('lines are rounded one by one, and a rounding line says what they differ from the rounded total', () => {
  const statement = buildStatement(head, [costing('a', '0.005'), costing('b', '0.005'), costing('c', '0.005')])
  assert.deepEqual(
    statement.lines.map(line => [line.model, line.meter, line.billed_cost]),
    [
      ['a', '', 0n],
      ['b', '', 0n],
      ['c', '', 0n],
      // 0.015 is 0.02 in all.
      ['', 'rounding', d('0.02')],
    ],
  )
  assert.equal(statement.payable, d('0.02'))
  assert.ok(!buildStatement(head, [costing('a', '1.25')]).lines.some(line => line.meter === 'rounding'))
})

test('days of a month make one line and stay apart in the details', () => {
  const charges = [5, 6, 7].map(day => charge({ period_start_ms: Date.UTC(2026, 2, day, 3) }))
  const statement = buildStatement(head, monthDetails({ ...facts, charges }).get('acme') ?? [])
  assert.equal(statement.lines.length, 1)
  assert.deepEqual([statement.lines[0]?.quantity, statement.lines[0]?.precise_cost], [3000n * ONE, d('0.0075')])
  assert.deepEqual(
    statement.details.map(item => [item.line_no, new Date(item.charge_period_start_ms).getUTCDate(), item.quantity]),
    [5, 6, 7].map(day => [1, day, 1000n * ONE]),
  )
})

test('an unpriced quantity is listed with its volume, a wasted and an estimated one on lines of their own', () => {
  const charges = [
    charge({}),
    charge({ is_wasted: true, quantity: 10n * ONE }),
    charge({ estimate_method: 'stream_bytes', quantity: 20n * ONE }),
    charge({ list_unit_price: null, contracted_unit_price: null, price_key: '', price_version: 0, quantity: 30n * ONE }),
  ]
  const statement = buildStatement(head, monthDetails({ ...facts, charges }).get('acme') ?? [])
  const found = statement.lines.map(line => [line.quantity / ONE, line.is_wasted, line.estimate_method, line.list_unit_price === null])
  assert.deepEqual(
    new Set(found.map(String)),
    new Set(['1000,false,,false', '10,true,,false', '20,false,stream_bytes,false', '30,false,,true']),
  )
  const unpriced = statement.lines.find(line => line.list_unit_price === null)
  assert.match(unpriced?.description ?? '', /no price known/)
})

test('a commitment covers usage at 0, is billed whole, and its unused part is a line', () => {
  const match = { provider: '', model: 'gpt-*', token_kind: '', service_tier: '' }
  const commitment = { id: 'c1', match, amount: d('10'), currency: 'USD', valid_from_ms: 0, valid_to_ms: null }
  const terms = {
    ...noTerms,
    tenants: [tenant({ id: 'acme', rate_card: 'card' })],
    rate_cards: [{ id: 'card', terms: [], commitments: [commitment] }],
  }
  // 2.5 a million: 7.5 on the first day; 5 on the second, of which 2.5 is covered; the other model is not covered.
  const charges = [
    charge({ period_start_ms: Date.UTC(2026, 2, 9), quantity: 2_000_000n * ONE }),
    charge({ period_start_ms: Date.UTC(2026, 2, 8), quantity: 3_000_000n * ONE }),
    charge({ response_model: 'claude', price_key: 'claude', quantity: 1_000_000n * ONE }),
  ]
  const used = buildStatement(head, monthDetails({ ...facts, terms, charges }).get('acme') ?? [])
  const lines = used.lines.map(line => [
    line.model,
    line.meter,
    line.commitment_id,
    line.quantity / ONE,
    line.effective_cost,
    line.precise_cost,
  ])
  assert.deepEqual(
    new Set(lines.map(String)),
    new Set(
      [
        ['gpt-4o', 'input', 'c1', 4_000_000n, d('10'), 0n],
        ['gpt-4o', 'input', '', 1_000_000n, d('2.5'), d('2.5')],
        ['claude', 'input', '', 1_000_000n, d('2.5'), d('2.5')],
        ['', 'commitment', 'c1', 0n, 0n, d('10')],
      ].map(String),
    ),
  )
  assert.equal(used.payable, d('15'))
  const idle = buildStatement(head, monthDetails({ ...facts, terms, charges: charges.slice(0, 1) }).get('acme') ?? [])
  assert.equal(idle.lines.find(line => line.meter === 'commitment_unused')?.effective_cost, d('5'))
  assert.equal(idle.payable, d('10'))
  // Without any usage the commitment is owed all the same.
  assert.equal(buildStatement(head, monthDetails({ ...facts, terms }).get('acme') ?? []).payable, d('10'))
})

test('shared costs go by effective cost, by fixed parts or evenly; where nobody is found, to the house', () => {
  const charges = [charge({ tenant_id: 'acme', quantity: 3_000_000n * ONE }), charge({ tenant_id: 'globex', quantity: 1_000_000n * ONE })]
  const shares = (shared: ReturnType<typeof sharedCost>, of = charges) =>
    Object.fromEntries(
      [...monthDetails({ ...facts, terms: { ...noTerms, shared_costs: [shared] }, charges: of })].map(([id, items]) => [
        id,
        items.find(item => item.meter === 'shared_cost')?.precise_cost,
      ]),
    )
  assert.deepEqual(shares(sharedCost({})), { acme: d('750'), globex: d('250') })
  assert.deepEqual(shares(sharedCost({ rule: 'even' })), { acme: d('500'), globex: d('500') })
  assert.deepEqual(shares(sharedCost({ rule: 'even', tenants: ['globex', 'initech'] })), {
    acme: undefined,
    globex: d('500'),
    initech: d('500'),
  })
  assert.deepEqual(shares(sharedCost({ rule: 'fixed', shares: { acme: d('0.1'), globex: d('0.9') } })), {
    acme: d('100'),
    globex: d('900'),
  })
  assert.deepEqual(shares(sharedCost({}), []), { [HOUSE_TENANT]: d('1000') })
  assert.deepEqual(shares(sharedCost({ valid_from_ms: Date.UTC(2026, 2, 2) })), { acme: undefined, globex: undefined })
})

test('a remainder goes to the largest fractions, equal ones to the first', () => {
  assert.deepEqual(shareOut(10n, [1n, 1n, 1n]), [4n, 3n, 3n])
  assert.deepEqual(shareOut(10n, [1n, 2n, 3n]), [2n, 3n, 5n])
  assert.deepEqual(shareOut(-10n, [1n, 1n, 1n]), [-4n, -3n, -3n])
  assert.deepEqual(shareOut(7n, [0n, 0n]), [4n, 3n])
  assert.deepEqual(shareOut(7n, []), [])
})

test('corrections say whether rows came late, a price or the terms changed', () => {
  const base = monthDetails({ ...facts, charges: [charge({})] }).get('acme') ?? []
  const issued = { statement_id: 'st', month: '2026-03', terms_version: 1, details: base, corrections: [] as readonly Detail[] }
  const of = (charges: ReturnType<typeof charge>[], terms_version = 1) => {
    const found = correctionDetails({ terms_version, details: monthDetails({ ...facts, charges }).get('acme') ?? [] }, issued)
    return {
      reasons: [...new Set(found.map(item => item.correction_reason))],
      cost: found.reduce((sum, item) => sum + item.precise_cost, 0n),
    }
  }
  assert.deepEqual(of([charge({ quantity: 1400n * ONE })]), { reasons: ['late_rows'], cost: d('0.001') })
  assert.deepEqual(of([charge({}), charge({ response_model: 'new' })]), { reasons: ['late_rows'], cost: d('0.0025') })
  assert.deepEqual(of([charge({ price_version: 2, list_unit_price: d('0.000003') })]), { reasons: ['price'], cost: d('0.0005') })
  const discounted = charge({ contracted_unit_price: d('0.000002'), rate_term: 'ten-off' })
  assert.deepEqual(of([discounted], 2), { reasons: ['terms'], cost: d('-0.0005') })
  const [correction] = correctionDetails({ terms_version: 1, details: [] }, issued)
  assert.deepEqual(
    [correction?.corrects_statement, correction?.charge_class, correction?.precise_cost, correction?.charge_period_start_ms],
    ['st', 'Correction', d('-0.0025'), Date.UTC(2026, 2, 5)],
  )
})

test('an adjustment is a credit below zero, and a correction when it disputes a statement', () => {
  const adjustment = {
    adjustment_id: 'a1',
    tenant_id: 'acme',
    month: '2026-03',
    amount: d('-5'),
    currency: 'USD',
    reason: 'outage of 3 March',
    corrects_statement: '',
    created_by: 'finance',
    created_at_ms: 0,
  }
  const credit = adjustmentDetail(adjustment, monthOf('UTC'), undefined)
  assert.deepEqual([credit.charge_category, credit.charge_class, credit.list_cost, credit.precise_cost], ['Credit', '', d('-5'), d('-5')])
  const dispute = adjustmentDetail({ ...adjustment, amount: d('5'), corrects_statement: 'st' }, monthOf('UTC'), { start_ms: 1, end_ms: 2 })
  assert.deepEqual(
    [dispute.charge_category, dispute.charge_class, dispute.correction_reason, dispute.charge_period_start_ms],
    ['Adjustment', 'Correction', 'dispute', 1],
  )
})

test('the content is canonical: keys in order, decimals as text, without what closing adds', () => {
  assert.equal(
    canonicalJson({ b: [1, 'x', null], a: d('0.10'), c: { z: true, y: d('-3') } }),
    '{"a":"0.1","b":[1,"x",null],"c":{"y":"-3","z":true}}',
  )
  const draft = buildStatement(head, [costing('a', '1')])
  const closed = {
    ...draft,
    status: 'closed' as const,
    closed_at_ms: 5,
    closed_by: 'finance',
    forced_reason: 'x',
    basis: { ...draft.basis, raw_rows: 9 },
  }
  assert.equal(statementContent(closed), statementContent(draft))
  assert.notEqual(buildStatement(head, [costing('a', '1.000000000000000001')]).content_sha256, draft.content_sha256)
})

test('ids of statements stand in a path and tell tenants apart that look alike', () => {
  assert.match(statementId('Acme / West', '2026-03'), /^2026-03-acme-west-[0-9a-f]{8}$/)
  assert.notEqual(statementId('a/b', '2026-03'), statementId('a-b', '2026-03'))
  assert.match(statementId('日本', '2026-03'), /^2026-03-tenant-[0-9a-f]{8}$/)
})
