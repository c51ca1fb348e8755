import { parseTimeOrDate } from '../../../schemas/dialects/iso-time.ts'
import { DAY, HOUR, MINUTE } from '../../platform/clock.ts'
import { ArgumentError } from '../command.ts'

const UNITS = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY } as const

/**
 * `30m`, `6h`, `7d`, `2w` before now, `today`, `yesterday` and `month` from their midnight UTC, or an ISO 8601 time → ms since 1970 UTC.
 * ArgumentError for anything else.
 */
export function sinceMs(text: string, nowMs: number): number {
  const short = /^(\d{1,5})([mhdw])$/.exec(text)
  if (short) return nowMs - Number(short[1]) * UNITS[short[2] as keyof typeof UNITS]
  const midnight = nowMs - (nowMs % DAY)
  if (text === 'today') return midnight
  if (text === 'yesterday') return midnight - DAY
  if (text === 'month') return midnight - (new Date(nowMs).getUTCDate() - 1) * DAY
  const time = parseTimeOrDate(text)
  if (time === undefined)
    throw new ArgumentError(`--since ${text} is no time; expected 30m, 6h, 7d, today, yesterday, month or 2026-09-01T00:00:00Z`)
  return time
}
