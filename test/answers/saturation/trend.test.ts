import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { trendOf } from '../../../services/answers/saturation/trend.ts'

/** Fifteen minutes up to now. */
const series = (at: (x: number) => number) => Array.from({ length: 15 }, (_, index) => [index - 14, at(index - 14)] as const)
/** Alternating errors of 0.02, which lie on no line. */
const wobble = (x: number) => (x % 2 === 0 ? 0.02 : -0.02)

test('a line after a standstill is a trend with its own slope, and its level is that of now', () => {
  const trend = trendOf(
    series(x => 0.4 + 0.05 * Math.max(0, x + 7) + wobble(x)),
    0.02,
  )
  assert.ok(Math.abs(trend.slope - 0.05) < 0.01, JSON.stringify(trend))
  assert.ok(Math.abs(trend.level - 0.75) < 0.05, JSON.stringify(trend))
})

test('a jump that stays, growth that has ended and a slope within chance are levels', () => {
  for (const jumped of [-10, -6, -3, -1]) {
    const trend = trendOf(
      series(x => (x < jumped ? 0.35 : 0.7) + wobble(x)),
      0.02,
    )
    assert.deepEqual([trend.slope, Math.abs(trend.level - 0.7) < 0.03], [0, true], `jumped at ${jumped}: ${JSON.stringify(trend)}`)
  }
  assert.equal(
    trendOf(
      series(x => 0.3 + 0.05 * Math.min(0, x + 5) + wobble(x)),
      0.02,
    ).slope,
    0,
  )
  assert.equal(
    trendOf(
      series(x => 0.5 + 0.002 * x + 5 * wobble(x)),
      0.02,
    ).slope,
    0,
  )
})

test('whatever the points, a trend scales with its unit and has no NaN', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 5, maxLength: 15 }),
      fc.constantFrom(2, 0.5),
      (ys, unit) => {
        const [trend, scaled] = [1, unit].map(factor =>
          trendOf(
            ys.map((y, index) => [index - ys.length + 1, y * factor]),
            0.1 * factor,
          ),
        )
        assert.ok(Object.values(trend ?? {}).every(Number.isFinite), JSON.stringify(trend))
        assert.ok(Math.abs((scaled?.level ?? 0) - unit * (trend?.level ?? 0)) < 1e-6)
      },
    ),
  )
})
