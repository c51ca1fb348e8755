import Type, { type Static } from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR } from '../../platform/clock.ts'
import { findingHead, intervalOf } from '../answer.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { MEASURE_STATES, MEASURES, type SplitMinute } from './compare-arms.ts'
import { explainRollouts, type RolloutInputs } from './explain-rollouts.ts'
import { type ArmRow, findSplits, SPLITS_BY, type Split } from './find-splits.ts'
import { ROLLOUT_STATES } from './rollout-finding.ts'
import { rolloutsMethod } from './rollouts-method.ts'

/** Splits that are compared at most, the largest first. */
const MOST_SPLITS = 50

const armsSql = readQuery(import.meta.url, 'arms')
const logarithm = (name: string, count: string) => ({
  n: `sumIf(g.${count}, g.outcome = 'ok')`,
  s: `sumIf(g.ln_${name}_sum, g.outcome = 'ok')`,
  q: `sumIf(g.ln_${name}_squares, g.outcome = 'ok')`,
})
const judged = "sumIf(g.requests, g.outcome IN ('ok', 'error'))"
const failed = "sumIf(g.requests, g.outcome = 'error' OR (g.outcome = 'ok' AND g.cause != ''))"
const costs = ['input', 'cached_input', 'cache_write', 'output', 'reasoning', 'unit', 'estimated']
const spent = `sum(toFloat64(${costs.map(kind => `g.${kind}_cost`).join(' + ')}))`
/** Counts, sums and sums of squares of each measure. Money has no squares, and what is unpriced is not free. */
const measureSql = {
  errors: { n: judged, s: failed, q: failed },
  ttft: logarithm('ttft', 'request_ttft_count'),
  tpot: logarithm('tpot', 'request_tpot_count'),
  duration: logarithm('duration', 'request_duration_count'),
  cost: { n: `if(sum(g.unpriced_attempts) > 0, 0, ${judged})`, s: spent, q: '0' },
  output: logarithm('output', 'ln_output_count'),
} as const
const measuresSql = (['n', 's', 'q'] as const)
  .map(part => `[${MEASURES.map(({ name }) => `toFloat64(${measureSql[name][part]})`).join(', ')}] AS ${part}`)
  .join(',\n        ')
const minutesSql = readQuery(import.meta.url, 'split-minutes').replace('{measures}', measuresSql)
const minutesBy = {
  upstream: filled("''", 'g.from_upstream', "g.from_upstream NOT IN ('', 'unknown')"),
  version: filled('g.from_upstream', 'g.response_model', "g.outcome = 'ok' AND g.cause = '' AND g.response_model != ''"),
}
function filled(onUpstream: string, arm: string, condition: string): string {
  return minutesSql.replaceAll('{on_upstream}', onUpstream).replaceAll('{arm}', arm).replace('{condition}', condition)
}

const text = (description: string) => Type.String({ description })
const count = (description: string) => Type.Integer({ minimum: 0, description })
const orNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })
const oneOf = (words: readonly string[], description: string) =>
  Type.Union(
    words.map(word => Type.Literal(word)),
    { description },
  )

const parameters = Type.Object({
  route: Type.Optional(text('only splits of this route')),
  stable: Type.Optional(text('the arm that others are held against, by its name; otherwise the one that began first, or the largest')),
})
type Parameters = Static<typeof parameters>

const measure = Type.Object({
  name: oneOf(
    MEASURES.map(({ name }) => name),
    'what is measured: share of first attempts that failed, ms, list cost a request, output tokens',
  ),
  state: oneOf(MEASURE_STATES, 'the canary against the stable arm'),
  stable: orNull('value of the stable arm; latencies and tokens are geometric means'),
  canary: orNull('value of the canary'),
  estimate: orNull('errors: difference of shares; else the ratio less 1, within the same minutes, tenants and priorities'),
  interval: Type.Union([intervalOf('estimate, at every look at once'), Type.Null()], { description: 'null: too little' }),
  requests: count('requests of the canary that were measured'),
  more_requests: orNull('requests that the canary needs more to decide it; null: decided, or out of reach'),
})

/** Is the new one better? */
export const rolloutsQuestion = question({
  name: 'rollouts',
  summary: 'Is the canary better or worse than what it replaces?',
  description:
    'Splits of first attempts between upstreams or versions, found in the traffic: failures, latency, cost and output length of each arm ' +
    'beside the stable one in the same minutes, with intervals that hold however often one looks: better, worse, no difference, or no ' +
    'difference yet and how many more requests are needed.',
  method: rolloutsMethod,
  defaultPeriodMs: HOUR,
  parameters,
  finding: Type.Object({
    ...findingHead,
    by: oneOf(SPLITS_BY, 'what differs between the arms'),
    route: text('route that is split'),
    request_model: text('model that was asked for'),
    upstream: text('where the versions are; empty: split by upstream'),
    stable: text('arm that the canary is held against'),
    canary: text('arm that is judged'),
    state: oneOf(ROLLOUT_STATES, 'how the canary does'),
    share: Type.Number({ minimum: 0, maximum: 1, description: "part of the split's requests that begin at the canary" }),
    stable_requests: count('requests that began at the stable arm'),
    canary_requests: count('requests that began at the canary'),
    minutes: count('minutes in which both had some'),
    more_requests: orNull('requests that the canary needs more to be told apart; null: decided, or out of reach'),
    more_minutes: orNull('time that they take at the present share'),
    measures: Type.Array(measure, { description: 'side by side' }),
  }),
  async ask(asked, deps) {
    return explainRollouts(await readRolloutInputs(asked, deps), asked)
  },
})

const keyOf = ({ route, request_model, upstream }: Split) => `${route}\n${request_model}\n${upstream}`

/** Reads which splits there are, and their minutes. Rejects with the codes of the client. */
export async function readRolloutInputs(asked: Asked<Parameters>, deps: AnswerDeps): Promise<RolloutInputs> {
  const { clickhouse } = deps
  const own = askedParameters(asked)
  const { route = '', stable } = asked.parameters
  const [arms, settled] = await Promise.all([clickhouse.query<ArmRow>(armsSql, { ...own, route }), readSettledUntil(asked, deps)])
  const splits = findSplits(arms, { stable }).slice(0, MOST_SPLITS)
  const minutes = await Promise.all(
    SPLITS_BY.map(async by => {
      const wanted = splits.filter(split => split.by === by)
      if (wanted.length === 0) return []
      const rows = await clickhouse.query<SplitMinute>(minutesBy[by], {
        ...own,
        routes: [...new Set(wanted.map(split => split.route))],
        models: [...new Set(wanted.map(split => split.request_model))],
        keys: wanted.map(keyOf),
        stables: wanted.map(split => split.stable.name),
      })
      return rows.map(row => ({ ...row, split_index: splits.indexOf(wanted[Number(row.split_index)] as Split) }))
    }),
  )
  return { splits, minutes: minutes.flat(), settled }
}
