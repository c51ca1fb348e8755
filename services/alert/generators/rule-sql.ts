/** A rule's view as a statement that stands alone, for evaluators that run SQL of their own and know no parameters. */
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { durationMs } from '../config/durations.ts'
import type { Rule, ViewSource } from '../rules/rule.ts'
import { minutesOf } from '../signals/settled-minutes.ts'
import { viewSql } from '../signals/view-sql.ts'
import { views } from '../signals/views.ts'

const ruleOfViewSql = readQuery(import.meta.url, 'rule')

/** A rule that reads a view: nothing else can be read by SQL alone. */
export type ViewRule = Rule & { readonly reads: ViewSource }

/** Whether a rule reads a view. */
export function readsView(rule: Rule): rule is ViewRule {
  return 'view' in rule.reads
}

/**
 * One row for each thing that the rule may be held against: its labels by their names, then `value`. It is read at the end of the last
 * settled minute, never at the clock, so that late rows are not taken for missing ones. Things with fewer than the least sample or the
 * least value have no row.
 */
export function ruleSql(rule: ViewRule, database: string): string {
  const { reads, least_sample = 0, least_value } = rule
  const view = views[reads.view]
  if (view === undefined) throw new Error(`${reads.view} is no view`)
  const { sql, parameters } = viewSql(reads, minutesOf(view.table).sql, durationMs(reads.over), { firstMs: 0, stepMs: 60_000, count: 1 })
  const over = String(parameters['over_s'])
  const words: Readonly<Record<string, string>> = {
    database,
    first_s: 'until_s',
    from: `toDateTime(until_s - ${over}, 'UTC')`,
    to: "toDateTime(until_s, 'UTC')",
  }
  const filled = sql.replace(/\{(\w+)(?::[^{}]+)?\}/g, (_, name: string) => words[name] ?? literal(parameters[name]))
  const counted = reads.per === undefined ? 'value' : 'counted'
  const conditions = [
    'isFinite(value)',
    ...(least_sample > 0 ? [`sample >= ${least_sample}`] : []),
    ...(least_value === undefined ? [] : [`${counted} >= ${least_value}`]),
  ]
  const places: Readonly<Record<string, string>> = {
    database,
    labels: reads.by.map(name => `label_${name} AS ${name}, `).join(''),
    view: filled,
    conditions: conditions.join(' AND '),
  }
  return ruleOfViewSql.replace(/\{(database|labels|view|conditions)\}/g, (_, name: string) => places[name] ?? '')
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  throw new Error('a value of a rule is text, a number or a list of them')
}
