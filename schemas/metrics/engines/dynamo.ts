import { type Engine, seconds } from './engine.ts'
import { counter, largest, sum } from './series-table.ts'

/**
 * A worker of NVIDIA Dynamo (ai-dynamo/dynamo `docs/…/reference/observability`). The engine inside passes its own series
 * through beside these: where they are there, they are read and these are not, so that nothing counts twice.
 * `gpu_cache_usage_percent` is a ratio from 0 to 1.
 */
export const dynamoWorker: Engine = {
  name: 'dynamo',
  doc: 'NVIDIA Dynamo worker /metrics, where the engine inside does not show its own series.',
  aliases: ['dynamo-worker'],
  prefixes: ['dynamo_component_'],
  modelLabels: ['model', 'model_name'],
  indexLabels: ['worker_id'],
  signals: [
    sum('running', 'inflight_requests'),
    largest('kv_cache_use_ratio', 'gpu_cache_usage_percent'),
    counter('requests_finished_total', 'requests'),
    counter('requests_failed_total', 'errors'),
    ...seconds('e2e', 'request_duration_seconds'),
  ],
  known: ['request_bytes', 'response_bytes', 'cancellation', 'uptime_seconds', 'total_blocks', 'router_*', 'kvstats_*', 'kv_*', 'nats_*'],
}

/**
 * Dynamo's frontend in place of the workers behind it. Weir keeps it as a gateway, for its requests are those of the workers seen from
 * outside; the operator asks for this by the engine name `dynamo-frontend` where no worker is read.
 */
export const dynamoFrontend: Engine = {
  name: 'dynamo-frontend',
  doc: 'NVIDIA Dynamo frontend /metrics, standing for its workers.',
  needsHint: true,
  prefixes: ['dynamo_frontend_'],
  modelLabels: ['model'],
  indexLabels: [],
  signals: [
    sum('running', 'active_requests', 'inflight_requests'),
    sum('waiting', 'router_queue_pending_requests', 'queued_requests'),
    sum('running_limit', 'model_max_num_seqs'),
    sum('input_tokens_total', 'input_sequence_tokens_sum'),
    counter('output_tokens_total', 'output_tokens'),
    sum('prefix_cache_queries_total', 'input_sequence_tokens_sum'),
    sum('prefix_cache_hits_total', 'cached_tokens_sum'),
    counter('requests_finished_total', 'requests'),
    ...seconds('ttft', 'time_to_first_token_seconds'),
    ...seconds('itl', 'inter_token_latency_seconds'),
    ...seconds('e2e', 'request_duration_seconds'),
  ],
  known: [
    'stage_requests',
    'disconnected_clients',
    'input_sequence_tokens',
    'cached_tokens',
    'output_sequence_tokens',
    'model_*',
    'worker_*',
    'router_*',
  ],
}
