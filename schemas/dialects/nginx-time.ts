import { parseIsoTime } from './iso-time.ts'

const LOCAL = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Milliseconds since 1970 of nginx's `$time_local` (21/Mar/2025:04:28:03 +0000) or `$time_iso8601`; undefined when it is neither. */
export function parseNginxTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const match = LOCAL.exec(value)
  if (match === null) return parseIsoTime(value, false)
  const [, day, name, year, clock, zone] = match
  const month = MONTHS.indexOf(name as string) + 1
  return month === 0 ? undefined : parseIsoTime(`${year}-${String(month).padStart(2, '0')}-${day}T${clock}${zone}`, false)
}
