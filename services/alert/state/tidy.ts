import { DAY, HOUR } from '../../platform/clock.ts'
import type { AlertChange } from '../log/alert-record.ts'
import type { PartitionState } from '../log/partition-state.ts'

/** How long what people said is kept after it is over: an acknowledgement of a group of another partition is over when it comes. */
const ACK_KEPT_MS = HOUR
const SILENCE_KEPT_MS = DAY

/** Changes that take away what is over: silences, and acknowledgements of groups that this partition does not have. */
export function tidy({ ack, silence, group }: Pick<PartitionState, 'ack' | 'silence' | 'group'>, nowMs: number): AlertChange[] {
  const acks = [...ack].filter(([key, { at_ms }]) => !group.has(key) && nowMs - at_ms > ACK_KEPT_MS)
  const silences = [...silence].filter(([, { until_ms }]) => nowMs - until_ms > SILENCE_KEPT_MS)
  return [
    ...acks.map(([id]): AlertChange => ({ kind: 'ack', id, value: undefined })),
    ...silences.map(([id]): AlertChange => ({ kind: 'silence', id, value: undefined })),
  ]
}
