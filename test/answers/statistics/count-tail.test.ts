import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { countTail } from '../../../services/answers/statistics/count-tail.ts'

const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`)

test('tails are those of Poisson and of the negative binomial', () => {
  // Poisson with mean 1: 1 − e⁻¹ (1 + 1 + ½).
  near(countTail(3, { mean: 1, dispersion: 1 }), 1 - 2.5 / Math.E)
  // Mean 2 and variance 4 are two successes at one in two: none ¼, one ¼.
  near(countTail(2, { mean: 2, dispersion: 2 }), 0.5)
})

test('a tail is a chance, falls with the count, and is heavier the more the counts spread', () => {
  const of = fc.record({
    least: fc.nat(60),
    mean: fc.double({ min: 0.01, max: 20, noNaN: true }),
    more: fc.double({ min: 0.5, max: 9, noNaN: true }),
  })
  fc.assert(
    fc.property(of, ({ least, mean, more }) => {
      const [here, next] = [least, least + 1].map(count => countTail(count, { mean, dispersion: 1 }))
      assert.ok((here ?? -1) >= (next ?? 2) && (next ?? -1) >= 0 && (here ?? 2) <= 1)
      const far = Math.ceil(mean + 6 * Math.sqrt(mean)) + 3
      assert.ok(countTail(far, { mean, dispersion: 1 + more }) >= countTail(far, { mean, dispersion: 1 }))
    }),
  )
  assert.deepEqual([countTail(0, { mean: 0, dispersion: 1 }), countTail(1, { mean: 0, dispersion: 1 })], [1, 0])
})
