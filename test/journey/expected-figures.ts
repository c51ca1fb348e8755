/** Figures that the API must show, computed from the simulator's truth alone. */

import { aggregateTruth, type TruthRow } from '../../services/demo/simulation/aggregate-truth.ts'
import type { EngineReading } from '../../services/demo/simulation/engine-reading.ts'
import { type AttemptTruth, knowableOf, type RequestTruth } from '../../services/demo/simulation/truth.ts'
import { MINUTE } from '../../services/platform/clock.ts'

/**
 * Names of the figures of /v1/usage that are compared, with those of the truth. `attempts` of the API counts rows; `attempts_reported` is
 * made below.
 */
const usageFigures = {
  requests: 'requests',
  successful_requests: 'successful_requests',
  attempts: 'rows',
  unseen_attempts: 'unseen_attempts',
  input_tokens: 'input_tokens',
  cached_input_tokens: 'cached_input_tokens',
  cache_write_tokens: 'cache_write_tokens',
  output_tokens: 'output_tokens',
  reasoning_tokens: 'reasoning_tokens',
  response_cache_hits: 'response_cache_hits',
  response_cache_hit_tokens: 'response_cache_hit_tokens',
} as const satisfies Record<string, keyof TruthRow>

/** Figures by key; the key is the values of the groups, joined by ` · `. */
export type Figures<Value> = Record<string, Value>

/** The model of an attempt whose line names none. */
const UNTOLD = '?'

/** Usage per tenant × route × model, as far as the lines tell it. */
export function expectedUsage(requests: readonly RequestTruth[]): Figures<Record<string, number>> {
  // Attempts carry the model that their line names as the one asked for; requests without attempts have only their own.
  const groupBy = ['tenant_id', 'route', 'request_model', 'response_model'] as const
  const usage: Figures<Record<string, number>> = {}
  for (const row of aggregateTruth(requests.map(asReported), { groupBy, basis: 'reported' })) {
    const [tenant, route, ofRequest, ofAttempt] = row.key
    const key = keyOf([tenant, route, ofAttempt === UNTOLD ? '' : ofAttempt || ofRequest])
    add(usage, key, Object.fromEntries(Object.entries(usageFigures).map(([name, ofTruth]) => [name, row[ofTruth]])))
    // Attempts with a line count where they ran, those that are only counted where the request ended.
    add(usage, key, { attempts_reported: row.attempts + row.unseen_attempts })
  }
  return sorted(usage)
}

/** The same figures out of rows of /v1/usage?group_by=tenant_id,route,request_model. */
export function usageFrom(rows: readonly Record<string, unknown>[]): Figures<Record<string, number>> {
  return sorted(
    Object.fromEntries(
      rows.map(row => [
        keyOf([row['tenant_id'], row['route'], row['request_model']]),
        Object.fromEntries([...Object.keys(usageFigures), 'attempts_reported'].map(name => [name, row[name] as number])),
      ]),
    ),
  )
}

/**
 * The request with the models that its lines name as asked for, in `response_model` of the attempts. Kong names the one asked of the last
 * upstream, and none where it called none or where the host of a try shows that it went elsewhere; LiteLLM the group that served, which is
 * the fallback's own where it fell back.
 */
function asReported(request: RequestTruth): RequestTruth {
  const { dialect, request_model, attempts } = request
  const [first, last] = [attempts[0], attempts.at(-1)]
  const namedBy = (attempt: AttemptTruth): string => {
    if (dialect === 'kong') return last !== undefined && !isSeenElsewhere(attempt, last) ? last.upstream_model : UNTOLD
    if (dialect !== 'litellm' || attempt.upstream === first?.upstream) return request_model
    return attempt.upstream_kind === 'pool' ? attempt.upstream : attempt.upstream_model
  }
  return {
    ...request,
    request_model: dialect === 'kong' && attempts.length === 0 ? '' : request_model,
    attempts: attempts.map(attempt => ({ ...attempt, response_model: namedBy(attempt) })),
  }
}

/** Providers are known by their hosts; the addresses of two pools show no difference. */
function isSeenElsewhere(attempt: AttemptTruth, last: AttemptTruth): boolean {
  if (attempt.upstream === last.upstream) return false
  return attempt.upstream_kind === 'provider' || last.upstream_kind === 'provider'
}

/** USD per million tokens, as the providers' price pages and LiteLLM's price file of 2026-08-01 give them. */
const prices: Readonly<Record<string, { input: string; cached: string; write: string; output: string }>> = {
  'gpt-4o-mini': { input: '0.15', cached: '0.075', write: '0', output: '0.6' },
  'gpt-4o': { input: '2.5', cached: '1.25', write: '0', output: '10' },
  'o4-mini': { input: '1.1', cached: '0.275', write: '0', output: '4.4' },
  'claude-sonnet-4-5': { input: '3', cached: '0.3', write: '3.75', output: '15' },
  'claude-haiku-4-5': { input: '1', cached: '0.1', write: '1.25', output: '5' },
}

/**
 * What providers charge for the attempts whose tokens the lines tell, in 10⁻¹⁸ USD, per tenant × route × provider. Providers without such
 * attempts cost 0.
 */
export function expectedCosts(requests: readonly RequestTruth[]): Figures<bigint> {
  const costs: Figures<bigint> = {}
  for (const request of requests) {
    const route = request.dialect === 'litellm' ? '/v1/chat/completions' : request.route
    for (const attempt of request.attempts) {
      if (attempt.upstream_kind !== 'provider' || !attempt.is_seen) continue
      const key = keyOf([request.tenant_id, route, attempt.upstream])
      costs[key] = (costs[key] ?? 0n) + (attempt.are_tokens_seen ? costOf(attempt) : 0n)
    }
  }
  return sorted(costs)
}

function costOf({ tokens, upstream_model }: AttemptTruth): bigint {
  const price = prices[upstream_model]
  if (price === undefined) throw new RangeError(`the test has no price of ${upstream_model}`)
  const perToken = (perMillion: string) => atto(perMillion) / 1_000_000n
  const plain = tokens.input_tokens - tokens.cached_input_tokens - tokens.cache_write_tokens
  return (
    BigInt(plain) * perToken(price.input) +
    BigInt(tokens.cached_input_tokens) * perToken(price.cached) +
    BigInt(tokens.cache_write_tokens) * perToken(price.write) +
    BigInt(tokens.output_tokens) * perToken(price.output)
  )
}

/** The same costs out of rows of /v1/usage?group_by=tenant_id,route,upstream_kind,upstream. */
export function costsFrom(rows: readonly Record<string, unknown>[]): Figures<bigint> {
  const ofProviders = rows.filter(row => row['upstream_kind'] === 'provider')
  return sorted(
    Object.fromEntries(
      ofProviders.map(row => [keyOf([row['tenant_id'], row['route'], row['upstream']]), atto(row['list_cost'] as string)]),
    ),
  )
}

/** Exact decimal text → 10⁻¹⁸. */
function atto(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(18, '0'))
}

/** What retries and fallbacks came to per tenant, as far as the lines tell it. */
export function expectedResilience(requests: readonly RequestTruth[]): Figures<Record<string, number>> {
  const sums: Figures<Record<string, number>> = {}
  for (const request of requests) {
    const { is_seen, rows, attempts } = knowableOf(request)
    if (!is_seen) continue
    const retried_requests = attempts > 1 || rows > 1 ? 1 : 0
    add(sums, request.tenant_id, { requests: 1, attempts: rows, attempts_reported: attempts, retried_requests })
  }
  return sorted(sums)
}

/** The same figures out of rows of /v1/resilience?group_by=tenant_id. */
export function resilienceFrom(rows: readonly Record<string, unknown>[]): Figures<Record<string, number>> {
  const names = ['requests', 'attempts', 'attempts_reported', 'retried_requests']
  return sorted(
    Object.fromEntries(rows.map(row => [String(row['tenant_id']), Object.fromEntries(names.map(name => [name, row[name] as number]))])),
  )
}

/** What the readings of a pool come to: their number, the mean over minutes of what was running and waiting, and the largest of both. */
export function expectedPools(readings: readonly EngineReading[]): Figures<Record<string, number>> {
  return Object.fromEntries(
    [...Map.groupBy(readings, reading => reading.pool)].sort().map(([pool, ofPool]) => {
      const minutes = [...Map.groupBy(ofPool, reading => Math.floor(reading.sampled_at / MINUTE)).values()]
      const perMinute = (measure: (ofEngine: readonly EngineReading[]) => number) =>
        minutes.map(minute => sum([...Map.groupBy(minute, reading => reading.endpoint).values()].map(measure)))
      return [
        pool,
        {
          samples: ofPool.length,
          running: mean(perMinute(ofEngine => mean(ofEngine.map(reading => reading.running)))),
          waiting: mean(perMinute(ofEngine => mean(ofEngine.map(reading => reading.waiting)))),
          running_max: Math.max(...perMinute(ofEngine => Math.max(...ofEngine.map(reading => reading.running)))),
          waiting_max: Math.max(...perMinute(ofEngine => Math.max(...ofEngine.map(reading => reading.waiting)))),
        },
      ]
    }),
  )
}

function keyOf(values: readonly unknown[]): string {
  return values.join(' · ')
}

function sorted<Value>(figures: Figures<Value>): Figures<Value> {
  return Object.fromEntries(Object.entries(figures).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function add(sums: Figures<Record<string, number>>, key: string, more: Record<string, number>): void {
  const target = sums[key] ?? {}
  sums[key] = target
  for (const [name, value] of Object.entries(more)) target[name] = (target[name] ?? 0) + value
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}
