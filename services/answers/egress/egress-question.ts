import Type from 'typebox'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { HOUR, MINUTE } from '../../platform/clock.ts'
import { findingHead, intervalOf } from '../answer.ts'
import { type AnswerDeps, type Asked, question } from '../question.ts'
import { askedParameters } from '../scope-sql.ts'
import { readSettledUntil } from '../settled-until.ts'
import { egressMethod } from './egress-method.ts'
import { EGRESS_STATES, explainEgress, FAULTS, type FallbackRow, type ProviderMinute } from './explain-egress.ts'

const minutesSql = readQuery(import.meta.url, 'provider-minutes')
const fallbacksSql = readQuery(import.meta.url, 'fallbacks')

/** Time before the period that says what is usual. */
const BEFORE_MS = 6 * HOUR

const count = (description: string) => Type.Integer({ minimum: 0, description })
const text = (description: string) => Type.String({ description })
const orNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })

/** Are the providers well? */
export const egressQuestion = question({
  name: 'egress',
  summary: 'Are the external providers well, and whose fault is it?',
  description:
    'The state of each provider × region × model in the period against the six hours before: failing, limited (it refuses for our ' +
    'rate), slow or healthy; since when, whose fault by what the others did in the same minutes, and where requests went on to.',
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
    rate_limited: count('refused for our rate'),
    errors: count('answered with an error of its own'),
    since: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'when it began; null: it is healthy' }),
    ttft_p50_ms: orNull('median first token, ms; null: too few were timed'),
    usual_ttft_p50_ms: orNull('what it was before, ms'),
    fallbacks: Type.Array(Type.Object({ upstream: text('where requests went on to'), requests: count('how many') }), {
      description: 'upstreams that requests left the provider for, most first',
    }),
  }),
  async ask(asked, deps) {
    return explainEgress(await readEgressInputs(asked, deps), asked)
  },
})

/** Reads what the state of providers is judged by. Rejects with the codes of the client. */
export async function readEgressInputs(asked: Asked, deps: AnswerDeps): Promise<Parameters<typeof explainEgress>[0]> {
  const { clickhouse } = deps
  const [rows, fallbacks, settled] = await Promise.all([
    clickhouse.query<ProviderMinute>(minutesSql, askedParameters({ ...asked, fromMs: asked.fromMs - BEFORE_MS })),
    clickhouse.query<FallbackRow>(fallbacksSql, askedParameters(asked)),
    readSettledUntil(asked, deps),
  ])
  return { rows, fallbacks, settled }
}
