import { alertKey } from '../../../schemas/alert-commands.ts'
import type { LogRecord } from '../../platform/event-log/port.ts'
import { type AlertChange, type AlertRecordKind, type AlertRecords, alertChange, TENURE_HEADER } from './alert-record.ts'

/** All that is known of a partition: what its records say, read in order. */
export type PartitionState = { readonly [K in KeptKind]: Map<string, AlertRecords[K]> } & {
  /** The tenure whose records count; undefined before the first. */
  tenure: string | undefined
  /** All tenures whose beginning is still in the log. */
  readonly tenures: Set<string>
  /** Keys of which the last record does not count: compaction would lose what counts, so they are to be written again. */
  readonly stale: Map<string, { readonly kind: KeptKind; readonly id: string }>
}

/** Kinds of records that say what is. */
export type KeptKind = Exclude<AlertRecordKind, 'tenure'>

const KEPT_KINDS = ['alert', 'group', 'message', 'receiver', 'silence', 'ack', 'test'] as const satisfies readonly KeptKind[]

/** A partition of which nothing was read yet. */
export function emptyState(): PartitionState {
  return {
    tenure: undefined,
    tenures: new Set(),
    stale: new Map(),
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
  if (change.kind === 'tenure') return takeTenure(state, change)
  const { kind, id } = change as AlertChange<KeptKind>
  const tenure = record.headers[TENURE_HEADER]
  if (tenure !== undefined && tenure !== state.tenure) {
    state.stale.set(alertKey(kind, id), { kind, id })
    return undefined
  }
  state.stale.delete(alertKey(kind, id))
  const things = state[kind] as Map<string, unknown>
  if (change.value === undefined) things.delete(id)
  else things.set(id, change.value)
  return change
}

function takeTenure(state: PartitionState, change: AlertChange): AlertChange {
  if (change.value === undefined) state.tenures.delete(change.id)
  else {
    state.tenures.add(change.id)
    state.tenure = change.id
  }
  return change
}

/** Tenures that are kept before the state is written anew. */
const MOST_TENURES = 50

/**
 * Changes that keep compaction from losing what counts: keys whose last record was written by whoever did not decide any more are written
 * again; when many tenures have passed, everything is, and the former ones are let go.
 */
export function mend(state: PartitionState): AlertChange[] {
  if (state.tenures.size <= MOST_TENURES) return [...state.stale.values()].map(({ kind, id }) => kept(state, kind, id))
  const all = KEPT_KINDS.flatMap(kind => [...state[kind].keys()].map(id => kept(state, kind, id)))
  const gone = [...state.stale.values()].filter(({ kind, id }) => !state[kind].has(id)).map(({ kind, id }) => kept(state, kind, id))
  const former = [...state.tenures].filter(tenure => tenure !== state.tenure)
  return [...all, ...gone, ...former.map((id): AlertChange => ({ kind: 'tenure', id, value: undefined }))]
}

function kept(state: PartitionState, kind: KeptKind, id: string): AlertChange {
  return { kind, id, value: (state[kind] as Map<string, AlertChange['value']>).get(id) }
}
