/**
 * Text of a panel's query. What differs between the API and Grafana stands in it as a place: {database}, {from}, {to} (half open), {step}
 * (seconds), {bucket} (start of the step of r.window_start), {only:<variable> <column>} (a condition) and {rows:<table>} (settled rows of
 * the coarsest level that is exact). What the API gives are parameters that the server binds; no text of a reader is ever part of a query.
 */
import { type HourlyName, hourlyColumns, hourlyTables } from '../schemas/levels/hourly.ts'
import { withRatios } from '../schemas/ratios.ts'
import { readQuery } from '../services/platform/clickhouse/read-query.ts'
import { type Panel, type Variable, variables } from './panel.ts'

/** What stands for the places of a query, as SQL. */
export interface Places {
  /** Before the name of a table, with its dot. */
  readonly database: string
  readonly from: string
  readonly to: string
  /** Whole seconds, at least 60. */
  readonly step: string
  /** A condition that a column's value is one of those chosen, or that nothing is chosen. */
  readonly only: (variable: Variable, column: string) => string
}

/** The places of the API's queries: parameters `from`, `to`, `step`, `all_<variable>` and `<variable>`. */
export const apiPlaces: Places = {
  database: '{database}.',
  from: "{from:DateTime('UTC')}",
  to: "{to:DateTime('UTC')}",
  step: '{step:UInt32}',
  only: (variable, column) => `({all_${variable}:Bool} OR ${column} IN {${variable}:Array(String)})`,
}

/** The query of a panel with its places filled in. Throws where the text names a place that there is not: a mistake of the panel. */
export function panelSql(panel: Panel, places: Places): string {
  const text = withRatios(readQuery(import.meta.url, panel.name))
    .replaceAll(/\{rows:(\w+)\}/g, (_, table: string) => leveledRows(table))
    .replaceAll('{bucket}', "toStartOfInterval(r.window_start, toIntervalSecond({step}), 'UTC')")
    .replaceAll(/\{only:(\w+) ([\w.]+)\}/g, (_, variable: string, column: string) => places.only(known(variable, panel), column))
    .replaceAll('{database}.', places.database)
  return text.replaceAll('{from}', places.from).replaceAll('{to}', places.to).replaceAll('{step}', places.step)
}

function known(variable: string, panel: Panel): Variable {
  const found = variables.find(one => one === variable && panel.variables.includes(one))
  if (found === undefined) throw new Error(`the query of panel ${panel.name} has {only:${variable} …}, which is none of its variables`)
  return found
}

/**
 * Settled rows of the range by minute, or by hour where steps are of hours at least: then minutes serve the ends of the range and hours
 * that are not made anew yet.
 */
function leveledRows(table: string): string {
  if (!(table in hourlyTables)) throw new Error(`{rows:${table}} names no table of minutes and hours`)
  const name = table as HourlyName
  const columns = hourlyColumns(name).join(', ')
  const stale = 'SELECT s.hour_start FROM {database}.stale_hours AS s WHERE s.hour_start >= {from} AND s.hour_start < {to}'
  return `(
        SELECT hour_start AS window_start, ${columns}
        FROM {database}.${name}_per_hour_current
        WHERE {step} >= 3600 AND hour_start >= {from} AND hour_start + 3600 <= {to} AND hour_start NOT IN (${stale})
        UNION ALL
        SELECT window_start, ${columns}
        FROM {database}.${name}_per_minute_current
        WHERE window_start >= {from} AND window_start < {to} AND ({step} < 3600 OR toStartOfHour(window_start) < {from}
            OR toStartOfHour(window_start) + 3600 > {to} OR toStartOfHour(window_start) IN (${stale}))
    )`
}
