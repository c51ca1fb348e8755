import { type Engine, finished, seconds } from './engine.ts'
import { counter, largest, sum } from './series-table.ts'

/**
 * NVIDIA NIM for LLMs, `/v1/metrics` (docs.nvidia.com/nim, observability). Its series bear no prefix, so that they are read only where the
 * operator or the label `job` says that the target is a NIM. One that passes the series of its engine through is read as that engine.
 */
export const nim: Engine = {
  name: 'nim',
  doc: 'NVIDIA NIM /v1/metrics, whose names have no prefix.',
  aliases: ['nvidia-nim'],
  needsHint: true,
  prefixes: [''],
  modelLabels: ['model_name'],
  indexLabels: [],
  signals: [
    sum('running', 'num_requests_running'),
    sum('waiting', 'num_requests_waiting'),
    sum('running_limit', 'num_request_max'),
    largest('kv_cache_use_ratio', 'gpu_cache_usage_perc'),
    counter('input_tokens_total', 'prompt_tokens'),
    counter('output_tokens_total', 'generation_tokens'),
    ...seconds('ttft', 'time_to_first_token_seconds'),
    ...seconds('itl', 'time_per_output_token_seconds'),
    ...seconds('e2e', 'e2e_request_latency_seconds'),
    ...finished(['request_finish'], ['abort', 'error']),
  ],
  known: ['request_prompt_tokens', 'request_generation_tokens', 'python_*', 'process_*', 'http_*'],
}
