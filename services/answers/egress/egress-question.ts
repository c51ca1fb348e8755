import Type from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR, MINUTE } from '../../platform/clock.ts'
import { findingHead, intervalOf } from '../answer.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import type { TrafficRow } from './breaches.ts'
import { EGRESS_STATES, FAULTS } from './egress-finding.ts'
import { egressMethod } from './egress-method.ts'
import { BREACH_REASONS } from './egress-policy.ts'
import { type EgressInputs, explainEgress } from './explain-egress.ts'
import { type FallbackRow, type HeadroomRow, type ProviderMinute, UNREACHED_KINDS, type UnreachedRow } from './provider-minutes.ts'

const minutesSql = readQuery(import.meta.url, 'provider-minutes')
const fallbacksSql = readQuery(import.meta.url, 'fallbacks')
const trafficSql = readQuery(import.meta.url, 'traffic')
const unreachedSql = readQuery(import.meta.url, 'unreached')
const headroomSql = readQuery(import.meta.url, 'headroom')

/** Time before the period that says what is usual. */
const BEFORE_MS = 6 * HOUR
/** Raw rows are read for so long at most, of the end of the period: why providers could not be reached, and what is left of limits. */
const UNREACHED_MS = HOUR
const HEADROOM_MS = 5 * MINUTE

const count = (description: string) => Type.Integer({ minimum: 0, description })
const text = (description: string) => Type.String({ description })
const orNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })

/** Are the providers well? */
export const egressQuestion = question({
  name: 'egress',
  summary: 'Are the external providers well, and whose fault is it?',
  description:
    'The state of each provider × region × model in the period against the six hours before: failing, limited (it refuses for our ' +
    'rate), slow, recovered or healthy; since when, whose fault by what the others did in the same minutes, and where requests went on ' +
    'to. Traffic to providers and regions that the egress file does not allow its tenant, with its money.',
  method: egressMethod,
  defaultPeriodMs: 15 * MINUTE,
  parameters: Type.Object({}),
  finding: Type.Object({
    ...findingHead,
    provider: text('external API'),
    region: text('its region; empty: not told'),
    model: text('model, as it was asked for'),
    state: Type.Union(
      EGRESS_STATES.map(word => Type.Literal(word)),
      { description: 'how it is' },
    ),
    fault: Type.Union(
      FAULTS.map(word => Type.Literal(word)),
      { description: 'whose fault it is, where it fails or is limited' },
    ),
    attempts: count('attempts in the period, without those that clients left or the gateway refused'),
    failed: count('of those, failed by its doing'),
    failed_share: Type.Number({ description: 'failed / attempts' }),
    interval: intervalOf('failed_share'),
    usual_share: Type.Number({ description: 'what it was before' }),
    timeouts: count('timed out'),
    unreached: count('not reached: connection refused, reset or without capacity'),
    unreached_by: Type.Array(
      Type.Object({ kind: Type.Union(UNREACHED_KINDS.map(word => Type.Literal(word))), attempts: count('attempts') }),
      { description: 'why the provider could not be reached in the region, all models, as far as gateways tell' },
    ),
    rate_limited: count('refused for our rate'),
    errors: count('answered with an error of its own'),
    since: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'when it began; null: it is healthy' }),
    until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'when it was over; null: it is not' }),
    ttft_p50_ms: orNull('median first token, ms; null: too few were timed'),
    usual_ttft_p50_ms: orNull('what it was before, ms'),
    ttft_drift: orNull('first tokens of the last minutes against the usual, as a factor; null: too few were timed'),
    headroom: Type.Array(
      Type.Object({
        kind: Type.Union([Type.Literal('requests'), Type.Literal('tokens')]),
        least: count('least that was left in the last minutes'),
        latest: count('what was left last'),
        limit: count('the limit; 0: not told'),
      }),
      { description: 'what is left of our limits at the provider, where lines carry its headers' },
    ),
    fallbacks: Type.Array(Type.Object({ upstream: text('where requests went on to'), requests: count('how many') }), {
      description: 'upstreams that requests left the provider for, most first',
    }),
    breach: Type.Union(
      [
        Type.Object({
          tenant_id: text('tenant that sent there'),
          reason: Type.Union(BREACH_REASONS.map(word => Type.Literal(word))),
          tokens: count('input and output tokens'),
          cost: text('their cost, exact decimal text'),
          currency: text('its currency'),
          first: Type.String({ format: 'date-time', description: 'first minute with such traffic' }),
          last: Type.String({ format: 'date-time', description: 'end of the last one' }),
        }),
        Type.Null(),
      ],
      { description: 'what the egress file does not allow; null: the finding is the state of a provider' },
    ),
  }),
  async ask(asked, deps) {
    return explainEgress(await readEgressInputs(asked, deps), asked)
  },
})

/** Reads what the state of providers is judged by. Rejects with the codes of the client. */
export async function readEgressInputs(asked: Asked, deps: AnswerDeps): Promise<EgressInputs> {
  const { clickhouse, egressPolicy: policy } = deps
  const of = (longestMs: number) => askedParameters({ ...asked, fromMs: Math.max(asked.fromMs, asked.toMs - longestMs) })
  const [rows, fallbacks, traffic, headroom, settled] = await Promise.all([
    clickhouse.query<ProviderMinute>(minutesSql, askedParameters({ ...asked, fromMs: asked.fromMs - BEFORE_MS })),
    clickhouse.query<FallbackRow>(fallbacksSql, askedParameters(asked)),
    policy === undefined ? [] : clickhouse.query<TrafficRow>(trafficSql, askedParameters(asked)),
    clickhouse.query<HeadroomRow>(headroomSql, of(HEADROOM_MS)),
    readSettledUntil(asked, deps),
  ])
  const isUnreached = rows.some(row => row.at_ms >= asked.fromMs && row.unreached > 0)
  const unreached = isUnreached ? await clickhouse.query<UnreachedRow>(unreachedSql, of(UNREACHED_MS)) : []
  return { rows, fallbacks, unreached, headroom, traffic, policy, settled }
}
