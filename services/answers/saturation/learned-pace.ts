import type { PoolMinute } from './pool-minute.ts'

/** Cache use at which a server stops admitting: some room is kept for running requests to grow into, and prompts do not fit exactly. */
export const KV_FULL = 0.92

/** What the last minutes teach of one engine of a pool; null: its signals are missing. */
export interface Learned {
  /** Requests that fit into the KV cache at a time. */
  readonly placesInCache: number | null
  /** Seconds that a request holds its place when so many run on the engine. */
  readonly residenceS: ((running: number) => number) | null
  /** Seconds of prefill that a request costs. */
  readonly prefillS: number | null
}

/** Minutes that the make of requests and present speeds are taken from: fewer are mostly chance, more are late. */
const SIZED = 6
const NOW = 2
/**
 * How the time between tokens grows with the requests that run, as a power of their number: 0 where reading the weights takes all the time,
 * 1 where the work of each request does. Before anything is learned: between the two, with a standard deviation of 0.1; a minute's reading
 * is off by 0.05.
 */
const POWER = { mean: 0.4, deviation: 0.1, noise: 0.05 }
/** From this use on it may be the cache that prompts wait for. */
const KV_BUSY = 0.8

/** Learns from `rows`, in order of time. */
export function learnedOf(rows: readonly PoolMinute[]): Learned {
  const recent = rows.slice(-SIZED)
  const outputTokens = perRequest(recent, row => row.output_tokens_per_s)
  const points = rows.flatMap(paceOf)
  const now = points.slice(-NOW)
  return {
    placesInCache: placesOf(rows),
    residenceS: outputTokens === null || now.length === 0 ? null : residence(outputTokens, startS(recent), now, powerOf(points)),
    prefillS: prefillOf(rows, recent),
  }
}

/** Tokens of a kind for each request that began. */
function perRequest(rows: readonly PoolMinute[], rateOf: (row: PoolMinute) => number | null): number | null {
  let [tokens, requests] = [0, 0]
  for (const row of rows) {
    const [rate, begun] = [rateOf(row), row.first_tokens ?? row.requests_finished]
    if (rate === null || begun === null) continue
    tokens += 60 * rate
    requests += begun
  }
  return requests > 0 ? tokens / requests : null
}

/** Requests in the full cache: those that ran over the cache that they took, of all minutes. */
function placesOf(rows: readonly PoolMinute[]): number | null {
  let [running, caches] = [0, 0]
  for (const row of rows) {
    if (row.running === null || row.kv_cache_use_ratio === null) continue
    running += row.running
    caches += row.kv_cache_use_ratio * row.engines
  }
  return caches > 0 && running > 0 ? (KV_FULL * running) / caches : null
}

/** Requests that decode on an engine, and seconds between two of their tokens. */
interface Pace {
  readonly minute: number
  readonly running: number
  readonly tokenS: number
}

function paceOf(row: PoolMinute): Pace[] {
  const { output_tokens_per_s: rate, running, itl_ms } = row
  if (!rate || (itl_ms === null && running === null)) return []
  const tokenS = itl_ms === null ? (running as number) / rate : itl_ms / 1000
  // By Little's law; counters miss nothing, gauges are read a few times a minute.
  return tokenS > 0 ? [{ minute: row.at_ms / 60_000, running: (rate * tokenS) / row.engines, tokenS }] : []
}

/** Slope of log time between tokens over log running, beside a trend in time (engines that become slower), drawn to what is usual. */
function powerOf(points: readonly Pace[]): number {
  const x = withoutTrend(points.map(({ minute, running }) => [minute, Math.log(running)]))
  const y = withoutTrend(points.map(({ minute, tokenS }) => [minute, Math.log(tokenS)]))
  const [noise, prior] = [POWER.noise ** -2, POWER.deviation ** -2]
  const [xx, xy] = [x.reduce((sum, one) => sum + one * one, 0), x.reduce((sum, one, index) => sum + one * (y[index] as number), 0)]
  return Math.min(1, Math.max(0, (noise * xy + prior * POWER.mean) / (noise * xx + prior)))
}

/** What is left of values when the straight line of least squares through them is taken off. */
function withoutTrend(points: readonly [number, number][]): number[] {
  const meanOf = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length
  const [meanX, meanY] = [meanOf(0), meanOf(1)]
  const squares = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = squares === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / squares
  return points.map(([x, y]) => y - meanY - slope * (x - meanX))
}

function residence(outputTokens: number, startSeconds: number, now: readonly Pace[], power: number): (running: number) => number {
  const running = now.reduce((sum, one) => sum + one.running, 0) / now.length
  const tokenS = now.reduce((sum, one) => sum + one.tokenS, 0) / now.length
  return places => startSeconds + outputTokens * tokenS * Math.max(1, places / running) ** power
}

/** Seconds from admission to the first token. */
function startS(rows: readonly PoolMinute[]): number {
  const known = rows.flatMap(({ ttft_ms, queue_ms }) => (ttft_ms === null ? [] : [Math.max(0, ttft_ms - (queue_ms ?? 0)) / 1000]))
  return known.length === 0 ? 0 : known.reduce((sum, one) => sum + one, 0) / known.length
}

/**
 * A first token takes the wait for prompts before it and its own: in a queue of one server N = ρ ÷ (1 − ρ) requests are on their way to it,
 * and by Little's law N = λT, so that the engine prefills ρ = λT ÷ (1 + λT) of the time. Speed: uncached tokens over that time.
 */
function prefillOf(rows: readonly PoolMinute[], recent: readonly PoolMinute[]): number | null {
  let [tokens, busyS] = [0, 0]
  for (const row of rows) {
    const [rate, begun] = [uncached(row), row.first_tokens ?? row.requests_finished]
    if (rate === null || !begun || row.ttft_ms === null) continue
    const ms = (row.kv_cache_use_ratio ?? 0) < KV_BUSY ? row.ttft_ms : Math.max(0, row.ttft_ms - (row.queue_ms ?? 0))
    const underWay = ((begun / 60 / row.engines) * ms) / 1000
    tokens += (60 * rate) / row.engines
    busyS += (60 * underWay) / (1 + underWay)
  }
  const size = perRequest(recent, uncached)
  return tokens > 0 && busyS > 0 && size !== null ? (size * busyS) / tokens : null
}

const uncached = ({ input_tokens_per_s: rate, prefix_cache_hit_ratio: hit }: PoolMinute) => (rate === null ? null : rate * (1 - (hit ?? 0)))
