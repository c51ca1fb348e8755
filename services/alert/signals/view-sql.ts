/** A rule's view as one statement: text from the lists of the code, values as parameters. */
import type { QueryParameters } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { SECOND } from '../../platform/clock.ts'
import type { ViewSource } from '../rules/rule.ts'
import { type Measure, type View, views } from './views.ts'

/** Moments at which a rule is read: `count` of them, `stepMs` apart. */
export interface Moments {
  readonly firstMs: number
  readonly stepMs: number
  readonly count: number
}

/** A statement with its values. Its rows: at_s, the labels, value, counted, sample, tenants_total, tenants, currency, facts by name. */
export interface ViewQuery {
  readonly sql: string
  readonly parameters: QueryParameters
}

/** Names of measures by the names that they have as facts. */
export type FactNames = Readonly<Record<string, string>>

/** Readings of one moment at most; which are left out is told by `isComplete`. */
export const MOST_READINGS = 10_000

const summedSql = readQuery(import.meta.url, 'view-summed')
const minutewiseSql = readQuery(import.meta.url, 'view-minutewise')

/**
 * Compiles a source that fits its schema and its view (rules/check-sources.ts says so of files). `rows`: what gives the rows of the view,
 * with window_start. Each moment counts the rows of the `overMs` before it. `facts`: measures by the names that they have as facts, those
 * of the view unless told.
 */
export function viewSql(source: ViewSource, rows: string, overMs: number, moments: Moments, facts?: FactNames): ViewQuery {
  const view = viewOf(source.view)
  const named = Object.entries(facts ?? Object.fromEntries(view.facts.map(name => [name, name])))
  const { by, of = 'sum', measure, per, sample = view.sample } = source
  const filters = filtersOf(source, view)
  const sql = (of === 'sum' ? summedSql : minutewiseSql)
    .replaceAll('{rows}', () => rows)
    .replaceAll('{labels}', () => by.map(name => `${labelSql(view, name)} AS label_${name}, `).join(''))
    .replaceAll('{label_names}', () => by.map(name => `label_${name}, `).join(''))
    .replaceAll('{filters}', () => filters.sql)
    .replaceAll('{counted}', () => `toFloat64(${measureOf(view, measure).aggregate})`)
    .replaceAll('{per}', () => (per === undefined ? '1' : `toFloat64(${measureOf(view, per).aggregate})`))
    .replaceAll('{of}', () => FOLDS[of])
    .replaceAll('{sample}', () => `toFloat64(${measureOf(view, sample).aggregate})`)
    .replaceAll('{facts}', () => named.map(([name, of]) => `${measureOf(view, of).aggregate} AS fact_${name}, `).join(''))
    .replaceAll('{folded_facts}', () => named.map(([name, of]) => `${measureOf(view, of).over}(m.fact_${name}) AS fact_${name}, `).join(''))
    .replaceAll('{tenants}', () => tenantsSql(source, view))
    .replaceAll('{currency}', () => (view.labels['currency'] === undefined ? "''" : "if(uniqExact(r.currency) = 1, any(r.currency), '')"))
  return { sql, parameters: { ...filters.parameters, ...momentParameters(overMs, moments) } }
}

/** How minutes become one figure. */
const FOLDS: Readonly<Record<Exclude<ViewSource['of'], undefined>, string>> = {
  sum: 'sum(m.value)',
  max: 'max(m.value)',
  min: 'min(m.value)',
  mean: 'avg(m.value)',
  last: 'argMax(tuple(m.value), m.window_start).1',
}

function momentParameters(overMs: number, { firstMs, stepMs, count }: Moments): QueryParameters {
  const first_s = Math.floor(firstMs / SECOND)
  const step_s = Math.max(1, Math.floor(stepMs / SECOND))
  const over_s = Math.floor(overMs / SECOND)
  return { first_s, step_s, over_s, moments: count, from: first_s - over_s, to: first_s + step_s * (count - 1), limit: MOST_READINGS + 1 }
}

function viewOf(name: string): View {
  const view = Object.hasOwn(views, name) ? views[name] : undefined
  if (view === undefined) throw new Error(`${name} is no view`)
  return view
}

function labelSql(view: View, name: string): string {
  const sql = Object.hasOwn(view.labels, name) ? view.labels[name] : undefined
  if (sql === undefined) throw new Error(`${name} is no label of the view`)
  return sql
}

function measureOf(view: View, name: string): Measure {
  const found = Object.hasOwn(view.measures, name) ? view.measures[name] : undefined
  if (found === undefined) throw new Error(`${name} is no measure of the view`)
  return found
}

function filtersOf({ where = {}, except = {} }: ViewSource, view: View): ViewQuery {
  const kinds = [
    ...Object.entries(where).map(entry => [entry, 'IN'] as const),
    ...Object.entries(except).map(entry => [entry, 'NOT IN'] as const),
  ]
  const parts = kinds.map(([[name, given], how], index) => ({
    sql: `AND ${labelSql(view, name)} ${how} {filter_${index}:Array(String)}`,
    parameter: [`filter_${index}`, typeof given === 'string' ? [given] : given] as const,
  }))
  return { sql: parts.map(({ sql }) => sql).join(' '), parameters: Object.fromEntries(parts.map(({ parameter }) => parameter)) }
}

/** How many tenants have part in what is counted, and the five with most of it; none where a reading is of one tenant. */
function tenantsSql({ by, measure }: ViewSource, view: View): string {
  if (by.includes('tenant_id') || view.labels['tenant_id'] === undefined)
    return "toUInt64(0) AS tenants_total, CAST([], 'Array(String)') AS tenants"
  const { aggregate } = measureOf(view, measure)
  const weight = weightOf(aggregate)
  const most = `topKWeightedIf(5)(toString(r.tenant_id), ${weight}, ${weight} > 0)`
  return `uniqExactIf(r.tenant_id, ${weight} > 0) AS tenants_total, ${most} AS tenants`
}

/** What one row adds to a sum; 1 where the measure is no sum. */
function weightOf(aggregate: string): string {
  const plain = /^sum\(([^()]*)\)$/.exec(aggregate)?.[1]
  const conditional = /^sumIf\((r\.\w+), (.*)\)$/.exec(aggregate)
  if (plain !== undefined) return `toUInt64(greatest(0, (${plain}) * 1000))`
  if (conditional) return `toUInt64(if(${conditional[2]}, ${conditional[1]}, 0))`
  return 'toUInt64(1)'
}
