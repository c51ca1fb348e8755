/** What the verdict is made of: minutes of resilience and of the targets' own requests. */

/** Counts of a minute by where requests began and ended; requests unless the name says otherwise. */
export interface ResilienceMinute {
  readonly at_ms: number
  readonly route: string
  readonly policy: string
  readonly cause: string
  readonly from_upstream: string
  readonly to_upstream: string
  readonly currency: string
  readonly requests: number
  readonly attempts_reported: number
  readonly retried_requests: number
  readonly recovered_by_retry: number
  readonly recovered_by_fallback: number
  readonly failed_after_all: number
  readonly failed_at_once: number
  readonly wasted_tokens: number
  /** Exact decimal text. */
  readonly wasted_cost: string
  readonly added_latency_ms: number
  readonly added_latency_requests: number
  readonly collateral_attempts: number
  /** By the ten seconds of the minute in which requests began: requests, their attempts as reported, answered. Empty: not known. */
  readonly requests_by_10s: readonly number[]
  readonly attempts_by_10s: readonly number[]
  readonly answered_by_10s: readonly number[]
}

/** Durations of an upstream's own requests in a minute: 50th, 90th, 95th and 99th percentile, ms. */
export interface NativeMinute {
  readonly at_ms: number
  readonly upstream: string
  readonly requests: number
  readonly duration_ms: readonly [number, number, number, number]
}

/** Sum of a count. */
export function total(
  rows: readonly ResilienceMinute[],
  name: { [K in keyof ResilienceMinute]: ResilienceMinute[K] extends number ? K : never }[keyof ResilienceMinute],
): number {
  return rows.reduce((sum, row) => sum + row[name], 0)
}

/** Median; undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? sorted[middle]
    : sorted.length === 0
      ? undefined
      : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
