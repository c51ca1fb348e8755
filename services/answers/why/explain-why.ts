import type { Answer, Confidence, Finding, Interval } from '../answer.ts'
import { timeInWords } from '../in-words.ts'
import { isoTime } from '../settled-until.ts'
import { findNeighbours, type LoadRow, type Neighbour } from './neighbours.ts'
import type { Sampled } from './parts.ts'
import { FACTORS, type Factor, type SplitChange, splitChange, WORDS } from './split-change.ts'

/** Why a quantile moved. */
export interface WhyFinding extends Finding {
  /** Priority class that is told of; 'all': every one. */
  readonly priority: string
  readonly quantile: number
  readonly before_ms: number
  readonly after_ms: number
  readonly change_ms: number
  /** Factors and `together`, ms: they add up to change_ms. */
  readonly parts: Readonly<Record<Factor | 'together', number>>
  readonly intervals: Readonly<Partial<Record<Factor, Interval>>>
  /** The factor that explains most of the change; null: none stands out. */
  readonly cause: Factor | null
  readonly neighbours: readonly Neighbour[]
}

/** What is explained: two samples, and the loads of pools in both periods. */
export interface WhyInputs {
  readonly before: readonly Sampled[]
  readonly after: readonly Sampled[]
  readonly beforePeriod: { readonly fromMs: number; readonly toMs: number }
  readonly period: { readonly fromMs: number; readonly toMs: number }
  readonly untilMs: number | null
  readonly loads: readonly LoadRow[]
  /** Tenants that are asked for: they are not their own neighbours. Empty: all. */
  readonly tenants: readonly string[]
  /** Names of others may be told. */
  readonly seesVolumes: boolean
  /** Some queues are means of their pool, not measured request by request. */
  readonly isQueueEstimated: boolean
  /** Of some requests to pools neither they nor the model servers tell how long they waited. */
  readonly isQueueUnknown?: boolean
}

/** Quantiles that are told, the most asked for first. */
const QUANTILES = [0.95, 0.5, 0.99] as const
/** Requests of each side from which a quantile is told (half of its distribution-free interval lies in the sample then). */
const LEAST_SAMPLE: Readonly<Record<number, number>> = { 0.5: 60, 0.95: 200, 0.99: 1_000 }
/** Groups that the sample is cut into to see how far its figures are left to chance; Student's 90 % value for one less. */
const GROUPS = 8
const STUDENT_90 = 1.895
/** A factor is named if it is at least this share of the change or of the quantile. */
const SHARE_OF_CHANGE = 0.1
const SHARE_OF_QUANTILE = 0.05

/** Samples → why the quantiles moved, 95th percentile first. A pure function. */
export function explainWhy(inputs: WhyInputs): Answer<WhyFinding> {
  const { before, after, period, untilMs } = inputs
  const classes = [...new Set([...before, ...after].map(one => one.priority))].sort()
  const groups = [
    { priority: 'all', of: () => true },
    ...(classes.length > 1 ? classes.map(priority => ({ priority, of: priorityIs(priority) })) : []),
  ]
  const findings = groups.flatMap(({ priority, of }) =>
    findingsOf(priority, { ...inputs, before: before.filter(of), after: after.filter(of) }),
  )
  const [first] = findings
  const missing = missingOf(inputs)
  return {
    question: 'why',
    from: isoTime(period.fromMs),
    to: isoTime(period.toMs),
    settled_until: isoTime(untilMs),
    sentence:
      first === undefined
        ? `Too few answered requests to say why latency moved (${before.length} before, ${after.length} now).`
        : first.sentence,
    confidence: first?.confidence ?? 'cannot tell',
    findings,
    sample: { requests: before.length + after.length, minutes: new Set([...before, ...after].map(one => one.minute)).size },
    coverage: null,
    missing: first === undefined && missing.length === 0 ? ['answered requests with a duration in both periods'] : missing,
    is_calm: first === undefined || first.cause === null || first.change_ms <= 0,
    would_change: first?.cause
      ? `without ${WORDS[first.cause]} it would be ${timeInWords(first.after_ms - first.parts[first.cause])}`
      : null,
    method: 'why',
  }
}

const priorityIs = (priority: string) => (one: Sampled) => one.priority === priority

function findingsOf(priority: string, inputs: WhyInputs): WhyFinding[] {
  const { before, after } = inputs
  const told = QUANTILES.filter(quantile => Math.min(before.length, after.length) >= (LEAST_SAMPLE[quantile] ?? 0))
  const changes = told.length === 0 ? undefined : splitChange(before, after, told)
  if (changes === undefined) return []
  const groups = groupChanges(before, after, told)
  return changes.map((change, index) =>
    findingOf(
      priority,
      change,
      groups.map(group => group[index] as SplitChange),
      inputs,
    ),
  )
}

/** The same split for each of some groups of the sample, to see how far it moves by chance. */
function groupChanges(before: readonly Sampled[], after: readonly Sampled[], quantiles: readonly number[]): SplitChange[][] {
  const part = (all: readonly Sampled[], group: number) => all.filter((_, index) => index % GROUPS === group)
  return Array.from({ length: GROUPS }, (_, group) => splitChange(part(before, group), part(after, group), quantiles)).filter(
    found => found !== undefined,
  )
}

function findingOf(priority: string, change: SplitChange, groups: readonly SplitChange[], inputs: WhyInputs): WhyFinding {
  const { quantile, before_ms, after_ms, factors, together } = change
  const change_ms = after_ms - before_ms
  const intervals = Object.fromEntries(
    FACTORS.map(factor => [
      factor,
      intervalOf(
        factors[factor],
        groups.map(one => one.factors[factor]),
      ),
    ]),
  )
  const isNamed = (factor: Factor) => {
    const interval = intervals[factor] as Interval
    const size = Math.abs(factors[factor])
    const isClear = interval.low > 0 || interval.high < 0
    return isClear && (size >= SHARE_OF_CHANGE * Math.abs(change_ms) || size >= SHARE_OF_QUANTILE * before_ms)
  }
  const named = FACTORS.filter(isNamed).sort((a, b) => Math.abs(factors[b]) - Math.abs(factors[a]))
  const [cause = null] = named.filter(factor => Math.sign(factors[factor]) === Math.sign(change_ms))
  const neighbours = cause === 'queue' && change_ms > 0 && inputs.seesVolumes ? findNeighbours(inputs) : []
  const finding = { priority, quantile, before_ms, after_ms, change_ms, parts: { ...factors, together }, intervals, cause, neighbours }
  return { ...finding, confidence: confidenceOf(cause, change_ms, intervals), sentence: sentenceOf(finding, named) }
}

function intervalOf(estimate: number, values: readonly number[]): Interval {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)
  const half = values.length < 2 ? Number.MAX_VALUE : STUDENT_90 * Math.sqrt(variance / values.length)
  return { low: estimate - half, high: estimate + half, level: 0.9 }
}

function confidenceOf(cause: Factor | null, change: number, intervals: Readonly<Partial<Record<Factor, Interval>>>): Confidence {
  const interval = cause === null ? undefined : intervals[cause]
  if (interval === undefined) return 'low'
  const [half, nearest] = [(interval.high - interval.low) / 2, Math.min(Math.abs(interval.low), Math.abs(interval.high))]
  return nearest >= half && Math.abs(change) > half ? 'high' : 'medium'
}

const signed = (value: number) => `${value < 0 ? '−' : '+'}${timeInWords(Math.abs(value))}`

function sentenceOf(finding: Omit<WhyFinding, 'sentence' | 'confidence'>, named: readonly Factor[]): string {
  const { priority, quantile, before_ms, after_ms, change_ms, parts, neighbours } = finding
  const whose = priority === 'all' ? '' : ` of ${priority || 'no priority'}`
  const [from, to] = [timeInWords(before_ms), timeInWords(after_ms)]
  const moved = `p${Math.round(quantile * 100)}${whose} went from ${from} to ${to} (${signed(change_ms)})`
  const why = named.map(factor => `${signed(parts[factor])} ${WORDS[factor]}`)
  const who = neighbours.map(one => `${one.tenant_id} put ${(one.growth_share * 100).toFixed(0)} % of the new load on ${one.pool}`)
  const reasons = why.length === 0 ? 'no part stands out from chance' : why.join(', ')
  return `${moved}: ${reasons}${who.length === 0 ? '' : `; ${who.join(', ')}`}.`
}

function missingOf({ untilMs, isQueueEstimated, isQueueUnknown, before, after }: WhyInputs): string[] {
  const streamed = [...before, ...after].some(one => (one.parts[2] ?? 0) + (one.parts[3] ?? 0) > 0)
  return [
    ...(untilMs === null ? ['settled minutes'] : []),
    ...(isQueueEstimated ? ['queue times of requests: those of their pool, minute by minute, stand in for them'] : []),
    ...(isQueueUnknown ? ['queue times at some pools: neither requests nor model servers tell them, they lie in prefill'] : []),
    ...(!streamed && before.length + after.length > 0 ? ['times to the first token: prefill and decode cannot be told apart'] : []),
  ]
}
