/** What people tell the alert service: records of topic weir.alert.v1, which whoever decides about alerts reads. */
import Type, { type Static } from 'typebox'
import { ALERT_TOPIC } from './topics.ts'

const text = (description: string, maxLength = 300) => Type.String({ minLength: 1, maxLength, description })
const name = (description: string) => Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description })

/** Alerts that match are not told of from `from_ms` to `until_ms`. Matchers hold together; `*` in a value stands for any text. */
export const Silence = Type.Object(
  {
    id: name('its id'),
    matchers: Type.Record(Type.String({ maxLength: 64 }), text('value of the label, * for any text'), {
      minProperties: 1,
      maxProperties: 10,
      description: 'labels of alerts with the values to match; the rule counts as one',
    }),
    from_ms: Type.Integer({ description: 'start, inclusive, ms since 1970 UTC' }),
    until_ms: Type.Integer({ description: 'end, exclusive, ms since 1970 UTC' }),
    author: text('who asked for it'),
    comment: text('why', 1_000),
  },
  { additionalProperties: false },
)
export type Silence = Static<typeof Silence>

/** Somebody has taken a group of alerts on: no repeats until it ends or grows louder. */
export const Acknowledgement = Type.Object(
  {
    group_key: name('the group, as messages name it'),
    author: text('who took it on'),
    at_ms: Type.Integer({ description: 'when, ms since 1970 UTC' }),
    comment: Type.Optional(text('what is being done', 1_000)),
  },
  { additionalProperties: false },
)
export type Acknowledgement = Static<typeof Acknowledgement>

/** A receiver is to be sent a message that says that it is a test. */
export const AlertTest = Type.Object(
  {
    receiver: name('name of the receiver'),
    author: text('who asks'),
    at_ms: Type.Integer({ description: 'when, ms since 1970 UTC' }),
  },
  { additionalProperties: false },
)
export type AlertTest = Static<typeof AlertTest>

/** What is told, by the first part of a record's key; the second is the thing's id. `receiver` without a value: it is enabled again. */
export interface AlertCommands {
  readonly silence: Silence
  readonly ack: Acknowledgement
  readonly test: AlertTest
  readonly receiver: never
}

/** The key of a record of the topic. */
export function alertKey(kind: string, id: string): string {
  return `${kind}/${id}`
}

/**
 * Records that tell something in every partition of the topic, as alerts of any rule group may be meant. `value` undefined: the thing is
 * no longer.
 */
export function alertCommand<K extends keyof AlertCommands>(kind: K, id: string, value: AlertCommands[K] | undefined, partitions: number) {
  const bytes = Buffer.from(value === undefined ? '' : JSON.stringify(value))
  return Array.from({ length: partitions }, (_, partition) => {
    return { key: alertKey(kind, id), partition, value: bytes, isTombstone: value === undefined }
  })
}

/** Appends it; resolves when the log has it on disk. */
export async function tellAlerts<K extends keyof AlertCommands>(
  command: { kind: K; id: string; value: AlertCommands[K] | undefined },
  eventLog: {
    offsets(topic: string): Promise<readonly unknown[]>
    append(topic: string, records: ReturnType<typeof alertCommand>): Promise<void>
  },
): Promise<void> {
  const { length } = await eventLog.offsets(ALERT_TOPIC)
  await eventLog.append(ALERT_TOPIC, alertCommand(command.kind, command.id, command.value, length))
}
