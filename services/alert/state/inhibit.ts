import type { CompiledRule } from '../rules/compile-rule.ts'
import { type AlertState, isActive } from './alert-state.ts'

/**
 * Fingerprints of alerts that another active one explains: its rule inhibits theirs, and the labels that the rule pairs are equal (an alert
 * without such a label is not explained). Nothing inhibits itself, and what is inhibited explains nothing.
 */
export function inhibitedBy(alerts: readonly AlertState[], rules: ReadonlyMap<string, CompiledRule>): ReadonlyMap<string, string> {
  const inhibited = new Map<string, string>()
  // Rules explain in the order of their declaration, so that two that name each other do not silence both.
  for (const [name, { inhibits }] of rules) {
    if (inhibits.length === 0) continue
    const sources = alerts.filter(alert => alert.rule === name && isActive(alert) && !inhibited.has(alert.fingerprint))
    for (const { rule, on } of inhibits) {
      const pairs = Object.entries(on)
      const keyOf = (alert: AlertState, which: 0 | 1) => {
        const values = pairs.map(pair => alert.labels[pair[which]])
        return values.includes(undefined) ? undefined : JSON.stringify(values)
      }
      const bySource = new Map(sources.map(source => [keyOf(source, 1), source.fingerprint]))
      bySource.delete(undefined)
      for (const alert of alerts) {
        const source = alert.rule === rule && rule !== name ? bySource.get(keyOf(alert, 0)) : undefined
        if (source !== undefined) inhibited.set(alert.fingerprint, source)
      }
    }
  }
  return inhibited
}
