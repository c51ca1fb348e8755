import { MINUTE } from '../../platform/clock.ts'
import type { CompiledRule } from '../rules/compile-rule.ts'
import { type AlertState, isActive } from './alert-state.ts'

/** What began while its cause was on may outlast it by so much before somebody is told of it: its own period has to pass. Ours. */
const OUTLASTS_MS = 15 * MINUTE

/**
 * Fingerprints of alerts that another active one explains: its rule inhibits theirs, and the labels that the rule pairs are equal (an alert
 * without such a label is not explained). One that ended lately still explains what began before its end: figures of ten minutes show a
 * provider's failure for as long after it. Nothing inhibits itself, and what is inhibited explains nothing.
 */
export function inhibitedBy(alerts: readonly AlertState[], rules: ReadonlyMap<string, CompiledRule>): ReadonlyMap<string, string> {
  const inhibited = new Map<string, string>()
  // Rules explain in the order of their declaration, so that two that name each other do not silence both.
  for (const [name, { inhibits }] of rules) {
    if (inhibits.length === 0) continue
    const sources = alerts.filter(alert => alert.rule === name && explains(alert) && !inhibited.has(alert.fingerprint))
    for (const { rule, on } of inhibits) {
      const pairs = Object.entries(on)
      const keyOf = (alert: AlertState, which: 0 | 1) => {
        const values = pairs.map(pair => alert.labels[pair[which]])
        return values.includes(undefined) ? undefined : JSON.stringify(values)
      }
      const bySource = Map.groupBy(sources, source => keyOf(source, 1))
      bySource.delete(undefined)
      for (const alert of alerts) {
        const own = alert.rule === rule && rule !== name ? bySource.get(keyOf(alert, 0)) : undefined
        const source = own?.find(one => isActive(one) || isAftermath(alert, one))
        if (source !== undefined) inhibited.set(alert.fingerprint, source.fingerprint)
      }
    }
  }
  return inhibited
}

function explains(alert: AlertState): boolean {
  return isActive(alert) || (alert.state === 'resolved' && alert.fired_ms !== null)
}

/** Whether an alert began while a cause that is over was on, and has not outlasted it by long. */
function isAftermath({ since_ms, judged_ms }: AlertState, { until_ms }: AlertState): boolean {
  return until_ms !== null && since_ms <= until_ms && judged_ms - until_ms < OUTLASTS_MS
}
