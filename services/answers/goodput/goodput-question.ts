import Type, { type Static } from 'typebox'
import { add, formatDecimal, parseDecimal } from '../../money/decimal.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { DAY, HOUR } from '../../platform/clock.ts'
import { findingHead } from '../answer.ts'
import { leveledRows } from '../leveled-rows.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { type CostRow, explainGoodput, type ShareRow } from './explain-goodput.ts'

const costsSql = readQuery(import.meta.url, 'costs')
const poolCostsSql = readQuery(import.meta.url, 'pool-costs')
/** A hundred quantiles, each in the middle of its hundredth. */
const levels = Array.from({ length: 100 }, (_, index) => ((index + 0.5) / 100).toFixed(3)).join(', ')
const sharesSql = readQuery(import.meta.url, 'shares').replaceAll('{levels}', levels)

/** What MLPerf Inference asks of servers of Llama 2 70B (v4.0 rules, at the 99th percentile). */
const LIMITS = { ttftMs: 2_000, tpotMs: 200 } as const

const METHOD = `Cost and output tokens of each tenant at each upstream, and the share of its streamed answers that kept both limits: time
to the first token and time a token (defaults ${LIMITS.ttftMs} and ${LIMITS.tpotMs} ms: MLPerf Inference v4.0 for Llama 2 70B on servers).
Shares are read off a hundred merged quantiles, to the nearest point. Settled figures hold the two apart, so that both together are
between a + b − 1 and the smaller of a and b (Fréchet's bounds), and so is the cost of a token within: cost ÷ (tokens × share). Answers
are taken to be as long within the limits as beyond them.

Cost of providers is at list prices, of own pools what is published of them by the hour, idle time that a tenant bears included. From 30
timed answers on a share is told; fewer: nobody can tell. Left out: answers that were not streamed, which nobody timed token by token.`

const count = (description: string) => Type.Number({ minimum: 0, description })
const share = (description: string) => Type.Union([Type.Number(), Type.Null()], { description: `${description}; null: nothing timed` })
const money = (description: string) =>
  Type.Union([Type.String(), Type.Null()], { description: `${description}; exact decimal text in currency, null: not known` })
const limit = (description: string) => Type.Optional(Type.Number({ exclusiveMinimum: 0, description }))
const parameters = Type.Object({
  ttft_ms: limit(`most ms to the first token (default ${LIMITS.ttftMs})`),
  tpot_ms: limit(`most ms from token to token (default ${LIMITS.tpotMs})`),
})

/** What does a token within its latency limit cost? */
export const goodputQuestion = question({
  name: 'goodput',
  summary: 'What does an answer cost, and a token that came in time?',
  description:
    'Each tenant at each upstream: cost of an answered request, of a million output tokens, and of a million that came within the limits ' +
    'of latency; where most tokens came late is first.',
  method: METHOD,
  defaultPeriodMs: DAY,
  parameters,
  finding: Type.Object({
    ...findingHead,
    tenant_id: Type.String({ description: 'whose answers' }),
    upstream_kind: Type.String({ description: 'pool or provider' }),
    upstream: Type.String({ description: 'where they came from' }),
    requests: count('requests'),
    successful_requests: count('answered ones'),
    output_tokens: count('output tokens'),
    measured_requests: count('answers that were timed'),
    share_low: share('part of the answers that kept both limits, at least'),
    share_high: share('at most'),
    cost: money('what they cost'),
    currency: Type.String({ description: 'of the costs' }),
    cost_per_successful_request: money('cost of an answered request'),
    cost_per_million_tokens: money('cost of a million output tokens'),
    cost_per_million_within_low: money('cost of a million that came in time, at least'),
    cost_per_million_within_high: money('at most'),
  }),
  async ask(asked, deps) {
    const { ttft_ms: ttftMs = LIMITS.ttftMs, tpot_ms: tpotMs = LIMITS.tpotMs } = asked.parameters
    const [costs, shares, settled] = await Promise.all([
      readCosts(asked, deps),
      readShares({ ...asked, parameters: { ttft_ms: ttftMs, tpot_ms: tpotMs } }, deps),
      readSettledUntil(asked, deps),
    ])
    return explainGoodput({ costs, shares, limits: { ttftMs, tpotMs }, settled }, asked)
  },
})

/** Costs by tenant and upstream: of pools those of the whole hours of the period, of providers list costs. */
async function readCosts(asked: Asked, deps: AnswerDeps): Promise<CostRow[]> {
  const usage = await leveledRows('usage', asked, [], deps)
  const hours = { ...asked, fromMs: Math.floor(asked.fromMs / HOUR) * HOUR, toMs: Math.ceil(asked.toMs / HOUR) * HOUR }
  const [rows, pools] = await Promise.all([
    deps.clickhouse.query<CostRow & { cost: string }>(
      costsSql.replace('{rows}', () => usage.sql),
      { ...askedParameters(asked), ...usage.parameters },
    ),
    deps.clickhouse.query<{ tenant_id: string; pool: string; currency: string; cost: string }>(poolCostsSql, askedParameters(hours)),
  ])
  const borne = new Map(pools.map(row => [JSON.stringify([row.tenant_id, row.pool]), row]))
  const perUpstream = Map.groupBy(rows, row => JSON.stringify([row.tenant_id, row.upstream_kind, row.upstream]))
  return [...perUpstream.values()].map(own => {
    const [first] = own as [CostRow & { cost: string }]
    const sum = (name: 'requests' | 'successful_requests' | 'output_tokens' | 'unpriced_attempts') =>
      own.reduce((total, row) => total + row[name], 0)
    const sums = {
      ...{ requests: sum('requests'), successful_requests: sum('successful_requests') },
      ...{ output_tokens: sum('output_tokens'), unpriced_attempts: sum('unpriced_attempts') },
    }
    if (first.upstream_kind === 'pool') {
      const published = borne.get(JSON.stringify([first.tenant_id, first.upstream]))
      return { ...first, ...sums, cost: published?.cost ?? null, currency: published?.currency ?? '' }
    }
    // Of several currencies none is the cost of all; the first by name would be a part of it.
    const priced = own.filter(row => row.currency !== '')
    if (new Set(priced.map(row => row.currency)).size > 1) return { ...first, ...sums, cost: null, currency: '' }
    return { ...first, ...sums, cost: formatDecimal(add(...own.map(row => parseDecimal(row.cost)))), currency: priced[0]?.currency ?? '' }
  })
}

async function readShares(asked: Asked<Required<Static<typeof parameters>>>, deps: AnswerDeps): Promise<ShareRow[]> {
  const latency = await leveledRows('latency', asked, [], deps)
  return await deps.clickhouse.query<ShareRow>(
    sharesSql.replace('{rows}', () => latency.sql),
    { ...askedParameters(asked), ...latency.parameters, ...asked.parameters },
  )
}
