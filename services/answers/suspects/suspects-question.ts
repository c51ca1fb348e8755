import Type from 'typebox'
import { DAY, HOUR } from '../../platform/clock.ts'
import { findingHead } from '../answer.ts'
import { question } from '../question.ts'
import { explainSuspects } from './explain-suspects.ts'
import { readSuspects } from './read-suspects.ts'
import { SUSPECT_KINDS } from './suspect.ts'
import { suspectsMethod } from './suspects-method.ts'

/** Least amount over what is usual unless told: one unit of the currency. */
const LEAST_AMOUNT = 1

const text = (description: string) => Type.String({ description })
const orNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })

/** Is suspicious traffic hitting the endpoints? */
export const suspectsQuestion = question({
  name: 'suspects',
  summary: 'Is somebody guessing, or is a key used as it never was?',
  description:
    'Callers who guess keys, barred keys that are still used, keys used from many places or with many models, and keys whose ' +
    'appetite, sizes, answers, repeats or guardrail hits left their own past; priced, and with the requests behind each.',
  method: suspectsMethod,
  defaultPeriodMs: DAY,
  parameters: Type.Object({
    least_amount: Type.Optional(
      Type.Number({
        minimum: 0,
        description: `least amount of an appetite over what is usual, in the prices' currency (default ${LEAST_AMOUNT})`,
      }),
    ),
  }),
  finding: Type.Object({
    ...findingHead,
    kind: Type.Union(
      SUSPECT_KINDS.map(word => Type.Literal(word)),
      { description: 'what is suspicious' },
    ),
    tenant_id: text('whose key; unauthenticated: the gateway knew nobody; empty: several'),
    api_key_id: text('the key; empty: it is about a network'),
    client_ip_prefix: text('network of the client; empty: it is about a key'),
    from: Type.String({ format: 'date-time', description: 'start of its first ten minutes or hour' }),
    to: Type.String({ format: 'date-time', description: 'end of its last' }),
    attempts: Type.Integer({ minimum: 0, description: 'attempts that it is about' }),
    value: Type.Number({ description: 'what was counted or measured: keys, networks, models, hits, money, bytes, a ratio or a share' }),
    usual: orNull('what is usual for it; null: a rule was broken'),
    surprise: orNull('standard deviations above what is usual; null: a count or a rule'),
    at_stake: orNull('money beyond what is usual, in currency; null: nothing is priced'),
    currency: text('of at_stake; empty: none'),
    requests: text('path of the API that lists the requests behind it'),
  }),
  async ask(asked, deps) {
    const fromMs = Math.floor(asked.fromMs / HOUR) * HOUR
    const toMs = Math.ceil(asked.toMs / HOUR) * HOUR
    const inputs = await readSuspects({ ...asked, fromMs, toMs }, deps)
    // An hour that is not over is judged by its rules alone.
    const untilMs = Math.floor(Math.min(toMs, inputs.settled.untilMs ?? toMs) / HOUR) * HOUR
    const settledHours = inputs.settledHours.filter(startMs => startMs < untilMs)
    const callers = inputs.callers.map(caller => ({ ...caller, hours: caller.hours.filter(hour => hour.startMs < untilMs) }))
    const { least_amount: leastAmount = LEAST_AMOUNT } = asked.parameters
    return explainSuspects({ ...inputs, settledHours, callers }, { fromMs, toMs, leastAmount })
  },
})
