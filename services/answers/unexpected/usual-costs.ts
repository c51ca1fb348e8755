/** What an alarm is made of, held against the same hours before: pure arithmetic and the reading of both. */
import type { Terms } from '../../money/terms/terms.ts'
import { DAY } from '../../platform/clock.ts'
import { compareCosts, type PeriodCosts, readCosts } from '../movers/read-costs.ts'
import type { CostSplit } from '../movers/split-cost.ts'
import { splitCost, sumOf } from '../movers/split-cost.ts'
import type { AnswerDeps } from '../question.ts'
import type { CostAlarm } from './find-unexpected.ts'

/** How an alarm differs from the mean of the hours that it is held against, in the currency of the tenant's bill. */
export interface AlarmSplit {
  readonly currency: string
  readonly before: bigint
  readonly after: bigint
  readonly split: CostSplit
  /** Periods that the mean is of. */
  readonly references: number
}

/** Earlier periods that are averaged: the same hours of so many weeks, or days where there are no weeks. */
const REFERENCES = { weeks: 4, days: 7 } as const

/** The same hours of earlier weeks (of days, where the baseline has no weeks), as far as it reaches back; ms. */
export function referenceSpans({
  fromMs,
  toMs,
  baseline,
}: Pick<CostAlarm, 'fromMs' | 'toMs' | 'baseline'>): { fromMs: number; toMs: number }[] {
  const isByWeek = baseline.weeks >= 2
  const stepMs = isByWeek ? 7 * DAY : DAY
  const least = Math.ceil((toMs - baseline.untilMs) / stepMs)
  const count = isByWeek ? Math.min(REFERENCES.weeks, baseline.weeks) : REFERENCES.days
  return Array.from({ length: count }, (_, index) => {
    const back = (Math.max(1, least) + index) * stepMs
    return { fromMs: fromMs - back, toMs: toMs - back }
  })
}

/** The mean of several periods, as one. */
export function meanCosts(periods: readonly PeriodCosts[]): PeriodCosts {
  const count = BigInt(Math.max(1, periods.length))
  return {
    charges: periods.flatMap(({ charges }) =>
      charges.map(charge => ({ ...charge, quantity: charge.quantity / count, effective_cost: charge.effective_cost / count })),
    ),
    requests: periods.flatMap(({ requests }) =>
      requests.map(one => ({
        ...one,
        requests: one.requests / count,
        successful: one.successful / count,
        cache_hits: one.cache_hits / count,
      })),
    ),
  }
}

/** Reads an alarm and what it is held against, and splits the difference; undefined: nothing was billed. Rejects as readCosts does. */
export async function splitAlarm(alarm: CostAlarm, terms: Terms, deps: AnswerDeps): Promise<AlarmSplit | undefined> {
  const scope = { isAll: false, tenants: [alarm.tenant_id], seesVolumes: true }
  const spans = referenceSpans(alarm)
  const [after, ...references] = await Promise.all([alarm, ...spans].map(span => readCosts({ ...span, scope }, terms, deps)))
  const [costs] = after === undefined ? [] : compareCosts(meanCosts(references), after, terms)
  if (costs === undefined) return undefined
  const { currency, leaves, counts } = costs
  return {
    currency,
    before: sumOf(leaves, 'before'),
    after: sumOf(leaves, 'after'),
    split: splitCost(leaves, counts),
    references: references.length,
  }
}
