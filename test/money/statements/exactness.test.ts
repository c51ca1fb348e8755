import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buildStatement, type StatementHead } from '../../../services/money/statements/build-statement.ts'
import { statementContent } from '../../../services/money/statements/canonical.ts'
import { correctionDetails } from '../../../services/money/statements/corrections.ts'
import { type Detail, HOUSE_TENANT } from '../../../services/money/statements/detail.ts'
import { type MonthFacts, monthDetails, tenantTerms } from '../../../services/money/statements/month-details.ts'
import type { Statement } from '../../../services/money/statements/statement.ts'
import { noBasis } from './no-basis.ts'
import { monthOf, ONE, randomMonth } from './random-month.ts'

function statements(facts: MonthFacts): Statement[] {
  return [...monthDetails(facts)].map(([id, details]) => {
    const { name: tenant_name, team, cost_centre, gl_code, tags, time_zone, currency } = tenantTerms(facts.terms, id)
    const { start_ms: period_start_ms, end_ms: period_end_ms } = monthOf(time_zone)
    const who = { issuer: 'Platform team', tenant_id: id, tenant_name, team, cost_centre, gl_code, tags }
    const head: StatementHead = { ...who, month: '2026-03', time_zone, period_start_ms, period_end_ms, currency, basis: noBasis }
    return buildStatement(head, details)
  })
}

const sum = (values: readonly bigint[]) => values.reduce((all, value) => all + value, 0n)

/** What went in, from the random facts alone. */
function putIn(facts: MonthFacts) {
  const inMonth = (share: { tenant_id: string; start_ms: number }) => {
    const month = monthOf(tenantTerms(facts.terms, share.tenant_id).time_zone)
    return share.start_ms >= month.start_ms && share.start_ms < month.end_ms
  }
  return {
    providers: sum(facts.charges.map(charge => (charge.contracted_unit_price ?? 0n) * (charge.quantity / ONE))),
    list: sum(facts.charges.map(charge => (charge.list_unit_price ?? 0n) * (charge.quantity / ONE))),
    pools: sum(facts.poolShares.filter(inMonth).map(share => share.cost)),
    shared: sum(facts.terms.shared_costs.map(shared => shared.amount)),
  }
}

test('over 1,000 random months the lines of all tenants sum to providers + pools + shared costs, to the last digit', () => {
  fc.assert(
    fc.property(randomMonth, facts => {
      const all = statements(facts)
      const lines = all.flatMap(statement => statement.lines)
      const expected = putIn(facts)
      const of = (kind: (line: (typeof lines)[number]) => boolean, field: 'effective_cost' | 'list_cost' | 'precise_cost') =>
        sum(lines.filter(kind).map(line => line[field]))
      assert.equal(
        of(line => line.upstream_kind === 'provider', 'effective_cost'),
        expected.providers,
      )
      assert.equal(
        of(line => line.upstream_kind === 'provider', 'list_cost'),
        expected.list,
      )
      assert.equal(
        of(line => line.upstream_kind === 'pool', 'precise_cost'),
        expected.pools,
      )
      assert.equal(
        of(line => line.meter === 'shared_cost', 'precise_cost'),
        expected.shared,
      )
      // Effective: every unit that was used, bought or allocated, once.
      const unused = of(line => line.meter === 'commitment_unused', 'effective_cost')
      assert.equal(
        of(() => true, 'effective_cost'),
        expected.providers + expected.pools + expected.shared + unused,
      )
      // Billed: commitments in place of what they cover.
      const purchases = of(line => line.meter === 'commitment', 'precise_cost')
      const covered = of(line => line.commitment_id !== '' && line.upstream_kind === 'provider', 'effective_cost')
      assert.equal(covered + unused, purchases)
      assert.equal(
        of(() => true, 'precise_cost'),
        expected.providers - covered + purchases + expected.pools + expected.shared,
      )
    }),
    { numRuns: 1000 },
  )
})

test('every statement’s rounded lines sum to its rounded total, and details to lines', () => {
  fc.assert(
    fc.property(randomMonth, facts => {
      for (const statement of statements(facts)) {
        assert.equal(sum(statement.lines.map(line => line.billed_cost)), statement.payable)
        assert.equal(sum(statement.lines.map(line => line.precise_cost)), statement.precise_total)
        assert.equal(sum(statement.details.map(line => line.precise_cost)), statement.precise_total)
        const distance = statement.payable - statement.precise_total
        assert.ok(2n * (distance < 0n ? -distance : distance) <= ONE / 100n)
        for (const line of statement.lines) {
          assert.equal(line.billed_cost % (ONE / 100n), 0n)
          const own = statement.details.filter(item => item.line_no === line.line_no)
          assert.equal(sum(own.map(item => item.quantity)), line.quantity)
          assert.equal(sum(own.map(item => item.list_cost)), line.list_cost)
        }
      }
    }),
    { numRuns: 200 },
  )
})

test('shuffled charges and shares give identical bytes', () => {
  const shuffled = fc.tuple(randomMonth, fc.infiniteStream(fc.nat())).map(([facts, keys]) => {
    const shuffle = <T>(items: readonly T[]) =>
      items
        .map(item => ({ item, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item)
    return [facts, { ...facts, charges: shuffle(facts.charges), poolShares: shuffle(facts.poolShares) }] as const
  })
  fc.assert(
    fc.property(shuffled, ([facts, other]) => {
      assert.deepEqual(statements(other).map(statementContent), statements(facts).map(statementContent))
    }),
    { numRuns: 200 },
  )
})

test('ratios of a shared cost and of a pool’s day sum to exactly 1 over all who share it', () => {
  fc.assert(
    fc.property(randomMonth, facts => {
      const utc = {
        ...facts,
        terms: { ...facts.terms, tenants: facts.terms.tenants.map(one => ({ ...one, time_zone: 'UTC' })) },
        charges: [],
      }
      const details = statements(utc).flatMap(statement => statement.details)
      const split = details.filter(item => item.allocated_ratio !== null)
      const origins = Map.groupBy(split, item => `${item.upstream} ${item.rate_term} ${item.charge_period_start_ms}`)
      for (const [origin, items] of origins) assert.equal(sum(items.map(item => item.allocated_ratio ?? 0n)), ONE, origin)
    }),
    { numRuns: 200 },
  )
})

test('corrections of any change sum to the difference, in every cost and quantity; corrected again there is nothing', () => {
  fc.assert(
    fc.property(randomMonth, randomMonth, (before, after) => {
      const [old, now] = [monthDetails(before), monthDetails(after)]
      for (const id of new Set([...old.keys(), ...now.keys()])) {
        const issued = { statement_id: 'st', month: '2026-03', terms_version: 1, details: old.get(id) ?? [], corrections: [] }
        const current = { terms_version: 2, details: now.get(id) ?? [] }
        const corrections = correctionDetails(current, issued)
        for (const field of ['precise_cost', 'list_cost', 'contracted_cost', 'effective_cost', 'quantity'] as const) {
          const total = (items: readonly Pick<Detail, typeof field>[]) => sum(items.map(item => item[field]))
          assert.equal(total(corrections), total(current.details) - total(issued.details))
        }
        assert.ok(
          corrections.every(
            item => item.charge_class === 'Correction' && item.corrects_statement === 'st' && item.correction_reason !== '',
          ),
        )
        assert.deepEqual(correctionDetails(current, { ...issued, corrections }), [])
        assert.deepEqual(correctionDetails({ ...current, details: issued.details }, issued), [])
      }
    }),
    { numRuns: 200 },
  )
})

test('what no tenant is charged for stands on the house’s statement', () => {
  fc.assert(
    fc.property(randomMonth, facts => {
      const house = statements(facts).find(statement => statement.tenant_id === HOUSE_TENANT)
      const expected = facts.poolShares.filter(
        share => share.tenant_id.startsWith('__') && share.start_ms >= Date.UTC(2026, 2, 1) && share.start_ms < Date.UTC(2026, 3, 1),
      )
      const idle = sum(expected.map(share => share.cost))
      assert.equal(sum((house?.lines ?? []).filter(line => line.upstream_kind === 'pool').map(line => line.precise_cost)), idle)
    }),
    { numRuns: 100 },
  )
})
