import { divide, formatDecimal, multiply, parseDecimal } from '../../money/decimal.ts'
import type { Answer, Confidence, Finding } from '../answer.ts'
import { isoTime, type SettledUntil } from '../settled-until.ts'

/** What a tenant had answered at an upstream; `cost` is exact decimal text, of own pools what is published of them. */
export interface CostRow {
  readonly tenant_id: string
  readonly upstream_kind: string
  readonly upstream: string
  readonly currency: string
  readonly requests: number
  readonly successful_requests: number
  readonly output_tokens: number
  readonly unpriced_attempts: number
  readonly cost: string | null
}

/** How many of its streamed answers were within each limit, 0 to 1. */
export interface ShareRow {
  readonly tenant_id: string
  readonly upstream_kind: string
  readonly upstream: string
  readonly ttft_count: number
  readonly tpot_count: number
  readonly ttft_share: number
  readonly tpot_share: number
}

/** Limits that an answer is held against, ms: to the first token, and from token to token. */
export interface Limits {
  readonly ttftMs: number
  readonly tpotMs: number
}

/** A tenant at an upstream: what it pays for answers, and for tokens within the limits. Money is exact decimal text, null: not known. */
export interface GoodputFinding extends Finding {
  readonly tenant_id: string
  readonly upstream_kind: string
  readonly upstream: string
  readonly requests: number
  readonly successful_requests: number
  readonly output_tokens: number
  readonly measured_requests: number
  /** Both limits kept: at least and at most, as far as the two tell; null: nothing was timed. */
  readonly share_low: number | null
  readonly share_high: number | null
  readonly cost: string | null
  readonly currency: string
  readonly cost_per_successful_request: string | null
  readonly cost_per_million_tokens: string | null
  /** At least (all that may be within counts) and at most. */
  readonly cost_per_million_within_low: string | null
  readonly cost_per_million_within_high: string | null
}

const MOST_FINDINGS = 200
/** Answers of which a share is known to about three points (half-width of a 90 % Wilson interval at a half). */
const LEAST_MEASURED = 30
const MEDIUM_MEASURED = 300
const MILLION = parseDecimal('1000000')
/** From this share on all is well enough not to be told unasked. Ours. */
const CALM_SHARE = 0.9

/** Costs and shares → what tokens within the limits cost, where the fewest are first. A pure function. */
export function explainGoodput(
  { costs, shares, limits, settled }: { costs: readonly CostRow[]; shares: readonly ShareRow[]; limits: Limits; settled: SettledUntil },
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Answer<GoodputFinding> {
  const nameOf = (row: { tenant_id: string; upstream_kind: string; upstream: string }) =>
    JSON.stringify([row.tenant_id, row.upstream_kind, row.upstream])
  const shareOf = new Map(shares.map(row => [nameOf(row), row]))
  const findings = costs.map(row => findingOf(row, shareOf.get(nameOf(row)), limits))
  findings.sort((a, b) => lostOf(b) - lostOf(a) || b.requests - a.requests || (nameOf(a) < nameOf(b) ? -1 : 1))
  const isEmpty = settled.untilMs === null
  const judged = findings.filter(one => one.share_low !== null)
  const unpriced = findings.filter(one => one.cost === null).map(one => one.upstream)
  return {
    question: 'goodput',
    from: isoTime(fromMs),
    to: isoTime(toMs),
    settled_until: isoTime(settled.untilMs),
    sentence: isEmpty ? 'Nothing is settled in this period.' : (judged[0]?.sentence ?? 'No answer was timed token by token.'),
    confidence: isEmpty ? 'cannot tell' : (judged[0]?.confidence ?? 'cannot tell'),
    findings: isEmpty ? [] : findings.slice(0, MOST_FINDINGS),
    sample: { requests: costs.reduce((sum, row) => sum + row.requests, 0), minutes: settled.windows },
    coverage: null,
    missing: [
      ...(isEmpty ? ['settled minutes'] : []),
      ...(judged.length === 0 && !isEmpty ? ['times to the first token and from token to token (ttft_ms, streamed answers)'] : []),
      ...[...new Set(unpriced)].map(upstream => `what ${upstream} costs: prices, or published hours of its pool`),
    ],
    is_calm: judged.every(one => (one.share_high ?? 1) >= CALM_SHARE),
    would_change: null,
    method: 'goodput',
  }
}

/** Tokens that may have been too late. */
const lostOf = ({ share_low, output_tokens }: GoodputFinding) => (share_low === null ? 0 : (1 - share_low) * output_tokens)

function findingOf(row: CostRow, share: ShareRow | undefined, limits: Limits): GoodputFinding {
  const { tenant_id, upstream_kind, upstream, requests, successful_requests, output_tokens, currency } = row
  // Half of the attempts without a price: no cost that means anything.
  const cost = row.cost === null || (upstream_kind !== 'pool' && row.unpriced_attempts * 2 > requests) ? null : parseDecimal(row.cost)
  const within = share === undefined ? null : bothWithin(share)
  const finding = {
    ...{ tenant_id, upstream_kind, upstream, requests, successful_requests, output_tokens, currency },
    measured_requests: share?.ttft_count ?? 0,
    share_low: within?.low ?? null,
    share_high: within?.high ?? null,
    cost: cost === null ? null : formatDecimal(cost),
    cost_per_successful_request: perUnit(cost, successful_requests),
    cost_per_million_tokens: perMillion(cost, output_tokens),
    cost_per_million_within_low: within === null ? null : perMillion(cost, output_tokens * within.high),
    cost_per_million_within_high: within === null ? null : perMillion(cost, output_tokens * within.low),
  }
  return { ...finding, confidence: confidenceOf(finding.measured_requests), sentence: sentenceOf(finding, limits) }
}

/** Of two shares the least and the most that have both (Fréchet's bounds); where nothing tells token from token, the first alone. */
function bothWithin({ ttft_share, tpot_share, tpot_count }: ShareRow): { low: number; high: number } {
  if (tpot_count === 0) return { low: ttft_share, high: ttft_share }
  // Shares are hundredths: so is what is left of them.
  return { low: Math.max(0, Math.round(100 * (ttft_share + tpot_share - 1)) / 100), high: Math.min(ttft_share, tpot_share) }
}

function perUnit(cost: bigint | null, count: number): string | null {
  return cost === null || count < 1 ? null : formatDecimal(divide(cost, parseDecimal(String(Math.round(count)))))
}

const perMillion = (cost: bigint | null, tokens: number) => (cost === null ? null : perUnit(multiply(cost, MILLION), tokens))

function confidenceOf(measured: number): Confidence {
  if (measured < LEAST_MEASURED) return 'cannot tell'
  return measured >= MEDIUM_MEASURED ? 'high' : 'medium'
}

const percent = (share: number) => `${Math.round(share * 100)} %`
const amount = (text: string) => Number(text).toPrecision(3)

function sentenceOf(finding: Omit<GoodputFinding, 'sentence' | 'confidence'>, { ttftMs, tpotMs }: Limits): string {
  const { tenant_id, upstream, share_low, share_high, currency } = finding
  const { cost_per_million_tokens: all, cost_per_million_within_low: least, cost_per_million_within_high: most } = finding
  const who = `${tenant_id} at ${upstream}`
  if (share_low === null || share_high === null) return `${who}: no answer was timed, ${finding.requests} requests.`
  const range = percent(share_low) === percent(share_high) ? percent(share_low) : `${percent(share_low)} to ${percent(share_high)}`
  const told = `${who}: ${range} of answers within ${ttftMs} ms to the first token and ${tpotMs} ms a token`
  if (all === null) return `${told}; what they cost is not known.`
  const to = most === null || most === least ? '' : ` to ${amount(most)}`
  const within = least === null ? 'none within' : `${amount(least)}${to} a million within`
  return `${told}; ${amount(all)} ${currency} a million output tokens, ${within}.`
}
