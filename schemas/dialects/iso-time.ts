import { MINUTE_MS } from '../durations.ts'

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:(Z|z)|([+-])(\d\d):?(\d\d))?$/

/**
 * Milliseconds since 1970 of a date and time in ISO 8601 (`T` or a blank between them, up to nine fraction digits, cut to milliseconds);
 * undefined when it is not one, names a day or hour that does not exist, or has no zone while `zonelessIsUtc` is false.
 */
export function parseIsoTime(text: string, zonelessIsUtc: boolean): number | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const [, yyyy, mm, dd, hh, min, ss, fraction, utc, sign, zoneHours, zoneMinutes] = match
  if (utc === undefined && sign === undefined && !zonelessIsUtc) return undefined
  const [year, month, day, hour, minute, second] = [Number(yyyy), Number(mm), Number(dd), Number(hh), Number(min), Number(ss)]
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59)
    return undefined
  const milliseconds = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3))
  const asIfUtc = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds)
  if (sign === undefined) return asIfUtc
  const [aheadHours, aheadMinutes] = [Number(zoneHours), Number(zoneMinutes)]
  if (aheadHours > 23 || aheadMinutes > 59) return undefined
  const ahead = (aheadHours * 60 + aheadMinutes) * MINUTE_MS
  return sign === '+' ? asIfUtc - ahead : asIfUtc + ahead
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
}

/** As `parseIsoTime` with a zone, or a date alone: its midnight UTC. */
export function parseTimeOrDate(text: string): number | undefined {
  return parseIsoTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text, false)
}
