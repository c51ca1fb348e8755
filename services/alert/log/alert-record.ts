/** The records of topic weir.alert.v1: one key a thing, its last value counts. JSON; no value: the thing is no longer. */

import { type Acknowledgement, type AlertTest, alertKey, type Silence } from '../../../schemas/alert-commands.ts'
import type { OutboxMessage } from '../outbox/outbox-message.ts'
import type { Labels } from '../reading.ts'
import type { AlertState } from '../state/alert-state.ts'
import type { GroupState } from '../state/group-state.ts'

/** Who decides in a partition from this record on; its id is the tenure's. Each has a key of its own, so that compaction keeps them all. */
export interface Tenure {
  readonly at_ms: number
}

/** A receiver that takes no message any more (it answered 410). */
export interface DisabledReceiver {
  readonly name: string
  readonly since_ms: number
  readonly detail: string
}

/** What each kind of record holds. `alert`, `group`, `message`, `receiver` are written by whoever decides; the others by people. */
export interface AlertRecords {
  readonly tenure: Tenure
  readonly alert: AlertState
  readonly group: GroupState
  readonly message: OutboxMessage
  readonly receiver: DisabledReceiver
  readonly silence: Silence
  readonly ack: Acknowledgement
  readonly test: AlertTest
}
export type AlertRecordKind = keyof AlertRecords

/** A change to the state of a partition. `value` undefined: the thing is no longer. */
export interface AlertChange<K extends AlertRecordKind = AlertRecordKind> {
  readonly kind: K
  readonly id: string
  readonly value: AlertRecords[K] | undefined
}

/** Header that names the tenure in which a record was decided. */
export const TENURE_HEADER = 'tenure'

/** A change as it is appended; `partition` is the one of its rule group. */
export function alertRecord(change: AlertChange, partition: number, tenure: string | undefined) {
  const text = change.value === undefined ? '' : JSON.stringify(change.value)
  return {
    key: alertKey(change.kind, change.id),
    partition,
    value: Buffer.from(text),
    isTombstone: change.value === undefined,
    headers: tenure === undefined ? {} : { [TENURE_HEADER]: tenure },
  }
}

/** A record read back; undefined: it is of no kind that is known here (of a newer release), or not readable. */
export function alertChange(record: { key: string | undefined; value: Uint8Array }): AlertChange | undefined {
  const [, kind, id] = /^([a-z]+)\/(.+)$/s.exec(record.key ?? '') ?? []
  if (kind === undefined || id === undefined || !KINDS.has(kind)) return undefined
  if (record.value.byteLength === 0) return { kind: kind as AlertRecordKind, id, value: undefined }
  try {
    return { kind: kind as AlertRecordKind, id, value: JSON.parse(Buffer.from(record.value).toString('utf8')) }
  } catch {
    return undefined
  }
}

const KINDS = new Set<string>(['tenure', 'alert', 'group', 'message', 'receiver', 'silence', 'ack', 'test'] satisfies AlertRecordKind[])

/** Labels as alerts carry them for matching: the rule counts as one. */
export function matchLabels({ labels, rule }: Pick<AlertState, 'labels' | 'rule'>): Labels {
  return { ...labels, rule }
}
