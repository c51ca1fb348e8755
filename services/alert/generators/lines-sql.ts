/** Rules over the ledger of lines as statements that stand alone: they are what every evaluator can tell, Prometheus by counters. */
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'
import { durationMs } from '../config/durations.ts'
import type { Rule, SignalSource } from '../rules/rule.ts'

const linesRuleSql = readQuery(import.meta.url, 'lines-rule')

/** The signals: what is told apart, the value, and what a rule's least_value is held against. Sums are over senders. */
const SIGNALS: Readonly<Record<string, { by: readonly string[]; value: string; counted: string; over: string }>> = {
  'dead-letters': { by: ['source'], value: 'sum(dead_letters) / sum(lines)', counted: 'sum(dead_letters)', over: '15m' },
  completeness: { by: [], value: '1 - (sum(dead_letters) + sum(parked_lines)) / sum(lines)', counted: 'sum(lines)', over: '1h' },
}

/** A rule that reads one of them. */
export type LinesRule = Rule & { readonly reads: SignalSource }

/** Whether a rule reads the ledger of lines. */
export function readsLines(rule: Rule): rule is LinesRule {
  return 'signal' in rule.reads && Object.hasOwn(SIGNALS, rule.reads.signal)
}

/** What its rows are told apart by, the period it is read over (ms), and the statement. Throws for a rule that reads something else. */
export function linesRule(rule: LinesRule, database: string): { by: readonly string[]; overMs: number; sql: string } {
  const signal = SIGNALS[rule.reads.signal]
  if (signal === undefined) throw new Error(`${rule.reads.signal} is not about lines`)
  const { by, value, counted } = signal
  const overMs = durationMs(rule.reads.over ?? signal.over)
  const conditions = [
    'sum(lines) > 0',
    ...(rule.least_sample === undefined ? [] : [`sum(lines) >= ${rule.least_sample}`]),
    ...(rule.least_value === undefined ? [] : [`${counted} >= ${rule.least_value}`]),
  ]
  const places: Readonly<Record<string, string>> = {
    ...{ database, value },
    labels: by.map(name => `${name}, `).join(''),
    group: by.length === 0 ? 'tuple()' : by.join(', '),
    over_s: String(overMs / SECOND),
    conditions: conditions.join(' AND '),
  }
  const sql = linesRuleSql.replace(/\{(database|labels|value|group|over_s|conditions)\}/g, (_, name: string) => places[name] ?? '')
  return { by, overMs, sql }
}
