import assert from 'node:assert/strict'
import { test } from 'node:test'
import { budgetRatio, burnFactor, burnPairs, errorRatioThreshold } from '../../../services/alert/signals/slo/burn-pairs.ts'
import { judgeBurn } from '../../../services/alert/signals/slo/judge-burn.ts'
import { HOUR, MINUTE } from '../../../services/platform/clock.ts'

/** Factors that Sloth's documentation and its windows google-30d.yaml and google-28d.yaml give, in the order of the pairs. */
const SLOTH = { 30: [14.4, 6, 3, 1], 28: [13.44, 5.6, 2.8, 28 / 30] } as const

const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`)

test('burn rates are those that Sloth publishes for 30 and 28 days', () => {
  for (const days of [30, 28] as const)
    for (const [index, pair] of burnPairs.entries()) near(burnFactor(pair, days), SLOTH[days][index] ?? 0)
  assert.equal(burnFactor(burnPairs[0] as (typeof burnPairs)[0], 30), 14.4)
})

test('shares of bad events at which 99 % and 99.9 % fire', () => {
  // Sloth's generated rules read (14.4 * 0.01) and so on; here without the noise of 1 − 0.999.
  for (const [objective, budget] of [
    [99, 0.01],
    [99.9, 0.001],
    [99.99, 0.0001],
  ] as const) {
    assert.equal(budgetRatio(objective), budget)
    for (const days of [30, 28] as const)
      for (const [index, pair] of burnPairs.entries()) near(errorRatioThreshold(pair, objective, days), (SLOTH[days][index] ?? 0) * budget)
  }
})

test('short windows are a twelfth of the long ones', () => {
  for (const { longMs, shortMs } of burnPairs) assert.equal(shortMs * 12, longMs)
})

const at = { objective: 99.9, periodDays: 30, severity: 'page', leastBad: 5 } as const

test('it fires only where the long and the short window both burn', () => {
  const burns = (long: number, short: number) =>
    judgeBurn(ms => ({ valid: 100_000, bad: ms === HOUR ? long : ms === 5 * MINUTE ? short : 0 }), at)?.value ?? 0
  // 1.44 % of 100,000 is the threshold of the first pair.
  assert.ok(burns(1_441, 1_441) > 1)
  assert.ok(burns(1_439, 5_000) < 1)
  assert.ok(burns(5_000, 1_439) < 1)
})

test('a lone error of a quiet hour is no burn', () => {
  assert.equal(judgeBurn(() => ({ valid: 3, bad: 1 }), at)?.value, 0)
  assert.equal(
    judgeBurn(() => ({ valid: 0, bad: 0 }), at),
    undefined,
  )
})

test('the share of the budget that a window has used is its burn rate times its part of the period', () => {
  const burn = judgeBurn(ms => (ms <= HOUR ? { valid: 1_000, bad: 144 } : { valid: 1_000, bad: 0 }), { ...at, objective: 99 })
  near(burn?.longBurn ?? 0, 14.4)
  near(burn?.budgetUsed ?? 0, 0.02)
})
