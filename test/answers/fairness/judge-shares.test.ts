import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judgeShares, type ShareRow } from '../../../services/answers/fairness/judge-shares.ts'
import { maxMinFair } from '../../../services/answers/statistics/max-min-fair.ts'

const row = (tenant_id: string, asked: number, served: number, facts: Partial<ShareRow> = {}): ShareRow => ({
  ...{ pool: 'llama', tenant_id, asked, served, work: 100 * served },
  ...facts,
})

test('water is filled as in the textbook: 2, 2.6, 4 and 5 out of 10 get 2, 2.6, 2.7 and 2.7', () => {
  // Example of the max-min allocation: Keshav, An Engineering Approach to Computer Networking, s. 9.2.
  assert.deepEqual(
    maxMinFair([2, 2.6, 4, 5], 10).map(share => Math.round(share * 1000) / 1000),
    [2, 2.6, 2.7, 2.7],
  )
})

test('nobody gets more than asked for, all is given out, and of two that are not satisfied none has more', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 12 }),
      fc.integer({ min: 0, max: 4_000 }),
      (demands, capacity) => {
        const shares = maxMinFair(demands, capacity)
        const all = demands.reduce((sum, demand) => sum + demand, 0)
        const given = shares.reduce((sum, share) => sum + share, 0)
        assert.ok(Math.abs(given - Math.min(all, capacity)) < 1e-6)
        assert.ok(shares.every((share, index) => share <= (demands[index] ?? 0) + 1e-9))
        const unsatisfied = shares.filter((share, index) => share < (demands[index] ?? 0) - 1e-9)
        for (const share of unsatisfied) assert.ok(shares.every(other => other <= share + 1e-6))
      },
    ),
  )
})

test('who gets a tenth of what it asked for goes short, named first, and who took it has more than a fair share', () => {
  const [first, second, ...rest] = judgeShares([row('noisy', 900, 900), row('small', 100, 10), row('other', 50, 50)], 30)
  assert.deepEqual([first?.state, first?.tenant_id, first?.confidence], ['short', 'small', 'high'])
  // 960 pieces of work are shared: small may have its 100, other its 50, noisy the rest.
  assert.equal(first?.of_fair_share, 10 / 100)
  assert.ok(Math.abs((first?.demand_share ?? 0) - 100 / 1_050) < 1e-12)
  assert.ok(Math.abs((first?.service_share ?? 0) - 10 / 960) < 1e-12)
  assert.deepEqual([second?.state, second?.tenant_id, rest.length], ['over', 'noisy', 0])
  assert.equal(second?.of_fair_share, 900 / 810)
})

test('a pool that refuses all alike is fair, and so is one that satisfies everybody', () => {
  for (const served of [0.5, 1]) {
    const rows = ['a', 'b', 'c'].map(name => row(name, 200, 200 * served))
    const [finding, ...rest] = judgeShares(rows, 30)
    assert.deepEqual([finding?.state, finding?.jain, rest.length], ['fair', 1, 0])
  }
})

test('a tenant that got nothing is judged by the work of others; few requests, one tenant or few minutes say nothing', () => {
  assert.equal(judgeShares([row('served', 100, 90), row('starved', 100, 0)], 30)[0]?.tenant_id, 'starved')
  assert.deepEqual(judgeShares([row('served', 100, 90), row('rare', 19, 0)], 30), [])
  assert.deepEqual(judgeShares([row('served', 100, 90), row('starved', 100, 0)], 9), [])
  assert.deepEqual(judgeShares([], 30), [])
})
