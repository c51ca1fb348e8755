import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResilienceMinute } from '../../../services/answers/verdict/minutes.ts'
import { type RepeatRow, resendsOf } from '../../../services/answers/verdict/resends.ts'
import { fallenRoutes, findStorms } from '../../../services/answers/verdict/storms.ts'
import { readQuery } from '../../../services/platform/clickhouse/read-query.ts'
import { MINUTE, SECOND } from '../../../services/platform/clock.ts'
import { verdictBurst, verdictStorm } from '../../bench/answers/families/storms.ts'
import { play } from '../../bench/answers/play.ts'
import { openTestClickHouse } from '../../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts } from '../../settle/attempt-rows.ts'

const FROM = Date.UTC(2026, 8, 1, 9)

/** A minute of the route chat: its requests, attempts and answers by ten seconds. */
function minute(at: number, requests: number[], attempts: number[], answered: number[]): ResilienceMinute {
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0)
  return {
    at_ms: FROM + at * MINUTE,
    ...{ route: 'chat', policy: 'eager', cause: '', from_upstream: 'llama', to_upstream: 'llama', currency: 'USD' },
    requests: sum(requests),
    attempts_reported: sum(attempts),
    ...{ retried_requests: 0, recovered_by_retry: 0, recovered_by_fallback: 0, failed_after_all: sum(requests) - sum(answered) },
    ...{ failed_at_once: 0, wasted_tokens: 0, wasted_cost: '0', added_latency_ms: 0, added_latency_requests: 0, collateral_attempts: 0 },
    requests_by_10s: requests,
    attempts_by_10s: attempts,
    answered_by_10s: answered,
  }
}
const six = (count: number) => Array.from({ length: 6 }, () => count)
const QUIET = Array.from({ length: 30 }, (_, at) => minute(at - 30, six(20), six(20), six(20)))
/** The minute of a storm: twenty quiet seconds, then three attempts a request of which half are answered. */
const [REQUESTS, ATTEMPTS, ANSWERED] = [six(20), [20, 20, 60, 60, 60, 60], [20, 20, 10, 10, 10, 10]]

test('a storm is seen within its minute, from its first ten seconds on', () => {
  const [storm, ...others] = findStorms([...QUIET, minute(0, REQUESTS, ATTEMPTS, ANSWERED)], [], FROM)
  assert.deepEqual(others, [])
  assert.deepEqual([storm?.from_ms, storm?.until_ms], [FROM + 20 * SECOND, FROM + MINUTE])
  assert.deepEqual([storm?.amplification, storm?.success, storm?.usual_amplification, storm?.usual_success], [3, 0.5, 1, 1])
  assert.deepEqual([storm?.origin, storm?.policy, storm?.further_attempts, storm?.resender], ['gateway', 'eager', 160, null])
})

test('retries that save what failed, failures that nobody tries again, and ten bad seconds are no storms', () => {
  const stormsOf = (requests: number[], attempts: number[], answered: number[]) =>
    findStorms([...QUIET, minute(0, requests, attempts, answered), minute(1, six(20), six(20), six(20))], [], FROM)
  assert.deepEqual(stormsOf(REQUESTS, ATTEMPTS, six(20)), [])
  assert.deepEqual(stormsOf(REQUESTS, six(20), ANSWERED), [])
  assert.deepEqual(stormsOf(six(20), [20, 20, 80, 20, 20, 20], [20, 20, 0, 20, 20, 20]), [])
  assert.deepEqual(stormsOf(six(200), six(200), six(200)), [])
})

test('a few requests that failed at once, while the others of their seconds have not ended, are no storm yet', () => {
  const seen = minute(0, [20, 20, 20, 9, 8, 8], [20, 20, 20, 27, 24, 24], [20, 20, 20, 0, 0, 0])
  assert.deepEqual(findStorms([...QUIET, seen], [], FROM), [])
  assert.equal(findStorms([...QUIET, seen, minute(2, six(20), six(20), six(20))], [], FROM).length, 1, 'they have all ended by then')
})

const repeat = (at: number, facts: Partial<RepeatRow>): RepeatRow => ({
  ...{ route: 'chat', at_ms: FROM + at * 10 * SECOND, tenant_id: 'acme', api_key_id: 'key' },
  ...{ known: 40, failed: 30, answered: 10, after_failure: 20, after_answer: 0 },
  ...facts,
})

test('clients that send again what failed make a storm, and the one who sends most is named', () => {
  const falling = minute(0, six(40), six(40), six(10))
  assert.deepEqual(findStorms([...QUIET, falling], [], FROM), [], 'without prompts it is but more requests')
  assert.deepEqual(fallenRoutes([...QUIET, falling], FROM), [{ route: 'chat', fromMs: FROM, toMs: FROM + 80 * SECOND }])
  const repeats = [0, 1, 2, 3, 4, 5].flatMap(at => [
    repeat(at, { after_failure: 15 }),
    repeat(at, { tenant_id: 'globex', known: 5, failed: 5, answered: 0, after_failure: 5 }),
  ])
  const [storm] = findStorms([...QUIET, falling], repeats, FROM)
  // 40 requests, of which 20 are sent again: 20 things asked for.
  assert.deepEqual([storm?.origin, storm?.amplification, storm?.success, storm?.resends], ['clients', 2, 0.5, 120])
  assert.deepEqual(storm?.resender, { tenant_id: 'acme', api_key_id: 'key', resends: 90 })
})

test('who asks the same again after an answer as often as after a failure does not send again', () => {
  const rows = [repeat(0, { failed: 20, after_failure: 10, answered: 20, after_answer: 10 })]
  assert.deepEqual(resendsOf('chat', rows), [{ route: 'chat', at_ms: FROM, resends: 0 }])
  const half = [repeat(0, { failed: 20, after_failure: 20, answered: 20, after_answer: 10 })]
  assert.equal(resendsOf('chat', half)[0]?.resends, 10)
})

test('a prompt comes again where the same sender sends it on the same route within a minute of its end', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  let n = 0
  const sent = (atS: number, facts: Partial<Parameters<typeof attemptRow>[0]>) =>
    attemptRow({
      ...{ request_id: `r${++n}`, route: 'chat', api_key_id: 'key', user_id: 'ann', prompt_hash: 'p', started_at: FROM + atS * SECOND },
      ...{ ended_at: FROM + (atS + 1) * SECOND, outcome: 'error', error_class: 'timeout', ...facts },
    })
  const ok = { outcome: 'ok', error_class: '' } as const
  await insertAttempts(clickhouse, [
    sent(0, {}),
    sent(3, {}), // again
    sent(20, { ...ok }), // again, answered
    sent(25, {}), // after an answer
    sent(26.5, { user_id: 'bob' }),
    sent(27, { api_key_id: 'other' }),
    sent(28, { route: 'assistant' }),
    sent(95, {}), // too late
    // Without a hash the size of the body tells it, and without that nothing does.
    ...[30, 35].map(at => sent(at, { prompt_hash: '', request_bytes: 4_711 })),
    ...[40, 45].map(at => sent(at, { prompt_hash: '', request_bytes: 0 })),
  ])
  const sql = readQuery(new URL('../../../services/answers/verdict/verdict-question.ts', import.meta.url).href, 'repeats')
  const rows = await clickhouse.query<RepeatRow>(sql, {
    ...{ from: FROM / 1000, to: FROM / 1000 + 180, routes: ['chat'], is_all: true, tenants: [] },
  })
  const total = (of: (row: RepeatRow) => number) => rows.reduce((sum, row) => sum + of(row), 0)
  assert.deepEqual([total(one => one.after_failure), total(one => one.after_answer), total(one => one.known)], [3, 1, 9])
})

test('played: a storm of each kind is told within a minute with who makes it, an honest burst is none', async t => {
  for (const seed of [4, 6]) {
    const { clickhouse } = await openTestClickHouse(t)
    const scores = await verdictStorm.score(await play(verdictStorm.build(seed), seed, { clickhouse }))
    const right = scores.filter(one => one.by === 'weir' && one.isRight !== undefined)
    assert.deepEqual([right.length, right.filter(one => !one.isRight)], [3, []], `seed ${seed}`)
  }
  const { clickhouse } = await openTestClickHouse(t)
  const [burst] = await verdictBurst.score(await play(verdictBurst.build(6), 6, { clickhouse }))
  assert.equal(burst?.isRight, true)
})
