import type { Answer, Confidence, Finding, Interval } from '../answer.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import { shareCusum } from '../statistics/share-cusum.ts'
import { wilson } from '../statistics/wilson.ts'

/** A provider's minute, by region and model. Attempts that clients left or the gateway refused are not in it. */
export interface ProviderMinute {
  readonly at_ms: number
  readonly provider: string
  readonly region: string
  readonly model: string
  readonly attempts: number
  readonly rate_limited: number
  readonly timeouts: number
  readonly unreached: number
  readonly errors: number
  readonly timed: number
  readonly ttft_p50_ms: number
}

/** Requests that left a provider for another upstream. */
export interface FallbackRow {
  readonly provider: string
  readonly next: string
  readonly requests: number
}

/** failing: it does not answer; limited: it refuses for our rate; slow: it takes longer; healthy; too little traffic. */
export const EGRESS_STATES = ['failing', 'limited', 'slow', 'healthy', 'too little traffic'] as const
export type EgressState = (typeof EGRESS_STATES)[number]
/** Whose fault it is, by what the others did in the same minutes. */
export const FAULTS = ['our egress', 'the provider', 'the model', 'our limit', 'unknown'] as const

/** The state of a provider × region × model. Shares are of attempts, 0 to 1. */
export interface EgressFinding extends Finding {
  readonly provider: string
  readonly region: string
  readonly model: string
  readonly state: EgressState
  readonly fault: (typeof FAULTS)[number]
  readonly attempts: number
  readonly failed: number
  readonly failed_share: number
  readonly interval: Interval
  readonly usual_share: number
  readonly timeouts: number
  readonly unreached: number
  readonly rate_limited: number
  readonly errors: number
  /** When it began, ISO 8601; null: it is healthy. */
  readonly since: string | null
  readonly ttft_p50_ms: number | null
  readonly usual_ttft_p50_ms: number | null
  readonly fallbacks: readonly { readonly upstream: string; readonly requests: number }[]
}

/** Attempts under which nothing is said. */
const LEAST_ATTEMPTS = 20
const LEAST_FAILURES = 5
/** What raised means: three times the usual share, and two points more. */
const TIMES_USUAL = 3
const POINTS_MORE = 0.02
/** Shares that are never taken as impossible or certain: a provider that never failed may fail. */
const LEAST_SHARE = 0.002
/** Evidence (log of the likelihood ratio) that a quiet series of minutes reaches once in about 30 days: ln(43,200). */
const THRESHOLD = Math.log(30 * 24 * 60)
/** Slow: the median of first tokens half as long again, of so many timed attempts on each side. */
const TIMES_SLOWER = 1.5
const LEAST_TIMED = 30

type Group = { readonly provider: string; readonly region: string; readonly model: string; now: ProviderMinute[]; before: ProviderMinute[] }

/** Minutes of the period and of the time before it → the state of each provider, what is wrong first. A pure function. */
export function explainEgress(
  { rows, fallbacks, settled }: { rows: readonly ProviderMinute[]; fallbacks: readonly FallbackRow[]; settled: SettledUntil },
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Answer<EgressFinding> {
  const groups = groupsOf(rows, fromMs)
  const judged = groups.map(group => ({ group, judgement: judge(group) }))
  const failing = judged.filter(one => one.judgement.state === 'failing' || one.judgement.state === 'limited')
  const findings = judged.map(({ group, judgement }) =>
    findingOf(group, judgement, { failing: failing.map(one => one.group), groups, fallbacks }),
  )
  findings.sort((a, b) => EGRESS_STATES.indexOf(a.state) - EGRESS_STATES.indexOf(b.state) || b.failed - a.failed || b.attempts - a.attempts)
  const isEmpty = settled.untilMs === null || findings.length === 0
  return {
    question: 'egress',
    from: isoTime(fromMs),
    to: isoTime(toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: isEmpty ? 'No attempt at a provider is settled in this period.' : sentenceOf(findings),
    confidence: isEmpty ? 'cannot tell' : (findings[0]?.confidence ?? 'high'),
    findings,
    sample: { requests: sum(rows.filter(row => row.at_ms >= fromMs).map(row => row.attempts)), minutes: settled.windows },
    coverage: null,
    missing: isEmpty ? ['attempts at providers'] : [],
    is_calm: !findings.some(isIll),
    would_change: null,
    method: 'egress',
  }
}

function groupsOf(rows: readonly ProviderMinute[], fromMs: number): Group[] {
  const byName = Map.groupBy(rows, row => JSON.stringify([row.provider, row.region, row.model]))
  return [...byName.values()].flatMap(own => {
    const [{ provider, region, model }] = own as [ProviderMinute]
    const now = own.filter(row => row.at_ms >= fromMs)
    return now.length === 0 ? [] : [{ provider, region, model, now, before: own.filter(row => row.at_ms < fromMs) }]
  })
}

/** What a provider may be blamed for. Its refusals for our rate are ours. */
const failuresOf = (row: ProviderMinute) => row.timeouts + row.unreached + row.errors
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const total = (rows: readonly ProviderMinute[], of: (row: ProviderMinute) => number) => sum(rows.map(of))

interface Judgement {
  state: EgressState
  usual: number
  interval: Interval
  sinceMs: number | null
  ttft: { now: number | null; usual: number | null }
}

function judge({ now, before }: Group): Judgement {
  const attempts = total(now, row => row.attempts)
  const failed = total(now, failuresOf)
  const usual = usualShare(before, failuresOf)
  const interval = wilson(failed, attempts)
  const failing = raisedSince(now, failuresOf, usual)
  const limited = raisedSince(
    now,
    row => row.rate_limited,
    usualShare(before, row => row.rate_limited),
  )
  const ttft = { now: medianFirst(now), usual: medianFirst(before) }
  const isSlow = ttft.now !== null && ttft.usual !== null && ttft.now > TIMES_SLOWER * ttft.usual
  const base = { usual, interval, ttft }
  if (failing !== null) return { ...base, state: 'failing', sinceMs: failing }
  if (limited !== null) return { ...base, state: 'limited', sinceMs: limited }
  if (attempts < LEAST_ATTEMPTS) return { ...base, state: 'too little traffic', sinceMs: null }
  return isSlow ? { ...base, state: 'slow', sinceMs: now[0]?.at_ms ?? null } : { ...base, state: 'healthy', sinceMs: null }
}

/** The share that was usual, with half a failure added so that one that never failed is not taken as never failing. */
function usualShare(before: readonly ProviderMinute[], of: (row: ProviderMinute) => number): number {
  const attempts = total(before, row => row.attempts)
  return Math.min(0.5, Math.max(LEAST_SHARE, (total(before, of) + 0.5) / (attempts + 100)))
}

/** Since when the share is raised, ms; null: it is not. */
function raisedSince(now: readonly ProviderMinute[], of: (row: ProviderMinute) => number, usual: number): number | null {
  const raised = Math.min(0.9, Math.max(TIMES_USUAL * usual, usual + POINTS_MORE))
  if (total(now, of) < LEAST_FAILURES) return null
  const series = now.map(row => ({ count: of(row), n: row.attempts }))
  const { began } = shareCusum(series, { usual, raised, threshold: THRESHOLD })
  return began === undefined ? null : (now[Math.min(began, now.length - 1)]?.at_ms ?? null)
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

interface Others {
  failing: readonly Group[]
  groups: readonly Group[]
  fallbacks: readonly FallbackRow[]
}

function findingOf(group: Group, { state, usual, interval, sinceMs, ttft }: Judgement, others: Others): EgressFinding {
  const { provider, region, model, now } = group
  const attempts = total(now, row => row.attempts)
  const failed = total(now, failuresOf)
  const finding = {
    provider,
    region,
    model,
    state,
    fault: faultOf(group, state, others),
    attempts,
    failed,
    failed_share: attempts === 0 ? 0 : failed / attempts,
    interval,
    usual_share: usual,
    timeouts: total(now, row => row.timeouts),
    unreached: total(now, row => row.unreached),
    rate_limited: total(now, row => row.rate_limited),
    errors: total(now, row => row.errors),
    since: isoTime(sinceMs),
    ttft_p50_ms: ttft.now,
    usual_ttft_p50_ms: ttft.usual,
    fallbacks: others.fallbacks.filter(one => one.provider === provider).map(one => ({ upstream: one.next, requests: one.requests })),
  }
  return { ...finding, confidence: confidenceOf(finding), sentence: findingSentence(finding) }
}

/** Compares with the others in the same minutes: all providers alike is us; a provider's other models well is the model. */
function faultOf(group: Group, state: EgressState, { failing, groups }: Others): EgressFinding['fault'] {
  if (state === 'limited') return 'our limit'
  if (state !== 'failing') return 'unknown'
  const providers = new Set(groups.map(one => one.provider))
  const ill = new Set(failing.map(one => one.provider))
  const unreached = total(group.now, row => row.unreached)
  if (providers.size > 1 && ill.size === providers.size && unreached > total(group.now, failuresOf) / 2) return 'our egress'
  const siblings = groups.filter(
    one => one.provider === group.provider && one.model !== group.model && total(one.now, row => row.attempts) >= LEAST_ATTEMPTS,
  )
  const areWell = siblings.length > 0 && siblings.every(one => !failing.includes(one))
  return areWell ? 'the model' : 'the provider'
}

function confidenceOf({
  state,
  attempts,
  interval,
  usual_share,
}: Pick<EgressFinding, 'state' | 'attempts' | 'interval' | 'usual_share'>): Confidence {
  if (state === 'too little traffic') return 'cannot tell'
  if (state === 'failing') return interval.low > TIMES_USUAL * usual_share ? 'high' : 'medium'
  return attempts >= 10 * LEAST_ATTEMPTS ? 'high' : 'medium'
}

const ms = (value: number | null) => `${Math.round(value ?? 0)} ms`
const percent = (share: number) => `${(100 * share).toFixed(1)} %`

function findingSentence(one: Omit<EgressFinding, 'sentence' | 'confidence'>): string {
  const where = `${one.provider}${one.region === '' ? '' : ` in ${one.region}`} with ${one.model || 'no model'}`
  const usual = `usual: ${percent(one.usual_share)}`
  const next =
    one.fallbacks.length === 0 ? '' : `; requests went on to ${one.fallbacks.map(to => `${to.upstream} (${to.requests})`).join(', ')}`
  const kinds = [
    [one.errors, 'errors'],
    [one.timeouts, 'timeouts'],
    [one.unreached, 'not reached'],
  ] as const
  const told = kinds.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`)
  switch (one.state) {
    case 'failing':
      return (
        `${where} fails since ${one.since}: ${percent(one.failed_share)} of ${one.attempts} attempts (${usual}), ${told.join(', ')}; ` +
        `it is ${one.fault}${next}.`
      )
    case 'limited':
      return `${where} refuses for our rate since ${one.since}: ${one.rate_limited} of ${one.attempts} attempts${next}.`
    case 'slow':
      return `${where} is slow: the median first token takes ${ms(one.ttft_p50_ms)} (usual: ${ms(one.usual_ttft_p50_ms)}).`
    case 'healthy':
      return `${where} is healthy: ${percent(one.failed_share)} of ${one.attempts} attempts failed (${usual}).`
    case 'too little traffic':
      return `${where} had ${one.attempts} attempts: too few to say.`
  }
}

const isIll = ({ state }: EgressFinding) => state === 'failing' || state === 'limited' || state === 'slow'

function sentenceOf(findings: readonly EgressFinding[]): string {
  const bad = findings.filter(isIll)
  const names = new Set(findings.map(one => one.provider))
  if (bad.length === 0) return `All ${names.size} providers are healthy, as far as there is traffic.`
  const rest = bad.length > 1 ? ` (and ${bad.length - 1} more)` : ''
  return `${bad[0]?.sentence}${rest}`
}
