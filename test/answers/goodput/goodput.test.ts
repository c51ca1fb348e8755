import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Answer } from '../../../services/answers/answer.ts'
import { type CostRow, explainGoodput, type GoodputFinding, type ShareRow } from '../../../services/answers/goodput/explain-goodput.ts'
import { questions } from '../../../services/answers/questions.ts'
import { insertLatency, insertRows, minute, publish, usageRow } from '../../api/fixture.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'

const FROM = Date.UTC(2026, 8, 1, 9)
const PERIOD = { fromMs: FROM, toMs: FROM + 3_600_000 }
const settled = { untilMs: PERIOD.toMs, windows: 60 }
const limits = { ttftMs: 2_000, tpotMs: 200 }
const cost = (over: Partial<CostRow> = {}): CostRow => ({
  ...{ tenant_id: 'acme', upstream_kind: 'provider', upstream: 'openai', currency: 'USD' },
  ...{ requests: 1_000, successful_requests: 800, output_tokens: 400_000, unpriced_attempts: 0, cost: '8' },
  ...over,
})
const share = (over: Partial<ShareRow> = {}): ShareRow => ({
  ...{ tenant_id: 'acme', upstream_kind: 'provider', upstream: 'openai', ttft_count: 800, tpot_count: 800 },
  ...{ ttft_share: 0.9, tpot_share: 0.8 },
  ...over,
})
const explain = (costs: readonly CostRow[], shares: readonly ShareRow[]) => explainGoodput({ costs, shares, limits, settled }, PERIOD)

test('8 USD for 800 answers and 400,000 tokens, of which 70 to 80 % came in time', () => {
  const answer = explain([cost()], [share()])
  const [found] = answer.findings
  assert.deepEqual([found?.cost_per_successful_request, found?.cost_per_million_tokens], ['0.01', '20'])
  assert.ok(Math.abs((found?.share_low ?? 0) - 0.7) < 1e-9 && found?.share_high === 0.8)
  // 8 ÷ 0.32 million and 8 ÷ 0.28 million.
  assert.equal(found?.cost_per_million_within_low, '25')
  assert.ok(Math.abs(Number(found?.cost_per_million_within_high) - 28.571428) < 1e-4)
  assert.match(
    answer.sentence,
    /^acme at openai: 70 % to 80 % of answers within 2000 ms .*; 20\.0 USD a million output tokens, 25\.0 to 28\.6/,
  )
})

test('what is not known is not made up: no times, no prices, no published hours of a pool, few answers', () => {
  const untimed = explain([cost()], [])
  assert.deepEqual([untimed.confidence, untimed.findings[0]?.cost_per_million_within_low], ['cannot tell', null])
  assert.match(untimed.missing.join(), /ttft_ms/)
  const pool = explain([cost({ upstream_kind: 'pool', upstream: 'llama', cost: null, currency: '' })], [])
  assert.match(pool.missing.join(), /what llama costs/)
  assert.equal(explain([cost({ unpriced_attempts: 600 })], [share()]).findings[0]?.cost, null)
  assert.equal(explain([cost()], [share({ ttft_count: 20 })]).findings[0]?.confidence, 'cannot tell')
  const never = explain([cost()], [share({ ttft_share: 0, tpot_share: 0 })]).findings[0]
  assert.deepEqual([never?.share_high, never?.cost_per_million_within_low], [0, null])
})

test('where most tokens came late is first; whatever the shares, the least is no more than the most', () => {
  const rows = [cost(), cost({ upstream: 'llama', output_tokens: 1_000 })]
  const found = explain(rows, [share(), share({ upstream: 'llama', ttft_share: 0.1 })]).findings
  assert.deepEqual(
    found.map(one => one.upstream),
    ['openai', 'llama'],
  )
  const part = fc.integer({ min: 0, max: 100 }).map(value => value / 100)
  fc.assert(
    fc.property(part, part, (ttft_share, tpot_share) => {
      const [one] = explain([cost()], [share({ ttft_share, tpot_share })]).findings
      return one?.share_low != null && one.share_high != null && one.share_low <= one.share_high && one.share_low >= 0
    }),
  )
})

test('read from settled minutes: the share of first tokens within the limit, beside what they cost', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const onOpenai = { upstream_kind: 'provider', upstream: 'openai', requests: 100, successful_requests: 100, output_tokens: 50_000 }
  for (const clock of ['09:00', '09:01']) {
    await publish(clickhouse, clock, 1)
    await insertRows(clickhouse, 'usage_per_minute', [usageRow(clock, 'acme', { ...onOpenai, list_cost: '0.5' })])
    await insertLatency(clickhouse, clock, 'acme', { ttft: Array.from({ length: 100 }, (_, index) => (index + 1) * 10) })
  }
  const fromMs = minute('09:00') * 1000
  const question = questions.find(({ name }) => name === 'goodput')
  const scope = { isAll: true, tenants: [], seesVolumes: true }
  const asked = { fromMs, toMs: fromMs + 3_600_000, nowMs: fromMs + 3_600_000, scope, parameters: { ttft_ms: 755 } }
  const answer = (await question?.ask(asked, { clickhouse })) as Answer<GoodputFinding>
  const [found] = answer.findings
  // 75 of 100 first tokens are within 755 ms; quantiles are told to 0.4 % and shares to a hundredth.
  assert.ok(Math.abs((found?.share_high ?? 0) - 0.75) <= 0.011, `${found?.share_high}`)
  assert.deepEqual([found?.requests, found?.cost, found?.cost_per_million_tokens, found?.currency], [200, '1', '10', 'USD'])
})
