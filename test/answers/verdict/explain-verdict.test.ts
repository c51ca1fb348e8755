import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { answerSchema } from '../../../services/answers/answer.ts'
import { usualAt } from '../../../services/answers/verdict/at-like-load.ts'
import { shareAbove } from '../../../services/answers/verdict/collateral.ts'
import { ALL_ROUTES, explainVerdict } from '../../../services/answers/verdict/explain-verdict.ts'
import type { NativeMinute, ResilienceMinute } from '../../../services/answers/verdict/minutes.ts'
import { verdictQuestion } from '../../../services/answers/verdict/verdict-question.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { verdictOutage } from '../../bench/answers/families/verdict-outage.ts'
import { play } from '../../bench/answers/play.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const FROM = Date.UTC(2026, 8, 1, 9)
const PERIOD = { fromMs: FROM, toMs: FROM + 10 * MINUTE }
const SETTLED = { untilMs: FROM + 10 * MINUTE, windows: 10 }

const row = (minute: number, facts: Partial<ResilienceMinute>): ResilienceMinute => ({
  at_ms: FROM + minute * MINUTE,
  route: 'assistant',
  policy: 'interactive',
  cause: '',
  from_upstream: 'openai',
  to_upstream: 'openai',
  currency: 'USD',
  requests: 0,
  attempts_reported: facts.requests ?? 0,
  retried_requests: 0,
  recovered_by_retry: 0,
  recovered_by_fallback: 0,
  failed_after_all: 0,
  failed_at_once: 0,
  wasted_tokens: 0,
  wasted_cost: '0',
  added_latency_ms: 0,
  added_latency_requests: 0,
  collateral_attempts: 0,
  requests_by_10s: [],
  attempts_by_10s: [],
  answered_by_10s: [],
  ...facts,
})

/** An hour of the pool's own traffic, 100 a minute, of which one fails; in the last ten minutes `failing` of them. */
const own = (failing: number) =>
  Array.from({ length: 70 }, (_, minute) =>
    row(minute - 60, { route: 'chat', from_upstream: 'llama', to_upstream: 'llama', requests: 99 }),
  ).flatMap((one, index) => {
    const failed_at_once = index < 60 ? 1 : failing
    return [one, { ...one, cause: 'timeout', requests: failed_at_once, attempts_reported: failed_at_once, failed_at_once }]
  })
/** What falls back to it in the period: 20 a minute, of which `recovered` are answered. */
const fallback = (recovered: number) =>
  Array.from({ length: 10 }, (_, minute) =>
    row(minute, {
      cause: 'provider_error',
      to_upstream: 'llama',
      requests: 20,
      attempts_reported: 40,
      retried_requests: 20,
      recovered_by_fallback: recovered,
      failed_after_all: 20 - recovered,
      wasted_tokens: 7,
      wasted_cost: '0.25',
      added_latency_ms: 20 * 700,
      added_latency_requests: 20,
      collateral_attempts: 20,
    }),
  )
const native: NativeMinute[] = Array.from({ length: 70 }, (_, minute) => ({
  at_ms: FROM + (minute - 60) * MINUTE,
  upstream: 'llama',
  requests: 100,
  duration_ms: [1000, 2000, 2500, 4000],
}))
const judge = (rows: ResilienceMinute[], some: readonly NativeMinute[] | undefined = native) =>
  explainVerdict({ rows, native: some, repeats: [], settled: SETTLED }, PERIOD)
const ofAll = (rows: ResilienceMinute[], some?: readonly NativeMinute[]) => judge(rows, some).findings.find(one => one.route === ALL_ROUTES)

test('a fallback that saves more than it costs helps, with what it cost in tokens, money and time', () => {
  const found = ofAll([...own(1), ...fallback(19)])
  assert.ok(found)
  assert.deepEqual([found.verdict, found.first_failures, found.recovered_by_fallback, found.failed], ['helps', 200, 190, 10])
  assert.deepEqual([found.wasted_tokens, found.wasted_cost, found.added_latency_ms, found.amplification], [70, '2.5', 700, 2])
  // 2.5 USD for 190, cut off after 18 places.
  assert.equal(found.cost_per_recovered, '0.013157894736842105')
  assert.equal(found.collateral?.lost, 0)
})

test("a fallback that fails the target's own requests hurts, however many it recovers", () => {
  // 30 of 100 a minute instead of 1: 290 lost for 190 saved.
  const found = ofAll([...own(30), ...fallback(19)])
  assert.ok(found?.collateral)
  assert.equal(Math.round(found.collateral.lost), Math.round((0.3 / 1.29 - 0.01) * 1290))
  assert.deepEqual([found.verdict, found.net_interval.high < 0], ['hurts', true])
})

test('what fails at such a load of its own anyway is not held against the fallback', () => {
  // Every third minute has twice the requests and fails a fifth of them; in the period all minutes have, and ten more fail in each.
  const minutes = Array.from({ length: 70 }, (_, at) => at - 60).flatMap(at => {
    const isBusy = at >= 0 || at % 3 === 0 || at % 3 === -1
    const requests = isBusy ? 200 : 100
    const failed_at_once = (isBusy ? 40 : 1) + (at >= 0 ? 10 : 0)
    const quiet = row(at, { route: 'chat', from_upstream: 'llama', to_upstream: 'llama', requests: requests - failed_at_once })
    return [quiet, { ...quiet, cause: 'timeout', requests: failed_at_once, attempts_reported: failed_at_once, failed_at_once }]
  })
  const found = ofAll([...minutes, ...fallback(19)])
  assert.ok(found?.collateral)
  // Means of two minutes with twice the requests are 200: only such count, but for the little that every minute counts.
  assert.ok(found.collateral.lost > 80 && found.collateral.lost < 200, `${found.collateral.lost} of 100`)
  assert.ok(Math.abs(found.collateral.failed_anyway + found.collateral.lost - 500) < 1e-6)
  assert.notEqual(found.verdict, 'hurts')
})

test('the usual at a load is that of minutes of such a load, and where there was none that of the nearest ones', () => {
  const quiet = [
    { load: 100, requests: 100, share: 0.01 },
    { load: 200, requests: 200, share: 0.2 },
  ]
  assert.ok(Math.abs(usualAt(100, quiet) - 0.01) < 0.02)
  assert.ok(Math.abs(usualAt(200, quiet) - 0.2) < 0.01)
  assert.ok(usualAt(100_000, quiet) > 0.1, 'a load that never was: all of them')
  assert.equal(usualAt(5, []), 0)
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.array(fc.record({ load: fc.nat(1000), requests: fc.nat(1000), share: fc.double({ min: 0, max: 1, noNaN: true }) })),
      (load, minutes) => {
        const usual = usualAt(load, minutes)
        assert.ok(usual >= 0 && usual <= 1 + 1e-9)
      },
    ),
  )
})

test("what is late for the target's own requests counts as well as what fails", () => {
  const slow = native.map(one => (one.at_ms >= FROM ? { ...one, duration_ms: [3000, 6000, 8000, 9000] as const } : one))
  const found = ofAll([...own(1), ...fallback(2)], slow)
  // All above the median of 3 s took longer than 2.5 s: at least half, less the usual twentieth.
  assert.deepEqual([found?.verdict, Math.round(found?.collateral?.late ?? 0), found?.collateral?.p95_before_ms], ['hurts', 450, 2500])
})

test('few failures give no word, and say how many more it takes', () => {
  const answer = judge([...own(1), ...fallback(19).slice(0, 1)])
  assert.deepEqual([answer.findings[0]?.verdict, answer.findings[0]?.confidence], ['too little data', 'cannot tell'])
  assert.equal(answer.would_change, 'about 10 more failures')
})

test('each finding says what would turn it: another target, a shorter limit, fewer tries, or what the target would have to suffer', () => {
  const [all] = judge([...own(30), ...fallback(19)]).findings
  assert.equal(all?.would_change, 'another target than llama for all routes, or a cap on what falls back to it')
  const helps = ofAll([...own(1), ...fallback(19)])
  // The lower end of what it saves less what it costs: so many more lost would undo it.
  assert.equal(helps?.would_change, `about ${Math.ceil(helps?.net_interval.low ?? 0)} more of llama's own requests lost or late for it`)
  const tries = { requests: 40, retried_requests: 40, failed_after_all: 40, attempts_reported: 120 }
  const late = { ...tries, added_latency_ms: 40 * 9_000, added_latency_requests: 40 }
  assert.equal(judge([row(0, { cause: 'auth', ...late })]).findings[0]?.would_change, 'no further try after auth on assistant')
  // All of its minutes are as bad: no storm, but tries that are mostly in vain, each nine seconds late.
  const always = Array.from({ length: 70 }, (_, minute) => row(minute - 60, { cause: 'timeout', ...late }))
  const vain = judge(always).findings[0]
  assert.notEqual(vain?.verdict, 'helps')
  assert.match(vain?.would_change ?? '', /^a shorter time limit or one try less on assistant: the last try begins 9000 ms late/)
})

test('retrying what fails the same way again hurts', () => {
  const rows = [row(0, { cause: 'auth', requests: 40, retried_requests: 40, failed_after_all: 40, attempts_reported: 120 })]
  assert.equal(judge(rows).findings[0]?.verdict, 'hurts')
})

test('a storm is attempts that multiply while answers fall; more requests alone are none', () => {
  const quiet = Array.from({ length: 60 }, (_, minute) => row(minute - 60, { requests: 100 }))
  const storm = [0, 1].map(minute =>
    row(minute, {
      cause: 'timeout',
      requests: 100,
      attempts_reported: 280,
      retried_requests: 90,
      failed_after_all: 80,
      recovered_by_retry: 10,
    }),
  )
  const found = judge([...quiet, ...storm])
  assert.match(found.sentence, /A retry storm on assistant began at 2026-09-01T09:00:00Z, made by the gateway's policy interactive/)
  assert.deepEqual([found.findings[0]?.verdict, found.findings[0]?.is_storm], ['hurts', true])
  assert.match(found.would_change ?? '', /retry budget/)
  const burst = [0, 1].map(minute => row(minute, { requests: 500 }))
  assert.doesNotMatch(judge([...quiet, ...burst]).sentence, /storm/)
})

test('a tenant is told nothing of what others suffered', () => {
  const answer = explainVerdict({ rows: fallback(19), native: undefined, repeats: [], settled: SETTLED }, PERIOD)
  assert.deepEqual(
    answer.findings.map(one => [one.route, one.collateral]),
    [['assistant', null]],
  )
})

test('causes that a gateway hides are told as missing', () => {
  const rows = [...own(1), ...fallback(19).map(one => ({ ...one, cause: 'unknown' }))]
  const answer = judge(rows)
  assert.deepEqual([answer.coverage, answer.missing.length], [0, 1])
})

test('any minutes give an answer as its schema says: never NaN, never a help without 30 failures', () => {
  const small = fc.nat(60)
  const minute = fc
    .record({
      at: fc.integer({ min: -60, max: 9 }),
      from: fc.constantFrom('a', 'b'),
      to: fc.constantFrom('a', 'b'),
      retried: small,
      once: small,
      ok: small,
      recovered: small,
    })
    .map(({ at, from, to, retried, once, ok, recovered }) => {
      const answered = Math.min(recovered, retried)
      const requests = retried + once + ok
      return row(at, {
        cause: retried + once > 0 ? 'timeout' : '',
        from_upstream: from,
        to_upstream: to,
        requests,
        attempts_reported: requests + retried,
        retried_requests: retried,
        [from === to ? 'recovered_by_retry' : 'recovered_by_fallback']: answered,
        failed_after_all: retried - answered,
        failed_at_once: once,
        collateral_attempts: from === to ? 0 : retried,
      })
    })
  fc.assert(
    fc.property(fc.array(minute, { maxLength: 40 }), rows => {
      const answer = judge(rows, [])
      assert.ok(Value.Check(answerSchema(verdictQuestion.finding), JSON.parse(JSON.stringify(answer))), JSON.stringify(answer))
      assert.doesNotMatch(JSON.stringify(answer), /NaN|null,"high"/)
      for (const one of answer.findings) if (one.verdict === 'helps') assert.ok(one.first_failures >= 30)
    }),
  )
})

test('a share above a threshold is read off quantiles', () => {
  const quantiles = [1000, 2000, 2500, 4000] as const
  assert.deepEqual(
    [500, 1000, 1500, 2000, 2500, 3250, 4000, 9000].map(at => Math.round(1000 * shareAbove(quantiles, at)) / 1000),
    [0.5, 0.5, 0.3, 0.1, 0.05, 0.03, 0.01, 0.01],
  )
})

test('played outages: a pool with room is called a help, one without a hurt, as the same seed without the fallback says', async t => {
  for (const [seed, verdict] of [
    [423, 'helps'],
    [137, 'hurts'],
  ] as const) {
    const { clickhouse } = await openTestClickHouse(t)
    const scores = await verdictOutage.score(await play(verdictOutage.build(seed), seed, { clickhouse }))
    assert.equal(scores.find(one => one.score === 'right where clear' && one.by === 'weir')?.isRight, true, `${seed} ${verdict}`)
    const off = scores.find(one => one.score.startsWith('net'))?.value ?? Number.NaN
    assert.ok(Math.abs(off) < 6, `the net is off by ${off} % of requests`)
  }
})
