import { formatDecimal } from '../../money/decimal.ts'
import type { Answer, Confidence, Finding, Interval } from '../answer.ts'
import { partsOf } from '../movers/explain-movers.ts'
import type { MoverFinding } from '../movers/mover-finding.ts'
import { partsText } from '../movers/mover-words.ts'
import type { Asked } from '../question.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'
import type { CostAlarm, Unexpected } from './find-unexpected.ts'
import type { AlarmSplit } from './usual-costs.ts'

/** A tenant's cost that left what is usual for it. */
export interface UnexpectedFinding extends Finding {
  readonly tenant_id: string
  readonly from: string
  readonly to: string
  /** At list prices, in `list_currency`. */
  readonly cost: number
  readonly expected: number
  readonly interval: Interval
  readonly list_currency: string
  readonly surprise: number
  readonly threshold: number
  readonly shape: string
  readonly weeks: number
  /** Of the bill, in `currency`: what the hours cost beyond the mean of the same hours before, and what made it. */
  readonly currency: string
  readonly change: string | null
  readonly parts: MoverFinding['parts']
}

/** An alarm with its split, where it was looked into. */
export type ExplainedAlarm = CostAlarm & { readonly explained?: AlarmSplit | undefined }

/** What was found → the answer. A pure function. */
export function explainUnexpected(
  { judged, unjudged }: Pick<Unexpected, 'judged' | 'unjudged'>,
  alarms: readonly ExplainedAlarm[],
  asked: Pick<Asked, 'fromMs' | 'toMs'> & { readonly settled: SettledUntil; readonly requests: number },
): Answer<UnexpectedFinding> {
  const findings = alarms.map(findingOf)
  const isBlind = judged === 0
  const [first] = findings
  const whom = judged === 1 ? 'the one tenant that has a past' : `${judged} tenants`
  return {
    question: 'unexpected',
    from: isoTime(asked.fromMs),
    to: isoTime(asked.toMs),
    settled_until: isoTime(asked.settled.untilMs),
    sentence: isBlind
      ? 'No tenant has enough past to tell what is usual.'
      : first === undefined
        ? `No cost of ${whom} left what is usual for it.`
        : `${findings.length === 1 ? 'One cost' : `${findings.length} costs`} left what is usual: ${first.sentence}`,
    confidence: isBlind ? 'cannot tell' : (first?.confidence ?? (unjudged.length > 0 ? 'medium' : 'high')),
    findings,
    sample: { requests: asked.requests, minutes: asked.settled.windows },
    coverage: null,
    missing: missingOf(isBlind, unjudged, asked.settled),
    is_calm: findings.length === 0,
    would_change:
      first === undefined ? null : `a threshold above ${Math.max(...findings.map(({ surprise }) => surprise))} standard deviations`,
    method: 'unexpected',
  }
}

/** Names of tenants that are told; the rest is a number. */
const MOST_NAMED = 5

function missingOf(isBlind: boolean, unjudged: readonly string[], settled: SettledUntil): string[] {
  const named = unjudged.slice(0, MOST_NAMED).join(', ')
  const more = unjudged.length > MOST_NAMED ? ` and ${unjudged.length - MOST_NAMED} more` : ''
  return [
    ...(settled.untilMs === null ? ['settled minutes'] : []),
    ...(unjudged.length > 0 ? [`ten days of settled hours of ${named}${more}`] : isBlind ? ['ten days of settled hours'] : []),
  ]
}

function findingOf(alarm: ExplainedAlarm): UnexpectedFinding {
  const { tenant_id, fromMs, toMs, cost, expected, low, high, surprise, threshold, baseline, explained } = alarm
  const parts = explained === undefined ? [] : partsOf(explained.split)
  const currency = explained?.currency ?? alarm.currency
  const why = parts.length === 0 ? '' : `: ${partsText(parts, currency)}`
  const hours = `${isoTime(fromMs).slice(0, 16)} to ${isoTime(toMs).slice(11, 16)}`
  return {
    sentence:
      `${tenant_id}, ${hours} UTC: ${amount(cost)} ${alarm.currency} where ${amount(expected)} (${amount(low)} to ${amount(high)}) is ` +
      `usual, ${surprise.toFixed(1)} standard deviations above it${why}.`,
    confidence: confidenceOf(alarm),
    ...{ tenant_id, from: isoTime(fromMs), to: isoTime(toMs), cost, expected, interval: { low, high, level: 0.9 } },
    list_currency: alarm.currency,
    ...{ surprise: Number(surprise.toFixed(2)), threshold: Number(threshold.toFixed(2)), shape: baseline.shape, weeks: baseline.weeks },
    currency,
    change: explained === undefined ? null : formatDecimal(explained.after - explained.before),
    parts,
  }
}

/** Half the width of a 90 % interval, in standard deviations. */
const HALF_WIDTH = 1.645

/** Clear of the threshold by as much as the half-width of what is usual; a coarser past is less sure. */
function confidenceOf({ surprise, threshold, baseline }: CostAlarm): Confidence {
  if (baseline.shape === 'hour of day') return 'low'
  return surprise >= threshold + HALF_WIDTH && baseline.shape === 'hour of week' ? 'high' : 'medium'
}

function amount(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toPrecision(2)
}
