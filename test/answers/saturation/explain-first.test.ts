import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { answerSchema } from '../../../services/answers/answer.ts'
import { explainFirst } from '../../../services/answers/saturation/explain-first.ts'
import { FirstFindingSchema } from '../../../services/answers/saturation/first-finding.ts'
import type { PoolMinute, SenderLoad } from '../../../services/answers/saturation/pool-minute.ts'
import { theilSen } from '../../../services/answers/statistics/theil-sen.ts'
import { MINUTE } from '../../../services/platform/clock.ts'

const FROM = Date.UTC(2026, 8, 1, 9)
const MINUTES = 30
const TO = FROM + MINUTES * MINUTE
const OPERATOR = { isAll: true, tenants: [] as string[], seesVolumes: true }
const TENANT = { isAll: false, tenants: ['acme'], seesVolumes: false }

/**
 * A minute of two engines at `load` of what they can do, where the time between tokens goes with the 0.4th power of those that run: by
 * Little's law n = load × (n)^0.4, in shares of a full cache, so that n = load^(1 ÷ 0.6).
 */
const minuteAt = (minute: number, load: number, facts: Partial<PoolMinute> = {}): PoolMinute => ({
  at_ms: FROM + minute * MINUTE,
  pool: 'llama',
  model: 'llama-70b',
  engines: 2,
  samples: 8,
  running: 40 * load ** (1 / 0.6),
  waiting: 0,
  waiting_max: 0,
  waiting_last: 0,
  running_limit: null,
  kv_cache_use_ratio: 0.92 * Math.min(1, load ** (1 / 0.6)),
  preemptions: 0,
  queue_ms: 100,
  ttft_ms: 100,
  itl_ms: null,
  first_tokens: 240 * load,
  input_tokens_per_s: 3000 * load,
  output_tokens_per_s: 800 * load,
  prefix_cache_hit_ratio: 0,
  requests_finished: 240 * load,
  counter_resets: 0,
  attempts: 240 * load,
  ...facts,
})
const minutesOf = (loadAt: (minute: number) => number, facts: Partial<PoolMinute> = {}) =>
  Array.from({ length: MINUTES }, (_, minute) => minuteAt(minute, loadAt(minute), facts))
const rising = (minute: number) => 0.32 + 0.02 * minute
const load = (tenant_id: string, before: number, recent: number, pool = 'llama'): SenderLoad => ({
  pool,
  request_model: 'llama-70b',
  response_model: 'llama-70b',
  tenant_id,
  route: 'chat',
  recent_attempts: recent,
  before_attempts: before,
  input_tokens: (before + recent) * 1000,
  cached_input_tokens: 0,
  output_tokens: (before + recent) * 200,
  counted_attempts: before + recent,
})
const ask = (minutes: readonly PoolMinute[], { loads = [load('acme', 100, 100)], scope = OPERATOR } = {}) =>
  explainFirst({ minutes, loads, settled: { untilMs: TO, windows: MINUTES } }, { fromMs: FROM, toMs: TO, scope })

test('load that grows in a straight line reaches 1 when the line does', () => {
  // At minute 29 it is 0.9, and 1 five minutes later (smoothed over two minutes: half a minute late).
  const [found] = ask(minutesOf(rising)).findings
  assert.ok(found)
  assert.deepEqual([found.state, found.bound, found.cause], ['soon', 'kv', 'more load'])
  assert.ok(Math.abs((found.minutes_to_saturation ?? 0) - 5) < 1.5, JSON.stringify(found))
  assert.ok((found.minutes_earliest ?? 99) <= (found.minutes_to_saturation ?? 0))
  assert.ok((found.minutes_latest ?? 0) >= (found.minutes_to_saturation ?? 99))
})

test('load that stays, however high below 1, is not in sight', () => {
  for (const level of [0.2, 0.5, 0.8]) {
    const { findings, confidence } = ask(minutesOf(() => level))
    assert.deepEqual([findings[0]?.state, findings[0]?.minutes_to_saturation], ['not in sight', null])
    assert.ok(confidence === 'high' || level === 0.8, confidence)
    assert.ok(Math.abs((findings[0]?.index ?? 0) - level) < 0.01)
  }
})

test('load that doubled at once and stays is no trend', () => {
  for (const at of [18, 22, 24, 26]) {
    const [found] = ask(minutesOf(minute => (minute < at ? 0.35 : 0.7))).findings
    assert.equal(found?.state, 'not in sight', `jumped at minute ${at}: ${found?.sentence}`)
  }
})

test('a queue that grows says saturated, at a third of the cache', () => {
  const rows = minutesOf(() => 0.35).map((row, minute) => {
    const waiting = minute < 20 ? 0 : 12 * (minute - 19)
    return { ...row, waiting, waiting_max: waiting, waiting_last: waiting }
  })
  const [found] = ask(rows).findings
  assert.deepEqual([found?.state, found?.minutes_to_saturation], ['saturated', 0])
  assert.ok((found?.parts?.kv ?? 1) < 0.6)
})

test('prompts bind before the cache does', () => {
  // 60 requests a minute, of two engines each 0.5 a second; 1.6 s to the first token: 0.8 in prefill, so busy 0.8 ÷ 1.8 of the time.
  const [found] = ask(minutesOf(() => 0.25, { kv_cache_use_ratio: 0.1, ttft_ms: 1600 })).findings
  assert.equal(found?.bound, 'prefill')
  assert.ok(Math.abs((found?.parts?.prefill ?? 0) - 0.8 / 1.8) < 0.001)
})

test('who grew is named with the share of all growth', () => {
  const loads = [load('acme', 100, 400), load('globex', 100, 200), load('initech', 300, 100)]
  const { findings, sentence } = ask(minutesOf(rising), { loads })
  assert.deepEqual(
    findings[0]?.growers.map(({ tenant_id, share }) => [tenant_id, share]),
    [
      ['acme', 0.75],
      ['globex', 0.25],
    ],
  )
  assert.match(sentence, /75 % of the growth is acme's on chat/)
})

test('the pool that saturates first comes first', () => {
  const slow = minutesOf(minute => 0.2 + 0.01 * minute, { pool: 'slow' })
  const fast = minutesOf(minute => 0.2 + 0.025 * minute, { pool: 'fast' })
  const still = minutesOf(() => 0.6, { pool: 'still' })
  const { findings } = ask([...slow, ...still, ...fast], { loads: [] })
  assert.equal(findings[0]?.pool, 'fast')
})

test('engines that went, engines that are new and slow, and engines that slow down are told apart from load', () => {
  const slowed = (row: PoolMinute, minute: number) => (minute < 24 ? row : { ...row, running: (row.running ?? 0) * 2 })
  const base = minutesOf(() => 0.4)
  const cause = (rows: readonly PoolMinute[]) => ask(rows).findings[0]?.cause
  assert.equal(cause(base), 'nothing that stands out')
  assert.equal(cause(base.map((row, minute) => (minute < 24 ? row : { ...row, engines: 1 }))), 'fewer engines')
  assert.equal(cause(base.map(slowed)), 'slower engines')
  assert.equal(cause(base.map(slowed).map((row, minute) => (minute < 23 ? row : { ...row, engines: 3 }))), 'new engines')
})

test('without readings, or with old ones, nobody can tell, and what is missing is said', () => {
  const silent = ask([])
  assert.deepEqual([silent.confidence, silent.findings[0]?.state], ['cannot tell', 'cannot tell'])
  assert.match(silent.missing.join(), /llama/)
  const stale = ask(minutesOf(() => 0.5).slice(0, 20))
  assert.deepEqual([stale.confidence, stale.findings[0]?.state], ['cannot tell', 'cannot tell'])
  const [half] = ask(minutesOf(() => 0.5).filter((_, minute) => minute % 2 === 1)).findings
  assert.deepEqual([half?.state, half?.confidence === 'high'], ['not in sight', false])
})

test('a tenant is told how its own pools stand, and no figure of everyone', () => {
  const rows = [...minutesOf(rising), ...minutesOf(() => 1.2, { pool: 'foreign' })]
  const { findings, sentence, would_change } = ask(rows, { scope: TENANT })
  assert.deepEqual(
    findings.map(found => found.pool),
    ['llama'],
  )
  const { pool, model, state, sentence: own, confidence, growers, ...figures } = findings[0] ?? assert.fail()
  assert.deepEqual([...new Set(Object.values(figures))], [null])
  assert.deepEqual([pool, model, state, growers, confidence !== 'cannot tell'], ['llama', 'llama-70b', 'soon', [], true])
  assert.doesNotMatch(`${own} ${sentence} ${would_change}`, /\d\.\d|foreign|%/)
})

test('whatever the readings, the answer is as its schema says and has no NaN', () => {
  const value = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: null })
  const names = ['running', 'waiting', 'running_limit', 'kv_cache_use_ratio', 'ttft_ms', 'input_tokens_per_s', 'requests_finished'] as const
  const row = fc.record({ ...Object.fromEntries(names.map(name => [name, value])), output_tokens_per_s: value })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), rows => {
      const answer = ask(rows.map((facts, index) => minuteAt(index + 30 - rows.length, 0, { ...facts, prefix_cache_hit_ratio: null })))
      assert.ok(Value.Check(answerSchema(FirstFindingSchema), answer), JSON.stringify(answer))
      assert.doesNotMatch(JSON.stringify(answer), /NaN|Infinity/)
    }),
  )
})

test('the median of pairwise slopes is not moved by a fifth of wild points', () => {
  const line = theilSen(Array.from({ length: 20 }, (_, x) => [x, x % 5 === 0 ? 1000 : 3 + 2 * x] as const))
  assert.ok(line && Math.abs(line.slope - 2) < 0.35)
  assert.equal(theilSen([[1, 2]]), undefined)
  // Slopes of 1, 2, 4, 8 at 1, 2, 3, 4: 1, 1.5, 7/3, 2, 3, 4; their median is 13/6.
  const few = [1, 2, 4, 8].map((y, index) => [index + 1, y] as const)
  assert.ok(Math.abs((theilSen(few)?.slope ?? 0) - 13 / 6) < 1e-12)
})
