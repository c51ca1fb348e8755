/**
 * Text of a panel's query. What differs between the API and Grafana stands in it as a place: {database}, {from}, {to} (half open), {step}
 * (seconds), {bucket} (start of the step of r.window_start), {only:<variable> <column>} (a condition), {rows:<table>} (settled rows of the
 * coarsest level that is exact) and {latency:<keys>} (those of latency, grouped so). The head of a query gives names to what its range
 * comes to: range_start and range_end above all. What the API gives are parameters that the server binds; no text of a reader is ever part
 * of a query.
 */
import { type HourlyName, hourlyTables } from '../schemas/levels/hourly.ts'
import { withRatios } from '../schemas/ratios.ts'
import { readQuery } from '../services/platform/clickhouse/read-query.ts'
import { headOf, type Levels, leveledLatency, leveledRows } from './leveled-rows.ts'
import { type Panel, type Variable, variables } from './panel.ts'

/** What stands for the places of a query, as SQL. */
export interface Places {
  /** Before the name of a table, with its dot. */
  readonly database: string
  readonly from: string
  readonly to: string
  /** Whole seconds, at least 60. */
  readonly step: string
  /** A condition that nothing is chosen. */
  readonly isAll: (variable: Variable) => string
  /** An array of the values chosen. */
  readonly chosen: (variable: Variable) => string
}

/** The places of the API's queries: parameters `from`, `to`, `step`, `all_<variable>` and `<variable>`. */
export const apiPlaces: Places = {
  database: '{database}.',
  from: "{from:DateTime('UTC')}",
  to: "{to:DateTime('UTC')}",
  step: '{step:UInt32}',
  isAll: variable => `{all_${variable}:Bool}`,
  chosen: variable => `{${variable}:Array(String)}`,
}

/** The query of a panel with its places filled in. Throws where the text names a place that there is not: a mistake of the panel. */
export function panelSql(panel: Panel, places: Places, read: Levels = 'all'): string {
  const template = readQuery(import.meta.url, panel.name)
  const kept = panel.top === undefined ? template : topOf(template, panel.top)
  return fill(headOf(template, read) + kept, { variables: panel.variables, read, name: panel.name }, places)
}

/** Values in time with the series that come to most in the range; the others are summed as one. */
function topOf(query: string, most: number): string {
  return `SELECT time, if(place <= ${most}, series, 'other') AS series, sum(value) AS value
FROM (
SELECT time, series, value, dense_rank() OVER (ORDER BY in_all DESC, series) AS place
FROM (
SELECT time, series, value, sum(value) OVER (PARTITION BY series) AS in_all
FROM (
${query}
)))
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000`
}

/** What a query is filled for. */
interface Filled {
  /** Those that it may name. */
  readonly variables: readonly Variable[]
  readonly read: Levels
  /** What to call it where it is wrong. */
  readonly name: string
}

/** A query with its places filled in. */
export function fill(template: string, { variables: of, read, name }: Filled, places: Places): string {
  const known = (named: string): Variable => {
    const found = variables.find(one => one === named && of.includes(one))
    if (found === undefined) throw new Error(`the query of ${name} has {only:${named} …}, which is none of its variables`)
    return found
  }
  const counted = withRatios(template)
    .replaceAll(/\{ratio:(\w+)\.(\w+)\}/g, (_, view: string, column: string) => ratioOf(view, column))
    .replaceAll('{usd_cost}', USD_COST)
  const text = counted
    .replaceAll(/\{rows:(\w+)\}/g, (_, table: string) => leveledRows(table, counted, read))
    .replaceAll(/\{latency:([\w, ]*)\}/g, (_, keys: string) => {
      const all = of.filter(variable => !keys.split(', ').includes(columnOf[variable])).map(variable => places.isAll(variable))
      return leveledLatency(keys === '' ? [] : keys.split(', '), `(${all.join(' AND ') || 'true'})`, counted, read)
    })
    .replaceAll('{bucket}', "toStartOfInterval(r.window_start, toIntervalSecond(step_s), 'UTC')")
    .replaceAll(/\{only:(\w+) ([\w.]+)\}/g, (_, variable: string, column: string) => {
      return `(${places.isAll(known(variable))} OR ${column} IN ${places.chosen(known(variable))})`
    })
    .replaceAll('{database}.', places.database)
  return text.replaceAll('{from}', places.from).replaceAll('{to}', places.to).replaceAll('{step}', places.step)
}

/**
 * What rows of usage cost at list price, USD. Of nothing that had a price in dollars the cost is not 0: it is not known. Amounts of other
 * currencies are not in it.
 */
const USD_COST =
  "if(sumIf(r.list_cost, r.currency = 'USD') = 0 AND sum(r.unpriced_attempts + r.missing_usage_attempts) + " +
  "sumIf(r.attempts, r.currency NOT IN ('USD', '')) > 0, NULL, toFloat64(sumIf(r.list_cost, r.currency = 'USD')))"

/** The ratio of a view (schemas/clickhouse/views) over rows of `r`: that of their sums. */
function ratioOf(view: string, column: string): string {
  const name = Object.keys(hourlyTables).find(one => one === view) as HourlyName | undefined
  const expression = new RegExp(`(?:^|\\n)\\s*([^\\n]+) AS ${column}(?:,|$|\\n)`).exec(withRatios(`{ratios:${view}}`))?.[1]
  if (name === undefined || expression === undefined) throw new Error(`the view ${view}_ratios has no ratio ${column}`)
  const { sums }: { sums: readonly string[] } = hourlyTables[name]
  return `(${expression.replaceAll(/\w+/g, word => (sums.includes(word) ? `sum(r.${word})` : word))})`
}

/** The column of latency that a variable is held against: rows that are grouped by it may be chosen by it. */
const columnOf: Readonly<Record<Variable, string>> = {
  tenant_id: 'tenant_id',
  route: 'route',
  model: 'request_model',
  pool: 'upstream',
  provider: 'upstream',
}
