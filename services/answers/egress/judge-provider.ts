import { MINUTE } from '../../platform/clock.ts'
import type { Interval } from '../answer.ts'
import { shareCusum } from '../statistics/share-cusum.ts'
import { wilson } from '../statistics/wilson.ts'
import { failuresOf, type Group, type ProviderMinute, total } from './provider-minutes.ts'

/**
 * failing: it does not answer; limited: it refuses for our rate; slow: it takes longer; recovered: it did not answer, or refused, for a
 * while of the period and answers again; healthy; too little traffic.
 */
export type ProviderState = 'failing' | 'limited' | 'slow' | 'recovered' | 'healthy' | 'too little traffic'

/** How a provider × region × model is. */
export interface Judgement {
  readonly state: ProviderState
  /** What is or was wrong with what is failing, limited or recovered. */
  readonly ill: 'failing' | 'limited' | null
  /** When it began, and of a recovered one when it ended, ms. */
  readonly sinceMs: number | null
  readonly untilMs: number | null
  /** The share of failures that is usual, and the interval of the share now. */
  readonly usual: number
  readonly interval: Interval
  /** Median first tokens, ms; null: too few were timed. */
  readonly ttft: { readonly now: number | null; readonly usual: number | null }
  /** First tokens of the last minutes against the usual, as a factor; null: too few were timed. */
  readonly drift: number | null
}

/** Attempts under which nothing is said. */
export const LEAST_ATTEMPTS = 20
const LEAST_FAILURES = 5
/** What raised means: three times the usual share, and two points more. */
export const TIMES_USUAL = 3
const POINTS_MORE = 0.02
/** Shares that are never taken as impossible or certain: a provider that never failed may fail. */
const LEAST_SHARE = 0.002
/** Evidence (log of the likelihood ratio) that a quiet series of minutes reaches once in about 30 days: ln(43,200). */
const THRESHOLD = Math.log(30 * 24 * 60)
/** Evidence for the usual share by which it answers again: twenty to one. */
const WELL_AGAIN = Math.log(20)
/** Slow: the median of first tokens half as long again, of so many timed attempts on each side. */
const TIMES_SLOWER = 1.5
const LEAST_TIMED = 30
/** Weight of the latest minute in the moving average of first tokens (EWMA, Roberts, Technometrics 1:239, 1959). */
const LATEST_WEIGHT = 0.2
const LATEST_MS = 5 * MINUTE

/** Judges the minutes of the period by those before it. */
export function judgeProvider(group: Group): Judgement {
  const { now, before } = group
  const attempts = total(now, row => row.attempts)
  const ttft = { now: medianFirst(now), usual: medianFirst(before) }
  const drift = driftOf(now, ttft.usual)
  const base = {
    usual: usualShare(before, failuresOf),
    interval: wilson(total(now, failuresOf), attempts),
    ttft,
    drift: drift?.factor ?? null,
  }
  const ofFailures = raisedSpan(group, failuresOf)
  const ofLimit = raisedSpan(group, row => row.rate_limited)
  const spans = [ofFailures && { ...ofFailures, ill: 'failing' as const }, ofLimit && { ...ofLimit, ill: 'limited' as const }]
  const open = spans.find(span => span?.untilMs === null)
  if (open) return { ...base, ...open, state: open.ill }
  const well = { ...base, ill: null, sinceMs: null, untilMs: null }
  if (attempts < LEAST_ATTEMPTS) return { ...well, state: 'too little traffic' }
  const isSlow = ttft.now !== null && ttft.usual !== null && ttft.now > TIMES_SLOWER * ttft.usual
  if (isSlow || (drift?.factor ?? 0) > TIMES_SLOWER) return { ...well, state: 'slow', sinceMs: drift?.sinceMs ?? now[0]?.at_ms ?? null }
  const over = spans.find(span => span !== null)
  return over ? { ...base, ...over, state: 'recovered' } : { ...well, state: 'healthy' }
}

/** The share that was usual, with half a failure added so that one that never failed is not taken as never failing. */
function usualShare(before: readonly ProviderMinute[], of: (row: ProviderMinute) => number): number {
  const attempts = total(before, row => row.attempts)
  return Math.min(0.5, Math.max(LEAST_SHARE, (total(before, of) + 0.5) / (attempts + 100)))
}

/** From when to when the share is raised, ms; until null: it still is. Null: it never was. */
function raisedSpan({ now, before }: Group, of: (row: ProviderMinute) => number): { sinceMs: number; untilMs: number | null } | null {
  const usual = usualShare(before, of)
  const raised = Math.min(0.9, Math.max(TIMES_USUAL * usual, usual + POINTS_MORE))
  if (total(now, of) < LEAST_FAILURES) return null
  const { began } = shareCusum(
    now.map(row => ({ count: of(row), n: row.attempts })),
    { usual, raised, threshold: THRESHOLD },
  )
  const first = began === undefined ? undefined : now[Math.min(began, now.length - 1)]
  if (first === undefined) return null
  const last = now.findLast(row => of(row) > ((usual + raised) / 2) * row.attempts) ?? first
  const after = now.filter(row => row.at_ms > last.at_ms)
  const [count, n] = [total(after, of), total(after, row => row.attempts)]
  const evidence = count * Math.log(usual / raised) + (n - count) * Math.log((1 - usual) / (1 - raised))
  const isWell = n >= LEAST_ATTEMPTS && evidence >= WELL_AGAIN
  return { sinceMs: first.at_ms, untilMs: isWell ? last.at_ms + MINUTE : null }
}

/** The median over minutes of their medians, weighted by what was timed; null: too little was. */
function medianFirst(rows: readonly ProviderMinute[]): number | null {
  const timed = rows.filter(row => row.timed > 0).sort((a, b) => a.ttft_p50_ms - b.ttft_p50_ms)
  const all = total(timed, row => row.timed)
  if (all < LEAST_TIMED) return null
  let reached = 0
  for (const row of timed) {
    reached += row.timed
    if (reached >= all / 2) return row.ttft_p50_ms
  }
  return null
}

/** How first tokens drift: the moving average of their logarithm against the usual, and since when it is half way to slow. */
function driftOf(now: readonly ProviderMinute[], usual: number | null): { factor: number; sinceMs: number | null } | null {
  const timed = now.filter(row => row.timed > 0)
  const latest = timed.filter(row => row.at_ms > (timed.at(-1)?.at_ms ?? 0) - LATEST_MS)
  if (usual === null || usual <= 0 || total(latest, row => row.timed) < LEAST_TIMED) return null
  let [average, sinceMs] = [0, null as number | null]
  for (const row of timed) {
    average += LATEST_WEIGHT * (Math.log(Math.max(1, row.ttft_p50_ms) / usual) - average)
    sinceMs = average > Math.log(TIMES_SLOWER) / 2 ? (sinceMs ?? row.at_ms) : null
  }
  return { factor: Math.exp(average), sinceMs }
}
