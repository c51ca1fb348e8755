import type { Labels } from '../reading.ts'
import { type AlertingConfig, LOG_RECEIVER, type Route } from './alerting-config.ts'
import { isMuted } from './mute-times.ts'

/** Where an alert goes by one route, and how; the state of its groups hangs on the name. */
export interface RouteDecision extends Omit<Route, 'match' | 'continues' | 'mute_times'> {
  /** Whether a mute time of the route holds at the moment asked about. */
  readonly is_muted: boolean
}

/** A first message waits so long for more; as Alertmanager's documentation proposes for its group_interval and repeat_interval too. */
export const DEFAULT_GROUP_WAIT_MS = 5_000
/** Least time between two messages of a group when alerts join or end. */
export const DEFAULT_GROUP_INTERVAL_MS = 5 * 60_000
/** How often what still fires is told again. */
export const DEFAULT_REPEAT_INTERVAL_MS = 4 * 3_600_000

/** What no route takes is never lost: a line of the log. */
const UNROUTED: RouteDecision = {
  name: 'unrouted',
  receivers: [LOG_RECEIVER],
  group_by: null,
  group_wait_ms: DEFAULT_GROUP_WAIT_MS,
  group_interval_ms: DEFAULT_GROUP_INTERVAL_MS,
  repeat_interval_ms: DEFAULT_REPEAT_INTERVAL_MS,
  escalate_after_ms: null,
  escalate_to: [],
  is_muted: false,
}

/**
 * The routes of an alert at a moment (ms): the first that fits its labels (`severity`, `owner`, `rule` and `tenant_id` among them), and
 * later ones while it says `continue`. A label that is missing counts as empty text. At least one: what no route takes goes to the log.
 */
export function routesOf(labels: Labels, atMs: number, config: AlertingConfig): readonly RouteDecision[] {
  const decisions: RouteDecision[] = []
  for (const route of config.routes) {
    if (!fits(route, labels)) continue
    const { match, continues, mute_times, ...decision } = route
    decisions.push({ ...decision, is_muted: isMuted(mute_times, atMs, config.mute_times) })
    if (!continues) break
  }
  return (decisions.length > 0 ? decisions : [UNROUTED]).map(decision => aroundStuck(decision, labels, config))
}

/** The rule that says that a receiver cannot be told (rules/shipped/pipeline.yaml): it is told to others, or nobody would hear of it. */
const STUCK_RULE = 'delivery-stuck'

function aroundStuck(decision: RouteDecision, { rule, receiver }: Labels, { receivers }: AlertingConfig): RouteDecision {
  if (rule !== STUCK_RULE || receiver === undefined || !decision.receivers.includes(receiver)) return decision
  const own = [...decision.receivers, ...decision.escalate_to]
  const all = receivers.filter(({ name, tenant }) => name !== LOG_RECEIVER && tenant == null).map(({ name }) => name)
  const others = [own, all].map(names => [...new Set(names)].filter(name => name !== receiver)).find(names => names.length > 0)
  return { ...decision, name: `${decision.name} around ${receiver}`, receivers: others ?? [LOG_RECEIVER] }
}

function fits(route: Route, labels: Labels): boolean {
  return Object.entries(route.match).every(([label, patterns]) => patterns.some(pattern => fitsPattern(labels[label] ?? '', pattern)))
}

/** Whether text fits a pattern in which `*` stands for any characters. Takes time in proportion to both, whatever they hold. */
export function fitsPattern(text: string, pattern: string): boolean {
  const [head = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return text === pattern
  const tail = rest.pop() ?? ''
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false
  let from = head.length
  const end = text.length - tail.length
  for (const part of rest) {
    const at = text.indexOf(part, from)
    if (at === -1 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}
