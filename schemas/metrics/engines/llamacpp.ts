import type { Engine } from './engine.ts'
import { counter, largest, sum } from './series-table.ts'

/**
 * llama.cpp `llama-server --metrics` (`tools/server/README.md`). It serves one model and names it nowhere; `…_tokens_seconds` are tokens
 * per second. Newer builds give no use of the KV cache. How many requests it serves at once stands in `/props` only.
 */
export const llamacpp: Engine = {
  name: 'llamacpp',
  doc: 'llama.cpp server /metrics.',
  aliases: ['llama.cpp', 'llama-cpp'],
  prefixes: ['llamacpp:', 'llamacpp_'],
  modelLabels: ['model'],
  indexLabels: [],
  signals: [
    sum('running', 'requests_processing'),
    sum('waiting', 'requests_deferred'),
    largest('kv_cache_use_ratio', 'kv_cache_usage_ratio'),
    counter('input_tokens_total', 'prompt_tokens'),
    counter('output_tokens_total', 'tokens_predicted'),
    counter('prefix_cache_hits_total', 'prompt_tokens_cached'),
    sum('prefill_seconds_sum', 'prompt_seconds_total'),
    sum('decode_seconds_sum', 'tokens_predicted_seconds_total'),
  ],
  known: [
    'prompt_tokens_seconds',
    'predicted_tokens_seconds',
    'kv_cache_tokens',
    'n_tokens_max',
    'n_past_max',
    'n_decode_total',
    'n_busy_slots_per_decode',
    'spec_decode_*',
  ],
}
