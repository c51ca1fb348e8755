import type { FilterConditions } from './report-sql.ts'

/** Conditions on a table that has the columns `upstream_kind` and `upstream`. */
export const upstreamConditions = {
  pool: "r.upstream_kind = 'pool' AND r.upstream IN {pool:Array(String)}",
  provider: "r.upstream_kind = 'provider' AND r.upstream IN {provider:Array(String)}",
} as const satisfies FilterConditions

/** A condition for each of these columns, with the parameter named as the column. */
export function columnConditions(...columns: readonly string[]): FilterConditions {
  return Object.fromEntries(columns.map(column => [column, `r.${column} IN {${column}:Array(String)}`]))
}

/** `model` chooses by the model that was asked for. */
export const requestModelCondition = { model: 'r.request_model IN {model:Array(String)}' } as const satisfies FilterConditions
