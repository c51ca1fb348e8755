/** A loop of a process: runs until its signal aborts. */
export type Loop = (signal: AbortSignal) => Promise<void>

/**
 * Runs loops side by side until `signal` aborts and all have ended. When one rejects, the others are stopped and waited for, and the
 * first error is thrown on: nothing of a process that failed goes on beside its successor.
 */
export async function runTogether(loops: readonly Loop[], signal: AbortSignal): Promise<void> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const running = loops.map(async loop => await loop(either))
  try {
    await Promise.all(running)
  } finally {
    stop.abort()
    await Promise.allSettled(running)
  }
}
