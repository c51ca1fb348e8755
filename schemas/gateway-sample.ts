/**
 * The counters of a gateway or of an endpoint picker at one moment, per pool, model and provider. `gateway_samples_raw` has one column
 * each. They stand beside the access log and are never added to it: requests and tokens that a tenant pays for come from lines alone.
 * Counters are kept as read. null: the product does not give that signal, which is not zero.
 */
import Type, { type Static } from 'typebox'
import { type SampleRow, sampleRowColumns } from './log-position.ts'

const Signal = (description: string) => Type.Union([Type.Number(), Type.Null()], { description, default: null })

const signals = {
  requests_total: Signal('requests of clients (counter)'),
  requests_failed_total: Signal('of those, failed (counter)'),
  requests_rejected_total: Signal('requests turned away or dropped from the queue (counter)'),
  attempts_total: Signal('attempts at an upstream (counter)'),
  attempts_failed_total: Signal('of those, failed (counter)'),
  running: Signal('requests under way (gauge)'),
  queued: Signal('requests held back by the gateway or picker itself (gauge)'),
  input_tokens_total: Signal('input tokens, cached ones included (counter)'),
  cached_input_tokens_total: Signal('of those, read from a cache (counter)'),
  cache_write_tokens_total: Signal('of those, written to a cache (counter)'),
  output_tokens_total: Signal('output tokens, reasoning included (counter)'),
  reasoning_tokens_total: Signal('of those, reasoning (counter)'),
  duration_seconds_sum: Signal('duration of what is counted, seconds (counter)'),
  duration_seconds_count: Signal('requests or attempts in duration_seconds_sum (counter)'),
  ttft_seconds_sum: Signal('time to first token, seconds (counter)'),
  ttft_seconds_count: Signal('streams in ttft_seconds_sum (counter)'),
  saturation_ratio: Signal('how full the pool is by the picker’s own measure, 1: it holds requests back; may exceed 1 (gauge)'),
  saturation_prefill_ratio: Signal('the same of the servers that read prompts (gauge)'),
  saturation_decode_ratio: Signal('the same of the servers that generate (gauge)'),
  endpoints_ready: Signal('model servers that the picker may choose from (gauge)'),
  endpoints_stale: Signal('model servers whose metrics it has not read lately; they count as full (gauge)'),
  endpoint_queue_mean: Signal('requests waiting in a model server, mean of the pool (gauge)'),
  endpoint_running_mean: Signal('requests running in a model server, mean of the pool (gauge)'),
  endpoint_kv_cache_use_ratio: Signal('share of the KV cache in use, mean of the pool, 0 to 1 (gauge)'),
}

export const GatewaySampleContent = Type.Object({
  pool: Type.String({ description: 'pool that the series name, else the pool of the target' }),
  model: Type.String({ description: 'model asked for; empty: the series name none' }),
  provider: Type.String({ description: 'provider or upstream as the product names it; empty: the series name none' }),
  endpoint: Type.String({ description: 'scrape target, host:port' }),
  product: Type.String({ description: 'what showed it: endpoint-picker, kong, …' }),
  kind: Type.Union([Type.Literal('gateway'), Type.Literal('picker')]),
  region: Type.String({ default: '' }),
  sampled_at: Type.Integer({ description: 'when the target was read, ms since 1970 UTC' }),
  ...signals,
})
export type GatewaySampleContent = Static<typeof GatewaySampleContent>

/** A column of a gateway sample that holds a number. */
export type GatewaySignal = keyof typeof signals

/** The columns that hold a number, in table order. */
export const gatewaySignals = Object.keys(signals) as readonly GatewaySignal[]

/** A row of `gateway_samples_raw`: the sample with its row identity. */
export type GatewaySampleRow = GatewaySampleContent & SampleRow

/** Names of all columns of `gateway_samples_raw`, in table order. */
export const gatewaySampleColumns: readonly (keyof GatewaySampleRow)[] = sampleRowColumns<keyof GatewaySampleContent>(
  GatewaySampleContent.properties,
)
