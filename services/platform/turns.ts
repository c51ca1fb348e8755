import { setImmediate } from 'node:timers/promises'

/** Lets other requests have their turn while one is worked on. */
export interface Turns {
  /** Whether this request has had the event loop for as long as it may at once. */
  readonly isOver: boolean
  /** Resolves after what else was waiting had its turn. */
  pass(): Promise<void>
}

/** Work is cut by time and not by bytes: what a byte costs is up to who sends it. A probe then waits for 20 ms per request under way. */
const TURN_MS = 20

/** Begins a turn. `elapsedMs` is a clock that never goes back. */
export function beginTurns(elapsedMs: () => number = () => performance.now()): Turns {
  let endsAtMs = elapsedMs() + TURN_MS
  return {
    get isOver() {
      return elapsedMs() >= endsAtMs
    },
    async pass() {
      await setImmediate()
      endsAtMs = elapsedMs() + TURN_MS
    },
  }
}
