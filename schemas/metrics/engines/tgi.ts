import { type Engine, seconds } from './engine.ts'
import { sum } from './series-table.ts'

/**
 * Hugging Face text-generation-inference (`router/src/server.rs`). It serves one model and names it nowhere. Counters lack `_total`,
 * tokens are counted as the sums of two histograms, and a failure appears with the first one. There is no time to first token; between
 * tokens it gives one mean per request.
 */
export const tgi: Engine = {
  name: 'tgi',
  doc: 'Hugging Face text-generation-inference /metrics.',
  aliases: ['text-generation-inference'],
  prefixes: ['tgi_'],
  modelLabels: [],
  indexLabels: [],
  signals: [
    sum('running', 'batch_current_size'),
    sum('waiting', 'queue_size'),
    sum('input_tokens_total', 'request_input_length_sum'),
    sum('output_tokens_total', 'request_generated_tokens_sum'),
    ...seconds('queue', 'request_queue_duration'),
    ...seconds('itl', 'request_mean_time_per_token_duration'),
    ...seconds('e2e', 'request_duration'),
    { to: 'prefill_seconds_sum', from: ['batch_inference_duration_sum'], combine: 'sum', where: { label: 'method', values: ['prefill'] } },
    { to: 'decode_seconds_sum', from: ['batch_inference_duration_sum'], combine: 'sum', where: { label: 'method', values: ['decode'] } },
    sum('requests_finished_total', ['request_success', 'request_failure']),
    sum('requests_failed_total', 'request_failure'),
  ],
  known: [
    'request_count',
    'batch_current_max_tokens',
    'batch_max_total_tokens',
    'batch_concat',
    'batch_next_size',
    'batch_next_tokens',
    'batch_inference_*',
    'batch_forward_duration',
    'batch_decode_duration',
    'batch_filter_duration',
    'batch_concat_duration',
    'request_validation_duration',
    'request_inference_duration',
    'request_input_length',
    'request_max_new_tokens',
    'request_skipped_tokens',
  ],
}
