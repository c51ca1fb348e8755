/** What was measured of pools, and what their tenants asked of them, read from settled minutes and summed over allocation periods. */
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { MINUTE, SECOND } from '../../platform/clock.ts'
import { add, type Decimal, divide, multiplyByCount, parseDecimal } from '../decimal.ts'
import type { PoolTerms } from '../terms/terms.ts'
import type { PoolPeriod } from './allocation.ts'
import type { Span } from './periods.ts'
import { type MeasuredWork, timedWork } from './timed-work.ts'

/** A period with what the summary tells beside its cost. */
export interface MeasuredPeriod {
  period: PoolPeriod
  /** Tokens and other units by kind as they stand in `charges_per_minute`, over all tenants. */
  quantities: ReadonlyMap<string, Decimal>
  /** Minutes in which GPUs were there and fewer model servers answered than run on them; 0 where no server was read at all. */
  warm_up_minutes: number
  /** Minutes with GPUs before the first work of the period; null: there was no work. */
  minutes_before_work: number | null
}

/** Sums of a part of a period, as the query gives them. */
interface UseRow {
  pool: string
  /** Seconds since 1970. */
  start_s: number
  minutes: number
  gpu_minutes: number
  ratio_minutes: number
  ratio_gpu_minutes: number
  ratio_sum: string | null
  ratio_gpu_sum: string | null
  gpu_ratio_minutes: number
  prefill: string | null
  decode: string | null
  most_engines: number
  minutes_there: readonly number[]
  minutes_short: number
}

interface WorkRow {
  pool: string
  start_s: number
  tenant_id: string
  model: string
  first_minute: number
  /** Decimal texts. */
  quantities: Readonly<Record<string, string>>
}

const useSql = readQuery(import.meta.url, 'use')
const workSql = readQuery(import.meta.url, 'work')
const ONE = parseDecimal('1')
const HOUR_MS = 3_600_000n

/**
 * Measures the periods of pools, in the order given. Reads the minutes from the first start to the last end once, so hand over about a day
 * at a time. Rejects with the AppErrors of ClickHouse.
 */
export async function readPoolUse(
  periodsOf: readonly { terms: PoolTerms; periods: readonly Span[] }[],
  { clickhouse }: { clickhouse: Pick<ClickHouse, 'query'> },
): Promise<MeasuredPeriod[]> {
  const all = periodsOf.flatMap(({ periods }) => periods)
  if (all.length === 0) return []
  // The cuts of all pools at once: parts of a period add up.
  const starts = [...new Set(all.map(({ start_ms }) => start_ms / SECOND))].sort((a, b) => a - b)
  const parameters = {
    starts,
    from: starts[0],
    to: Math.max(...all.map(({ end_ms }) => end_ms)) / SECOND,
    pools: periodsOf.map(({ terms }) => terms.pool),
  }
  const gpus_per_engine = periodsOf.map(({ terms }) => terms.gpus_per_engine)
  const [use, work] = await Promise.all([
    clickhouse.query<UseRow>(useSql, { ...parameters, gpus_per_engine }),
    clickhouse.query<WorkRow>(workSql, parameters),
  ])
  const [useOf, workOf] = [Map.groupBy(use, row => row.pool), Map.groupBy(work, row => row.pool)]
  return periodsOf.flatMap(({ terms: { pool }, periods }) => {
    const [ownUse, ownWork] = [useOf.get(pool) ?? [], workOf.get(pool) ?? []]
    return periods.map(span => measure(pool, span, within(ownUse, span), within(ownWork, span)))
  })
}

function within<Row extends { start_s: number }>(rows: readonly Row[], { start_ms, end_ms }: Span): Row[] {
  return rows.filter(({ start_s }) => start_s * SECOND >= start_ms && start_s * SECOND < end_ms)
}

function measure(pool: string, span: Span, use: readonly UseRow[], work: readonly WorkRow[]): MeasuredPeriod {
  const measured_minutes = total(use, 'ratio_minutes')
  const isAnyGpu = total(use, 'gpu_ratio_minutes') > 0
  const firstWork = work.reduce((first, row) => Math.min(first, row.first_minute), Number.POSITIVE_INFINITY)
  const seconds = { prefill_seconds: sumOrNull(use, 'prefill'), decode_seconds: sumOrNull(use, 'decode') }
  return {
    period: {
      pool,
      ...span,
      gpu_hours: gpuHours(span, use),
      utilisation_ratio: utilisation(use),
      utilisation_source: measured_minutes === 0 ? '' : isAnyGpu ? 'gpu' : 'engine',
      measured_minutes,
      work: timedWork(work.map(workFrom), seconds),
    },
    quantities: quantitiesOf(work),
    warm_up_minutes: use.some(({ most_engines }) => most_engines > 0) ? total(use, 'minutes_short') : 0,
    minutes_before_work: work.length === 0 ? null : use.flatMap(row => row.minutes_there).filter(at => at < firstWork).length,
  }
}

/** The mean of the minutes that were read, over the whole period: a missed reading does not make GPUs cheaper. null: no minute was read. */
function gpuHours({ start_ms, end_ms }: Span, use: readonly UseRow[]): Decimal | null {
  const minutes = total(use, 'minutes')
  if (minutes === 0) return null
  return divide(multiplyByCount(ONE, total(use, 'gpu_minutes') * (end_ms - start_ms)), ONE * BigInt(minutes) * HOUR_MS)
}

/** Mean over the minutes with a ratio, weighted by their GPUs. */
function utilisation(use: readonly UseRow[]): Decimal | null {
  const [minutes, gpus] = [total(use, 'ratio_minutes'), total(use, 'ratio_gpu_minutes')]
  if (minutes === 0) return null
  return gpus > 0
    ? divide(sumOrNull(use, 'ratio_gpu_sum') ?? 0n, ONE * BigInt(gpus))
    : divide(sumOrNull(use, 'ratio_sum') ?? 0n, ONE * BigInt(minutes))
}

function workFrom({ tenant_id, model, quantities }: WorkRow): MeasuredWork {
  // Tokens are whole; past 2^53 of a pool's day the count is refused by what multiplies with it.
  const of = (kinds: readonly string[]) => Number(add(...kinds.map(kind => parseDecimal(quantities[kind] ?? '0'))) / ONE)
  return {
    tenant_id,
    model,
    uncached_input_tokens: of(['input', 'cache_write', 'cache_write_1h', 'audio_input', 'image_input']),
    cached_input_tokens: of(['cached_input']),
    output_tokens: of(['output', 'reasoning', 'audio_output', 'image_output']),
  }
}

function quantitiesOf(work: readonly WorkRow[]): Map<string, Decimal> {
  const sums = new Map<string, Decimal>()
  for (const { quantities } of work)
    for (const [kind, quantity] of Object.entries(quantities)) sums.set(kind, (sums.get(kind) ?? 0n) + parseDecimal(quantity))
  return sums
}

function total<Field extends string>(rows: readonly Record<Field, number>[], field: Field): number {
  return rows.reduce((sum, row) => sum + row[field], 0)
}

/** null: no row has a value. */
function sumOrNull<Field extends string>(rows: readonly Record<Field, string | null>[], field: Field): Decimal | null {
  const values = rows.map(row => row[field]).filter(value => value !== null)
  return values.length === 0 ? null : add(...values.map(value => parseDecimal(value)))
}

/** Minutes of a span, whole. */
export function minutesOf({ start_ms, end_ms }: Span): number {
  return (end_ms - start_ms) / MINUTE
}
