/** What a minute says of pools in each way to ask for them: the rows that hours and answers are made of alike. */
import { readQuery } from '../../services/platform/clickhouse/read-query.ts'
import { poolMeans } from './hourly.ts'

const sql = readQuery(import.meta.url, 'pool-minutes')

/** What pools are told by, and the four ways to ask: names as `grouped_by` has them, in order. */
const dimensions = ['pool', 'model'] as const
export type PoolDimension = (typeof dimensions)[number]
export const poolGroupings: readonly (readonly PoolDimension[])[] = [dimensions, ['pool'], ['model'], []]

// What adds up over models and pools; ratios do not, and of several saturations the largest counts.
const ofMinute: Readonly<Record<(typeof poolMeans)[number], string>> = {
  running: 'sum(r.running)',
  waiting: 'sum(r.waiting)',
  running_limit: 'sum(r.running_limit)',
  kv_cache_use_ratio: 'sum(r.kv_cache_use_ratio * r.engines) / nullIf(sumIf(r.engines, r.kv_cache_use_ratio IS NOT NULL), 0)',
  input_tokens_per_s: 'sum(r.input_tokens_per_s)',
  output_tokens_per_s: 'sum(r.output_tokens_per_s)',
  arrival_tokens_per_s: 'sum(r.arrival_tokens_per_s)',
  prefix_cache_hit_ratio: 'avg(r.prefix_cache_hit_ratio)',
  saturation: 'max(r.saturation)',
  queue_ms: 'avg(r.queue_ms)',
  ttft_ms: 'avg(r.ttft_ms)',
}
const means = poolMeans
  .map(name => `${ofMinute[name]} AS ${name}_sum, toUInt64(${name}_sum IS NOT NULL) AS ${name}_windows,`)
  .join('\n    ')

/**
 * The statement of the rows of minutes grouped so, with the columns of pool_per_hour. `minutes`: a table like pool_per_minute; `where`: a
 * condition on its alias `r`.
 */
export function poolMinutesSql(grouping: readonly PoolDimension[], { minutes, where }: { minutes: string; where: string }): string {
  const named = (dimension: PoolDimension) => (grouping.includes(dimension) ? `r.${dimension}` : "CAST('' AS LowCardinality(String))")
  return sql
    .replace('{grouped_by}', groupedBy(grouping))
    .replace('{pool}', named('pool'))
    .replace('{model}', named('model'))
    .replace('{means}', means)
    .replace('{minutes}', minutes)
    .replace('{where}', () => where)
    .replace('{group_by}', ['r.window_start', ...dimensions.filter(name => grouping.includes(name)).map(name => `r.${name}`)].join(', '))
}

/** What `grouped_by` says of rows grouped so. */
export function groupedBy(grouping: readonly PoolDimension[]): string {
  return dimensions.filter(name => grouping.includes(name)).join(' and ') || 'none'
}
