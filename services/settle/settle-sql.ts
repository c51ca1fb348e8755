import { inFinalOrder, joiningSteps } from '../../schemas/joining/joining.ts'
import { readQuery } from '../platform/clickhouse/read-query.ts'
import { costPartsSql, kindsUsedSql, quantitiesSql, workUnitsSql } from './quantities.ts'

const fragment = (name: string) => readQuery(import.meta.url, name)

/** Labels whose values a tenant's clients or gateways may invent without end; queries/groups.sql bounds them. */
const boundedLabels = ['route', 'request_model', 'response_model', 'endpoint'] as const

/** Counters of engines whose growth is summed (columns of engine_samples_raw). */
const summedCounters = [
  ...['preemptions_total', 'prefix_cache_queries_total', 'prefix_cache_hits_total', 'queue_seconds_sum', 'queue_seconds_count'],
  ...['ttft_seconds_sum', 'ttft_seconds_count', 'itl_seconds_sum', 'itl_seconds_count', 'requests_finished_total', 'requests_failed_total'],
]
/** And those that give a rate. */
const engineCounters = [...summedCounters, 'input_tokens_total', 'output_tokens_total']

const each = (names: readonly string[], text: (name: string) => string, between = ',\n        ') => names.map(text).join(between)

const attemptColumns = fragment('attempt-columns').trim()
const attempts = {
  sole: fragment('attempts-sole').trim(),
  joined: inFinalOrder(fragment('attempts-joined').trim()),
}
const filled = (sql: string) => sql.replaceAll('{attempt_columns}', attemptColumns).replaceAll('{facts}', fragment('attempt-facts').trim())

/** Counts by the ten seconds in which requests began: one a column is far less work than an array a row. */
const by10s = [
  ['requests_by_10s', (n: number) => `countIf(is_final AND ten_seconds = ${n})`],
  ['attempts_by_10s', (n: number) => `sumIf(own_attempts, ten_seconds = ${n})`],
  ['answered_by_10s', (n: number) => `countIf(gave_answer AND ten_seconds = ${n})`],
] as const
const by10sSql = by10s.map(([name, count]) => `[${[0, 1, 2, 3, 4, 5].map(count).join(', ')}] AS ${name}`).join(',\n    ')

/** Price classes of a price book: see prices_in_force. Both ascending; `times` holds the last change before the first window. */
export interface PriceClasses {
  sizes: readonly number[]
  times: readonly number[]
}

/**
 * Adds the attempts of a pass to attempt_sums: `sole`: of rows whose request has no other (no join, several times faster), `joined`: of
 * rows in joined_attempts. `isShared`: there are such rows. Parameters: windows, version, stream_bytes_per_token, sizes, times.
 */
export function sumsSql(part: 'sole' | 'joined', { isShared, classes }: { isShared: boolean; classes: PriceClasses }): string {
  return filled(fragment('sums').replace('{attempts}', attempts[part]))
    .replace('{not_shared}', isShared ? fragment('not-shared').trim() : '')
    .replace(
      '{size_class}',
      classes.sizes.length === 0 ? 'toUInt64(0)' : 'arrayLast(size -> billed_input + estimated_input > size, {sizes:Array(UInt64)})',
    )
    .replace('{time_class}', timeClass(classes))
    .replace('{kinds_used}', kindsUsedSql)
    .replace('{quantities}', quantitiesSql)
    .replace('{by_10s}', by10sSql)
}

function timeClass({ times }: PriceClasses): string {
  return times.length < 2
    ? '{times:Array(Int64)}[1]'
    : 'arrayLast(time -> toUnixTimestamp64Milli(started_at) >= time, {times:Array(Int64)})'
}

/**
 * Adds who called to security_sums, of the same attempts. A statement of its own: it reads a few narrow columns again, where one more key
 * in attempt_sums would multiply its rows and their quantile states. Parameters: windows, version, pass.
 */
export function securitySumsSql(part: 'sole' | 'joined', { isShared }: { isShared: boolean }): string {
  return filled(fragment('security-sums').replace('{attempts}', attempts[part])).replace(
    '{not_shared}',
    isShared ? fragment('not-shared').trim() : '',
  )
}

/** The groups of a pass from its sums, priced. `hasOverflow`: some tenant has more values of a label than may keep their names. */
export function groupsSql({ hasOverflow }: { hasOverflow: boolean }): string {
  const overflowing = fragment('overflowing-label').trim()
  return boundedLabels
    .reduce((sql, label) => sql.replace(`{${label}}`, hasOverflow ? overflowing.replaceAll('{label}', label) : label), fragment('groups'))
    .replace('{cost_parts}', costPartsSql)
    .replaceAll('{work_units}', workUnitsSql)
}

/** Finds the requests with more than one row. Parameters: windows, around, version. */
export function sharedSql({ hasRepeats }: { hasRepeats: boolean }): string {
  const candidates = hasRepeats ? "(NOT is_sole_row OR window_start IN {windows:Array(DateTime('UTC'))})" : 'NOT is_sole_row'
  return fragment('shared')
    .replaceAll('{candidates}', candidates)
    .replace('{decoded_twice}', hasRepeats ? fragment('decoded-twice').trim() : '')
}

/** The statement bounded to rows up to `last_block` (a parameter of it then), where that is known: see last-block.sql. */
export function seenBy(lastBlock: number, sql: string): string {
  return sql.replaceAll('{seen}', lastBlock === 0 ? '' : fragment('seen').trim())
}

/** What settling asks before it computes; see the files of the same names. */
export const questions = {
  lastBlock: fragment('last-block'),
  rows: fragment('window-rows'),
  samples: fragment('window-samples'),
  gpuSamples: fragment('window-gpu-samples'),
  versions: fragment('window-versions'),
  sizes: fragment('sizes'),
  sharedRows: fragment('shared-rows'),
  spanned: fragment('spanned'),
  names: fragment('sums-names'),
  published: fragment('published'),
  labelValues: fragment('label-values')
    .replace('{label_counts}', boundedLabels.map(label => `${label}_values`).join(', '))
    .replace('{label_values}', boundedLabels.map(label => `uniqExact(${label}) AS ${label}_values`).join(', ')),
} as const

/** Rows of the shared requests → joined_attempts. Parameters: windows, around, version. */
export const joinedSql = filled(
  fragment('joined').replace('{joining}', joiningSteps({ rows: fragment('joined-rows').trim(), columns: attemptColumns })),
)

/** Makes the versions of a pass current. Parameters: see the file. */
export const publishSql = fragment('publish')

/** Engine samples → engine_minutes. Parameters: sampled (minutes to read), around (minutes to write), version. */
export const engineMinutesSql = fragment('engine-minutes')
  .replace('{grown_sums_columns}', summedCounters.join(', '))
  .replace(
    '{readings}',
    each(engineCounters, name => `argMin(${name}, position) AS ${name}`),
  )
  .replace('{counters}', engineCounters.join(', '))
  .replace(
    '{counters_before}',
    each(engineCounters, name => `anyLast(${name}) OVER earlier AS ${name}_before`),
  )
  .replace(
    '{counters_grown}',
    each(engineCounters, name => `if(${name} < ${name}_before, ${name}, ${name} - ${name}_before) AS ${name}_grown`),
  )
  .replace(
    '{is_reset}',
    each(engineCounters, name => `ifNull(${name} < ${name}_before, false)`, ' OR '),
  )
  .replace(
    '{counters_summed}',
    each(engineCounters, name => `sum(${name}_grown) AS ${name}_sum`),
  )
  .replace(
    '{counters_totalled}',
    each(summedCounters, name => `sum(${name}_sum) AS ${name}`),
  )

/** Statements that sum a pass from its groups or samples, in no particular order. Parameters: version, from, until, windows, sampled. */
export const rollupSql = {
  usage: fragment('usage'),
  latency: fragment('latency'),
  resilience: fragment('resilience'),
  provider: fragment('provider'),
  security: fragment('security'),
  charges: fragment('charges'),
  cost_drift: fragment('cost-drift'),
  conflicts: fragment('conflicts'),
  pool: fragment('pool'),
  pool_use: fragment('pool-use'),
} as const
