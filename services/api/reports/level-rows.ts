/** Which rows of a level answer a question: their table, and what of it. */
import { type HourlyName, type HourlyTable, hourlyColumns, hourlyTables } from '../../../schemas/levels/hourly.ts'
import { latencyGroupedBy, latencyGroupingOf } from '../../../schemas/levels/latency-groupings.ts'
import { groupedBy, type PoolDimension, poolGroupings, poolMinutesSql } from '../../../schemas/levels/pool-minutes.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import type { Question } from '../http/parameters.ts'
import type { TenantScope } from '../http/readers.ts'

/** What there is for a question. */
export interface LevelRows {
  /** Tables before _per_hour and _per_day; undefined: the question is answered from minutes alone. */
  name: HourlyName | undefined
  /** Columns of each level, as a SELECT lists them. */
  columns: readonly string[]
  /** What gives the rows of minutes. */
  minutes: string
  /** Condition on the rows of hours and days, with AND. */
  where: string
}

const ofTenantsSql = readQuery(import.meta.url, 'pools-of-tenants')
const NO_NAME = "CAST('' AS LowCardinality(String))"

/** The rows for a question: of the kind `name`, or of one with fewer keys where the question needs no more. */
export function levelRows(name: HourlyName, question: Question, scope: TenantScope): LevelRows {
  if (name === 'pool') return poolRows(question, scope)
  const { of = name }: HourlyTable = hourlyTables[name]
  const rows = { name, columns: hourlyColumns(name), minutes: `{database}.${of}_per_minute_current`, where: '' }
  return name === 'latency' ? (latencyOfAll(question, scope, rows.minutes) ?? rows) : rows
}

/** Columns that the filters of /v1/latency choose by. */
const latencyFilters: Readonly<Record<string, readonly string[]>> = {
  priority: ['priority'],
  route: ['route'],
  model: ['request_model'],
  pool: ['upstream_kind', 'upstream'],
  provider: ['upstream_kind', 'upstream'],
}

/** Without tenants there are far fewer quantiles to merge. Undefined: the question names tenants. */
function latencyOfAll({ groupBy, filters }: Question, scope: TenantScope, minutes: string): LevelRows | undefined {
  if (!scope.isAll) return undefined
  const grouping = latencyGroupingOf([...groupBy, ...Object.keys(filters).flatMap(name => latencyFilters[name] ?? [])])
  if (grouping === undefined) return undefined
  const columns = hourlyColumns('latency_of_all').filter(column => column !== 'grouped_by')
  return {
    name: 'latency_of_all',
    columns: [`${NO_NAME} AS tenant_id`, ...columns],
    minutes,
    where: `AND r.grouped_by = '${latencyGroupedBy(grouping)}'`,
  }
}

/**
 * Pools are summed minute by minute over what is not asked for, so hours know each grouping apart. One value of a filter is as good as a
 * grouping by it; several are summed from minutes, and so are the pools of some tenants.
 */
function poolRows({ groupBy, filters }: Question, scope: TenantScope): LevelRows {
  const isNamed = (name: PoolDimension) => groupBy.includes(name) || filters[name]?.length === 1
  const grouping = poolGroupings[0]?.filter(isNamed) ?? []
  const isSummedOver = (['pool', 'model'] as const).some(name => filters[name] !== undefined && !isNamed(name))
  const range = "r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}"
  const where = `${range} ${scope.isAll ? '' : ofTenantsSql} {filters}`
  return {
    name: scope.isAll && !isSummedOver ? 'pool' : undefined,
    columns: hourlyColumns('pool'),
    minutes: `(${poolMinutesSql(grouping, { minutes: '{database}.pool_per_minute_current', where })})`,
    where: `AND r.grouped_by = '${groupedBy(grouping)}' {filters}`,
  }
}
