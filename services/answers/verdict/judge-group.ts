import { add, formatDecimal, parseDecimal } from '../../money/decimal.ts'
import type { Confidence, Finding, Interval } from '../answer.ts'
import { asSentence, countInWords, timeInWords } from '../in-words.ts'
import { wilson } from '../statistics/wilson.ts'
import type { Collateral } from './collateral.ts'
import { type ResilienceMinute, total } from './minutes.ts'
import type { Storm } from './storms.ts'
import { LEAST_FAILURES, wouldChange } from './would-change.ts'

/** helps: more requests were answered for it; hurts: fewer; neutral: as many; too little data: nobody can tell yet. */
export const VERDICTS = ['helps', 'neutral', 'hurts', 'too little data'] as const
export type Verdict = (typeof VERDICTS)[number]

/** A verdict on what one policy did for one cause, from one upstream to another (the same one: retries). */
export interface VerdictFinding extends Finding {
  readonly verdict: Verdict
  readonly route: string
  readonly policy: string
  readonly cause: string
  readonly from_upstream: string
  readonly to_upstream: string
  readonly requests: number
  /** Requests whose first attempt failed. */
  readonly first_failures: number
  /** Of those, requests that were tried again. */
  readonly retried: number
  readonly attempts: number
  readonly amplification: number | null
  readonly recovered_by_retry: number
  readonly recovered_by_fallback: number
  readonly failed: number
  /** Requests saved less requests of others lost or made late. */
  readonly net_requests: number
  readonly net_interval: Interval
  readonly wasted_tokens: number
  /** Exact decimal text in `currency`. */
  readonly wasted_cost: string
  readonly cost_per_recovered: string | null
  readonly currency: string
  /** Mean wait of requests with several attempts until their last one began, ms; null: not known. */
  readonly added_latency_ms: number | null
  readonly collateral: Collateral | null
  readonly is_storm: boolean
  /** The storm of its route; null: none. */
  readonly storm: Storm | null
  /** The change that would turn the verdict; null: none is known. */
  readonly would_change: string | null
}

/** Retrying these is waste whatever comes of it: the same call fails the same way. */
const POINTLESS = ['auth', 'client_error', 'blocked_by_policy']
/** Shares of a route's requests within which a difference is none, and beyond which it is one. */
const NEUTRAL_SHARE = 0.005
const CLEAR_SHARE = 0.001
const CLEAR_REQUESTS = 1

/**
 * Part of the upper half of a 90 % interval that leaves a tenth above it (1.2816 ÷ 1.6449 standard deviations). Nine in ten is enough to
 * warn of a hurt; a help has to be surer, since nobody looks again at what is said to help.
 */
const SURE_OF_HURT = 0.78

/** What is held against a group: the requests of its route, what its target suffered, and whether its route had a storm. */
export interface Surroundings {
  readonly routeRequests: number
  readonly collateral: Collateral | undefined
  readonly storm: Storm | undefined
  /** Of a row for all routes: the names that stand for several. */
  readonly all?: { readonly route: string; readonly policy: string; readonly cause: string; readonly from_upstream: string }
}

/** Judges the minutes of one route × policy × cause × from → to. A pure function; `rows` has at least one. */
export function judgeGroup(rows: readonly ResilienceMinute[], around: Surroundings): VerdictFinding {
  const [first] = rows as [ResilienceMinute]
  const sums = sumsOf(rows)
  const { collateral, storm } = around
  const recovered = sums.recovered_by_retry + sums.recovered_by_fallback
  const saved = wilson(recovered, sums.first_failures)
  const sure = { low: 0, high: 0, level: 0.9 }
  const lost = collateral ?? { lost: 0, late: 0, lost_interval: sure, late_interval: sure }
  const net_interval = {
    low: sums.first_failures * saved.low - lost.lost_interval.high - lost.late_interval.high,
    high: sums.first_failures * saved.high - lost.lost_interval.low - lost.late_interval.low,
    level: saved.level,
  }
  const { route, policy, cause, from_upstream, to_upstream, currency } = { ...first, ...around.all }
  const net_requests = recovered - lost.lost - lost.late
  const verdict = wordOf({ ...sums, recovered, cause, net_requests }, net_interval, around)
  const figures = {
    verdict,
    route,
    policy,
    cause,
    from_upstream,
    to_upstream,
    ...sums,
    amplification: sums.requests === 0 ? null : sums.attempts / sums.requests,
    net_requests,
    net_interval,
    cost_per_recovered: recovered === 0 ? null : perRequest(sums.wasted_cost, recovered),
    currency,
    collateral: collateral ?? null,
    is_storm: storm !== undefined,
    storm: storm ?? null,
  }
  const finding = { ...figures, would_change: wouldChange(figures) }
  return { ...finding, confidence: confidenceOf(verdict, sums.first_failures), sentence: sentenceOf(finding, recovered, storm) }
}

function sumsOf(rows: readonly ResilienceMinute[]) {
  const failed = total(rows, 'failed_after_all') + total(rows, 'failed_at_once')
  const latencies = total(rows, 'added_latency_requests')
  return {
    requests: total(rows, 'requests'),
    attempts: total(rows, 'attempts_reported'),
    first_failures: total(rows, 'retried_requests') + total(rows, 'failed_at_once'),
    retried: total(rows, 'retried_requests'),
    recovered_by_retry: total(rows, 'recovered_by_retry'),
    recovered_by_fallback: total(rows, 'recovered_by_fallback'),
    failed,
    wasted_tokens: total(rows, 'wasted_tokens'),
    wasted_cost: formatDecimal(add(...rows.map(row => parseDecimal(row.wasted_cost)))),
    added_latency_ms: latencies === 0 ? null : total(rows, 'added_latency_ms') / latencies,
  }
}

interface Judged {
  cause: string
  first_failures: number
  retried: number
  recovered: number
  net_requests: number
}

function wordOf(
  { cause, first_failures, retried, recovered, net_requests }: Judged,
  net: Interval,
  { routeRequests, collateral, storm }: Surroundings,
): Verdict {
  const clear = Math.max(CLEAR_REQUESTS, CLEAR_SHARE * routeRequests)
  if (POINTLESS.includes(cause) && retried >= LEAST_FAILURES && recovered < clear) return 'hurts'
  if (net_requests + SURE_OF_HURT * (net.high - net_requests) < 0) return 'hurts'
  // What is tried again while answers fall and is seldom recovered keeps the load up that made it fail.
  if (storm !== undefined && collateral === undefined && recovered < retried / 2) return 'hurts'
  if (first_failures < LEAST_FAILURES) return 'too little data'
  if (net.low > clear) return 'helps'
  const neutral = Math.max(CLEAR_REQUESTS, NEUTRAL_SHARE * routeRequests)
  return Math.abs(net.low) <= neutral && Math.abs(net.high) <= neutral ? 'neutral' : 'too little data'
}

function confidenceOf(verdict: Verdict, firstFailures: number): Confidence {
  if (verdict === 'too little data') return 'cannot tell'
  return firstFailures >= 10 * LEAST_FAILURES ? 'high' : firstFailures >= LEAST_FAILURES ? 'medium' : 'low'
}

function perRequest(cost: string, requests: number): string {
  return formatDecimal(parseDecimal(cost) / BigInt(requests))
}

function sentenceOf(finding: Omit<VerdictFinding, 'sentence' | 'confidence'>, recovered: number, storm: Storm | undefined): string {
  const { verdict, cause, from_upstream, to_upstream, first_failures, collateral, wasted_tokens, added_latency_ms } = finding
  const route = finding.route || 'no route'
  const after = cause === 'any failure' ? '' : ` after ${cause}`
  if (finding.retried === 0 && storm === undefined) {
    const where = `${route}, ${from_upstream || 'no upstream'}${after}`
    return asSentence(`${where}: ${countInWords(first_failures)} requests failed and none was tried again.`)
  }
  const from = from_upstream === 'elsewhere' ? '' : ` from ${from_upstream || '?'}`
  const way = from_upstream === to_upstream ? `retries at ${to_upstream || 'nobody'}` : `fallback${from} to ${to_upstream || '?'}`
  const late = added_latency_ms === null || recovered === 0 ? '' : `, ${timeInWords(added_latency_ms)} later`
  const failed = `${countInWords(first_failures)} requests that failed at first`
  const answered = `${countInWords(recovered)} of ${failed} were answered after all${late}`
  const waste = wasted_tokens === 0 ? '' : `, for ${countInWords(wasted_tokens)} wasted tokens`
  const stormy = storm === undefined ? '' : stormWords(storm)
  const suffered = sufferedWords(to_upstream, collateral)
  return `${asSentence(`${route}, ${way}${after}: ${verdict}.`)} ${asSentence(answered)}${waste}${suffered}${stormy}.`
}

/** What the target's own requests suffered. */
function sufferedWords(target: string, collateral: Collateral | null): string {
  if (collateral === null) return ''
  const { native_requests, lost, late, failed_anyway } = collateral
  const own = `${countInWords(native_requests)} own requests of ${target}`
  if (Math.round(lost) === 0 && Math.round(late) === 0) return `; none of ${own} suffered`
  const anyway =
    Math.round(failed_anyway) === 0 ? '' : ` (beside ${countInWords(failed_anyway)} that fail at such a load of its own anyway)`
  return `; of ${own} ${countInWords(lost)} failed for it${anyway} and ${countInWords(late)} were late`
}

function stormWords({ origin, amplification, success, usual_success, resends, resender }: Storm): string {
  const fell = `while answers fell from ${percent(usual_success)} to ${percent(success)}`
  if (origin === 'gateway') return `; retries reached ${amplification.toFixed(1)} attempts a request ${fell}`
  const who = resender === null ? '' : `, most of them key ${resender.api_key_id || 'unknown'} of ${resender.tenant_id}`
  const times = `up to ${amplification.toFixed(1)} times what was asked for`
  return `; clients sent ${countInWords(resends)} requests again that had failed${who}, ${times} ${fell}`
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`
