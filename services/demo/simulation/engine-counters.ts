import type { EngineJob } from './engine-job.ts'

/** Bucket bounds of vLLM's histograms, read off samples of its exposition (v1 engine). */
export const LATENCY_BUCKETS = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680] as const
export const TTFT_BUCKETS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
] as const
export const TOKEN_LATENCY_BUCKETS = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
] as const
export const LENGTH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000] as const
export const ITERATION_BUCKETS = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384] as const

/** A histogram as Prometheus clients keep it. Counts may be fractions: a fluid model observes parts of iterations. */
export class Histogram {
  readonly bounds: readonly number[]
  /** Per bucket, not cumulative; the last one is +Inf. */
  readonly counts: number[]
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Array<number>(bounds.length + 1).fill(0)
  }

  /** Adds `times` observations of `value`. */
  observe(value: number, times = 1): void {
    let low = 0
    let high = this.bounds.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (value <= (this.bounds[middle] as number)) high = middle
      else low = middle + 1
    }
    this.counts[low] = (this.counts[low] as number) + times
    this.sum += value * times
  }

  /** A copy that later observations do not change. */
  copy(): Histogram {
    const copy = new Histogram(this.bounds)
    for (let index = 0; index < this.counts.length; index++) copy.counts[index] = this.counts[index] as number
    copy.sum = this.sum
    return copy
  }
}

/** Everything an engine counts since it started. Seconds in histograms, tokens in counters. */
export class EngineCounters {
  readonly created_at: number
  preemptions = 0
  prompt_tokens = 0
  prompt_tokens_cached = 0
  generation_tokens = 0
  readonly finished = { stop: 0, length: 0, abort: 0, error: 0 }
  readonly prompt_length = new Histogram(LENGTH_BUCKETS)
  readonly generation_length = new Histogram(LENGTH_BUCKETS)
  readonly iteration_tokens = new Histogram(ITERATION_BUCKETS)
  readonly ttft = new Histogram(TTFT_BUCKETS)
  readonly inter_token = new Histogram(TOKEN_LATENCY_BUCKETS)
  readonly time_per_output_token = new Histogram(TOKEN_LATENCY_BUCKETS)
  readonly e2e = new Histogram(LATENCY_BUCKETS)
  readonly queue = new Histogram(LATENCY_BUCKETS)
  readonly inference = new Histogram(LATENCY_BUCKETS)
  readonly prefill = new Histogram(LATENCY_BUCKETS)
  readonly decode = new Histogram(LATENCY_BUCKETS)

  /** Counters of an engine that started at `createdAtMs`. */
  constructor(createdAtMs: number) {
    this.created_at = createdAtMs
  }

  /** The job got its first token. */
  observeFirstToken(job: EngineJob<unknown>): void {
    this.prompt_tokens += job.inputTokens
    this.prompt_tokens_cached += job.cachedTokens
    this.ttft.observe((job.firstTokenAtMs - job.submittedAtMs) / 1000)
  }

  /** The job got its last token at `atMs`. */
  observeFinished(job: EngineJob<unknown>, atMs: number): void {
    this.finished[job.isCutOff ? 'length' : 'stop']++
    this.prompt_length.observe(job.inputTokens)
    this.generation_length.observe(job.outputTokens)
    this.e2e.observe((atMs - job.submittedAtMs) / 1000)
    this.inference.observe((atMs - job.admittedAtMs) / 1000)
    this.prefill.observe((job.firstTokenAtMs - job.admittedAtMs) / 1000)
    const decodeMs = atMs - job.firstTokenAtMs
    this.decode.observe(decodeMs / 1000)
    if (job.outputTokens > 1) this.time_per_output_token.observe(decodeMs / 1000 / (job.outputTokens - 1))
  }

  /** A copy that the engine no longer changes. */
  copy(): EngineCounters {
    const copy = new EngineCounters(this.created_at)
    for (const [name, value] of Object.entries(this)) {
      Object.assign(copy, { [name]: value instanceof Histogram ? value.copy() : typeof value === 'object' ? { ...value } : value })
    }
    return copy
  }
}
