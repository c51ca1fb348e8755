import { MINUTE } from '../../platform/clock.ts'
import type { Interval } from '../answer.ts'
import { newcombe } from '../statistics/newcombe.ts'
import { errorOfUsual, type QuietMinute, usualAt } from './at-like-load.ts'
import { median, type NativeMinute, type ResilienceMinute, total } from './minutes.ts'

/**
 * What fallback traffic did to the own requests of its target, against their own minutes without it; or the part of it that some of it did.
 */
export interface Collateral {
  /** Attempts that fell back to the target in those minutes. */
  readonly inflow_attempts: number
  /** Own requests of the target in the minutes with inflow. */
  readonly native_requests: number
  /** Minutes with inflow, and those they are held against. */
  readonly inflow_minutes: number
  readonly quiet_minutes: number
  /** Own requests that failed and would not have. */
  readonly lost: number
  /** Own requests that fail at such a load of its own anyway; they are not in `lost`. */
  readonly failed_anyway: number
  readonly lost_interval: Interval
  /** Own requests that took longer than 95 % of them used to. */
  readonly late: number
  readonly late_interval: Interval
  /** 95th percentile of their durations, ms, before and with the inflow; null: not measured. */
  readonly p95_before_ms: number | null
  readonly p95_with_ms: number | null
}

/** From this share of its own requests on traffic that is not the target's own is an inflow: less drowns in what moves anyway. */
const INFLOW_SHARE = 0.05
/** Minutes to hold against; fewer say nothing of what was usual. */
const LEAST_QUIET = 5
/** Minutes behind an inflow that are not held for quiet: what it left waiting is still being worked off. */
const AFTERMATH_MINUTES = 2
/** The 90 % interval of a normal error, in standard deviations. */
const Z90 = 1.645
/** Own requests on each side under which nothing is said (answers of Newcombe's interval are wider than 5 points then). */
const LEAST_REQUESTS = 100

/**
 * What the inflow at `target` did. Undefined: no inflow, or too little to hold against. `rows` are of all routes, of the period and the
 * time before it.
 */
export function collateralAt(
  target: string,
  rows: readonly ResilienceMinute[],
  native: readonly NativeMinute[],
  fromMs: number,
): Collateral | undefined {
  const minutes = Map.groupBy(
    rows.filter(row => row.from_upstream === target || row.to_upstream === target),
    row => row.at_ms,
  )
  const sides = sidesOf(target, minutes, fromMs)
  const [withInflow, before] = [sumOf(sides.inflow), sumOf(sides.quiet)]
  if (sides.inflow.length === 0 || sides.quiet.length < LEAST_QUIET) return undefined
  if (withInflow.requests < LEAST_REQUESTS || before.requests < LEAST_REQUESTS) return undefined
  const usual = sides.quiet.map(({ load, requests, failed }) => ({ load, requests, share: requests === 0 ? 0 : failed / requests }))
  const failed_anyway = sides.inflow.reduce((sum, one) => sum + one.requests * usualAt(one.load, usual), 0)
  const unsure = errorOf(usual, sides.inflow)
  const usualShare = failed_anyway / withInflow.requests
  const difference = newcombe(
    { count: withInflow.failed, n: withInflow.requests },
    { count: usualShare * before.requests, n: before.requests },
  )
  const share = withInflow.failed / withInflow.requests - usualShare
  return {
    inflow_attempts: sides.inflow_attempts,
    native_requests: withInflow.requests,
    inflow_minutes: sides.inflow.length,
    quiet_minutes: sides.quiet.length,
    lost: Math.max(0, share * withInflow.requests),
    failed_anyway,
    lost_interval: {
      low: Math.max(0, share * withInflow.requests - Math.hypot((share - difference.low) * withInflow.requests, unsure)),
      high: Math.max(0, share * withInflow.requests + Math.hypot((difference.high - share) * withInflow.requests, unsure)),
      level: difference.level,
    },
    ...lateOf(
      native.filter(one => one.upstream === target),
      sides,
    ),
  }
}

/** The part of it that `attempts` of the inflow did. */
export function partOf(whole: Collateral, attempts: number): Collateral {
  const share = Math.min(1, attempts / Math.max(1, whole.inflow_attempts))
  const { lost_interval, late_interval } = whole
  return {
    ...whole,
    inflow_attempts: attempts,
    lost: whole.lost * share,
    failed_anyway: whole.failed_anyway * share,
    lost_interval: { ...lost_interval, low: lost_interval.low * share, high: lost_interval.high * share },
    late: whole.late * share,
    late_interval: { ...late_interval, low: late_interval.low * share, high: late_interval.high * share },
  }
}

/** 90 % error of a sum over minutes of what is usual in each: of every minute by itself, and of the usual itself. */
function errorOf(usual: readonly QuietMinute[], busy: readonly { requests: number }[]): number {
  const perMinute = errorOfUsual(usual)
  const squares = busy.reduce((sum, { requests }) => sum + requests * requests, 0)
  const all = busy.reduce((sum, { requests }) => sum + requests, 0)
  return Number.isNaN(perMinute) ? all : Z90 * perMinute * Math.sqrt(squares + (all * all) / usual.length)
}

/** The minutes of a target by whether others fell back to it. What comes in a little says nothing, nor what follows an inflow at once. */
function sidesOf(target: string, minutes: ReadonlyMap<number, readonly ResilienceMinute[]>, fromMs: number) {
  const sides = { inflow: [] as Side[], quiet: [] as Side[], inflow_attempts: 0 }
  let lastInflowMs = Number.NEGATIVE_INFINITY
  for (const [at_ms, all] of [...minutes].sort(([one], [other]) => one - other)) {
    const own = all.filter(row => row.from_upstream === target)
    const guests = total(
      all.filter(row => row.from_upstream !== target),
      'collateral_attempts',
    )
    const requests = total(own, 'requests')
    const before = minutes.get(at_ms - MINUTE)?.filter(row => row.from_upstream === target) ?? own
    // What waits from the minute before is load too.
    const load = (requests + total(before, 'requests')) / 2
    const side = { at_ms, load, requests, failed: total(own, 'failed_after_all') + total(own, 'failed_at_once') }
    const isInflow = guests > INFLOW_SHARE * Math.max(1, requests)
    if (isInflow) lastInflowMs = at_ms
    if (at_ms - lastInflowMs <= AFTERMATH_MINUTES * MINUTE) {
      if (at_ms < fromMs) continue
      sides.inflow.push(side)
      sides.inflow_attempts += guests
    } else if (guests === 0) sides.quiet.push(side)
  }
  return sides
}

interface Side {
  at_ms: number
  /** Own requests of it and of the minute before it, half of them. */
  load: number
  requests: number
  failed: number
}

const sumOf = (sides: readonly Side[]) => ({
  requests: sides.reduce((sum, one) => sum + one.requests, 0),
  failed: sides.reduce((sum, one) => sum + one.failed, 0),
})

/** Requests beyond the usual 95th percentile: of each minute the share above it, less what is above it at such a load anyway. */
function lateOf(native: readonly NativeMinute[], sides: { inflow: readonly Side[]; quiet: readonly Side[] }) {
  const within = (some: readonly Side[]) => native.filter(one => some.some(side => side.at_ms === one.at_ms))
  const [busy, quiet] = [within(sides.inflow), within(sides.quiet)]
  const before = median(quiet.map(one => one.duration_ms[2])) ?? null
  const withInflow = median(busy.map(one => one.duration_ms[2])) ?? null
  const none = { low: 0, high: 0, level: 0.9 as const }
  if (before === null || withInflow === null) return { late: 0, late_interval: none, p95_before_ms: before, p95_with_ms: withInflow }
  const loads = new Map([...sides.inflow, ...sides.quiet].map(side => [side.at_ms, side.load]))
  const usual = quiet.map(one => ({
    load: loads.get(one.at_ms) ?? 0,
    requests: one.requests,
    share: shareAbove(one.duration_ms, before),
  }))
  const anyway = (one: NativeMinute) => Math.max(0.05, usualAt(loads.get(one.at_ms) ?? 0, usual))
  const late = Math.max(
    0,
    busy.reduce((sum, one) => sum + one.requests * (shareAbove(one.duration_ms, before) - anyway(one)), 0),
  )
  const unsure = errorOf(usual, busy)
  const late_interval = { ...none, low: Math.max(0, late - unsure), high: late + unsure }
  return { late, late_interval, p95_before_ms: before, p95_with_ms: withInflow }
}

const LEVELS = [0.5, 0.9, 0.95, 0.99] as const

/** Share of values above a threshold, read off four quantiles: straight lines between them, a half and a hundredth at the ends. */
export function shareAbove(quantiles: NativeMinute['duration_ms'], threshold: number): number {
  if (threshold < quantiles[0]) return 0.5
  for (let index = 1; index < LEVELS.length; index++) {
    const [low, high] = [quantiles[index - 1] ?? 0, quantiles[index] ?? 0]
    if (threshold >= high) continue
    const part = high === low ? 0 : (threshold - low) / (high - low)
    const [from, to] = [LEVELS[index - 1] ?? 0, LEVELS[index] ?? 0]
    return 1 - (from + part * (to - from))
  }
  return 0.01
}
