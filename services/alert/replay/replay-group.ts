/** What a group of rules would have done, from readings of one moment after the other: pure. */
import type { Labels, Readings } from '../reading.ts'
import type { CompiledGroup, CompiledRule } from '../rules/compile-rule.ts'
import type { Severity } from '../severity.ts'
import { type AlertState, isActive } from '../state/alert-state.ts'
import { inhibitedBy } from '../state/inhibit.ts'
import { judgeRule } from '../state/judge-rule.ts'

/** One time that an alert would have fired. Times are ms of settled time. */
export interface Firing {
  readonly group: string
  readonly rule: string
  readonly severity: Severity
  readonly labels: Labels
  readonly fired_ms: number
  /** When it would have ended; null: not before the end of what was replayed. */
  readonly until_ms: number | null
  /** Rule of the alert that explained it all the time, so that nobody would have been told; null: somebody would have been. */
  readonly inhibited_by: string | null
  /** Its line and text when it held last. */
  readonly summary: string
  readonly description: string
}

/** What rules read at one moment; those that were not read then are left out. */
export interface Moment {
  readonly atMs: number
  readonly readings: ReadonlyMap<string, Readings>
}

type Open = { -readonly [K in keyof Firing]: Firing[K] } & { isTold: boolean }

/** Plays the moments, ascending, through the rules of a group. Firings in order of their beginning. */
export function replayGroup(group: CompiledGroup, moments: Iterable<Moment>): Firing[] {
  const rules = new Map(group.rules.map(rule => [rule.name, rule]))
  const alerts = new Map<string, AlertState>()
  const open = new Map<string, Open>()
  const firings: Open[] = []
  for (const { atMs, readings } of moments) {
    for (const rule of group.rules) judge(rule, readings.get(rule.name), { group: group.name, atMs, alerts, open, firings })
    const inhibited = inhibitedBy([...alerts.values()], rules)
    for (const [fingerprint, firing] of open) {
      const alert = alerts.get(fingerprint)
      const by = inhibited.get(fingerprint)
      if (by === undefined) firing.isTold = true
      else firing.inhibited_by ??= alerts.get(by)?.rule ?? null
      if (alert && alert.summary !== '') Object.assign(firing, { summary: alert.summary, description: alert.description })
    }
  }
  return firings.map(({ isTold, ...firing }) => ({ ...firing, inhibited_by: isTold ? null : firing.inhibited_by }))
}

interface Playing {
  readonly group: string
  readonly atMs: number
  readonly alerts: Map<string, AlertState>
  readonly open: Map<string, Open>
  readonly firings: Open[]
}

function judge(rule: CompiledRule, readings: Readings | undefined, { group, atMs, alerts, open, firings }: Playing): void {
  if (readings === undefined) return
  const own = [...alerts.values()].filter(alert => alert.rule === rule.name)
  for (const { id, value } of judgeRule({ rule, group }, readings, own, atMs).changes) {
    const before = alerts.get(id)
    if (value === undefined) alerts.delete(id)
    else alerts.set(id, value)
    const wasOpen = before !== undefined && isActive(before)
    const isOpen = value !== undefined && isActive(value)
    if (isOpen && !wasOpen) {
      const { labels, summary, description } = value
      const firing: Open = {
        ...{ group, rule: rule.name, severity: rule.severity, labels, summary, description },
        ...{ fired_ms: atMs, until_ms: null, inhibited_by: null, isTold: false },
      }
      open.set(id, firing)
      firings.push(firing)
    }
    if (wasOpen && !isOpen) {
      const firing = open.get(id)
      if (firing) firing.until_ms = atMs
      open.delete(id)
    }
  }
}
