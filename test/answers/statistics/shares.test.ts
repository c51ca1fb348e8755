import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newcombe } from '../../../services/answers/statistics/newcombe.ts'
import { wilson } from '../../../services/answers/statistics/wilson.ts'

const rounded = (x: number) => Math.round(x * 10_000) / 10_000

test("Wilson's interval gives the published values", () => {
  // Newcombe, Statistics in Medicine 17:857 (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
  const published: [number, number, number, number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ]
  for (const [count, n, low, high] of published) {
    const found = wilson(count, n, 0.95)
    assert.deepEqual([rounded(found.low), rounded(found.high)], [low, high])
  }
})

test("Newcombe's interval gives the published values", () => {
  // Newcombe, Statistics in Medicine 17:873 (1998), table II, method 10.
  const published: [number, number, number, number, number, number][] = [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1],
    [0, 10, 0, 20, -0.1611, 0.2775],
  ]
  for (const [x, n, y, m, low, high] of published) {
    const found = newcombe({ count: x, n }, { count: y, n: m }, 0.95)
    assert.deepEqual([rounded(found.low), rounded(found.high)], [low, high])
  }
})

test('an interval holds its own estimate, stays in its range and turns round with its shares', () => {
  const share = fc.nat(500).chain(n => fc.record({ count: fc.integer({ min: 0, max: n }), n: fc.constant(n) }))
  fc.assert(
    fc.property(share, share, (a, b) => {
      const { low, high } = newcombe(a, b)
      const turned = newcombe(b, a)
      assert.ok(low >= -1 && high <= 1 && low <= high && Math.abs(low + turned.high) < 1e-12 && Math.abs(high + turned.low) < 1e-12)
      const own = wilson(a.count, a.n)
      assert.ok(own.low <= own.high && own.low >= 0 && own.high <= 1)
      if (a.n > 0) assert.ok(own.low <= a.count / a.n + 1e-12 && a.count / a.n <= own.high + 1e-12)
    }),
  )
})
