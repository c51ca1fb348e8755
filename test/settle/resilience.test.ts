import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttemptRow } from '../../schemas/attempt.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { MINUTE, SECOND, windowStart } from '../../services/platform/clock.ts'
import { openTestClickHouse } from '../fakes/clickhouse-server.ts'
import { attemptRow, insertAttempts, noPrices, WINDOW_MS } from './attempt-rows.ts'
import { settleWindow } from './settle-one.ts'

let clock = WINDOW_MS
const now = () => ++clock

/** An upstream call that never happened is a rejection; every other one took the prompt. */
interface Call {
  upstream: 'openai' | 'anthropic' | 'azure'
  end: 'ok' | 'timeout' | 'provider_error' | 'refused'
}

/** What a client asked for: the calls in order, and whether the gateway tells each or only counts them. */
interface Request {
  route: 'chat' | 'embed'
  calls: Call[]
  isCounted: boolean
  startMs: number
  gapMs: number
  promptTokens: number
}

const call: fc.Arbitrary<Call> = fc.record({
  upstream: fc.constantFrom('openai', 'anthropic', 'azure'),
  end: fc.constantFrom('ok', 'timeout', 'provider_error', 'refused'),
})
const request: fc.Arbitrary<Request> = fc.record({
  route: fc.constantFrom('chat', 'embed'),
  // What starts after an answer has ended is another request: an answer is the last call of its own.
  calls: fc.array(call, { minLength: 1, maxLength: 4 }).map(calls => {
    const answered = calls.findIndex(({ end }) => end === 'ok')
    return answered < 0 ? calls : calls.slice(0, answered + 1)
  }),
  isCounted: fc.boolean(),
  startMs: fc.integer({ min: WINDOW_MS, max: WINDOW_MS + 3 * MINUTE - 1 }),
  gapMs: fc.integer({ min: 0, max: 100 * SECOND }),
  promptTokens: fc.integer({ min: 1, max: 5_000 }),
})

/** Lines of the request as its gateway writes them. A gateway that only counts, counts calls that went upstream. */
function linesOf({ route, calls, isCounted, startMs, gapMs, promptTokens }: Request, n: number): AttemptRow[] {
  const lines = calls.map((one, index) => {
    const isOk = one.end === 'ok'
    const outcome = isOk ? 'ok' : one.end === 'refused' ? 'rejected' : 'error'
    const error_class: AttemptRow['error_class'] = one.end === 'ok' ? '' : one.end === 'refused' ? 'gateway_rejected' : one.end
    return attemptRow({
      request_id: `r${n}`,
      attempt_no: index + 1,
      route,
      provider: one.upstream,
      started_at: startMs + index * gapMs,
      outcome,
      error_class,
      ...(isOk ? { input_tokens: promptTokens, output_tokens: 10 } : { usage_quality: 'missing', request_bytes: 4 * promptTokens }),
    })
  })
  if (!isCounted) return lines
  const attempts_reported = calls.filter(one => one.end !== 'refused').length
  return [
    { ...(lines.at(-1) as AttemptRow), started_at: startMs, window_start: windowStart(startMs), is_sole_row: true, attempts_reported },
  ]
}

/** What happened, worked out request by request. */
function truthOf(requests: readonly Request[]) {
  const sum = (of: (one: Request) => number) => requests.reduce((total, one) => total + of(one), 0)
  const went = (one: Request) => one.calls.filter(({ end }) => end !== 'refused').length
  // Calls that a gateway only counts are known by number alone; a single call is no retry.
  const isRetried = (one: Request) => (one.isCounted ? went(one) > 1 : one.calls.length > 1)
  const isOk = (one: Request) => one.calls.at(-1)?.end === 'ok'
  const isMoved = (one: Request) => !one.isCounted && one.calls[0]?.upstream !== one.calls.at(-1)?.upstream
  const when = (isSo: (one: Request) => boolean) => sum(one => (isSo(one) ? 1 : 0))
  return {
    requests: requests.length,
    attempts: sum(one => (one.isCounted ? 1 : one.calls.length)),
    attempts_reported: sum(went),
    retried_requests: when(isRetried),
    fallback_requests: when(one => isRetried(one) && isMoved(one)),
    recovered_by_retry: when(one => isRetried(one) && isOk(one) && !isMoved(one)),
    recovered_by_fallback: when(one => isRetried(one) && isOk(one) && isMoved(one)),
    failed_after_all: when(one => isRetried(one) && !isOk(one)),
    failed_at_once: when(one => !isRetried(one) && !isOk(one)),
    added_latency_ms: sum(one => (one.isCounted || one.calls.length < 2 ? 0 : one.gapMs * (one.calls.length - 1))),
    added_latency_requests: when(one => !one.isCounted && one.calls.length > 1),
  }
}

/** The same by the ten seconds of the minute in which requests began: requests, attempts and answers. */
function tenSecondsOf(requests: readonly Request[]) {
  const slots = Array.from({ length: 6 }, (_, n) => truthOf(requests.filter(one => Math.floor((one.startMs % MINUTE) / 10_000) === n)))
  return {
    requests_by_10s: slots.map(slot => slot.requests),
    attempts_by_10s: slots.map(slot => slot.attempts_reported),
    answered_by_10s: slots.map(slot => slot.requests - slot.failed_after_all - slot.failed_at_once),
  }
}

type Truth = ReturnType<typeof truthOf>

async function resilience(clickhouse: ClickHouse, baseMs: number): Promise<Truth & { wasted_tokens: number }> {
  const columns = Object.keys(truthOf([])).map(column => `sum(${column}) AS ${column}`)
  const [row] = await clickhouse.query<Truth & { wasted_tokens: number }>(
    `SELECT ${columns.join(', ')}, sum(wasted_tokens) AS wasted_tokens FROM {database}.resilience_per_minute_current
     WHERE window_start BETWEEN {from:DateTime('UTC')} AND {from:DateTime('UTC')} + INTERVAL 30 MINUTE`,
    { from: baseMs / 1000 },
  )
  return row ?? assert.fail()
}

async function tenSeconds(clickhouse: ClickHouse, baseMs: number): Promise<ReturnType<typeof tenSecondsOf>> {
  const columns = Object.keys(tenSecondsOf([])).map(column => `sumForEach(${column}) AS ${column}`)
  const [row] = await clickhouse.query<ReturnType<typeof tenSecondsOf>>(
    `SELECT ${columns.join(', ')} FROM {database}.resilience_per_minute_current
     WHERE window_start BETWEEN {from:DateTime('UTC')} AND {from:DateTime('UTC')} + INTERVAL 30 MINUTE`,
    { from: baseMs / 1000 },
  )
  return row ?? assert.fail()
}

test('whatever became of requests, the resilience table says so, and its parts make up their whole', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 25, maxLength: 80 }), async requests => {
      const shiftMs = ++run * 120 * MINUTE
      const shifted = requests.map(one => ({ ...one, startMs: one.startMs + shiftMs }))
      // Calls spread over 5 minutes at most, so that a request is one request.
      const rows = shifted.flatMap((one, n) => linesOf(one, run * 1_000 + n))
      await insertAttempts(clickhouse, rows)
      for (const window of new Set(rows.map(row => row.window_start))) await settleWindow(window, { clickhouse, prices: noPrices, now })
      const { wasted_tokens, ...found } = await resilience(clickhouse, WINDOW_MS + shiftMs)
      assert.deepEqual(found, truthOf(shifted))
      assert.deepEqual(await tenSeconds(clickhouse, WINDOW_MS + shiftMs), tenSecondsOf(shifted))
      assert.equal(found.recovered_by_retry + found.recovered_by_fallback + found.failed_after_all, found.retried_requests)
      const reached = rows.filter(row => row.outcome !== 'rejected').length
      assert.ok(found.attempts_reported >= reached)
      const [usage] = await clickhouse.query<{ tokens: number; requests: number }>(
        `SELECT sum(input_tokens + output_tokens + estimated_input_tokens + estimated_output_tokens) AS tokens, sum(requests) AS requests
         FROM {database}.usage_per_minute_current WHERE window_start BETWEEN {from:DateTime('UTC')}
           AND {from:DateTime('UTC')} + INTERVAL 30 MINUTE`,
        { from: (WINDOW_MS + shiftMs) / 1000 },
      )
      assert.ok(usage && wasted_tokens <= usage.tokens)
      assert.equal(usage.requests, found.requests)
    }),
    { numRuns: 4, seed: 5 },
  )
})

test('a gateway that names the fallback but writes one line a request is believed', async t => {
  const { clickhouse } = await openTestClickHouse(t)
  const counted = { is_sole_row: true, attempts_reported: 2, is_fallback: true, input_tokens: 70, output_tokens: 7 }
  await insertAttempts(clickhouse, [
    attemptRow({ route: 'named', fallback_from: 'azure', provider: 'openai', ...counted }),
    attemptRow({ route: 'unnamed', provider: 'openai', ...counted }),
  ])
  await settleWindow(WINDOW_MS, { clickhouse, prices: noPrices, now })
  const rows = await clickhouse.query(
    `SELECT route, cause, from_upstream, to_upstream, requests, attempts, attempts_reported, recovered_by_fallback, collateral_attempts,
      collateral_tokens
     FROM {database}.resilience_per_minute_current ORDER BY route`,
  )
  const expected = {
    cause: 'unknown',
    to_upstream: 'openai',
    requests: 1,
    attempts: 1,
    attempts_reported: 2,
    recovered_by_fallback: 1,
    collateral_attempts: 1,
    collateral_tokens: 77,
  }
  assert.deepEqual(rows, [
    { route: 'named', from_upstream: 'azure', ...expected },
    { route: 'unnamed', from_upstream: 'unknown', ...expected },
  ])
})
