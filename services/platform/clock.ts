/** Milliseconds in a second. */
export const SECOND = 1_000
/** Milliseconds in a minute: the length of a window. */
export const MINUTE = 60 * SECOND
/** Milliseconds in an hour. */
export const HOUR = 60 * MINUTE
/** Milliseconds in a day of 24 hours (UTC days; billing days are computed with a zone library). */
export const DAY = 24 * HOUR

/** Gives the present time in milliseconds since 1970-01-01 UTC. Handed in wherever time matters, so that tests own it. */
export type Now = () => number

/** The machine's clock. Only `main` files pass it on. */
export const systemNow: Now = () => Date.now()

/** The start (ms, inclusive) of the one-minute window that `atMs` falls into. */
export function windowStart(atMs: number): number {
  return Math.floor(atMs / MINUTE) * MINUTE
}

/** Resolves after `ms` milliseconds, or at once when `signal` aborts; never rejects. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done, { once: true })
  })
}
