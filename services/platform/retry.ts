import { AppError } from './errors.ts'

/**
 * How often and how patiently an operation is tried. Waiting grows as base · 2ⁿ up to the maximum; the actual wait is a
 * random part (half to whole) of it.
 */
export interface RetryPolicy {
  /** Tries at most, the first included; Infinity: until it works or the signal aborts. */
  attempts: number
  baseDelayMs: number
  maxDelayMs: number
}

/** What retrying needs from outside. `delay` resolves early when the signal aborts; `random` gives [0, 1). */
export interface RetryDeps {
  signal?: AbortSignal
  delay: (ms: number, signal?: AbortSignal) => Promise<void>
  random: () => number
  /** Told before each wait. */
  onRetry?: (error: AppError, attempt: number, delayMs: number) => void
}

/**
 * Runs `operation` until it resolves. Only an AppError whose code is retryable is tried again;
 * any other error, the last attempt's error, or the error at hand when the signal aborts, is thrown on.
 */
export async function retry<T>(operation: (attempt: number) => Promise<T>, policy: RetryPolicy, deps: RetryDeps): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation(attempt)
    } catch (error) {
      if (!(error instanceof AppError && error.retryable) || attempt >= policy.attempts || deps.signal?.aborted) throw error
      const ceilingMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** Math.min(attempt - 1, 30))
      const delayMs = Math.round(ceilingMs * (0.5 + deps.random() / 2))
      deps.onRetry?.(error, attempt, delayMs)
      await deps.delay(delayMs, deps.signal)
      if (deps.signal?.aborted) throw error
    }
  }
}
