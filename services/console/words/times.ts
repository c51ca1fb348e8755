/** Instants in words, in UTC or the reader's zone; billing days are always UTC. */

/** Zone of times: UTC, or that of the machine. */
export type Zone = 'utc' | 'local'

const cache = new Map<string, Intl.DateTimeFormat>()

function format(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`
  let found = cache.get(key)
  if (found === undefined) {
    found = new Intl.DateTimeFormat(undefined, { ...options, hourCycle: 'h23', ...(zone === 'utc' && { timeZone: 'UTC' }) })
    cache.set(key, found)
  }
  return found
}

const CLOCK = { hour: '2-digit', minute: '2-digit' } as const
const DAY = { day: 'numeric', month: 'short' } as const

/** `14:05`. */
export const clockText = (atMs: number, zone: Zone): string => format(zone, CLOCK).format(atMs)

/** `28 Nov`. */
export const dayText = (atMs: number, zone: Zone): string => format(zone, DAY).format(atMs)

/** `28 Nov, 14:05:09`, with its zone where the reader needs to be told. */
export const momentText = (atMs: number, zone: Zone): string => `${format(zone, { ...DAY, ...CLOCK, second: '2-digit' }).format(atMs)}`

/** What a zone is called. */
export function zoneName(zone: Zone): string {
  if (zone === 'utc') return 'UTC'
  return (
    format(zone, { timeZoneName: 'short' })
      .formatToParts(0)
      .find(({ type }) => type === 'timeZoneName')?.value ?? 'local'
  )
}

/** A clock within a day of now, else with its day. */
export function shortMoment(atMs: number, nowMs: number, zone: Zone): string {
  const isToday = dayText(atMs, zone) === dayText(nowMs, zone) && Math.abs(nowMs - atMs) < 86_400_000
  return isToday ? clockText(atMs, zone) : `${dayText(atMs, zone)}, ${clockText(atMs, zone)}`
}

/** Marks of a time axis that spans `spanS` seconds: round steps, at most `most`, in seconds. */
export function timeStep(spanS: number, most: number): number {
  const steps = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000]
  return steps.find(step => spanS / step <= most) ?? 7_776_000
}
