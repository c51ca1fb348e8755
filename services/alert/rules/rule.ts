/** A rule as files declare it; docs/alerting.md is written from here. Durations are text with a unit: `90s`, `5m`, `6h`, `3d`. */
import Type, { type Static } from 'typebox'
import { SEVERITIES } from '../severity.ts'

const text = (description: string) => Type.String({ minLength: 1, maxLength: 2_000, description })
const name = (description: string) =>
  Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$', description: `a name of small letters, digits and - (${description})` })
const duration = (description: string) =>
  Type.String({ pattern: '^\\d+(ms|s|m|h|d)$', description: `a duration such as 90s, 5m or 3d (${description})` })
const columnName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' })
const fixed = <const T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>(Type.String({ enum: [...values], description }))

/** Settled figures by the names of their columns; which there are: services/alert/signals/views.ts. */
export const ViewSource = Type.Object(
  {
    view: name('settled figures: one of the views that docs/alerting.md lists'),
    measure: columnName,
    per: Type.Optional(columnName),
    of: Type.Optional(fixed(['sum', 'max', 'min', 'mean', 'last'], 'how minutes become one figure; sum unless told')),
    over: duration('length of the period that ends where settling has come to'),
    by: Type.Array(columnName, { maxItems: 6, description: 'labels: one reading for each combination' }),
    where: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })]))),
    except: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })]))),
    sample: Type.Optional(columnName),
    also: Type.Optional(
      Type.Object(
        {
          view: name('another view'),
          on: Type.Record(columnName, columnName, { description: 'its labels by the labels of this rule that have to be equal' }),
          facts: Type.Record(columnName, columnName, { description: 'its measures by the names that templates use' }),
        },
        { additionalProperties: false, description: 'figures of another view over the same period, for the words alone' },
      ),
    ),
  },
  { additionalProperties: false, description: 'a sum, or a ratio of sums, of settled figures' },
)

/** Findings of a question, as `GET /v1/answers/<name>` gives them. */
export const AnswerSource = Type.Object(
  {
    answer: name('question'),
    over: duration('length of the period that is asked about'),
    value: columnName,
    by: Type.Array(columnName, { minItems: 1, maxItems: 6, description: 'fields of a finding that name what was found' }),
    where: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Boolean(), Type.Array(Type.String(), { minItems: 1 })])),
    ),
    sample: Type.Optional(columnName),
    parameters: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
  },
  { additionalProperties: false, description: 'findings of an answer' },
)

/** What Weir works out by itself: services/alert/signals/signals.ts lists them with their labels, units and parameters. */
export const SignalSource = Type.Object(
  {
    signal: name('one of the signals that docs/alerting.md lists'),
    over: Type.Optional(duration('length of the period, where the signal has one')),
    parameters: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
  },
  { additionalProperties: false, description: 'something Weir works out by itself' },
)

/** What a rule reads: settled views, answers, signals; never raw rows. */
export const RuleSource = Type.Union([ViewSource, AnswerSource, SignalSource])
export type ViewSource = Static<typeof ViewSource>
export type AnswerSource = Static<typeof AnswerSource>
export type SignalSource = Static<typeof SignalSource>
export type RuleSource = Static<typeof RuleSource>

/** A rule. */
export const Rule = Type.Object(
  {
    name: name('unique among all rules'),
    summary: text('template of the one line that suffices on a watch: {{ label or fact }}'),
    description: text('template: likely cause, what was done already, what to do first; a line that ends no sentence goes on in the next'),
    reads: RuleSource,
    above: Type.Optional(Type.Number({ description: 'fires while the value is above this' })),
    below: Type.Optional(Type.Number({ description: 'fires while the value is below this' })),
    recovers_at: Type.Optional(
      Type.Number({
        description: 'once firing it ends only on this side (at or below for above, at or above for below): against flapping',
      }),
    ),
    every: Type.Optional(duration('least time between two readings, for what is costly to ask; that of the group unless told')),
    for: Type.Optional(duration('how long of settled time the condition has to hold before it fires')),
    keep_firing_for: Type.Optional(duration('how long it stays firing after the condition held last')),
    severity: fixed(SEVERITIES, 'page, ticket or info'),
    least_sample: Type.Optional(Type.Number({ minimum: 0, description: 'readings over fewer say nothing' })),
    least_value: Type.Optional(Type.Number({ description: 'least absolute size of what `measure` counts: a guard for low traffic' })),
    when_unknown: Type.Optional(
      fixed(
        ['keep', 'no_data', 'resolve'],
        'what a reading that cannot be told does: keep the state (default), a state of its own, or end it',
      ),
    ),
    labels: Type.Optional(Type.Record(Type.String(), Type.String())),
    owner: Type.Optional(text('whom it is for: platform, tenant, finance, security, or a name of your own; routes match it as a label')),
    inhibits: Type.Optional(
      Type.Array(
        Type.Object({
          rule: name('rule that is silent meanwhile'),
          on: Type.Record(Type.String(), Type.String(), { description: 'its labels by the labels of this rule that have to be equal' }),
        }),
        { description: 'rules whose alerts this one explains' },
      ),
    ),
    runbook: Type.Optional(text('address or heading of docs/runbooks')),
    enabled: Type.Optional(Type.Boolean({ description: 'false: it is read and checked, and never fires' })),
  },
  { additionalProperties: false },
)
export type Rule = Static<typeof Rule>

/** A group of rules: evaluated together, grouped and inhibited together, owned by one process at a time. */
export const RuleGroup = Type.Object(
  {
    name: name('unique among all groups'),
    every: Type.Optional(duration('least time between two evaluations; 15s unless told')),
    group_by: Type.Array(columnName, { description: 'labels by which alerts become one message; none: all of the group' }),
    rules: Type.Array(Rule, { minItems: 1, maxItems: 200 }),
  },
  { additionalProperties: false },
)
export type RuleGroup = Static<typeof RuleGroup>
