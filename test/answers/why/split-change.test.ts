import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shapley } from '../../../services/answers/statistics/shapley.ts'
import { type Sampled, type SampledRow, split, totalOf } from '../../../services/answers/why/parts.ts'
import { FACTORS, splitChange } from '../../../services/answers/why/split-change.ts'
import { drawsOf } from '../../bench/answers/families/small-platform.ts'

test('Shapley values share out a game as in the textbook, and add up', () => {
  // Three players; the first has the left glove, the others a right one each: a pair is worth 1. Known: 2/3, 1/6, 1/6.
  const gloves = shapley(3, set => (set & 1 && set & 6 ? 1 : 0))
  assert.deepEqual(
    gloves.map(value => Math.round(value * 6)),
    [4, 1, 1],
  )
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 16, maxLength: 16 }), values => {
      const shares = shapley(4, set => values[set] ?? 0)
      const sum = shares.reduce((total, share) => total + share, 0)
      assert.ok(Math.abs(sum - ((values[15] ?? 0) - (values[0] ?? 0))) < 1e-6)
    }),
  )
})

const sampled = (parts: readonly number[], cell = 'a'): Sampled => ({
  minute: 0,
  priority: '',
  cell,
  coarse: cell,
  parts,
  uncached_tokens: 0,
  output_tokens: 0,
})

/** Requests with exponential parts of these means, ms, as the table of the method was computed. */
function drawn(seed: number, means: readonly number[], { n = 3_000, cell = 'a' } = {}): Sampled[] {
  const draw = drawsOf(seed)
  return Array.from({ length: n }, () =>
    sampled(
      means.map(mean => (mean === 0 ? 0 : -mean * Math.log(1 - draw()))),
      cell,
    ),
  )
}

const p95 = (before: readonly Sampled[], after: readonly Sampled[]) => {
  const [change] = splitChange(before, after, [0.95]) ?? []
  assert.ok(change)
  return change
}

test('a longer queue is called a queue, where the parts of slow requests would blame others', () => {
  const change = p95(drawn(1, [0, 50, 300, 4_000, 0]), drawn(1, [0, 600, 300, 4_000, 0]))
  const { queue, prefill, retry, mix } = change.factors
  const moved = change.after_ms - change.before_ms
  assert.ok(Math.abs(queue / moved - 1) < 0.15 && Math.abs(prefill) < 60 && retry === 0 && Math.abs(mix) < 60, JSON.stringify(change))
})

test('slower decoding is called decoding, and nothing else moves', () => {
  const change = p95(drawn(3, [0, 50, 300, 4_000, 0]), drawn(4, [0, 50, 300, 6_000, 0]))
  const moved = change.after_ms - change.before_ms
  assert.ok(Math.abs(change.factors.decode / moved - 1) < 0.1, JSON.stringify(change))
})

test('more long prompts are a mix, though each kind is as fast as before', () => {
  const kinds = (seed: number, long: number) => [
    ...drawn(seed, [0, 50, 200, 2_000, 0], { n: 3_000 - long, cell: 'short' }),
    ...drawn(seed + 1, [0, 50, 3_000, 2_000, 0], { n: long, cell: 'long' }),
  ]
  const change = p95(kinds(5, 300), kinds(7, 1_500))
  const moved = change.after_ms - change.before_ms
  assert.ok(change.factors.mix > 0.8 * moved, JSON.stringify(change))
})

test('what is new is a mix too: a model that nobody called before', () => {
  const before = drawn(9, [0, 50, 200, 2_000, 0], { cell: 'old' })
  const after = [
    ...drawn(10, [0, 50, 200, 2_000, 0], { n: 1_500, cell: 'old' }),
    ...drawn(11, [0, 50, 200, 9_000, 0], { n: 1_500, cell: 'new' }),
  ]
  const change = p95(before, after)
  assert.ok(change.factors.mix > 0.9 * (change.after_ms - change.before_ms), JSON.stringify(change))
})

test('whatever the samples, the parts add up to the change, and the way back is the change turned round', () => {
  const request = fc
    .record({
      parts: fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 5 }),
      cell: fc.constantFrom('a', 'b', 'c'),
    })
    .map(({ parts, cell }) => sampled(parts, cell))
  const some = fc.array(request, { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(some, some, (before, after) => {
      for (const change of splitChange(before, after, [0.5, 0.95]) ?? assert.fail()) {
        const sum = FACTORS.reduce((total, factor) => total + change.factors[factor], change.together)
        const scale = Math.max(1, Math.abs(change.after_ms), Math.abs(change.before_ms))
        assert.ok(Number.isFinite(sum) && Math.abs(sum - (change.after_ms - change.before_ms)) < 1e-9 * scale)
      }
      const [there] = splitChange(before, after, [0.95]) ?? []
      const [back] = splitChange(after, before, [0.95]) ?? []
      for (const factor of FACTORS) assert.ok(Math.abs((there?.factors[factor] ?? 0) + (back?.factors[factor] ?? 0)) < 1e-3)
    }),
    { numRuns: 40 },
  )
  assert.equal(splitChange([], drawn(1, [0, 1, 1, 1, 0], { n: 3 }), [0.5]), undefined)
})

const row = (facts: Partial<SampledRow>): SampledRow => ({
  window_s: 0,
  priority: '',
  model: 'm',
  upstream_kind: 'pool',
  upstream: 'llama',
  input_tokens: 100,
  cached_input_tokens: 0,
  output_tokens: 10,
  retry_ms: 0,
  duration_ms: 1_000,
  ttft_ms: 300,
  queue_ms: null,
  ...facts,
})

test('the parts of a request add up to how long it took, whatever its gateway told', () => {
  assert.deepEqual(split(row({ queue_ms: 120, retry_ms: 40 }), undefined).parts, [40, 120, 180, 700, 0])
  assert.deepEqual(split(row({ ttft_ms: null }), 200).parts, [0, 200, 0, 0, 800], 'the queue of its pool stands in')
  assert.deepEqual(split(row({ queue_ms: 9_000 }), undefined).parts, [0, 300, 0, 700, 0], 'a queue is over at the first token')
  assert.deepEqual(
    split(row({ ttft_ms: 4e9, queue_ms: 4e9 }), undefined).parts,
    [0, 0, 0, 0, 1_000],
    'the uptime of a host is no measurement',
  )
  const any = fc.record({
    duration_ms: fc.double({ min: 0, max: 1e7, noNaN: true }),
    ttft_ms: fc.option(fc.double({ noNaN: true })),
    queue_ms: fc.option(fc.double({ noNaN: true })),
  })
  fc.assert(
    fc.property(any, facts => {
      const { parts } = split(row(facts), undefined)
      assert.ok(parts.every(part => part >= 0) && Math.abs(totalOf(parts) - facts.duration_ms) < 1e-6 * Math.max(1, facts.duration_ms))
    }),
  )
})
