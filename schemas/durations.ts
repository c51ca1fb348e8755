/** Milliseconds in a minute. */
export const MINUTE_MS = 60_000
/** Milliseconds in a day of UTC. */
export const DAY_MS = 24 * 60 * MINUTE_MS
