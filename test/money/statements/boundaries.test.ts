/** Both sides of every boundary that an amount or a refusal hangs on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimal } from '../../../services/money/decimal.ts'
import { checkCompleteness, checkOver } from '../../../services/money/statements/closing-checks.ts'
import { HOUSE_TENANT } from '../../../services/money/statements/detail.ts'
import { monthDetails } from '../../../services/money/statements/month-details.ts'
import type { Statement } from '../../../services/money/statements/statement.ts'
import { charge, monthOf, noTerms, ONE, sameCurrency, sharedCost, tenant } from './random-month.ts'

const facts = { monthOf, terms: noTerms, charges: [], poolShares: [], convert: sameCurrency }
const start = monthOf('UTC').start_ms

test('a month may be closed from the instant at which it is over, and not a millisecond before', () => {
  const month = monthOf('Europe/Berlin')
  const scope = { tenant: 'acme', terms: noTerms, monthOf }
  assert.throws(() => checkOver(month, scope, month.end_ms - 1), { code: 'STATEMENT_MONTH_NOT_OVER' })
  checkOver(month, scope, month.end_ms)
  // While a shared cost goes by what everybody spent, in the last zone of all.
  const west = monthOf('Pacific/Pago_Pago')
  const shared = { ...noTerms, shared_costs: [sharedCost({})], tenants: [tenant({ id: 'globex', time_zone: 'Pacific/Pago_Pago' })] }
  assert.throws(() => checkOver(month, { ...scope, terms: shared }, west.end_ms - 1), { code: 'STATEMENT_MONTH_NOT_OVER' })
  checkOver(month, { ...scope, terms: shared }, west.end_ms)
})

test('completeness at the least that is asked for is enough, a line less is not', () => {
  const draft = (lines_accounted: number) => ({ month: '2026-03', basis: { lines_received: 1000, lines_accounted } }) as Statement
  checkCompleteness(draft(999), { minCompleteness: 0.999 })
  assert.throws(() => checkCompleteness(draft(998), { minCompleteness: 0.999 }), { code: 'STATEMENT_INCOMPLETE' })
  checkCompleteness(draft(998), { minCompleteness: 0.999, forcedReason: 'agreed' })
})

test('a commitment, a shared cost and an agreed price hold from the instant of their start to that of their end', () => {
  const match = { provider: '', model: '', token_kind: '', service_tier: '' }
  const billed = (valid_from_ms: number, valid_to_ms: number | null) => {
    const commitments = [{ id: 'c', match, amount: 5n * ONE, currency: 'USD', valid_from_ms, valid_to_ms }]
    const terms = {
      ...noTerms,
      tenants: [tenant({ id: 'acme', rate_card: 'card' })],
      rate_cards: [{ id: 'card', terms: [], commitments }],
      shared_costs: [sharedCost({ rule: 'fixed', shares: { acme: ONE }, amount: 7n * ONE, valid_from_ms, valid_to_ms })],
    }
    const own = monthDetails({ ...facts, terms }).get('acme') ?? []
    return own.reduce((sum, item) => sum + item.precise_cost, 0n) / ONE
  }
  assert.equal(billed(0, start), 0n, 'it ends as the month begins')
  assert.equal(billed(0, start + 1), 12n)
  assert.equal(billed(start, null), 12n, 'it begins with the month')
  assert.equal(billed(start + 1, null), 0n, 'it begins within the month: from the next one on')
})

test('attempts of nobody stand on the statement of the house, with what is reserved for it', () => {
  const charges = ['', '__idle__', '__unattributed__', '__house__', 'acme'].map(tenant_id => charge({ tenant_id }))
  const details = monthDetails({ ...facts, charges })
  assert.deepEqual([...details.keys()].sort(), [HOUSE_TENANT, 'acme'])
  const quantity = (id: string) => (details.get(id) ?? []).reduce((sum, item) => sum + item.quantity, 0n)
  assert.deepEqual([quantity(HOUSE_TENANT), quantity('acme')], [parseDecimal('4000'), parseDecimal('1000')])
})

test('a charge lies in the day that its instant is in; one outside the month is a fault, never dropped', () => {
  const month = monthOf('UTC')
  const detailsAt = (period_start_ms: number) => monthDetails({ ...facts, charges: [charge({ period_start_ms })] }).get('acme') ?? []
  assert.equal(detailsAt(month.start_ms)[0]?.charge_period_start_ms, month.start_ms)
  assert.equal(detailsAt(month.end_ms - 1)[0]?.charge_period_end_ms, month.end_ms)
  const [first, second] = month.days
  assert.equal(detailsAt((second?.start_ms ?? 0) - 1)[0]?.charge_period_start_ms, first?.start_ms)
  assert.equal(detailsAt(second?.start_ms ?? 0)[0]?.charge_period_start_ms, second?.start_ms)
  for (const outside of [month.start_ms - 1, month.end_ms]) assert.throws(() => detailsAt(outside), RangeError)
})
