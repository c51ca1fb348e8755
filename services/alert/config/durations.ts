import { DAY, HOUR, MINUTE, SECOND } from '../../platform/clock.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY }

/** Milliseconds of a duration as rules and the alerting file write it: `500ms`, `30s`, `5m`, `4h`, `3d`. The schemas check its form. */
export function durationMs(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
  return Number(count) * (UNITS[unit] ?? Number.NaN)
}
