import { type Engine, phases, seconds } from './engine.ts'
import { counter, largest, sum } from './series-table.ts'

/**
 * `trtllm-serve` (TensorRT-LLM, `tensorrt_llm/metrics/collector.py`). Series about single requests need
 * `return_perf_metrics`, those about the queue and the cache `enable_iter_perf_stats`; without the two there is little.
 * Requests that end in an error have a counter of their own.
 */
export const trtllm: Engine = {
  name: 'trtllm',
  doc: 'TensorRT-LLM serve /prometheus/metrics.',
  aliases: ['tensorrt-llm', 'tensorrt_llm', 'trtllm-serve'],
  prefixes: ['trtllm_', 'trtllm:'],
  modelLabels: ['model_name', 'model'],
  indexLabels: [],
  signals: [
    sum('running', 'num_requests_running'),
    sum('waiting', 'num_requests_waiting'),
    sum('running_limit', 'max_num_active_requests', 'max_batch_size_runtime', 'max_batch_size_static'),
    largest('kv_cache_use_ratio', 'kv_cache_utilization'),
    counter('input_tokens_total', 'prompt_tokens'),
    counter('output_tokens_total', 'generation_tokens'),
    counter('prefix_cache_queries_total', 'prompt_tokens'),
    counter('prefix_cache_hits_total', 'prompt_cached_tokens', 'prompt_cache_hit_tokens'),
    ...seconds('queue', 'request_queue_time_seconds'),
    ...seconds('ttft', 'time_to_first_token_seconds'),
    ...seconds('itl', 'time_per_output_token_seconds'),
    ...seconds('e2e', 'e2e_request_latency_seconds'),
    ...phases(),
    sum('requests_finished_total', ['request_success_total', 'request_error_total']),
    sum('requests_failed_total', 'request_error_total'),
    { to: 'finish_reasons', from: ['request_success_total', 'request_success'], combine: 'sum', byLabel: 'finished_reason' },
  ],
  known: [
    'num_requests_completed',
    'max_num_tokens_runtime',
    'num_context_requests',
    'num_generation_requests',
    'num_paused_requests',
    'num_scheduled_requests',
    'scheduled_batch_size',
    'total_context_tokens',
    'avg_decoded_tokens_per_iter',
    'request_inference_time_seconds',
    'prompt_cached_tokens_per_request',
    'iteration_latency_seconds',
    'gpu_memory_usage_bytes',
    'cpu_memory_usage_bytes',
    'pinned_memory_usage_bytes',
    'kv_cache_*',
    'spec_decode_*',
    'prefill_*',
    'generation_perplexity',
    'model_config_info',
    'parallel_config_info',
    'speculative_config_info',
  ],
}
