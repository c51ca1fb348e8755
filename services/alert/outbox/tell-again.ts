import { type Now, SECOND } from '../../platform/clock.ts'
import type { Logger } from '../../platform/log.ts'
import type { RouteDecision } from '../config/routes-of.ts'
import { matchLabels } from '../log/alert-record.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { Notification, NotificationLink } from '../notification.ts'
import type { Labels } from '../reading.ts'
import type { Receiver } from '../receivers/receiver.ts'
import type { CompiledGroup } from '../rules/compile-rule.ts'
import type { AlertState } from '../state/alert-state.ts'
import { composeNotification } from '../state/compose-notification.ts'
import type { GroupState } from '../state/group-state.ts'

/** What telling again needs. */
export interface TellingDeps {
  readonly now: Now
  readonly logger: Logger
  readonly receivers: ReadonlyMap<string, Receiver>
  /** The receiver that hears every so often (ms) that alerting works; null: none does. */
  readonly heartbeat: { readonly receiver: string; readonly every_ms: number } | null
  routesOf(labels: Labels, atMs: number): readonly RouteDecision[]
  linksOf(alerts: readonly AlertState[]): readonly NotificationLink[]
}

/** What is sent without the outbox, as it is sent anew anyway: to receivers that forget (Alertmanager), and the heartbeat. */
export interface Tellings {
  /** Starts what is due; returns at once. */
  start(signal: AbortSignal): void
}

/** The heartbeat comes from whoever decides in this partition. */
const HEARTBEAT_PARTITION = 0

/** Builds it for the groups of a partition. */
export function buildTellings(log: PartitionLog, groups: readonly CompiledGroup[], deps: TellingDeps): Tellings {
  const lastMs = new Map<string, number>()
  const names = new Set(groups.map(({ name }) => name))

  function start(signal: AbortSignal): void {
    const nowMs = deps.now()
    beat(nowMs, signal)
    if (![...deps.receivers.values()].some(({ resendEveryMs }) => resendEveryMs !== undefined)) return
    for (const state of log.state.group.values()) {
      if (state.sent_ms !== null) tellAgain(state, nowMs, signal)
    }
  }

  function tellAgain(state: GroupState, nowMs: number, signal: AbortSignal): void {
    const alerts = Object.keys(state.known).flatMap(fingerprint => log.state.alert.get(fingerprint) ?? [])
    const route = alerts[0] && deps.routesOf(matchLabels(alerts[0]), nowMs).find(({ name }) => name === state.route)
    if (!names.has(state.group) || !route) return
    for (const name of route.receivers) {
      const receiver = deps.receivers.get(name)
      if (receiver?.resendEveryMs === undefined || log.state.receiver.has(name)) continue
      if (!isDue(`${state.key} ${name}`, receiver.resendEveryMs, nowMs)) continue
      const links = deps.linksOf(alerts)
      const message = composeNotification(alerts, { reason: 'repeat', state, nowMs, settledUntilMs: null, links, most: alerts.length })
      void send(receiver, message, signal)
    }
  }

  function isDue(key: string, everyMs: number, nowMs: number): boolean {
    if (nowMs - (lastMs.get(key) ?? Number.NEGATIVE_INFINITY) < everyMs) return false
    lastMs.set(key, nowMs)
    return true
  }

  function beat(nowMs: number, signal: AbortSignal): void {
    const { heartbeat } = deps
    if (heartbeat === null || log.partition !== HEARTBEAT_PARTITION) return
    const receiver = deps.receivers.get(heartbeat.receiver)
    if (receiver && isDue('heartbeat', heartbeat.every_ms, nowMs)) void send(receiver, heartbeatMessage(nowMs), signal)
  }

  async function send(receiver: Receiver, message: Notification, signal: AbortSignal): Promise<void> {
    const { outcome, detail } = await receiver.send(message, signal)
    if (outcome !== 'delivered') deps.logger.warn({ receiver: receiver.name, outcome, detail }, 'a receiver could not be told again')
  }

  return { start }
}

/** The message that says that alerting works. */
export function heartbeatMessage(nowMs: number): Notification {
  return {
    id: `heartbeat-${Math.floor(nowMs / SECOND)}`,
    reason: 'heartbeat',
    status: 'firing',
    severity: 'info',
    group_key: 'heartbeat',
    group_labels: {},
    title: 'Weir watches: its alerting evaluates and delivers',
    alerts: [],
    alerts_total: 0,
    links: [],
    since_ms: nowMs,
    decided_at_ms: nowMs,
    settled_until_ms: null,
    trend: [],
  }
}
