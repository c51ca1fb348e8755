/** Two periods of costs → what moved between them. Pure functions. */
import { type Decimal, divide, formatDecimal } from '../../money/decimal.ts'
import type { Answer, Confidence } from '../answer.ts'
import { isoTime } from '../settled-until.ts'
import { PARTS } from './cost-parts.ts'
import type { MoverFinding } from './mover-finding.ts'
import { moverSentence, moversSentence } from './mover-words.ts'
import type { PoolMove } from './pool-moves.ts'
import type { ComparedCosts, PeriodCosts } from './read-costs.ts'
import { type CostSplit, splitCost, sumOf } from './split-cost.ts'
import { type CostNode, childrenOf, type Dimension, leading, magnitude, requestsOf, walkMovers } from './walk-movers.ts'

/** A period, ms, end exclusive, and how many settled minutes it has. */
export interface SettledPeriod {
  readonly fromMs: number
  readonly toMs: number
  readonly minutes: number
}

/** What is compared. `by`: one list by this dimension instead of the walk. */
export interface MoversAsked {
  readonly before: SettledPeriod
  readonly after: SettledPeriod
  readonly settledUntilMs: number | null
  readonly by?: Dimension | undefined
  /** What own pools cost, by the hour. */
  readonly pools: readonly PoolMove[]
  /** Share of the priced and unpriced quantities that has a price, 0 to 1. */
  readonly pricedShare: number
}

/** Answers which costs moved. The first finding of a currency is the whole, then where it happened. */
export function explainMovers(compared: readonly ComparedCosts[], asked: MoversAsked): Answer<MoverFinding> {
  const { before, after } = asked
  const missing = missingOf(asked)
  const isUntold = before.minutes === 0 || after.minutes === 0
  const confidence: Confidence = isUntold ? 'cannot tell' : confidenceOf(asked)
  const ofRequests = compared.flatMap(costs => findingsOf(costs, asked.by, confidence))
  const findings = isUntold ? [] : [...ofRequests, ...asked.pools.slice(0, MOST_LISTED).map(poolFinding)]
  const requests = compared.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count.after.requests, 0n)
  return {
    question: 'movers',
    from: isoTime(after.fromMs),
    to: isoTime(after.toMs),
    settled_until: isoTime(asked.settledUntilMs),
    sentence: isUntold
      ? `Nothing to compare: nothing is settled ${after.minutes === 0 ? 'in this period' : 'in the one compared with'}.`
      : moversSentence(findings, before),
    confidence,
    findings,
    sample: { requests: countOf(requests), minutes: after.minutes },
    coverage: null,
    missing,
    is_calm: findings.length === 0,
    would_change: isUntold || asked.pricedShare === 1 ? null : 'a price for what has none (weir gaps names it)',
    method: 'movers',
  }
}

function missingOf({ before, after, pricedShare }: MoversAsked): string[] {
  return [
    ...(after.minutes === 0 ? ['settled minutes'] : []),
    ...(before.minutes === 0 ? ['settled minutes of the period compared with'] : []),
    ...(pricedShare < 1 ? [`a price for ${percent(1 - pricedShare)} of what was used: it is in no amount`] : []),
  ]
}

const percent = (share: number) => `${(share * 100).toFixed(share < 0.001 ? 3 : 1)} %`

/** Amounts are counted, not estimated: only what has no price makes them unsure. */
function confidenceOf({ pricedShare }: MoversAsked): Confidence {
  return pricedShare >= 0.999 ? 'high' : pricedShare >= 0.95 ? 'medium' : 'low'
}

function findingsOf({ currency, leaves, counts }: ComparedCosts, by: Dimension | undefined, confidence: Confidence): MoverFinding[] {
  const root: CostNode = { where: {}, leaves, counts }
  if (sumOf(leaves, 'before') === 0n && sumOf(leaves, 'after') === 0n) return []
  const nodes = by === undefined ? walkMovers(root) : leading(childrenOf(root, by), MOST_LISTED)
  return [root, ...nodes].map(node => findingOf(node, currency, confidence))
}

/** Children that are listed where one dimension is asked for. */
const MOST_LISTED = 20

function findingOf(node: CostNode, currency: string, confidence: Confidence): MoverFinding {
  const split = splitCost(node.leaves, node.counts)
  const costs = { before: sumOf(node.leaves, 'before'), after: sumOf(node.leaves, 'after') }
  const counts = { before: requestsOf(node, 'before'), after: requestsOf(node, 'after') }
  const { route = null, tenant_id = null, model = null, token_kind = null } = node.where
  const figures = {
    ...{ route, tenant_id, model, token_kind, pool: null, currency },
    cost_before: formatDecimal(costs.before),
    cost_after: formatDecimal(costs.after),
    change: formatDecimal(costs.after - costs.before),
    parts: partsOf(split),
    requests_before: countOf(counts.before.requests),
    requests_after: countOf(counts.after.requests),
    cost_per_successful_request_before: perRequest(costs.before, counts.before.successful),
    cost_per_successful_request_after: perRequest(costs.after, counts.after.successful),
  }
  return { sentence: moverSentence(figures), confidence, ...figures }
}

/** A pool's cost follows from hours and shares: it has no requests. */
function poolFinding({ pool, currency, before, after, parts }: PoolMove): MoverFinding {
  const figures = {
    ...{ route: null, tenant_id: null, model: null, token_kind: null, pool, currency },
    ...{ cost_before: formatDecimal(before), cost_after: formatDecimal(after), change: formatDecimal(after - before) },
    parts: parts.map(({ part, change }) => ({ part, amount: formatDecimal(change) })),
    ...{ requests_before: 0, requests_after: 0 },
    ...{ cost_per_successful_request_before: null, cost_per_successful_request_after: null },
  }
  return { sentence: moverSentence(figures), confidence: 'high', ...figures }
}

/** Parts that are not nothing, the largest first. */
export function partsOf(split: CostSplit): MoverFinding['parts'] {
  return PARTS.filter(part => split[part] !== 0n)
    .sort((a, b) => (magnitude(split[b]) > magnitude(split[a]) ? 1 : magnitude(split[b]) < magnitude(split[a]) ? -1 : 0))
    .map(part => ({ part, amount: formatDecimal(split[part]) }))
}

function perRequest(cost: Decimal, successful: Decimal): string | null {
  return successful === 0n ? null : formatDecimal(divide(cost, successful))
}

function countOf(requests: Decimal): number {
  return Math.round(Number(formatDecimal(requests)))
}

/** Share of what was used in both periods that has a price, by quantity; 1 where nothing was used. */
export function pricedShareOf(periods: readonly PeriodCosts[]): number {
  let [priced, all] = [0n, 0n]
  for (const { charges } of periods) {
    for (const { quantity, contracted_unit_price } of charges) {
      all += quantity
      if (contracted_unit_price !== null) priced += quantity
    }
  }
  return all === 0n ? 1 : priced === all ? 1 : Number(formatDecimal(divide(priced, all)))
}
