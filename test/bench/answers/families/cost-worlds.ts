/**
 * Two periods that differ by known factors and by nothing else: the same simulated requests twice, the second time with one or two things
 * changed by hand. What each factor made is told by the cost of the worlds in between, in plain arithmetic.
 */
import type { SimulationOutput } from '../../../../services/demo/simulation/run.ts'
import type { AttemptTruth, RequestTruth, TokenCounts } from '../../../../services/demo/simulation/truth.ts'
import type { PriceRow } from '../../../../services/money/price-book/price-row.ts'
import { priceRow } from '../../../settle/price-rows.ts'

/** What a period is like: every request `dear` times at the dear model and `cheap` times at the cheap one; factors on tokens and prices. */
export interface CostWorld {
  readonly dear: number
  readonly cheap: number
  readonly prompt: number
  readonly output: number
  readonly reasoning: number
  /** Part of the cached tokens that stay cached. */
  readonly cached: number
  readonly price: number
}

export const USUAL_WORLD: CostWorld = { dear: 2, cheap: 1, prompt: 1, output: 1, reasoning: 1, cached: 1, price: 1 }

/** Between the starts of the two periods: further apart than attempts of one request are joined. */
export const GAP_MS = 20 * 60_000

const DEAR = 'claude-sonnet-4-5-20250929'
const CHEAP = 'claude-haiku-4-5-20251001'
const REASONING = 'o4-mini-2025-04-16'
const UPSTREAM_MODELS: Readonly<Record<string, string>> = { [DEAR]: 'claude-sonnet-4-5', [CHEAP]: 'claude-haiku-4-5' }
/** USD a million tokens: made up. */
const PRICES: Readonly<Record<string, { provider: string; input: number; cached_input: number; cache_write: number; output: number }>> = {
  [DEAR]: { provider: 'anthropic', input: 3, cached_input: 0.3, cache_write: 3.75, output: 15 },
  [CHEAP]: { provider: 'anthropic', input: 1, cached_input: 0.1, cache_write: 1.25, output: 5 },
  [REASONING]: { provider: 'openai', input: 1.1, cached_input: 0.275, cache_write: 1.1, output: 4.4 },
}

/** The prices of both periods: from `changeMs` on all are `factor` times as high. */
export function worldPrices(changeMs: number, factor: number): PriceRow[] {
  return Object.entries(PRICES).flatMap(([model, { provider, ...prices }]) =>
    Object.entries({ ...prices, reasoning: prices.output }).flatMap(([token_kind, price]) => {
      const row = (of: number, valid_from: number, valid_to: number | null) =>
        priceRow({
          ...{ provider, model, version: 1, valid_from, valid_to },
          token_kind: token_kind as PriceRow['token_kind'],
          unit_price: (of / 1e6).toFixed(15),
        })
      return [row(price, 0, changeMs), row(price * factor, changeMs, null)]
    }),
  )
}

/** What both periods hold: the requests as they are usual, and later as they are in `after`. */
export function bothPeriods(truth: SimulationOutput, after: CostWorld): SimulationOutput {
  return { ...truth, requests: [...inWorld(truth.requests, USUAL_WORLD, 0), ...inWorld(truth.requests, after, GAP_MS)], scrapes: [] }
}

/** The requests of a simulation in a world, `shiftMs` later. */
export function inWorld(requests: readonly RequestTruth[], world: CostWorld, shiftMs: number): RequestTruth[] {
  return requests.flatMap(request =>
    Array.from({ length: world.dear + world.cheap }, (_, copy) => copied(request, world, { copy, shiftMs })),
  )
}

function copied(request: RequestTruth, world: CostWorld, { copy, shiftMs }: { copy: number; shiftMs: number }): RequestTruth {
  const mark = (id: string) => `${id.slice(0, -4)}${shiftMs === 0 ? '0' : '1'}${copy.toString(16).padStart(3, '0')}`
  const moveMs = shiftMs + copy * 7
  const model = copy < world.dear ? DEAR : CHEAP
  return {
    ...request,
    request_id: mark(request.request_id),
    trace_id: mark(request.trace_id),
    started_at: request.started_at + moveMs,
    ended_at: request.ended_at + moveMs,
    attempts: request.attempts.map(attempt => ({
      ...attempt,
      started_at: attempt.started_at + moveMs,
      ended_at: attempt.ended_at + moveMs,
      ...(attempt.upstream === 'anthropic' && {
        response_model: attempt.response_model && model,
        upstream_model: UPSTREAM_MODELS[model] ?? model,
      }),
      tokens: tokensIn(attempt.tokens, world),
    })),
  }
}

function tokensIn(tokens: TokenCounts, { prompt, output, reasoning, cached }: CostWorld): TokenCounts {
  const times = (count: number, factor: number) => Math.round(count * factor)
  const answer = times(tokens.output_tokens - tokens.reasoning_tokens, output)
  const thought = times(tokens.reasoning_tokens, reasoning)
  return {
    input_tokens: times(tokens.input_tokens, prompt),
    cached_input_tokens: times(times(tokens.cached_input_tokens, prompt), cached),
    cache_write_tokens: times(tokens.cache_write_tokens, prompt),
    output_tokens: answer + thought,
    reasoning_tokens: thought,
  }
}

/** What a world costs, USD: tokens that the log tells, at the made-up prices. */
export function costOf(requests: readonly RequestTruth[], world: CostWorld): number {
  return inWorld(requests, world, 0)
    .flatMap(({ attempts }) => attempts)
    .reduce((sum, attempt) => sum + costOfAttempt(attempt) * world.price, 0)
}

function costOfAttempt({ tokens, response_model, are_tokens_seen, upstream_kind }: AttemptTruth): number {
  const prices = PRICES[response_model]
  if (prices === undefined || !are_tokens_seen || upstream_kind !== 'provider') return 0
  const { input_tokens, cached_input_tokens: cached, cache_write_tokens: written, output_tokens } = tokens
  const cost =
    (input_tokens - cached - written) * prices.input +
    cached * prices.cached_input +
    written * prices.cache_write +
    output_tokens * prices.output
  return cost / 1e6
}
