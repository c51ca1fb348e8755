/**
 * What one model server showed at one moment, engine-neutral. `engine_samples_raw` has one column each.
 * Counters are kept as shown (they grow until the server restarts); resets are handled in settling.
 * null: the engine does not give that signal, which is not zero.
 */
import Type, { type Static, type TObject } from 'typebox'
import { type SampleRow, sampleRowColumns } from './log-position.ts'

const Signal = (description: string) => Type.Union([Type.Number(), Type.Null()], { description, default: null })
const SignalByLabel = (description: string) => Type.Record(Type.String(), Type.Number(), { description, default: {} })

const signals = {
  running: Signal('requests being served (gauge)'),
  waiting: Signal('requests queued in the engine (gauge)'),
  running_limit: Signal('requests it serves at once at most, where it says so (gauge)'),
  kv_cache_use_ratio: Signal('share of the KV cache in use, 0 to 1 (gauge)'),
  preemptions_total: Signal('requests preempted (counter)'),
  input_tokens_total: Signal('prompt tokens processed (counter)'),
  output_tokens_total: Signal('tokens generated (counter)'),
  prefix_cache_queries_total: Signal('tokens looked up in the prefix cache (counter)'),
  prefix_cache_hits_total: Signal('tokens found in the prefix cache (counter)'),
  queue_seconds_sum: Signal('time requests waited, seconds (counter)'),
  queue_seconds_count: Signal('requests in queue_seconds_sum (counter)'),
  ttft_seconds_sum: Signal('time to first token, seconds (counter)'),
  ttft_seconds_count: Signal('requests in ttft_seconds_sum (counter)'),
  requests_finished_total: Signal('requests finished for whatever reason (counter)'),
  requests_failed_total: Signal('of those, ended by abort or error (counter)'),
  itl_seconds_sum: Signal('time between output tokens, seconds (counter)'),
  itl_seconds_count: Signal('gaps between tokens in itl_seconds_sum; requests, for engines that give one mean each (counter)'),
  e2e_seconds_sum: Signal('time from arrival of a request to its end, seconds (counter)'),
  e2e_seconds_count: Signal('requests in e2e_seconds_sum (counter)'),
  prefill_seconds_sum: Signal(
    'time spent on prompts, seconds; summed over requests, or over batches where the engine counts those (counter)',
  ),
  decode_seconds_sum: Signal('time spent on generating, likewise (counter)'),
}

const maps = {
  ttft_seconds_buckets: SignalByLabel(
    'requests by the upper bound, seconds, that their time to first token stayed within; cumulative (counters)',
  ),
  itl_seconds_buckets: SignalByLabel('the same of the time between output tokens (counters)'),
  finish_reasons: SignalByLabel('requests finished, by the reason as the engine names it (counters)'),
}

export const EngineSampleContent = Type.Object({
  pool: Type.String({ description: 'group of model servers the engine belongs to' }),
  model: Type.String({ description: 'model name as served' }),
  endpoint: Type.String({ description: 'label instance of the series, else the scrape target, host:port' }),
  engine: Type.String({ description: 'engine product: vllm, …' }),
  engine_index: Type.String({ description: 'data-parallel rank or replica label inside the endpoint', default: '' }),
  region: Type.String({ default: '' }),
  sampled_at: Type.Integer({ description: 'when the target was read, ms since 1970 UTC' }),
  ...signals,
  ...maps,
})
export type EngineSampleContent = Static<typeof EngineSampleContent>

/** A column of an engine sample that holds one number. */
export type EngineSignal = keyof typeof signals
/** A column of an engine sample that holds a number per bucket or reason; empty: the engine does not give them. */
export type EngineMapSignal = keyof typeof maps

/** The columns that hold one number, in table order. */
export const engineSignals = Object.keys(signals) as readonly EngineSignal[]
/** The columns that hold a number per bucket or reason, in table order. */
export const engineMapSignals = Object.keys(maps) as readonly EngineMapSignal[]

/** A row of `engine_samples_raw`: the sample with its row identity. */
export type EngineSampleRow = EngineSampleContent & SampleRow

/** Names of all columns of `engine_samples_raw`, in table order. */
export const engineSampleColumns: readonly (keyof EngineSampleRow)[] = sampleRowColumns<keyof EngineSampleContent>(
  (EngineSampleContent as TObject).properties,
)
