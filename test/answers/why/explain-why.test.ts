import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainWhy, type WhyInputs } from '../../../services/answers/why/explain-why.ts'
import { findNeighbours } from '../../../services/answers/why/neighbours.ts'
import type { Sampled } from '../../../services/answers/why/parts.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { drawsOf } from '../../bench/answers/families/small-platform.ts'
import { whyCauses } from '../../bench/answers/families/why.ts'
import { play } from '../../bench/answers/play.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const FROM = Date.UTC(2026, 8, 1, 9)
const PERIODS = { beforePeriod: { fromMs: FROM - 30 * MINUTE, toMs: FROM }, period: { fromMs: FROM, toMs: FROM + 10 * MINUTE } }

function drawn(seed: number, queueMs: number, { n = 1_000, priority = 'interactive' } = {}): Sampled[] {
  const draw = drawsOf(seed)
  const of = (mean: number) => -mean * Math.log(1 - draw())
  return Array.from({ length: n }, (_, index) => ({
    minute: index % 10,
    priority,
    cell: priority,
    coarse: priority,
    parts: [0, of(queueMs), of(200), of(800), 0],
    uncached_tokens: 100,
    output_tokens: 10,
  }))
}

const explain = (facts: Partial<WhyInputs>) =>
  explainWhy({
    before: drawn(1, 20),
    after: drawn(2, 20),
    ...PERIODS,
    untilMs: FROM + 10 * MINUTE,
    loads: [],
    tenants: ['acme'],
    seesVolumes: true,
    isQueueEstimated: false,
    ...facts,
  })

test('latency that did not change has no cause', () => {
  const answer = explain({})
  assert.deepEqual(
    answer.findings.map(one => one.cause),
    [null, null, null],
  )
  assert.match(answer.sentence, /no part stands out from chance/)
})

test('a queue is named with who filled the pool, and only to those who may know', () => {
  const loads = [
    { pool: 'llama', tenant_id: 'acme', before_tokens: 3_000_000, after_tokens: 1_000_000 },
    { pool: 'llama', tenant_id: 'globex', before_tokens: 3_000_000, after_tokens: 9_000_000 },
    { pool: 'llama', tenant_id: 'hooli', before_tokens: 3_000_000, after_tokens: 1_200_000 },
  ]
  const answer = explain({ after: drawn(2, 2_000), loads })
  const [first] = answer.findings
  assert.deepEqual([first?.cause, first?.neighbours.map(one => one.tenant_id), answer.confidence], ['queue', ['globex'], 'high'])
  assert.match(
    answer.sentence,
    /^p95 went from [\d.]+ m?s to [\d.]+ m?s \(\+[\d.]+ m?s\): \+.* waiting in the queue.*; globex put 98 % of the new load on llama\.$/,
  )
  assert.doesNotMatch(JSON.stringify(explain({ after: drawn(2, 2_000), loads, seesVolumes: false })), /globex/)
})

test('load is compared by the second: a period three times as long is not three times the load', () => {
  const loads = [{ pool: 'llama', tenant_id: 'globex', before_tokens: 3_000, after_tokens: 1_000 }]
  assert.deepEqual(findNeighbours({ loads, tenants: [], ...PERIODS }), [])
})

test('priority classes are told apart: one that waits is seen beside one that does not', () => {
  const [calm, slow] = [drawn(3, 20, { priority: 'batch' }), drawn(4, 3_000, { priority: 'interactive' })]
  const answer = explain({ before: [...drawn(5, 20), ...drawn(6, 20, { priority: 'batch' })], after: [...slow, ...calm] })
  const causes = Object.fromEntries(answer.findings.filter(one => one.quantile === 0.95).map(one => [one.priority, one.cause]))
  assert.deepEqual([causes['interactive'], causes['batch'], causes['all']], ['queue', null, 'queue'])
})

test('too few requests give no reason, and what stands in for a measurement is said', () => {
  const few = explain({ before: drawn(1, 20, { n: 40 }), after: drawn(2, 900, { n: 40 }) })
  assert.deepEqual([few.confidence, few.findings, few.missing.length], ['cannot tell', [], 1])
  assert.match(explain({ isQueueEstimated: true }).missing.join(), /those of their pool, minute by minute, stand in/)
})

test('played: a neighbour on a shared pool and a shift of traffic are each named', async t => {
  for (const seed of [3, 4]) {
    const { clickhouse } = await openTestClickHouse(t)
    const scores = await whyCauses.score(await play(whyCauses.build(seed), seed, { clickhouse }))
    assert.deepEqual(
      scores.filter(one => !one.isRight),
      [],
      `seed ${seed}`,
    )
  }
})
