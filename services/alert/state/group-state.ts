/** When a group of alerts is told of, as a pure function. The words are Alertmanager's: group wait, group interval, repeat interval. */

import type { Reason } from '../notification.ts'
import type { Labels } from '../reading.ts'
import { SEVERITIES, type Severity } from '../severity.ts'

/** What is remembered of a group. Times are of the clock, ms. */
export interface GroupState {
  readonly key: string
  readonly group: string
  readonly route: string
  readonly labels: Labels
  /** When its first alert came. */
  readonly started_ms: number
  /** When a message was decided last; null: none was. */
  readonly sent_ms: number | null
  /** Messages so far. */
  readonly count: number
  /** Alerts that the last message told of as firing, by fingerprint, with how loud they were. */
  readonly known: Readonly<Record<string, Severity>>
}

/** An alert of the group. quiet: silenced, explained by another or at a muted time: it neither begins nor ends anything. */
export interface Member {
  readonly fingerprint: string
  readonly severity: Severity
  readonly isFiring: boolean
  readonly isQuiet: boolean
}

/** How a route paces messages, ms. */
export interface Pace {
  readonly group_wait_ms: number
  readonly group_interval_ms: number
  readonly repeat_interval_ms: number
}

/** What is to be remembered (undefined: the group is over) and whether a message is due. */
export interface GroupStep {
  readonly next: GroupState | undefined
  readonly send: Reason | undefined
}

/** One step at `nowMs`. `isTaken`: somebody acknowledged the group. */
export function groupStep(
  before: GroupState | undefined,
  fresh: Pick<GroupState, 'key' | 'group' | 'route' | 'labels'>,
  members: readonly Member[],
  pace: Pace,
  { nowMs, isTaken }: { nowMs: number; isTaken: boolean },
): GroupStep {
  const loud = members.filter(({ isFiring, isQuiet }) => isFiring && !isQuiet)
  if (before === undefined && loud.length === 0) return { next: undefined, send: undefined }
  const state: GroupState = before ?? { ...fresh, started_ms: nowMs, sent_ms: null, count: 0, known: {} }
  if (state.sent_ms === null) {
    if (loud.length === 0) return { next: undefined, send: undefined }
    return nowMs - state.started_ms >= pace.group_wait_ms ? told(state, loud, 'first', nowMs) : { next: state, send: undefined }
  }
  const reason = reasonOf({ ...state, sent_ms: state.sent_ms }, members, loud, pace, { nowMs, isTaken })
  if (reason !== undefined) return told(state, loud, reason, nowMs)
  return { next: state, send: undefined }
}

function reasonOf(
  state: GroupState & { sent_ms: number },
  members: readonly Member[],
  loud: readonly Member[],
  pace: Pace,
  { nowMs, isTaken }: { nowMs: number; isTaken: boolean },
): Reason | undefined {
  const firing = new Set(members.filter(({ isFiring }) => isFiring).map(({ fingerprint }) => fingerprint))
  const known = Object.keys(state.known)
  if (known.length > 0 && loud.length === 0) return known.some(one => firing.has(one)) ? undefined : 'resolved'
  const sinceMs = nowMs - state.sent_ms
  const isLouder = loud.some(({ fingerprint, severity }) => {
    const before = state.known[fingerprint]
    return before !== undefined && isLouderThan(severity, before)
  })
  const loudest = loudestOf(Object.values(state.known))
  const joins = loud.filter(({ fingerprint }) => state.known[fingerprint] === undefined)
  // A page that joins tickets is not held back: whoever looks at tickets is not who is to be woken.
  if (isLouder || joins.some(({ severity }) => isLouderThan(severity, loudest))) return 'more'
  if (joins.length > 0 && sinceMs >= pace.group_interval_ms) return 'more'
  if (known.some(one => !firing.has(one)) && sinceMs >= pace.group_interval_ms) return 'some_resolved'
  return loud.length > 0 && !isTaken && sinceMs >= pace.repeat_interval_ms ? 'repeat' : undefined
}

function told(state: GroupState, loud: readonly Member[], send: Reason, nowMs: number): GroupStep {
  const known = Object.fromEntries(loud.map(({ fingerprint, severity }) => [fingerprint, severity]))
  const next = send === 'resolved' ? undefined : { ...state, sent_ms: nowMs, count: state.count + 1, known }
  return { next, send }
}

/** Whether `one` is louder than `other`. */
export function isLouderThan(one: Severity, other: Severity | undefined): boolean {
  return other === undefined || SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other)
}

/** The loudest of them; undefined of none. */
export function loudestOf(severities: readonly Severity[]): Severity | undefined {
  return SEVERITIES.find(severity => severities.includes(severity))
}
