import type { RouteDecision } from '../config/routes-of.ts'
import type { AlertChange } from '../log/alert-record.ts'
import { matchLabels } from '../log/alert-record.ts'
import type { PartitionState } from '../log/partition-state.ts'
import type { Notification, NotificationLink } from '../notification.ts'
import { outboxMessage } from '../outbox/outbox-message.ts'
import type { Labels } from '../reading.ts'
import type { CompiledGroup } from '../rules/compile-rule.ts'
import { type AlertState, isActive } from './alert-state.ts'
import { type Assigned, assignGroups } from './assign-groups.ts'
import { composeNotification } from './compose-notification.ts'
import { type GroupState, groupStep, type Member } from './group-state.ts'
import { inhibitedBy } from './inhibit.ts'
import { isSilenced } from './silence.ts'

/** What deciding about messages needs to know beside the alerts. */
export interface Deciding {
  readonly nowMs: number
  readonly settledUntilMs: number | null
  /** Routes of an alert now; at least one. */
  routesOf(labels: Labels): readonly RouteDecision[]
  linksOf(alerts: readonly AlertState[]): readonly NotificationLink[]
}

/** Changes to groups and the outbox that the alerts of a rule group ask for now. `alerts`: all of the group that are kept. */
export function decideMessages(
  group: CompiledGroup,
  alerts: readonly AlertState[],
  state: Pick<PartitionState, 'group' | 'silence' | 'ack'>,
  deciding: Deciding,
): AlertChange[] {
  const told = alerts.filter(alert => alert.state !== 'pending')
  const quiet = quietOf(told, group, state, deciding.nowMs)
  const routed = told.flatMap(alert => deciding.routesOf(matchLabels(alert)).map(route => ({ alert, route })))
  const byRoute = Map.groupBy(routed, ({ route }) => route.name)
  const own = new Map([...state.group].filter(([, { group: name }]) => name === group.name))
  const changes: AlertChange[] = []
  for (const [name, all] of byRoute) {
    const route = all[0]?.route as RouteDecision
    const place = { group: group.name, route: name, groupBy: route.group_by ?? group.groupBy }
    const groups = new Map([...own].filter(([, { route: at }]) => at === name))
    const assigned = assignGroups(
      all.map(({ alert }) => alert),
      place,
      groups,
    )
    for (const one of assigned) changes.push(...stepOf(one, { group, route, quiet, state, deciding }))
    for (const key of groups.keys()) {
      if (!assigned.some(one => one.key === key)) changes.push({ kind: 'group', id: key, value: undefined })
    }
  }
  for (const [key, { route }] of own) if (!byRoute.has(route)) changes.push({ kind: 'group', id: key, value: undefined })
  return changes
}

interface Surroundings {
  group: CompiledGroup
  route: RouteDecision
  quiet: ReadonlySet<string>
  state: Pick<PartitionState, 'group' | 'silence' | 'ack'>
  deciding: Deciding
}

function stepOf({ key, labels, alerts }: Assigned, { group, route, quiet, state, deciding }: Surroundings): AlertChange[] {
  const before = state.group.get(key)
  const members = alerts.map((alert): Member => {
    return {
      fingerprint: alert.fingerprint,
      severity: alert.severity,
      isFiring: isActive(alert),
      isQuiet: route.is_muted || quiet.has(alert.fingerprint),
    }
  })
  const fresh = { key, group: group.name, route: route.name, labels }
  const { nowMs, settledUntilMs } = deciding
  const { next, send } = groupStep(before, fresh, members, route, { nowMs, isTaken: state.ack.has(key) })
  const changes: AlertChange[] = next === before ? [] : [{ kind: 'group', id: key, value: next }]
  if (send === undefined) return changes
  const own = before ?? (next as GroupState)
  const listed = alerts.filter(alert =>
    isActive(alert) ? !quiet.has(alert.fingerprint) && send !== 'resolved' : alert.fingerprint in own.known,
  )
  const counted = { ...own, count: before?.count ?? 0 }
  const message = composeNotification(listed, {
    reason: send,
    state: counted,
    nowMs,
    settledUntilMs,
    links: deciding.linksOf(listed),
  })
  changes.push({ kind: 'message', id: message.id, value: inOutbox(message, route) })
  // Whoever took the group on hears of it anew when it ends, grows louder or begins again.
  if (state.ack.has(key) && (send === 'resolved' || send === 'more')) changes.push({ kind: 'ack', id: key, value: undefined })
  return changes
}

function inOutbox(message: Notification, { receivers, escalate_after_ms, escalate_to }: RouteDecision) {
  const isPage = message.severity === 'page' && message.status === 'firing'
  return outboxMessage(message, receivers, { afterMs: isPage ? escalate_after_ms : null, to: escalate_to })
}

function quietOf(
  alerts: readonly AlertState[],
  { rules }: CompiledGroup,
  { silence }: Pick<PartitionState, 'silence'>,
  nowMs: number,
): ReadonlySet<string> {
  const quiet = new Set(inhibitedBy(alerts, new Map(rules.map(rule => [rule.name, rule]))).keys())
  for (const alert of alerts) {
    const labels = matchLabels(alert)
    if ([...silence.values()].some(one => isSilenced(one, labels, nowMs))) quiet.add(alert.fingerprint)
  }
  return quiet
}
