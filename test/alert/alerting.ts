/** Alerting with made-up readings and receivers, over any event log: the real rules of deciding, grouping and delivering. */
import { ALERT_TOPIC, topics, WINDOW_SETTLED_TOPIC } from '../../schemas/topics.ts'
import type { RouteDecision } from '../../services/alert/config/routes-of.ts'
import { decideAlerts } from '../../services/alert/decide-alerts.ts'
import { buildHistory } from '../../services/alert/history.ts'
import type { Notification } from '../../services/alert/notification.ts'
import type { Labels, Reading } from '../../services/alert/reading.ts'
import type { DeliveryOutcome, Receiver } from '../../services/alert/receivers/receiver.ts'
import { compileGroup } from '../../services/alert/rules/compile-rule.ts'
import type { Rule, RuleGroup } from '../../services/alert/rules/rule.ts'
import type { Now } from '../../services/platform/clock.ts'
import type { EventLog } from '../../services/platform/event-log/port.ts'
import { buildProgress } from '../../services/platform/health.ts'
import { buildLogger } from '../../services/platform/log.ts'
import { buildMetrics } from '../../services/platform/metrics.ts'
import { buildInMemoryClickHouse, type InMemoryClickHouse } from '../fakes/in-memory-clickhouse.ts'

/** The topics that alerting reads. */
export const alertTopics = topics.filter(({ name }) => name === ALERT_TOPIC || name === WINDOW_SETTLED_TOPIC)

/** A rule with what tests do not care about filled in. */
export function aRule(over: Partial<Rule> & Pick<Rule, 'name'>): Rule {
  return {
    summary: '{{ pool }} is at {{ value }}',
    description: 'Look at {{ pool }}.',
    reads: { signal: over.name },
    above: 10,
    keep_firing_for: '0s',
    severity: 'page',
    ...over,
  }
}

/** A group of rules without waits. */
export function aGroup(rules: readonly Rule[], over: Partial<RuleGroup> = {}): RuleGroup {
  return { name: 'tests', every: '0s', group_by: [], rules: [...rules], ...over }
}

/** A route to one receiver that waits for nothing. */
export const aRoute: RouteDecision = {
  name: 'all',
  receivers: ['on-call'],
  group_by: null,
  group_wait_ms: 0,
  group_interval_ms: 0,
  repeat_interval_ms: 3_600_000,
  escalate_after_ms: null,
  escalate_to: [],
  is_muted: false,
}

/** What a world of readings says now: by the name of a signal; settled time moves on by a minute with every change. */
export interface World {
  settledUntilMs: number
  readings: Map<string, Reading[]>
  isComplete: boolean
  /** Rejects what is read while it is set. */
  fault: Error | undefined
}

/** A world in which nothing is wrong. */
export function buildWorld(): World {
  return { settledUntilMs: 60_000, readings: new Map(), isComplete: true, fault: undefined }
}

/** Says that windows were settled, in every partition, so that each process hears of it. */
export async function tellSettled(eventLog: EventLog): Promise<void> {
  const partitions = await eventLog.offsets(WINDOW_SETTLED_TOPIC)
  await eventLog.append(
    WINDOW_SETTLED_TOPIC,
    partitions.map(({ partition }) => ({ partition, value: Buffer.from('{}') })),
  )
}

/** A reading of a pool. */
export function ofPool(pool: string, value: number | null, sample = 100): Reading {
  return { labels: { pool }, value, sample, facts: {} }
}

/** A receiver that keeps what it is sent and answers as it is told. */
export interface Inbox extends Receiver {
  readonly received: Notification[]
  answer: (notification: Notification) => DeliveryOutcome | Promise<DeliveryOutcome>
}

/** Builds an inbox that takes everything. */
export function buildInbox(name = 'on-call', over: Partial<Receiver> = {}): Inbox {
  return {
    name,
    kind: 'test',
    received: [],
    answer: () => ({ outcome: 'delivered', status: 200, detail: 'ok' }),
    ...over,
    async send(notification) {
      const answer = await this.answer(notification)
      if (answer.outcome === 'delivered') this.received.push(notification)
      return answer
    },
  }
}

/** A process of alert, running. Disposing stops it as SIGTERM does. */
export interface RunningAlert extends AsyncDisposable {
  readonly clickhouse: InMemoryClickHouse
  readonly stopped: Promise<void>
}

/** Starts one. */
export async function startAlert(
  config: {
    group: RuleGroup
    world: World
    receivers: readonly Receiver[]
    route?: RouteDecision
    routesOf?: (labels: Labels) => readonly RouteDecision[]
  },
  deps: { eventLog: EventLog; now?: Now; clickhouse?: InMemoryClickHouse },
): Promise<RunningAlert> {
  const { world, route = aRoute } = config
  const now = deps.now ?? Date.now
  const clickhouse = deps.clickhouse ?? buildInMemoryClickHouse()
  const stop = new AbortController()
  const { promise: isReading, resolve } = Promise.withResolvers<void>()
  const stopped = decideAlerts(
    { groups: [compileGroup(config.group)], everyMs: 5 },
    {
      eventLog: deps.eventLog,
      now,
      random: () => 0,
      logger: buildLogger({ service: 'alert', level: 'silent' }),
      metrics: buildMetrics('alert'),
      progress: buildProgress(now, { stalledAfterMs: 60_000 }),
      history: buildHistory({ clickhouse }),
      receivers: new Map(config.receivers.map(receiver => [receiver.name, receiver])),
      heartbeat: null,
      routesOf: config.routesOf ?? (() => [route]),
      linksOf: () => [],
      readSettledUntil: async () => world.settledUntilMs,
      async readSource(source) {
        if (world.fault) throw world.fault
        const { settledUntilMs, isComplete, readings } = world
        return { settledUntilMs, isComplete, readings: readings.get('signal' in source ? source.signal : '') ?? [] }
      },
      onReading: resolve,
    },
    stop.signal,
  )
  await Promise.race([isReading, stopped])
  return {
    clickhouse,
    stopped,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await stopped
    },
  }
}
