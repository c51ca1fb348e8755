import { type Engine, finished, phases, seconds } from './engine.ts'
import { counter, largest, sum } from './series-table.ts'

/**
 * LMDeploy (`lmdeploy/metrics/loggers.py`). Older versions have no counter of finished requests; `num_requests_succeeded` and `…failed` are
 * declared as gauges and only grow.
 */
export const lmdeploy: Engine = {
  name: 'lmdeploy',
  doc: 'LMDeploy api_server /metrics.',
  prefixes: ['lmdeploy:', 'lmdeploy_'],
  modelLabels: ['model_name'],
  indexLabels: ['engine'],
  signals: [
    sum('running', 'num_requests_running'),
    sum('waiting', 'num_requests_waiting'),
    largest('kv_cache_use_ratio', 'gpu_cache_usage_perc'),
    counter('input_tokens_total', 'prompt_tokens'),
    counter('output_tokens_total', 'generation_tokens'),
    counter('prefix_cache_queries_total', 'prompt_tokens'),
    counter('prefix_cache_hits_total', 'cached_tokens'),
    ...seconds('queue', 'request_queue_time_seconds'),
    ...seconds('ttft', 'time_to_first_token_seconds'),
    ...seconds('itl', 'iter_token_latency', 'time_per_output_token_seconds'),
    ...seconds('e2e', 'e2e_request_latency_seconds'),
    ...phases(),
    ...finished(['request_success'], ['abort', 'error']),
    sum('requests_finished_total', ['num_requests_succeeded', 'num_requests_failed']),
    sum('requests_failed_total', 'num_requests_failed'),
  ],
  known: [
    'backend_config_info',
    'num_api_requests_*',
    'num_requests_total',
    'prefix_cache_hit_rate',
    'request_cached_tokens',
    'request_cache_hit_ratio',
    'request_prompt_tokens',
    'request_generation_tokens',
    'request_max_num_generation_tokens',
    'request_params_n',
    'request_params_max_tokens',
    'request_inference_time_seconds',
    'iteration_tokens_total',
    'spec_decode_*',
  ],
}
