import type { AskedScope } from '../../answers/question.ts'
import { DAY, MINUTE, windowStart } from '../../platform/clock.ts'
import { ArgumentError, type Given, type OptionSpec, textOf, timeOf } from '../command.ts'
import { sinceMs } from './since.ts'

const MOST_DAYS = 400

/** Options of a question's period and tenants. */
export const periodOptions = {
  from: { value: 'ISO', does: 'start of the period' },
  to: { value: 'ISO', does: 'its end (default: now)' },
  since: { value: 'TIME', does: 'instead of --from: 30m, 6h, 7d, today, yesterday, month or a time' },
  tenant: { value: 'TENANT', multiple: true, does: 'only these tenants' },
} as const satisfies Record<string, OptionSpec>

/** What they say: ms since 1970 UTC, and whose figures. ArgumentError where they cannot be meant. */
export function periodOf(
  given: Given,
  { nowMs, defaultMs }: { nowMs: number; defaultMs: number },
): { fromMs: number; toMs: number; scope: AskedScope } {
  const toMs = timeOf(given, 'to') ?? windowStart(nowMs) + MINUTE
  const since = textOf(given, 'since')
  const fromMs = timeOf(given, 'from') ?? (since === undefined ? toMs - defaultMs : sinceMs(since, nowMs))
  if (fromMs >= toMs) throw new ArgumentError('--from is not before --to')
  if (toMs - fromMs > MOST_DAYS * DAY) throw new ArgumentError(`--from and --to are more than ${MOST_DAYS} days apart`)
  const tenants = (given.values['tenant'] ?? []) as string[]
  return { fromMs, toMs, scope: { isAll: tenants.length === 0, tenants, seesVolumes: true } }
}
