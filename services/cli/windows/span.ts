import { DAY, MINUTE } from '../../platform/clock.ts'
import { ArgumentError, type Given, type OptionSpec, timeOf } from '../command.ts'

/** Lines are accepted for so long. */
const LATE_MS = 35 * DAY

/** The span that a sub-command looks at. */
export const SPAN_OPTIONS = {
  from: { value: 'ISO', does: 'minutes from this time on (default: 35 days ago)' },
  to: { value: 'ISO', does: 'and before this one (default: now)' },
} as const satisfies Record<string, OptionSpec>

/** The span of --from and --to. ArgumentError for one that holds no minute. */
export function spanOf(given: Given, nowMs: number): { fromMs: number; untilMs: number } {
  const fromMs = timeOf(given, 'from') ?? nowMs - LATE_MS
  const untilMs = timeOf(given, 'to') ?? nowMs + 5 * MINUTE
  if (fromMs >= untilMs) throw new ArgumentError('--from is not before --to')
  return { fromMs, untilMs }
}

/** The start of a minute as people read it. */
export function minuteText(startMs: number): string {
  return new Date(startMs).toISOString().replace('.000Z', 'Z')
}
