/** Latency of all tenants together, merged beforehand for the ways to ask for it. */
import { hourlyTables } from './hourly.ts'

const keys = hourlyTables.latency_of_all.keys.filter(key => key !== 'grouped_by')

/** Ways to ask, the coarsest first; the last one has all keys. */
export const latencyGroupings: readonly (readonly string[])[] = [
  [],
  ['priority'],
  ['route'],
  ['request_model'],
  ['upstream_kind', 'upstream'],
  keys,
]

/** The coarsest grouping that has all these columns; undefined: none has. */
export function latencyGroupingOf(columns: readonly string[]): readonly string[] | undefined {
  return latencyGroupings.find(grouping => columns.every(column => grouping.includes(column)))
}

/** What `grouped_by` says of rows grouped so. */
export function latencyGroupedBy(grouping: readonly string[]): string {
  return grouping.join(', ') || 'none'
}

/** The statement of minutes with the columns of latency_of_all_per_hour, to be merged. `where`: a condition on latency_per_minute. */
export function latencyMinutesSql(grouping: readonly string[], { minutes, where }: { minutes: string; where: string }): string {
  const { sums, maps, states } = hourlyTables.latency_of_all
  const named = keys.map(key => (grouping.includes(key) ? key : `CAST('' AS LowCardinality(String)) AS ${key}`))
  const groupedBy = `CAST('${latencyGroupedBy(grouping)}' AS LowCardinality(String)) AS grouped_by`
  return `SELECT window_start, ${[groupedBy, ...named, ...sums, ...maps, ...states].join(', ')} FROM ${minutes} WHERE ${where}`
}
