import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AttemptContent } from '../../../schemas/attempt.ts'
import { readAttempts } from '../../../schemas/dialects/read-attempts.ts'
import { recogniseDialect } from '../../../schemas/dialects/registry.ts'
import { aggregateTruth } from '../../../services/demo/simulation/aggregate-truth.ts'
import { defaultPlatform } from '../../../services/demo/simulation/default-platform.ts'
import { buildRenderer } from '../../../services/demo/simulation/emit/render.ts'
import { engineRestart, type IncidentScript, providerOutage } from '../../../services/demo/simulation/incident.ts'
import type { Dialect } from '../../../services/demo/simulation/platform-model.ts'
import { knowableOf, type RequestTruth, reportedRequestId } from '../../../services/demo/simulation/truth.ts'
import { MINUTE } from '../../../services/platform/clock.ts'
import { play, START_MS } from './play.ts'

/** globex sends more than its gateway allows. */
const beyondTheLimit: IncidentScript = {
  name: 'beyond-the-limit',
  phases: [],
  effects: [{ kind: 'tenant-surge', from_ms: 6 * MINUTE, to_ms: 7 * MINUTE, tenant_id: 'globex', factor: 8 }],
}
const { requests } = play({
  minutes: 9,
  incidents: [
    { start_ms: START_MS + MINUTE, script: providerOutage },
    { start_ms: START_MS + 2 * MINUTE, script: engineRestart },
    { start_ms: START_MS, script: beyondTheLimit },
  ],
})
const render = buildRenderer(defaultPlatform)
const of = (dialect: Dialect) => requests.filter(request => request.dialect === dialect)
// biome-ignore lint/suspicious/noExplicitAny: lines of foreign formats are looked into by path
const linesOf = (request: RequestTruth): any[] => render(request).map(line => JSON.parse(line))

describe('the lines of a simulated gateway', () => {
  it('have no line breaks and are recognised as what they are', () => {
    for (const request of requests) {
      for (const text of render(request)) {
        assert.ok(!text.includes('\n'))
        assert.equal(recogniseDialect(JSON.parse(text)).reader.dialect.name, request.dialect)
      }
    }
  })

  it('of Envoy: one a request, with the count of attempts, the last host, and tokens as text where the last attempt was answered', () => {
    for (const request of of('envoy')) {
      const [line, ...more] = linesOf(request)
      const last = request.attempts.at(-1)
      assert.equal(more.length, 0)
      assert.equal(line.upstream_request_attempt_count, request.attempts.length)
      assert.equal(line.upstream_host, last?.endpoint ?? null)
      assert.equal(line['tenant.id'], request.claimed_tenant_id)
      assert.equal(line['gen_ai.usage.input_tokens'], request.outcome === 'ok' ? String(last?.tokens.input_tokens) : null)
      assert.equal(line['gen_ai.usage.output_tokens'], request.outcome === 'ok' ? String(last?.tokens.output_tokens) : null)
      assert.equal(line.upstream_hosts_attempted?.split(',').length ?? 0, request.attempts.length)
    }
    assert.ok(of('envoy').some(request => linesOf(request)[0]?.response_flags === 'RL'))
    assert.ok(of('envoy').some(request => linesOf(request)[0]?.response_flags === 'DC'))
  })

  it('of Kong: one a request, a try per attempt, statuses in order, usage of the answered last one', () => {
    for (const request of of('kong')) {
      const [line, ...more] = linesOf(request)
      const last = request.attempts.at(-1)
      assert.equal(more.length, 0)
      assert.deepEqual(
        line.tries.map((attempt: { ip: string; port: number }) => `${attempt.ip}:${attempt.port}`),
        request.attempts.map(attempt => attempt.endpoint),
      )
      assert.equal(line.upstream_status, request.attempts.map(attempt => attempt.status_code).join(', '))
      assert.equal(
        line.ai?.proxy.usage?.total_tokens,
        last?.outcome === 'ok' ? last.tokens.input_tokens + last.tokens.output_tokens : undefined,
      )
    }
    assert.ok(of('kong').some(request => request.attempts.length > 2))
  })

  it('of LiteLLM: at most one failure and one success, joined by trace and call id, the failure without tokens', () => {
    let joined = 0
    for (const request of of('litellm')) {
      const lines = linesOf(request)
      const failures = lines.filter(line => line.status === 'failure')
      const successes = lines.filter(line => line.status === 'success')
      assert.ok(failures.length <= 1 && successes.length <= 1)
      if (failures.length + successes.length === 2) joined++
      for (const line of lines) assert.deepEqual([line.trace_id, line.litellm_call_id], [request.trace_id, request.request_id])
      for (const line of failures) assert.deepEqual([line.id, line.total_tokens], [request.request_id, 0])
      const tokens = request.cached_answer ?? request.attempts.find(attempt => attempt.outcome === 'ok')?.tokens
      for (const line of successes)
        assert.deepEqual([line.prompt_tokens, line.completion_tokens], [tokens?.input_tokens, tokens?.output_tokens])
      assert.equal(lines.length > 0, knowableOf(request).is_seen)
    }
    assert.ok(joined > 20)
    assert.ok(of('litellm').some(request => request.outcome === 'cancelled' && linesOf(request).length === 0))
    assert.ok(of('litellm').some(request => linesOf(request)[0]?.cache_hit === true))
  })

  it('of Weir: one an attempt, under the contract’s own names', () => {
    for (const request of of('canonical')) {
      const lines = linesOf(request)
      assert.equal(lines.length, Math.max(1, request.attempts.length))
      for (const [index, attempt] of request.attempts.entries()) {
        const line = lines[index] as AttemptContent
        assert.deepEqual(
          [line.attempt_no, line.outcome, line.status_code, line.is_fallback],
          [index + 1, attempt.outcome, attempt.status_code, attempt.is_fallback],
        )
        if (attempt.outcome === 'ok') assert.equal(line.output_tokens, attempt.tokens.output_tokens)
        if (attempt.outcome === 'error') assert.equal(line.usage_quality, 'missing')
      }
    }
  })
})

/** Sums over rows as a reader of the lines would make them, written without the simulator's own sums. */
function sumsOf(rows: readonly AttemptContent[]) {
  const byRequest = Map.groupBy(rows, row => row.request_id)
  const isReached = (row: AttemptContent) => row.outcome !== 'rejected' && row.response_cache !== 'hit' && (row.attempts_reported ?? 1) > 0
  const sums = {
    requests: byRequest.size,
    rows: rows.length,
    attempts: 0,
    attempts_reported: 0,
    unseen_attempts: 0,
    response_cache_hits: 0,
    response_cache_hit_tokens: 0,
  }
  for (const group of byRequest.values()) {
    const reached = group.filter(isReached).length
    const reported = Math.max(reached, ...group.map(row => row.attempts_reported ?? 0))
    sums.attempts += reached
    sums.attempts_reported += reported
    sums.unseen_attempts += reported - reached
    for (const row of group) {
      if (row.response_cache !== 'hit') continue
      sums.response_cache_hits++
      sums.response_cache_hit_tokens += row.input_tokens + row.output_tokens
    }
  }
  const tokens = { input_tokens: 0, cached_input_tokens: 0, cache_write_tokens: 0, output_tokens: 0, reasoning_tokens: 0 }
  for (const row of rows.filter(isReached)) for (const name of Object.keys(tokens) as (keyof typeof tokens)[]) tokens[name] += row[name]
  return { ...sums, ...tokens }
}

describe('what the dialects read from the lines', () => {
  const read = requests.flatMap(request =>
    render(request).flatMap(text => {
      const line = JSON.parse(text)
      return readAttempts(recogniseDialect(line).reader, line, { source: request.gateway, hasEscapes: false })
    }),
  )

  it('is exactly what the truth calls reported, for every tenant', () => {
    const truth = aggregateTruth(requests, { groupBy: ['tenant_id'], basis: 'reported' })
    assert.equal(truth.length, 9, 'eight tenants, and callers refused at the door')
    for (const row of truth) {
      const found = sumsOf(read.filter(attempt => attempt.tenant_id === row.key[0]))
      const expected = Object.fromEntries(Object.keys(found).map(name => [name, row[name as keyof typeof found]]))
      assert.deepEqual(found, expected, row.key[0])
    }
  })

  it('names the pools and providers that were called, for the last attempt of each request', () => {
    const lastOf = Map.groupBy(read, attempt => attempt.request_id)
    for (const request of requests) {
      const last = request.attempts.filter(attempt => attempt.is_seen).at(-1)
      const rows = lastOf.get(reportedRequestId(request)) ?? []
      if (last === undefined || rows.length === 0) continue
      const upstreams = rows.map(row => (row.upstream_kind === 'pool' ? row.pool : row.provider))
      assert.ok(upstreams.includes(last.upstream), `${request.dialect} ${upstreams.join()} ${last.upstream}`)
    }
  })
})
