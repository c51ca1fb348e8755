import Type from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR } from '../../platform/clock.ts'
import { findingHead, intervalOf } from '../answer.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { explainVerdict } from './explain-verdict.ts'
import { VERDICTS } from './judge-group.ts'
import type { NativeMinute, ResilienceMinute } from './minutes.ts'
import { verdictMethod } from './verdict-method.ts'

const rowsSql = readQuery(import.meta.url, 'resilience-minutes')
const nativeSql = readQuery(import.meta.url, 'native-minutes')

/** Time before the period that says what was usual. */
const BEFORE_MS = HOUR

const count = (description: string) => Type.Integer({ minimum: 0, description })
const number = (description: string) => Type.Number({ description })
const numberOrNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })
const text = (description: string) => Type.String({ description })

const Collateral = Type.Object({
  inflow_attempts: count('attempts that fell back to the target'),
  native_requests: count('own requests of the target while traffic fell back to it'),
  inflow_minutes: count('minutes with such traffic'),
  quiet_minutes: count('minutes without, that they are held against'),
  lost: number('own requests that failed and would not have'),
  lost_interval: intervalOf('interval of lost'),
  late: number('own requests that took longer than 95 % of them used to'),
  p95_before_ms: numberOrNull('95th percentile of their durations before, ms'),
  p95_with_ms: numberOrNull('and with that traffic'),
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
  const [rows, native, settled] = await Promise.all([
    clickhouse.query<ResilienceMinute>(rowsSql, parameters),
    asked.scope.seesVolumes ? clickhouse.query<NativeMinute>(nativeSql, parameters) : undefined,
    readSettledUntil(asked, deps),
  ])
  return { rows, native, settled }
}
