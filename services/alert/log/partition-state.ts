import type { LogRecord } from '../../platform/event-log/port.ts'
import { type AlertChange, type AlertRecordKind, type AlertRecords, alertChange, TENURE_HEADER } from './alert-record.ts'

/** All that is known of a partition: what its records say, read in order. */
export type PartitionState = { readonly [K in Exclude<AlertRecordKind, 'tenure'>]: Map<string, AlertRecords[K]> } & {
  /** The tenure whose records count; undefined before the first. */
  tenure: string | undefined
}

/** A partition of which nothing was read yet. */
export function emptyState(): PartitionState {
  return {
    tenure: undefined,
    alert: new Map(),
    group: new Map(),
    message: new Map(),
    receiver: new Map(),
    silence: new Map(),
    ack: new Map(),
    test: new Map(),
  }
}

/**
 * Takes a record in. One of a tenure that another has replaced is passed over: whoever wrote it did not know yet that it no longer
 * decides. Returns the change that was taken; undefined: none.
 */
export function takeRecord(state: PartitionState, record: Pick<LogRecord, 'key' | 'value' | 'headers'>): AlertChange | undefined {
  const change = alertChange(record)
  if (change === undefined) return undefined
  if (change.kind === 'tenure') {
    state.tenure = (change as AlertChange<'tenure'>).value?.tenure
    return change
  }
  const tenure = record.headers[TENURE_HEADER]
  if (tenure !== undefined && tenure !== state.tenure) return undefined
  const things = state[change.kind] as Map<string, unknown>
  if (change.value === undefined) things.delete(change.id)
  else things.set(change.id, change.value)
  return change
}
