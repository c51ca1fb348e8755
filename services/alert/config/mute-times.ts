import { DateTime } from 'luxon'
import type { MuteTime } from './alerting-config.ts'

/** Whether one of the mute times of these names holds at a moment (ms). */
export function isMuted(names: readonly string[], atMs: number, times: readonly MuteTime[]): boolean {
  return times.some(time => names.includes(time.name) && holdsAt(time, atMs))
}

/**
 * The clock on the wall is asked, never an elapsed time: a mute time from 22:00 to 06:00 begins and ends at these readings on the days on
 * which the clocks change, too. A night belongs to the day that it begins on. What the clock skips is never muted, what it repeats is
 * muted twice.
 */
function holdsAt(time: MuteTime, atMs: number): boolean {
  const local = DateTime.fromMillis(atMs, { zone: time.zone })
  const minute = local.hour * 60 + local.minute
  const { from_minute: from, to_minute: to } = time
  const isOn = (weekday: number) => time.days.includes(weekday)
  if (from < to) return isOn(local.weekday) && from <= minute && minute < to
  const dayBefore = local.weekday === 1 ? 7 : local.weekday - 1
  return (isOn(local.weekday) && minute >= from) || (isOn(dayBefore) && minute < to)
}
