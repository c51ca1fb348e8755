import assert from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { EventQueue } from '../../../services/demo/simulation/event-queue.ts'
import { RandomStream } from '../../../services/demo/simulation/random.ts'
import { readTraces } from '../../../services/demo/simulation/read-traces.ts'
import { TimeoutLane } from '../../../services/demo/simulation/timeout-lane.ts'
import { TokenBucket } from '../../../services/demo/simulation/token-bucket.ts'

describe('the event queue', () => {
  it('gives items by time, equal times in the order in which they were added', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), times => {
        const queue = new EventQueue<number>()
        for (const [index, time] of times.entries()) queue.push(time, index)
        const expected = times.map((time, index) => ({ time, index })).sort((a, b) => a.time - b.time || a.index - b.index)
        for (const { time, index } of expected) {
          assert.equal(queue.nextTime, time)
          assert.equal(queue.pop(), index)
        }
        assert.equal(queue.nextTime, Number.POSITIVE_INFINITY)
        assert.equal(queue.pop(), undefined)
      }),
    )
  })
})

describe('a random stream', () => {
  const draw = (seed: number, name: string) =>
    Array.from({ length: 5 }, (_, index, stream = new RandomStream(seed, `${name}${index}`)) => stream.uint32())

  it('depends on seed and name alone', () => {
    assert.deepEqual(draw(1, 'a'), draw(1, 'a'))
    assert.notDeepEqual(draw(1, 'a'), draw(2, 'a'))
    assert.notDeepEqual(draw(1, 'a'), draw(1, 'b'))
  })

  it('has the means and spreads that it promises', () => {
    const stream = new RandomStream(3, 'moments')
    const moments = (sample: () => number, count = 60_000) => {
      const values = Array.from({ length: count }, sample)
      const mean = values.reduce((sum, value) => sum + value, 0) / count
      return { mean, cv: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count) / mean }
    }
    assert.ok(Math.abs(moments(() => stream.unit()).mean - 0.5) < 0.01)
    assert.ok(Math.abs(moments(() => stream.exponential(4)).mean - 4) < 0.1)
    assert.ok(Math.abs(moments(() => stream.normal() + 10).mean - 10) < 0.05)
    for (const cv of [0.5, 1, 2]) {
      const found = moments(() => stream.gamma(cv))
      assert.ok(Math.abs(found.mean - 1) < 0.06, `${found.mean}`)
      assert.ok(Math.abs(found.cv / cv - 1) < 0.08, `${found.cv}`)
    }
  })
})

describe('a token bucket', () => {
  it('lets the burst pass and then the rate', () => {
    const bucket = new TokenBucket(60, 3, 0)
    assert.deepEqual(
      [0, 0, 0, 0, 999, 1000, 1000, 2500].map(atMs => bucket.take(1, atMs)),
      [true, true, true, false, false, true, false, true],
    )
  })
})

describe('a lane of time limits', () => {
  it('brings up what was not struck out, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ gap: fc.nat(5), isStruck: fc.boolean() }), { maxLength: 40 }), plan => {
        const lane = new TimeoutLane<number>(10)
        let now = 0
        const expected: [number, number][] = []
        for (const [index, { gap, isStruck }] of plan.entries()) {
          now += gap
          const slot = lane.add(index, now)
          if (isStruck) lane.strike(slot)
          else expected.push([now + 10, index])
        }
        const found: [number, number][] = []
        while (lane.nextAtMs < Number.POSITIVE_INFINITY) found.push([lane.nextAtMs, lane.shift() ?? -1])
        assert.deepEqual(found, expected)
      }),
    )
  })
})

describe('the shipped traces', () => {
  it('hold plausible counts', () => {
    const traces = readTraces()
    assert.equal(traces.tokens['azure-conversation'].length, 4000)
    assert.equal(traces.tokens['mooncake-synthetic'].length, 2349)
    for (const sample of [...traces.tokens['azure-conversation'], ...traces.tokens['mooncake-synthetic']]) {
      assert.ok(sample.input_tokens > 0 && sample.output_tokens > 0 && sample.reused_tokens < sample.input_tokens)
    }
    assert.ok(traces.reasoning.reasoning_shares.every(share => share >= 0 && share <= 1))
    for (const windows of Object.values(traces.arrivals))
      assert.ok(windows.length > 20 && windows.every(({ rate_ratio, cv }) => rate_ratio > 0 && cv > 0))
  })

  it('stay under 400 kB in all', () => {
    const folder = new URL('../../../services/demo/simulation/traces/', import.meta.url)
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(new URL(file, folder)).size, 0)
    assert.ok(bytes < 400_000)
  })
})
