import type { TObject, TSchema } from 'typebox'
import type { HourlyName } from '../../../schemas/levels/hourly.ts'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import type { Now } from '../../platform/clock.ts'
import { AppError } from '../../platform/errors.ts'
import { cursorText } from '../http/cursor.ts'
import { parseQuestion, type Question, type RawParameters } from '../http/parameters.ts'
import { stepText, timeText } from '../http/period.ts'
import { type ReadLimits, readRows } from '../http/read-limits.ts'
import { type Reader, scopeOf, type TenantScope } from '../http/readers.ts'
import { type CompletenessSummary, readCompletenessSummary } from './completeness-summary.ts'
import { sourceOf } from './level.ts'
import { levelRows } from './level-rows.ts'
import { type FilterConditions, keysOf, reportSql } from './report-sql.ts'
import { agedIn, droppedDays, requireKept } from './retention.ts'

/** A row as ClickHouse or the API gives it: column names to JSON values. */
export type Row = Readonly<Record<string, unknown>>

/** A report of the read API: one settled table, grouped and filtered. */
export interface Report {
  path: string
  summary: string
  description: string
  /** Text of its file in queries/, or what gives the rows where SQL alone cannot. */
  rows: string | FindRows
  /** Where its rows stand by the minute, hour and day: `{rows}` in its text. */
  level?: HourlyName
  /** Its file for readers who do not see volumes, where a settled table holds sums over all tenants. */
  rowsOfTenants?: string
  /** Columns that `group_by` may name. */
  dimensions: readonly string[]
  /** Those of them that are not text. */
  dimensionSchemas?: Readonly<Record<string, TSchema>>
  /** Dimensions that only operators may name. */
  operatorDimensions?: readonly string[]
  /** Columns that rows are never summed over. */
  fixedKeys: readonly string[]
  /** Filters beside `tenant_id`, which every report has. */
  conditions: FilterConditions
  /** The measures of an answer's row (groups are added). */
  measures: TObject
  /** Gives a page's rows what no statement tells, and their order where the page is all there is. */
  withMore?: (
    rows: readonly Row[],
    asked: { question: Question; isWhole: boolean },
    scope: TenantScope,
    deps: ReportDeps,
  ) => Promise<readonly Row[]>
  /** Row of ClickHouse → measures of the answer. Columns that tell other tenants' volumes must be null unless `seesVolumes`. */
  toMeasures: (row: Row, seesVolumes: boolean) => Row
}

/**
 * Rows in the order of their keys (`keysOf`), behind `question.after`, one more than `question.limit` where there are more;
 * each with its keys and measures.
 */
export type FindRows = (question: Question, scope: TenantScope, deps: ReportDeps) => Promise<Row[]>

/** What reports are answered with. */
export interface ReportDeps {
  clickhouse: ClickHouse
  now: Now
  limits: ReadLimits
}

/** What a report answers. */
export interface ReportAnswer {
  from: string
  to: string
  step: string | null
  completeness: CompletenessSummary
  rows: readonly Row[]
  next_cursor: string | null
}

/** Rows of a page unless `limit` says otherwise, and at most. */
export const PAGE_ROWS = { default: 1_000, most: 10_000 } as const

/**
 * Answers a report's question. Throws API_REQUEST_INVALID, API_FORBIDDEN, API_ROWS_DROPPED, API_QUERY_TOO_LARGE,
 * API_QUERY_TOO_LONG and the CLICKHOUSE_… codes.
 */
export async function answerReport(report: Report, raw: RawParameters, reader: Reader, deps: ReportDeps): Promise<ReportAnswer> {
  const question = parseQuestion(raw, askableOf(report, raw, reader), deps.now)
  const scope = scopeOf(reader, question.filters['tenant_id'])
  const [found, completeness] = await Promise.all([findRows(report, question, scope, deps), readCompletenessSummary(question, scope, deps)])
  const page = found.slice(0, question.limit)
  const keys = keysOf(question, report.fixedKeys)
  const last = found.length > question.limit ? page.at(-1) : undefined
  const isWhole = last === undefined && question.after === undefined
  const rows = (await report.withMore?.(page, { question, isWhole }, scope, deps)) ?? page
  return {
    from: timeText(question.period.fromMs),
    to: timeText(question.period.toMs),
    step: question.stepMs === undefined ? null : stepText(question.stepMs),
    completeness,
    rows: rows.map(row => ({ ...Object.fromEntries(keys.map(key => [key, row[key]])), ...report.toMeasures(row, scope.seesVolumes) })),
    next_cursor: last
      ? cursorText({
          query: question.fingerprint,
          from: question.period.fromMs,
          to: question.period.toMs,
          after: keys.map(key => String(last[key])),
        })
      : null,
  }
}

async function findRows(report: Report, question: Question, scope: TenantScope, deps: ReportDeps): Promise<Row[]> {
  if (typeof report.rows !== 'string') return await report.rows(question, scope, deps)
  const template = scope.seesVolumes ? report.rows : (report.rowsOfTenants ?? report.rows)
  requireKept(await droppedDays(agedIn(template), question.period, deps), [question.period], 'ask for the time after')
  const isLeveled = report.level !== undefined && template.includes('{rows}')
  const source = isLeveled ? await sourceOf(levelRows(report.level as HourlyName, question, scope), question, deps) : undefined
  const { sql, parameters } = reportSql(source ? template.replace('{rows}', () => source.sql) : template, question, scope, report)
  return await readRows<Row>(sql, { ...parameters, ...source?.parameters }, deps)
}

/** What a reader may ask of a report. Throws API_FORBIDDEN when a tenant names an operators' dimension. */
function askableOf(report: Report, raw: RawParameters, reader: Reader): Parameters<typeof parseQuestion>[1] {
  const closed = reader.role === 'operator' ? [] : (report.operatorDimensions ?? [])
  const named = [raw['group_by'] ?? []].flat().flatMap(list => list.split(','))
  const refused = closed.find(name => named.includes(name) || raw[name] !== undefined)
  if (refused !== undefined)
    throw new AppError('API_FORBIDDEN', `${refused} is shown to operators only: leave it out of group_by and filters`)
  return {
    path: report.path,
    dimensions: report.dimensions.filter(name => !closed.includes(name)),
    filters: ['tenant_id', ...Object.keys(report.conditions)],
    defaultLimit: PAGE_ROWS.default,
    maxLimit: PAGE_ROWS.most,
  }
}
