import type { Engine } from './engine.ts'
import { type SignalRule, sum } from './series-table.ts'

const MICROSECONDS = 1e6
const MILLISECONDS = 1e3

const requests = (to: 'running' | 'waiting' | 'running_limit', type: string): SignalRule<typeof to> => ({
  ...sum(to, 'trt_llm_request_metrics'),
  where: { label: 'request_type', values: [type] },
})
const answered = 'inference_request_success'

/**
 * Triton Inference Server (server `docs/user_guide/metrics.md`) with or without the TensorRT-LLM backend (tensorrtllm_backend
 * `README.md`). Its durations are sums in microseconds over the requests that succeeded. The models of an ensemble are models of their
 * own here. Tokens are not counted.
 */
export const triton: Engine = {
  name: 'triton',
  doc: 'Triton Inference Server /metrics, with the gauges of its TensorRT-LLM backend.',
  aliases: ['tritonserver', 'triton-trtllm'],
  prefixes: ['nv_'],
  modelLabels: ['model'],
  indexLabels: [],
  signals: [
    requests('running', 'scheduled'),
    requests('running', 'active'),
    requests('waiting', 'waiting'),
    sum('waiting', 'inference_pending_request_count'),
    requests('running_limit', 'max'),
    {
      to: 'kv_cache_use_ratio',
      from: ['trt_llm_kv_cache_block_metrics'],
      combine: 'max',
      where: { label: 'kv_cache_block_type', values: ['fraction'] },
    },
    { ...sum('queue_seconds_sum', 'inference_queue_duration_us'), perUnit: MICROSECONDS },
    sum('queue_seconds_count', answered),
    { ...sum('e2e_seconds_sum', 'inference_request_duration_us'), perUnit: MICROSECONDS },
    sum('e2e_seconds_count', answered),
    { ...sum('ttft_seconds_sum', 'inference_first_response_histogram_ms_sum'), perUnit: MILLISECONDS },
    sum('ttft_seconds_count', 'inference_first_response_histogram_ms_count'),
    sum('requests_finished_total', [answered, 'inference_request_failure']),
    sum('requests_failed_total', 'inference_request_failure'),
  ],
  known: [
    'inference_count',
    'inference_exec_count',
    'inference_compute_input_duration_us',
    'inference_compute_infer_duration_us',
    'inference_compute_output_duration_us',
    'inference_request_summary_us',
    'inference_queue_summary_us',
    'inference_compute_input_summary_us',
    'inference_compute_infer_summary_us',
    'inference_compute_output_summary_us',
    'inference_first_response_histogram_ms',
    'inference_load_ratio',
    'model_load_duration_secs',
    'cache_*',
    'gpu_*',
    'energy_consumption',
    'cpu_*',
    'pinned_memory_pool_*',
    'trt_llm_*',
  ],
}
