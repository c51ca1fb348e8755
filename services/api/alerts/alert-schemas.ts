/** What the endpoints of alerts answer. */
import Type from 'typebox'

const text = (description: string) => Type.String({ description })
const time = (description: string) => Type.String({ format: 'date-time', description })
const timeOrNull = (description: string) => Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description })
const numberOrNull = (description: string) => Type.Union([Type.Number(), Type.Null()], { description })
const labels = (description: string) => Type.Record(Type.String(), Type.String(), { description })

/** An alert as it stands. */
export const Alert = Type.Object({
  fingerprint: text('stable name of the alert: its rule and what it watches'),
  rule: text('rule that fires'),
  rule_group: text('its group: evaluated, grouped and told together'),
  state: text('pending, firing, recovering (it held until lately), no_data (it fired and cannot be judged any more), resolved'),
  severity: text('page, ticket or info'),
  tenant_id: text('tenant that it is about; empty: not one alone'),
  labels: labels('what it watches, and the labels of its rule'),
  value: numberOrNull('what the condition was held against when it held last, in the unit of what the rule reads'),
  threshold: numberOrNull('what it is held against'),
  sample: Type.Number({ description: 'what the value was taken over' }),
  summary: text('the alert in one line'),
  description: text('likely cause, what was done already, what to do first'),
  runbook: text('where to read on; empty: nowhere'),
  reason: text('why it changed last'),
  changed_at: time('when it changed last'),
  since: time('from when on the condition has held'),
  fired: timeOrNull('when it began to fire; null: it has not'),
  until: timeOrNull('when it ended; null: it goes on'),
  group_key: text('group of the last message about it, to acknowledge by; empty: no message was sent'),
  acknowledged_by: text('who took its group on; empty: nobody'),
})

/** A change of an alert. */
export const AlertHistory = Type.Object({
  fingerprint: text('the alert'),
  rule: text('its rule'),
  severity: text('page, ticket or info'),
  tenant_id: text('tenant that it is about; empty: not one alone'),
  change: text('began, fired, dropped, recovering, held_again, no_data, data_again, resolved or forgotten'),
  reason: text('why'),
  state: text('what it is since'),
  value: numberOrNull('what the condition was held against'),
  summary: text('the alert in one line'),
  changed_at: time('when'),
  since: time('from when on the condition held'),
})

/** A message and a receiver. */
export const AlertDelivery = Type.Object({
  message_id: text('stays on every retry: what receivers know it by'),
  receiver: text('who is told'),
  reason: text('why it is sent: first, more, some_resolved, resolved, repeat, escalated or test'),
  severity: text('the loudest of its alerts'),
  title: text('what it says first'),
  group_key: text('group of alerts that it is about'),
  tries: Type.Integer({ description: 'tries so far' }),
  outcome: text('waiting, delivered, retry, refused, gone or expired'),
  status: Type.Integer({ description: 'status of HTTP of the last try; 0: none' }),
  detail: text('the answer in a line; operators only'),
  fingerprints: Type.Array(Type.String(), { description: 'alerts in it' }),
  decided_at: time('when it was decided'),
  updated_at: time('when it was tried last'),
})

/** A silence. */
export const SilenceRow = Type.Object({
  id: text('its id'),
  matchers: labels('labels of alerts with the values to match; * stands for any text; the rule counts as a label'),
  from: time('start, inclusive'),
  until: time('end, exclusive'),
  author: text('who asked for it'),
  comment: text('why'),
})

/** What silencing asks for. */
export const SilenceAsked = Type.Object(
  {
    matchers: Type.Record(Type.String({ maxLength: 64 }), Type.String({ minLength: 1, maxLength: 300 }), {
      minProperties: 1,
      maxProperties: 10,
      description: 'labels with the values to match, all of them; * stands for any text; rule is one',
    }),
    until: time('when it ends; at most 90 days ahead'),
    from: Type.Optional(time('when it begins; now unless told')),
    author: Type.String({ minLength: 1, maxLength: 300, description: 'who asks' }),
    comment: Type.String({ minLength: 1, maxLength: 1_000, description: 'why: whoever looks later reads it' }),
  },
  { additionalProperties: false },
)

/** What acknowledging asks for. */
export const AcknowledgementAsked = Type.Object(
  {
    group_key: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'group of alerts, as its message and the list name it' }),
    author: Type.String({ minLength: 1, maxLength: 300, description: 'who takes it on' }),
    comment: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000, description: 'what is being done' })),
  },
  { additionalProperties: false },
)

/** What a test asks for. */
export const TestAsked = Type.Object(
  {
    receiver: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'name of the receiver in the alerting file' }),
    author: Type.String({ minLength: 1, maxLength: 300, description: 'who asks' }),
  },
  { additionalProperties: false },
)
