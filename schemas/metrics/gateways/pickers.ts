import type { GatewaySignal } from '../../gateway-sample.ts'
import { largest, type SignalRule, sum } from '../engines/series-table.ts'
import { type GatewayTable, seconds } from './gateway-table.ts'

/** The newer name before the one that it replaced: while both are written, only the newer is read. */
const both = (name: string, older: string) => [`llm_d_epp_${name}`, older]
const objective = (name: string, older = name) => both(`request_${name}`, `inference_objective_${older}`)
const average = (name: string) => both(`average_${name}`, `inference_pool_average_${name}`)
const flowControl = (name: string) => both(`flow_control_${name}`, `inference_extension_flow_control_${name}`)

const saturation = (to: GatewaySignal, stage: string): SignalRule<GatewaySignal> => ({
  ...largest(to, 'llm_d_epp_flow_control_pool_saturation'),
  where: { label: 'stage', values: [stage] },
})

const REJECTED = [
  'RejectedCapacity',
  'RejectedNoEndpoints',
  'RejectedOther',
  'EvictedTTL',
  'EvictedNoEndpoints',
  'EvictedContextCancelled',
  'EvictedOther',
]

/**
 * Endpoint pickers: the llm-d router (llm-d/llm-d-router `docs/metrics.md`) and, before it, that of the Gateway API Inference Extension up
 * to 1.5 (`pkg/epp/metrics/metrics.go`). The router writes its series under the old names too; the two are never added. A request's series
 * name no pool, a pool's no model. A saturation of exactly 1 may be a picker that cannot read its servers: `endpoints_stale` tells.
 */
export const picker: GatewayTable = {
  name: 'endpoint-picker',
  doc: 'Endpoint pickers: llm-d router, Gateway API Inference Extension up to 1.5.',
  kind: 'picker',
  prefixes: [''],
  poolLabels: ['inference_pool', 'name'],
  modelLabels: ['model_name'],
  providerLabels: [],
  signals: [
    sum('requests_total', ...objective('total', 'request_total')),
    sum('requests_failed_total', ...objective('error_total', 'request_error_total')),
    {
      ...sum('requests_rejected_total', 'llm_d_epp_flow_control_requests_total'),
      where: { label: 'outcome', values: REJECTED },
      isElseZero: true,
    },
    sum('running', ...objective('running', 'running_requests')),
    sum('queued', ...flowControl('queue_size')),
    sum('input_tokens_total', ...objective('input_tokens_sum', 'input_tokens_sum')),
    sum('cached_input_tokens_total', ...objective('cached_tokens_sum', 'prompt_cached_tokens_sum')),
    sum('output_tokens_total', ...objective('output_tokens_sum', 'output_tokens_sum')),
    ...seconds('duration', objective('duration_seconds', 'request_duration_seconds')),
    ...seconds('ttft', [...objective('ttft_seconds', 'request_ttft_seconds'), 'inference_model_request_ttft_seconds']),
    saturation('saturation_ratio', 'effective'),
    largest('saturation_ratio', 'inference_extension_flow_control_pool_saturation'),
    saturation('saturation_prefill_ratio', 'prefill'),
    saturation('saturation_decode_ratio', 'decode'),
    sum('endpoints_ready', 'llm_d_epp_ready_endpoints', 'inference_pool_ready_pods'),
    sum('endpoints_stale', 'llm_d_epp_flow_control_stale_endpoints'),
    largest('endpoint_queue_mean', ...average('queue_size')),
    largest('endpoint_running_mean', ...average('running_requests')),
    largest('endpoint_kv_cache_use_ratio', ...average('kv_cache_utilization')),
  ],
  known: [
    'llm_d_epp_*',
    'llm_d_inference_scheduler_*',
    'inference_objective_*',
    'inference_pool_*',
    'inference_extension_*',
    'inference_model_*',
    'kvcache_index_*',
  ],
}
