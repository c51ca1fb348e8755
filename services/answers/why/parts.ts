/** What the duration of a request is made of, and the sample that quantiles are split by. */

/** Parts that add up to a request's duration; `answer`: prefill and decode of what was not streamed. */
export const PARTS = ['retry', 'queue', 'prefill', 'decode', 'answer'] as const
export type Part = (typeof PARTS)[number]

/** A request of the sample as the query gives it. Times in ms. */
export interface SampledRow {
  readonly window_s: number
  readonly priority: string
  readonly model: string
  readonly upstream_kind: string
  readonly upstream: string
  readonly input_tokens: number
  readonly cached_input_tokens: number
  readonly output_tokens: number
  readonly retry_ms: number
  readonly duration_ms: number
  readonly ttft_ms: number | null
  readonly queue_ms: number | null
}

/** A request with its parts, ms, in the order of PARTS. */
export interface Sampled {
  readonly minute: number
  readonly priority: string
  readonly cell: string
  readonly coarse: string
  readonly parts: readonly number[]
  readonly uncached_tokens: number
  readonly output_tokens: number
}

/** What was never reached shows as the uptime of a host (vllm-project/vllm#49135): over ten times the whole is no measurement. */
const MOST_TIMES = 10

/**
 * Splits a request. The queue is what the gateway told, else the mean of its pool's minute (`poolQueueMs`); it is no longer than the time
 * to the first token, or than the whole.
 */
export function split(row: SampledRow, poolQueueMs: number | undefined): Sampled {
  const duration = Math.max(0, row.duration_ms)
  const first = row.ttft_ms === null || row.ttft_ms < 0 || row.ttft_ms > MOST_TIMES * duration ? null : Math.min(row.ttft_ms, duration)
  const told = row.queue_ms !== null && row.queue_ms >= 0 && row.queue_ms <= MOST_TIMES * duration ? row.queue_ms : undefined
  const queue = Math.min(told ?? poolQueueMs ?? 0, first ?? duration)
  const parts = [
    Math.max(0, row.retry_ms),
    queue,
    first === null ? 0 : first - queue,
    first === null ? 0 : duration - first,
    first === null ? duration - queue : 0,
  ]
  const uncached_tokens = Math.max(0, row.input_tokens - row.cached_input_tokens)
  const coarse = JSON.stringify([row.model, row.upstream, row.priority, first === null])
  return {
    minute: row.window_s,
    priority: row.priority,
    cell: JSON.stringify([coarse, bucketOf(row.input_tokens), bucketOf(row.output_tokens)]),
    coarse,
    parts,
    uncached_tokens,
    output_tokens: row.output_tokens,
  }
}

/** Bounds of the four buckets of prompt and of output sizes, tokens. */
const BOUNDS = [200, 1_000, 4_000] as const
const bucketOf = (tokens: number) => BOUNDS.filter(bound => tokens >= bound).length

/** The whole duration of a request, ms. */
export const totalOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0)
