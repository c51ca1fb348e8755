import type { QueryParameters } from '../../platform/clickhouse/client.ts'
import { AppError } from '../../platform/errors.ts'
import type { Question } from '../http/parameters.ts'
import { EARLIEST_MS, LATEST_MS, parseTime, secondsUp, stepOrigin } from '../http/period.ts'
import type { TenantScope } from '../http/readers.ts'

/** A filter's condition on the table alias `r`; its values are `{<parameter>:Array(String)}`. */
export type FilterConditions = Readonly<Record<string, string>>

/** A statement with its values. */
export interface BoundSql {
  sql: string
  parameters: QueryParameters
}

/** Name of the column that holds the start of a step. */
export const STEP_COLUMN = 'window_start'
/**
 * Start of the step that a row of `r` lies in; with the parameters of stepParameters. Only names of columns and parameters go into the
 * text, from lists in the code; values travel apart from it.
 */
export const STEP_START =
  'toDateTime(intDiv(toUnixTimestamp(r.window_start) - {step_origin_s:UInt32}, {step_s:UInt32}) * {step_s:UInt32} + ' +
  "{step_origin_s:UInt32}, 'UTC')"

/** The columns that identify a row of an answer, in sorting order: start of the step (if any), groups, `fixedKeys`. */
export function keysOf(question: Question, fixedKeys: readonly string[]): readonly string[] {
  return [...(question.stepMs === undefined ? [] : [STEP_COLUMN]), ...question.groupBy, ...fixedKeys]
}

/** Rows of the table alias `r` in the range, of the tenants that are asked for, chosen by the filters. */
const OF_RANGE_AND_SCOPE = `r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
    AND ({all_tenants:Bool} OR r.tenant_id IN {tenants:Array(String)}) {filters}`
/** The groups behind the last row of the page before. */
const GROUPS = 'GROUP BY {group_by} HAVING count() > 0 AND {after}'
/** One row more than the limit, which tells whether there is a next page. */
const PAGE = 'ORDER BY {order_by} LIMIT {limit:UInt32}'

/** The template with `{of_range_and_scope}` and `{filters}` filled in. */
export function withFilters(template: string, question: Question, conditions: FilterConditions): BoundSql {
  const filters = Object.keys(question.filters).filter(name => name in conditions)
  return {
    sql: template
      .replaceAll('{of_range_and_scope}', OF_RANGE_AND_SCOPE)
      .replaceAll('{filters}', () => filters.map(name => `AND ${conditions[name]}`).join(' ')),
    parameters: Object.fromEntries(filters.map(name => [name, question.filters[name]])),
  }
}

/**
 * Fills a report's template: what `withFilters` fills, `{keys}`, `{dimensions}`, `{groups}` and `{page}`. Throws API_REQUEST_INVALID for
 * a cursor that does not fit.
 */
export function reportSql(
  template: string,
  question: Question,
  scope: TenantScope,
  report: { conditions: FilterConditions; fixedKeys: readonly string[] },
): BoundSql {
  const keys = keysOf(question, report.fixedKeys)
  const list = keys.length === 0 ? 'tuple()' : keys.join(', ')
  const filtered = withFilters(template, question, report.conditions)
  const sql = filtered.sql
    .replaceAll('{groups}', GROUPS)
    .replaceAll('{page}', PAGE)
    .replaceAll('{keys}', () => keys.map(key => `${key === STEP_COLUMN ? STEP_START : `r.${key}`} AS ${key},`).join(' '))
    .replaceAll('{dimensions}', () => question.groupBy.map(name => `${name},`).join(' '))
    .replaceAll('{group_by}', list)
    .replaceAll('{after}', () => afterCondition(keys, question))
    .replaceAll('{order_by}', list)
  return {
    sql,
    parameters: {
      ...scopeParameters(question, scope),
      ...filtered.parameters,
      ...stepParameters(question),
      ...afterParameters(keys, question),
      limit: question.limit + 1,
    },
  }
}

/** Parameters that every query has: from, to (seconds), all_tenants, tenants. */
export function scopeParameters(question: Pick<Question, 'period'>, scope: TenantScope): QueryParameters {
  return {
    from: secondsUp(question.period.fromMs),
    to: secondsUp(question.period.toMs),
    all_tenants: scope.isAll,
    tenants: scope.tenants,
  }
}

/** Parameters of STEP_START; none without a step. */
export function stepParameters({ stepMs }: Pick<Question, 'stepMs'>): QueryParameters {
  return stepMs === undefined ? {} : { step_s: stepMs / 1000, step_origin_s: stepOrigin(stepMs) / 1000 }
}

function afterCondition(keys: readonly string[], question: Question): string {
  if (question.after === undefined || keys.length === 0) return 'true'
  const places = keys.map((key, index) => `{after_${index}:${key === STEP_COLUMN ? "DateTime('UTC')" : 'String'}}`)
  return `tuple(${keys.join(', ')}) > tuple(${places.join(', ')})`
}

function afterParameters(keys: readonly string[], { after }: Question): QueryParameters {
  if (after === undefined) return {}
  const values = after.map((text, index) => (keys[index] === STEP_COLUMN ? stepSeconds(text) : text))
  if (values.length !== keys.length || values.includes(undefined)) {
    throw new AppError('API_REQUEST_INVALID', 'cursor is damaged, expected the next_cursor of the page before')
  }
  return Object.fromEntries(values.map((value, index) => [`after_${index}`, value]))
}

// The first step may start before the earliest accepted time.
function stepSeconds(text: string): number | undefined {
  const atMs = parseTime(text)
  return atMs === undefined || atMs < EARLIEST_MS || atMs > LATEST_MS ? undefined : atMs / 1000
}
