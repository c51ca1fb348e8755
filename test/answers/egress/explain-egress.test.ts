import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type EgressInputs, explainEgress } from '../../../services/answers/egress/explain-egress.ts'
import type { ProviderMinute } from '../../../services/answers/egress/provider-minutes.ts'
import { shareCusum } from '../../../services/answers/statistics/share-cusum.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { egressBrownOut } from '../../bench/answers/families/egress.ts'
import { egressBreach, egressRecovery } from '../../bench/answers/families/egress-changes.ts'
import { play } from '../../bench/answers/play.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const FROM = Date.UTC(2026, 8, 1, 9)
const PERIOD = { fromMs: FROM, toMs: FROM + 15 * MINUTE }
const SETTLED = { untilMs: PERIOD.toMs, windows: 15 }

/** An hour before and a quarter in the period, 100 attempts a minute; `now`: what differs in the period from minute `since` on. */
function minutes(provider: string, now: Partial<ProviderMinute>, { since = 0, model = 'm' } = {}): ProviderMinute[] {
  return Array.from({ length: 75 }, (_, index) => ({
    at_ms: FROM + (index - 60) * MINUTE,
    provider,
    region: '',
    model,
    attempts: 100,
    rate_limited: 0,
    timeouts: 0,
    unreached: 0,
    errors: index % 10 === 0 ? 1 : 0,
    timed: 50,
    ttft_p50_ms: 400,
    ...(index >= 60 + since ? now : {}),
  }))
}

const NOTHING: EgressInputs = {
  ...{ rows: [], fallbacks: [], unreached: [], headroom: [], traffic: [], policy: undefined, settled: SETTLED },
}
const explain = (rows: readonly ProviderMinute[], fallbacks: Parameters<typeof explainEgress>[0]['fallbacks'] = []) =>
  explainEgress({ ...NOTHING, rows, fallbacks }, PERIOD)
const stateOf = (rows: readonly ProviderMinute[]) => explain(rows).findings.map(one => [one.provider, one.state, one.fault])

test('a provider that begins to fail is called failing since that minute, with where requests went on to', () => {
  const rows = [...minutes('openai', { errors: 12, timeouts: 3 }, { since: 4 }), ...minutes('anthropic', {})]
  const answer = explain(rows, [{ provider: 'openai', next: 'llama', requests: 90 }])
  const [worst, well] = answer.findings
  assert.deepEqual([worst?.state, worst?.fault, worst?.since], ['failing', 'the provider', '2026-09-01T09:04:00Z'])
  assert.deepEqual([worst?.failed, worst?.attempts, worst?.errors, worst?.timeouts], [11 * 15 + 1, 1500, 11 * 12 + 1, 33])
  assert.match(
    answer.sentence,
    /^openai with m fails since .*133 errors, 33 timeouts; it is the provider; requests went on to llama \(90\)\.$/,
  )
  assert.deepEqual([well?.state, answer.is_calm], ['healthy', false])
})

test('everyday failures, a minute of bad luck and too little traffic are no failure', () => {
  assert.deepEqual(stateOf(minutes('openai', {})), [['openai', 'healthy', 'unknown']])
  assert.equal(explain(minutes('openai', {})).is_calm, true)
  const unlucky = minutes('openai', {}).map(row => (row.at_ms === FROM ? { ...row, errors: 3 } : row))
  assert.deepEqual(stateOf(unlucky), [['openai', 'healthy', 'unknown']])
  assert.deepEqual(stateOf(minutes('openai', { attempts: 1, timed: 0 })), [['openai', 'too little traffic', 'unknown']])
})

test('refusals for our rate are our limit, slow first tokens are slow', () => {
  assert.deepEqual(stateOf(minutes('openai', { rate_limited: 30 })), [['openai', 'limited', 'our limit']])
  assert.deepEqual(stateOf(minutes('openai', { ttft_p50_ms: 900 })), [['openai', 'slow', 'unknown']])
})

test('what failed for a while and answers again has recovered: from when to when, and whose fault it was', () => {
  const ill = minutes('openai', { errors: 30 }, { since: 2 }).map(row => (row.at_ms >= FROM + 6 * MINUTE ? { ...row, errors: 0 } : row))
  const answer = explain([...ill, ...minutes('anthropic', {})])
  const [worst] = answer.findings
  assert.deepEqual(
    [worst?.state, worst?.fault, worst?.since, worst?.until],
    ['recovered', 'the provider', '2026-09-01T09:02:00Z', '2026-09-01T09:06:00Z'],
  )
  assert.match(answer.sentence, /^openai with m failed from .*09:02:00Z to .*09:06:00Z and answers again: /)
  assert.equal(answer.is_calm, false)
  // A minute that went well among bad ones, with little traffic, is no recovery.
  const open = ill.map(row => (row.at_ms >= FROM + 6 * MINUTE ? { ...row, attempts: 1 } : row))
  assert.equal(explain(open).findings[0]?.state, 'failing')
  const limited = minutes('openai', { rate_limited: 40 }).map(row => (row.at_ms >= FROM + 5 * MINUTE ? { ...row, rate_limited: 0 } : row))
  assert.deepEqual([explain(limited).findings[0]?.state, explain(limited).findings[0]?.fault], ['recovered', 'our limit'])
})

test('first tokens that drift are slow while most of the period was not, since they began to', () => {
  const [slow] = explain(minutes('openai', { ttft_p50_ms: 900 }, { since: 10 })).findings
  assert.deepEqual([slow?.state, slow?.since, slow?.ttft_p50_ms], ['slow', '2026-09-01T09:11:00Z', 400])
  // Five minutes of a factor of 2.25, each a fifth of the rest nearer: 2.25 ^ (1 - 0.8 ^ 5).
  assert.ok(Math.abs((slow?.ttft_drift ?? 0) - 2.25 ** (1 - 0.8 ** 5)) < 1e-9)
  assert.equal(explain(minutes('openai', { ttft_p50_ms: 460 }, { since: 2 })).findings[0]?.state, 'healthy')
})

test('whose fault it is follows from what the others did: all unreached is us, one model is the model', () => {
  const unreached = { unreached: 60 }
  assert.deepEqual(stateOf([...minutes('openai', unreached), ...minutes('anthropic', unreached)]), [
    ['openai', 'failing', 'our egress'],
    ['anthropic', 'failing', 'our egress'],
  ])
  const model = [...minutes('openai', { errors: 40 }), ...minutes('openai', {}, { model: 'other' }), ...minutes('anthropic', {})]
  assert.deepEqual(stateOf(model)[0], ['openai', 'failing', 'the model'])
})

test('the log-likelihood sum rises with evidence, never falls below zero, and says when it began', () => {
  const series = [0, 0, 1, 0, 5, 6, 5].map(count => ({ count, n: 20 }))
  const { highest, began } = shareCusum(series, { usual: 0.01, raised: 0.1, threshold: 5 })
  // By hand: a failure adds ln 10 = 2.3026, an answer ln(0.9/0.99) = −0.0953.
  const step = (count: number) => count * Math.log(10) + (20 - count) * Math.log(0.9 / 0.99)
  const third = Math.max(0, step(1))
  const fourth = Math.max(0, third + step(0))
  assert.ok(Math.abs(highest - (fourth + step(5) + step(6) + step(5))) < 1e-9)
  assert.equal(began, fourth === 0 ? 4 : 2)
})

test('no minutes make the answer fall over, and every share is one', () => {
  const small = fc.nat(30)
  const minute = fc
    .record({
      at: fc.integer({ min: -30, max: 14 }),
      provider: fc.constantFrom('a', 'b'),
      rate_limited: small,
      timeouts: small,
      unreached: small,
      errors: small,
      ok: small,
      timed: small,
    })
    .map(({ at, provider, ok, ...counts }): ProviderMinute => {
      const failed = counts.rate_limited + counts.timeouts + counts.unreached + counts.errors
      return { at_ms: FROM + at * MINUTE, provider, region: '', model: 'm', attempts: ok + failed, ttft_p50_ms: 100, ...counts }
    })
  fc.assert(
    fc.property(fc.array(minute, { maxLength: 60 }), rows => {
      for (const one of explain(rows).findings) {
        assert.ok(one.failed_share >= 0 && one.failed_share <= 1 && one.usual_share > 0 && one.usual_share < 1, JSON.stringify(one))
        assert.doesNotMatch(one.sentence, /NaN|undefined|null/)
      }
    }),
  )
})

test('played: a provider that fails for some calls is found and blamed, not its model, and everyday failures are none', async t => {
  for (const seed of [1, 3, 6]) {
    const { clickhouse } = await openTestClickHouse(t)
    const scores = await egressBrownOut.score(await play(egressBrownOut.build(seed), seed, { clickhouse }))
    const wrong = scores.filter(one => one.by === 'weir' && one.isRight === false)
    assert.deepEqual(wrong, [], `seed ${seed}`)
  }
})

test('played: a provider that answers again has recovered, and what an allow-list leaves out is told to the attempt', async t => {
  for (const [family, seed] of [
    [egressRecovery, 1],
    [egressBreach, 3],
  ] as const) {
    const { clickhouse } = await openTestClickHouse(t)
    const scores = await family.score(await play(family.build(seed), seed, { clickhouse }))
    const judged = scores.filter(one => one.by === 'weir' && one.isRight !== undefined)
    assert.ok(judged.length > 0 && judged.every(one => one.isRight), JSON.stringify(judged))
  }
})
