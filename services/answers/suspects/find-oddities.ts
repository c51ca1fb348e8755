/** What a key does that it does not usually do, hour by hour: pure functions of its own past. */
import { median, medianAbsoluteDeviation, quantile } from 'simple-statistics'
import { DAY, HOUR } from '../../platform/clock.ts'
import { countTail } from '../statistics/count-tail.ts'
import { findUnexpected } from '../unexpected/find-unexpected.ts'
import type { Caller, CallerHour, SuspectKind, Suspicion } from './suspect.ts'

/** Past under which nothing is usual: days since the first hour, and hours with a measure. */
const LEAST_PAST_MS = 7 * DAY
const LEAST_HOURS = 30
/** Requests, answers or prompts of an hour under which its mean says nothing. */
const LEAST_MEASURED = 30
/** Standard deviations (Iglewicz and Hoaglin, 1993, for modified z-scores), alone and as a multiple of the key's own threshold. */
const LEAST_THRESHOLD = 3.5
const PEAK = { alone: 2, inRow: 1.25 } as const
const MAD_TO_SIGMA = 1.4826
/** Networks of a key in an hour: more than three, and three times the 99th percentile of its own past. */
const LEAST_PREFIXES = 3
const TIMES_PREFIXES = 3
/** Guardrail hits of a key in an hour, and how unlikely by its own past. */
const LEAST_HITS = 3
const HITS_CHANCE = 1e-4

/** A measure of an hour: undefined where too little was measured. `leastScale`: what moves by less is never a surprise. */
interface Measure {
  readonly kind: SuspectKind
  readonly of: (hour: CallerHour) => number | undefined
  readonly leastScale: number
  /** From value and usual value to words. */
  readonly tell: (value: number, usual: number) => string
}

const times = (value: number, usual: number) => Math.exp(value - usual).toFixed(1)
const percent = (share: number) => `${(100 * share).toFixed(0)} %`
const measures: readonly Measure[] = [
  {
    kind: 'larger requests',
    of: hour => (hour.sized >= LEAST_MEASURED ? hour.ln_bytes : undefined),
    leastScale: 0.1,
    tell: (value, usual) => `its requests were ${times(value, usual)} times as large as usual`,
  },
  {
    kind: 'longer answers',
    of: hour => (hour.ratios >= LEAST_MEASURED ? hour.ln_ratio : undefined),
    leastScale: 0.1,
    tell: (value, usual) => `it got ${times(value, usual)} times as much output for its input as usual`,
  },
  {
    kind: 'repeats',
    of: hour => (hour.prompted >= LEAST_MEASURED ? Math.max(0, 1 - hour.prompts / hour.prompted) : undefined),
    leastScale: 0.05,
    tell: (value, usual) => `${percent(value)} of its prompts were repeated, where ${percent(usual)} are usual`,
  },
]

/** Everything odd in the hours of [fromMs, toMs), against the hours before. `settledHours`: starts of the hours that are known, ms. */
export function findOddities(
  callers: readonly Caller[],
  settledHours: readonly number[],
  { fromMs, toMs, leastAmount }: { fromMs: number; toMs: number; leastAmount: number },
): Suspicion[] {
  const span = { fromMs, toMs }
  return [
    ...findAppetite(callers, settledHours, { ...span, leastAmount }),
    ...callers.flatMap(caller => {
      const past = caller.hours.filter(hour => hour.startMs + HOUR <= fromMs)
      const now = caller.hours.filter(hour => hour.startMs >= fromMs && hour.startMs + HOUR <= toMs)
      const first = past[0]?.startMs ?? fromMs
      if (now.length === 0 || fromMs - first < LEAST_PAST_MS) return []
      const parts = { caller, past, now, pastHours: (fromMs - first) / HOUR }
      return [...manyPlaces(parts), ...guardrailHits(parts), ...measures.flatMap(measure => oddMeasure(measure, parts))]
    }),
  ]
}

interface Parts {
  readonly caller: Caller
  readonly past: readonly CallerHour[]
  readonly now: readonly CallerHour[]
  /** Hours of the past, with or without traffic. */
  readonly pastHours: number
}

/** Keys whose tokens, in money, left what is usual for them at that hour of the week. */
function findAppetite(
  callers: readonly Caller[],
  settledHours: readonly number[],
  { leastAmount, ...span }: { fromMs: number; toMs: number; leastAmount: number },
): Suspicion[] {
  const priced = callers.filter(caller => caller.unitCost !== null && caller.unitCost > 0)
  const byName = new Map(priced.map((caller, index) => [String(index), caller]))
  const series = [...byName].map(([name, { hours, unitCost, currency }]) => {
    const spent = new Map(hours.map(hour => [hour.startMs, hour.tokens * (unitCost ?? 0)]))
    const first = hours[0]?.startMs ?? 0
    const points = settledHours.flatMap(startMs => (startMs < first ? [] : [{ startMs, value: spent.get(startMs) ?? 0 }]))
    return { tenant_id: name, currency, points }
  })
  return findUnexpected(series, span, { leastAmount }).alarms.flatMap(alarm => {
    const caller = byName.get(alarm.tenant_id)
    if (caller === undefined) return []
    const inside = caller.hours.filter(hour => hour.startMs >= alarm.fromMs && hour.startMs < alarm.toMs)
    return [
      {
        ...headOf('appetite', caller, inside, alarm),
        ...{ value: alarm.cost, usual: alarm.expected, surprise: alarm.surprise, at_stake: alarm.cost - alarm.expected },
        evidence: `it used tokens for ${alarm.cost.toFixed(2)} ${alarm.currency}, where ${alarm.expected.toFixed(2)} is usual`,
        confidence: alarm.baseline.shape === 'hour of day' ? 'low' : alarm.surprise >= 1.5 * alarm.threshold ? 'high' : 'medium',
      },
    ]
  })
}

function manyPlaces({ caller, past, now }: Parts): Suspicion[] {
  const usual =
    past.length === 0
      ? 0
      : quantile(
          past.map(hour => hour.prefixes),
          0.99,
        )
  const limit = Math.max(LEAST_PREFIXES, TIMES_PREFIXES * usual)
  const out = past.length < LEAST_HOURS ? [] : now.filter(hour => hour.prefixes > limit)
  if (out.length === 0) return []
  const most = Math.max(...out.map(hour => hour.prefixes))
  return [
    {
      ...headOf('many places', caller, out, spanOf(out)),
      ...{ value: most, usual, surprise: null, at_stake: stakeOf(caller, out, past) },
      evidence: `it was used from ${most} networks in an hour, where its own 99th percentile is ${usual}`,
      confidence: most > 2 * limit ? 'high' : 'medium',
    },
  ]
}

function guardrailHits({ caller, past, now, pastHours }: Parts): Suspicion[] {
  const sum = past.reduce((all, hour) => all + hour.guardrail_hits, 0)
  const squares = past.reduce((all, hour) => all + hour.guardrail_hits ** 2, 0)
  const mean = (sum + 0.5) / pastHours
  const dispersion = Math.max(1, (squares / pastHours - (sum / pastHours) ** 2) / mean)
  const isOut = ({ guardrail_hits: hits }: CallerHour) => hits >= LEAST_HITS && countTail(hits, { mean, dispersion }) < HITS_CHANCE
  const out = now.filter(isOut)
  if (out.length === 0) return []
  const hits = out.reduce((all, hour) => all + hour.guardrail_hits, 0)
  return [
    {
      ...headOf('guardrail', caller, out, spanOf(out)),
      ...{ value: hits, usual: mean * out.length, surprise: null, at_stake: null },
      evidence: `a guardrail intervened ${hits} times in ${out.length} h, where ${mean.toFixed(2)} an hour are usual`,
      confidence: 'high',
    },
  ]
}

/**
 * Hours whose measure lies above the key's own past: two in a row, or one far out. The threshold is what the past itself reached in every
 * fifth week where that is more: a nightly batch or the burst of an agent is then usual.
 */
function oddMeasure({ kind, of, leastScale, tell }: Measure, { caller, past, now }: Parts): Suspicion[] {
  const before = past.flatMap(hour => measured(hour, of))
  if (before.length < LEAST_HOURS) return []
  const values = before.map(one => one.value)
  const usual = median(values)
  const scale = Math.max(leastScale, MAD_TO_SIGMA * medianAbsoluteDeviation(values))
  const surprise = (value: number) => (value - usual) / scale
  const weeks = Map.groupBy(before, one => Math.floor(one.hour.startMs / (7 * DAY)))
  const peaks = [...weeks.values()].map(week => Math.max(...week.map(one => surprise(one.value))))
  const threshold = Math.max(LEAST_THRESHOLD, quantile(peaks, 0.8))
  const out = now.flatMap(hour => measured(hour, of)).filter(one => surprise(one.value) > threshold)
  const most = Math.max(...out.map(one => surprise(one.value)))
  if (out.length === 0 || most < threshold * (out.length < 2 ? PEAK.alone : PEAK.inRow)) return []
  const hours = out.map(one => one.hour)
  const furthest = out.find(one => surprise(one.value) === most)?.value ?? usual
  return [
    {
      ...headOf(kind, caller, hours, spanOf(hours)),
      ...{ value: kind === 'repeats' ? furthest : Math.exp(furthest), usual: kind === 'repeats' ? usual : Math.exp(usual) },
      ...{ surprise: most, at_stake: stakeOf(caller, hours, past), evidence: tell(furthest, usual) },
      confidence: most >= 2 * threshold ? 'high' : 'medium',
    },
  ]
}

function measured(hour: CallerHour, of: Measure['of']): { hour: CallerHour; value: number }[] {
  const value = of(hour)
  return value === undefined ? [] : [{ hour, value }]
}

/** What the hours cost beyond the key's median hour; null: nothing was priced. */
function stakeOf({ unitCost }: Caller, hours: readonly CallerHour[], past: readonly CallerHour[]): number | null {
  if (unitCost === null) return null
  const usual = past.length === 0 ? 0 : median(past.map(hour => hour.tokens))
  return hours.reduce((all, hour) => all + Math.max(0, hour.tokens - usual) * unitCost, 0)
}

function headOf(
  kind: SuspectKind,
  { tenant_id, api_key_id, currency }: Caller,
  hours: readonly CallerHour[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
) {
  const attempts = hours.reduce((all, hour) => all + hour.attempts, 0)
  return { kind, tenant_id, api_key_id, client_ip_prefix: '', currency, fromMs, toMs, attempts }
}

function spanOf(hours: readonly CallerHour[]): { fromMs: number; toMs: number } {
  return { fromMs: Math.min(...hours.map(hour => hour.startMs)), toMs: Math.max(...hours.map(hour => hour.startMs)) + HOUR }
}
