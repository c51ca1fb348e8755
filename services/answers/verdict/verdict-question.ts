import Type from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR, MINUTE } from '../../platform/clock.ts'
import { findingHead, intervalOf } from '../answer.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { explainVerdict } from './explain-verdict.ts'
import { VERDICTS } from './judge-group.ts'
import type { NativeMinute, ResilienceMinute } from './minutes.ts'
import type { RepeatRow } from './resends.ts'
import { fallenRoutes } from './storms.ts'
import { verdictMethod } from './verdict-method.ts'

const rowsSql = readQuery(import.meta.url, 'resilience-minutes')
const nativeSql = readQuery(import.meta.url, 'native-minutes')
const repeatsSql = readQuery(import.meta.url, 'repeats')

/** Time before the period that says what was usual. */
const BEFORE_MS = HOUR
/** Prompts that come again are looked for on so many routes, and over so long: the last of it. */
const MOST_ROUTES = 20
const MOST_REPEATS_MS = 15 * MINUTE

const count = (description: string) => Type.Integer({ minimum: 0, description })
const number = (description: string) => Type.Number({ description })
const numberOrNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })
const text = (description: string) => Type.String({ description })

const Collateral = Type.Object({
  inflow_attempts: count('attempts that fell back to the target'),
  native_requests: count('own requests of the target while traffic fell back to it'),
  inflow_minutes: count('minutes with such traffic, and the two behind it in which what waits is worked off'),
  quiet_minutes: count('minutes without, that they are held against, those of a like load most'),
  lost: number('own requests that failed and would not have'),
  failed_anyway: number('own requests that fail at such a load of its own anyway: not in lost'),
  lost_interval: intervalOf('interval of lost'),
  late: number('own requests that took longer than 95 % of them used to'),
  late_interval: intervalOf('interval of late'),
  p95_before_ms: numberOrNull('95th percentile of their durations before, ms'),
  p95_with_ms: numberOrNull('and with that traffic'),
})

const StormSchema = Type.Object({
  route: text('route'),
  policy: text('policy of most of its further attempts; empty: none makes any'),
  from_ms: number('start of its first ten seconds, ms since 1970 UTC'),
  until_ms: number('end of its last ten seconds'),
  amplification: number('attempts for each thing asked for once, in its worst half minute'),
  usual_amplification: number('and as usual'),
  success: number('share of what was asked for that was answered then'),
  usual_success: number('and as usual'),
  origin: Type.Union([Type.Literal('gateway'), Type.Literal('clients')], {
    description: 'gateway: it makes further attempts; clients: they send again what failed',
  }),
  further_attempts: count('attempts that gateways made beyond the first of each request'),
  resends: count('requests whose prompt the same sender had sent on that route within a minute, in vain'),
  resender: Type.Union(
    [
      Type.Object({
        tenant_id: text('tenant that sends most again'),
        api_key_id: text('its key'),
        resends: count('how often'),
      }),
      Type.Null(),
    ],
    { description: 'who sends most again; null: nobody does' },
  ),
})

const Finding = Type.Object({
  ...findingHead,
  verdict: Type.Union(
    VERDICTS.map(word => Type.Literal(word)),
    { description: 'helps, neutral, hurts or too little data' },
  ),
  route: text('route of the requests'),
  policy: text('policy in force'),
  cause: text('error class of the first attempt; unknown: the gateway only counted it'),
  from_upstream: text('where the first attempt went'),
  to_upstream: text('where the last one went; the same: retries'),
  requests: count('requests of this kind'),
  first_failures: count('of those, requests whose first attempt failed'),
  retried: count('of those, requests that were tried again'),
  attempts: count('attempts as the gateways counted them'),
  amplification: numberOrNull('attempts per request'),
  recovered_by_retry: count('answered by a further try at the same upstream'),
  recovered_by_fallback: count('answered by another upstream'),
  failed: count('not answered at all'),
  net_requests: number('requests answered for it, less requests of others that failed for it or were late'),
  net_interval: intervalOf('interval of net_requests'),
  wasted_tokens: count('tokens of attempts that did not give the answer'),
  wasted_cost: text('their cost, exact decimal text'),
  cost_per_recovered: Type.Union([Type.String(), Type.Null()], { description: 'wasted cost for each request that was recovered' }),
  currency: text('currency of the costs'),
  added_latency_ms: numberOrNull('mean time until the last attempt began, ms; null: not known'),
  collateral: Type.Union([Collateral, Type.Null()], {
    description: "what it did to the target's own requests; null: a retry, no inflow, too little to hold against, or not for this reader",
  }),
  is_storm: Type.Boolean({ description: 'retries of its route grew while answers fell' }),
  storm: Type.Union([StormSchema, Type.Null()], { description: 'that storm; null: none' }),
  would_change: Type.Union([Type.String(), Type.Null()], { description: 'the change that would turn the verdict; null: none is known' }),
})

/** Is fallback helping or hurting? */
export const verdictQuestion = question({
  name: 'verdict',
  summary: 'Are retries and fallbacks helping or hurting?',
  description:
    'For each route, policy, cause and way (retry at the same upstream, or fallback from one to another): requests recovered and lost, ' +
    'what it cost in tokens, money and time, what it did to the own requests of the target, and retry storms.',
  method: verdictMethod,
  defaultPeriodMs: HOUR,
  parameters: Type.Object({}),
  finding: Finding,
  async ask(asked, deps) {
    return explainVerdict(await readVerdictInputs(asked, deps), asked)
  },
})

/** Reads what the verdict is judged by. Rejects with the codes of the client. */
export async function readVerdictInputs(asked: Asked, deps: AnswerDeps): Promise<Parameters<typeof explainVerdict>[0]> {
  const { clickhouse } = deps
  const parameters = askedParameters({ ...asked, fromMs: asked.fromMs - BEFORE_MS })
  const [rows, settled] = await Promise.all([clickhouse.query<ResilienceMinute>(rowsSql, parameters), readSettledUntil(asked, deps)])
  const targets = fallbackTargets(rows)
  const [native, repeats] = await Promise.all([
    !asked.scope.seesVolumes
      ? undefined
      : targets.length === 0
        ? []
        : clickhouse.query<NativeMinute>(nativeSql, { ...parameters, targets }),
    readRepeats(rows, asked, deps),
  ])
  return { rows, native, repeats, settled }
}

/** Where traffic fell back to: what it did is looked at there alone. */
const fallbackTargets = (rows: readonly ResilienceMinute[]): string[] => [
  ...new Set(rows.filter(row => row.from_upstream !== row.to_upstream && row.to_upstream !== '').map(row => row.to_upstream)),
]

/** Prompts that come again on routes that answer less than usual: raw rows are read of these alone. */
async function readRepeats(rows: readonly ResilienceMinute[], asked: Asked, { clickhouse }: AnswerDeps): Promise<readonly RepeatRow[]> {
  const fallen = fallenRoutes(rows, asked.fromMs).slice(0, MOST_ROUTES)
  if (fallen.length === 0) return []
  const toMs = Math.max(...fallen.map(one => one.toMs))
  // Two minutes more: what failed before, and a window of raw rows begins with its minute.
  const fromMs = Math.max(Math.min(...fallen.map(one => one.fromMs)), toMs - MOST_REPEATS_MS) - 2 * MINUTE
  const routes = fallen.map(one => one.route)
  return await clickhouse.query<RepeatRow>(repeatsSql, { ...askedParameters({ ...asked, fromMs, toMs }), routes })
}
