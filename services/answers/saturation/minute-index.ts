import { mean, median, quantile } from 'simple-statistics'
import { theilSen } from '../statistics/theil-sen.ts'
import type { PoolMinute } from './pool-minute.ts'

/** What can bind: room in the KV cache, prompts to prefill, places for running requests, or a queue that grows whatever the reason. */
export const BOUNDS = ['kv', 'prefill', 'slots', 'queue'] as const
export type Bound = (typeof BOUNDS)[number]

/** Work arriving over work that can be done, by bound; null: its signals are missing. 1: waiting grows without end from here on. */
export interface MinuteIndex {
  readonly at_ms: number
  readonly parts: Readonly<Record<Bound, number | null>>
  /** The largest part; null: none is known. */
  readonly index: number | null
  readonly bound: Bound | null
}

/** Cache use at which a server stops admitting: some room is kept for running requests to grow into, and prompts do not fit exactly. */
const KV_FULL = 0.92
/** Minutes that served rates and the growth of the queue are averaged over: one minute of few requests is mostly chance. */
const SMOOTHED = 2
/** Minutes that cache use for each token is learned from. */
const KV_LEARNED = 6
/** Minutes that speeds are learned from: long enough for chance, short enough for engines that become slower. */
const LEARNED = 12
/** A queue is one from so many requests, and so many seconds of service, on: fewer come and go with every long prompt. */
const LEAST_QUEUE = { requests: 4, waitS: 4 }

/** A hundred times too much and more is told as that. */
const MOST = 100

/** The index of each minute of one pool and model, from that minute and those before it. `rows`: in order of time. */
export function minuteIndexes(rows: readonly PoolMinute[]): MinuteIndex[] {
  return rows.map((_, index) => minuteIndex(rows.slice(Math.max(0, index + 1 - LEARNED), index + 1)))
}

/** Of the last of `rows`. */
function minuteIndex(rows: readonly PoolMinute[]): MinuteIndex {
  const last = rows.at(-1) as PoolMinute
  const flow = flowOf(rows.slice(-SMOOTHED - 1))
  const parts = {
    kv: bounded(kvPart(rows, flow)),
    prefill: bounded(prefillPart(rows, flow)),
    slots: bounded(slotsPart(rows, flow)),
    queue: bounded(queuePart(rows, flow)),
  }
  let bound: Bound | null = null
  for (const name of BOUNDS) if ((parts[name] ?? -1) > (bound === null ? -1 : (parts[bound] ?? -1))) bound = name
  return { at_ms: last.at_ms, parts, index: bound === null ? null : parts[bound], bound }
}

/** Readings that make no sense make no index. */
const bounded = (part: number | null) => (part === null || Number.isNaN(part) ? null : Math.min(part, MOST))

/** Requests: served a second, by which the queue grew a second, and arriving over served. */
interface Flow {
  readonly served: number
  readonly growth: number
  readonly ratio: number
}

function flowOf(rows: readonly PoolMinute[]): Flow {
  const recent = rows.slice(-SMOOTHED)
  const served = meanOf(recent.map(row => row.requests_finished)) / 60
  const [first, last] = [rows[0] as PoolMinute, rows.at(-1) as PoolMinute]
  const growth = rows.length < 2 ? 0 : ((last.waiting ?? 0) - (first.waiting ?? 0)) / ((last.at_ms - first.at_ms) / 1000)
  return { served, growth, ratio: served > 0 ? Math.max(0.5, 1 + growth / served) : 1 }
}

/**
 * Cache room that arriving requests take per time, over what there is. By Little's law the use of the cache is the rate of work times the
 * time that it is held; that grows with the time between tokens, which grows with use. So use for each token a second is learned from the
 * last minutes (gauges are read a few times a minute, their mean over minutes is steady, counters miss nothing), and carried to a full
 * cache at the time between tokens that a full cache has.
 */
function kvPart(rows: readonly PoolMinute[], { ratio }: Flow): number | null {
  const perToken = rows.slice(-KV_LEARNED).flatMap(row => {
    const { kv_cache_use_ratio: use, output_tokens_per_s: rate } = row
    return use === null || !rate ? [] : [((use / KV_FULL) * slowdownAt(rows, use) * row.engines) / rate]
  })
  const [rate, last] = [meanOrNull(rows.slice(-SMOOTHED).map(row => row.output_tokens_per_s)), rows.at(-1) as PoolMinute]
  if (rate === null || perToken.length === 0) return last.kv_cache_use_ratio === null ? null : last.kv_cache_use_ratio / KV_FULL
  return (mean(perToken) * rate * ratio) / last.engines
}

/** Time between tokens at a full cache over that at `use`: 1 at least, and at most as if it were proportional to use. */
function slowdownAt(rows: readonly PoolMinute[], use: number): number {
  const points = rows.flatMap(row => {
    const between = tokenTime(row)
    return between === null || row.kv_cache_use_ratio === null ? [] : ([[row.kv_cache_use_ratio, between]] as const)
  })
  const line = points.length < 5 ? undefined : theilSen(points)
  if (line === undefined || use >= KV_FULL) return 1
  const now = median(points.slice(-SMOOTHED).map(([, between]) => between))
  const slope = Math.min(Math.max(0, line.slope), now / Math.max(use, 0.05))
  return 1 + (slope * (KV_FULL - use)) / now
}

/** Seconds between two tokens of a request, by Little's law: those that run over tokens a second. */
const tokenTime = ({ running, output_tokens_per_s: rate }: PoolMinute) =>
  running === null || !rate || running < 0.2 ? null : running / rate

/**
 * Prompt tokens that are not in the prefix cache, over those that the engines can prefill. A first token takes the wait for prompts before
 * it and its own: in a queue of one server T = S ÷ (1 − ρ), so that ρ = λT ÷ (1 + λT). Speed = tokens ÷ S, the better minutes' (waits for
 * other reasons only make it look less), and no less than what was ever done.
 */
function prefillPart(rows: readonly PoolMinute[], { ratio }: Flow): number | null {
  const speeds = rows.flatMap(row => {
    const [tokens, arrivals] = [uncached(row), (row.requests_finished ?? 0) / 60]
    if (tokens === null || arrivals === 0 || row.ttft_ms === null || row.ttft_ms <= 0) return []
    const inPrefill = (arrivals / row.engines) * (row.ttft_ms / 1000)
    return [((tokens / row.engines) * (1 + inPrefill)) / inPrefill]
  })
  const now = meanOrNull(rows.slice(-SMOOTHED).map(uncached))
  if (now === null || speeds.length < 3) return null
  const best = Math.max(...rows.map(row => (uncached(row) ?? 0) / row.engines))
  const speed = Math.max(quantile(speeds, 0.75), best)
  const engines = (rows.at(-1) as PoolMinute).engines
  return speed > 0 ? (now * ratio) / (speed * engines) : null
}

const uncached = ({ input_tokens_per_s: rate, prefix_cache_hit_ratio: hit }: PoolMinute) => (rate === null ? null : rate * (1 - (hit ?? 0)))

/** Requests that would run by Little's law, over the places for them. */
function slotsPart(rows: readonly PoolMinute[], { ratio }: Flow): number | null {
  const last = rows.at(-1) as PoolMinute
  const running = meanOrNull(rows.slice(-SMOOTHED).map(row => row.running))
  return running === null || !last.running_limit ? null : (running / last.running_limit) * ratio
}

/** Arriving over served while a queue stands and grows: what is served then is the capacity. Null: no such queue. */
function queuePart(rows: readonly PoolMinute[], { served, growth, ratio }: Flow): number | null {
  const waiting = rows.slice(-3).map(row => row.waiting ?? 0)
  const [first = 0, before = 0, last = 0] = waiting
  if (rows.at(-1)?.waiting == null || waiting.length < 3) return null
  const isLong = last >= LEAST_QUEUE.requests && last >= LEAST_QUEUE.waitS * served
  return isLong && first < before && before < last && growth > 0 ? Math.max(1, ratio) : null
}

const known = (values: readonly (number | null)[]) => values.filter(value => value !== null)
const meanOf = (values: readonly (number | null)[]) => meanOrNull(values) ?? 0
function meanOrNull(values: readonly (number | null)[]): number | null {
  const some = known(values)
  return some.length === 0 ? null : some.reduce((sum, value) => sum + value, 0) / some.length
}
