/** A file of rules as it is written: groups of rules, and objectives that become rules. Its JSON Schema is published beside the docs. */
import Type, { type Static } from 'typebox'
import { RuleGroup } from './rule.ts'

const name = (description: string) =>
  Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$', description: `a name of small letters, digits and - (${description})` })
const label = Type.String({ minLength: 1, maxLength: 300 })

/** An objective: its budget burns by the four pairs of windows. */
export const SloEntry = Type.Object(
  {
    name: name('unique among all rules and objectives'),
    description: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'what users were promised' })),
    objective: Type.Number({ minimum: 1, maximum: 99.9999, description: 'per cent of events that have to be good, such as 99.9' }),
    period_days: Type.Optional(
      Type.Unsafe<28 | 30>(Type.Number({ enum: [28, 30], description: '28 or 30 days, 30 unless told: length of the budget' })),
    ),
    indicator: Type.Unsafe<'availability' | 'ttft' | 'tpot' | 'duration'>(
      Type.String({
        enum: ['availability', 'ttft', 'tpot', 'duration'],
        description: 'availability, ttft, tpot or duration: what is good',
      }),
    ),
    threshold_ms: Type.Optional(Type.Number({ minimum: 1, description: 'of ttft, tpot and duration: the longest good one, ms' })),
    by: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: 4,
        description: 'labels of the view latency that have a budget of their own; tenant_id, route',
      }),
    ),
    where: Type.Optional(
      Type.Object(
        { tenant_id: Type.Optional(label), route: Type.Optional(label), request_model: Type.Optional(label) },
        { additionalProperties: false, description: 'requests that count' },
      ),
    ),
    owner: Type.Optional(label),
    least_bad: Type.Optional(Type.Number({ minimum: 1, description: 'bad events of the short window below which nothing burns; 5' })),
    least_valid: Type.Optional(Type.Number({ minimum: 1, description: 'events of the long window below which nothing burns; 100' })),
  },
  { additionalProperties: false },
)
export type SloEntry = Static<typeof SloEntry>

/** The file. */
export const RuleFile = Type.Object(
  {
    groups: Type.Optional(Type.Array(RuleGroup, { maxItems: 100, description: 'groups of rules' })),
    slos: Type.Optional(Type.Array(SloEntry, { maxItems: 100, description: 'objectives; each becomes two rules of the group slo' })),
  },
  { additionalProperties: false, description: 'rules of alerting' },
)
export type RuleFile = Static<typeof RuleFile>
