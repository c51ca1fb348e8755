import { DAY, HOUR, MINUTE, SECOND } from '../../platform/clock.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY }

/** Milliseconds of a duration as rules and the alerting file write it: `500ms`, `30s`, `5m`, `4h`, `3d`. The schemas check its form. */
export function durationMs(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
  return Number(count) * (UNITS[unit] ?? Number.NaN)
}

/** A length of time for readers: the two largest units, `4 m 10 s`, `2 d 3 h`; under a second in ms. */
export function durationText(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10 * SECOND && ms % SECOND !== 0) return `${(ms / SECOND).toFixed(1)} s`
  const steps = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'min'],
    [SECOND, 's'],
  ] as const
  const at = steps.findIndex(([unit]) => ms >= unit)
  const [unit, name] = steps[at] ?? [SECOND, 's']
  const next = steps[at + 1]
  const whole = Math.floor(ms / unit)
  const rest = next === undefined ? 0 : Math.floor((ms - whole * unit) / next[0])
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next?.[1]}`
}
