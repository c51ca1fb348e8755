import { counter, sum } from '../engines/series-table.ts'
import { type GatewayTable, seconds } from './gateway-table.ts'

/**
 * LiteLLM proxy (litellm-docs `proxy/prometheus.md`); names changed over its versions. A deployment's series are about
 * attempts, the proxy's about requests. `total_tokens` repeats the other two. Requests in flight are those of the worker
 * process that answered the scrape.
 */
export const litellm: GatewayTable = {
  name: 'litellm',
  doc: 'LiteLLM proxy /metrics.',
  kind: 'gateway',
  prefixes: ['litellm_'],
  poolLabels: [],
  modelLabels: ['requested_model', 'model_group', 'model', 'litellm_model_name'],
  providerLabels: ['api_provider', 'custom_llm_provider'],
  signals: [
    counter('requests_total', 'proxy_total_requests_metric'),
    counter('requests_failed_total', 'proxy_failed_requests_metric'),
    counter('attempts_total', 'deployment_total_requests'),
    counter('attempts_failed_total', 'deployment_failure_responses'),
    sum('running', 'in_flight_requests'),
    counter('input_tokens_total', 'input_tokens_metric', 'input_tokens'),
    counter('output_tokens_total', 'output_tokens_metric', 'output_tokens'),
    ...seconds('duration', ['request_total_latency_metric']),
    ...seconds('ttft', ['llm_api_time_to_first_token_metric']),
  ],
  known: ['*'],
}
