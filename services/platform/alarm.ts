import { delay } from './clock.ts'

/** What a loop sleeps on. */
export interface Alarm {
  ring(): void
  /** Resolves after `ms` or when it rings, whichever is first; a ring while nobody waits is kept. */
  wait(ms: number): Promise<void>
}

/** Builds an alarm that is silent. */
export function buildAlarm(): Alarm {
  let controller = new AbortController()
  return {
    ring: () => controller.abort(),
    async wait(ms) {
      await delay(ms, controller.signal)
      if (controller.signal.aborted) controller = new AbortController()
    },
  }
}
