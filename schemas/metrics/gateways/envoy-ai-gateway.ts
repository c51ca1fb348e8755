import { sum } from '../engines/series-table.ts'
import { type GatewayTable, seconds, tokens } from './gateway-table.ts'

const USAGE = ['gen_ai_client_token_usage_sum', 'gen_ai_client_token_usage_token_sum']
const TYPE = 'gen_ai_token_type'
const DURATION = ['gen_ai_server_request_duration_seconds', 'gen_ai_server_request_duration']
const COUNT = DURATION.map(name => `${name}_count`)

/**
 * Envoy AI Gateway (envoyproxy/ai-gateway `internal/metrics/genai.go`), under the names of OpenTelemetry's GenAI conventions. Its durations
 * are recorded per attempt; `input` includes the cached types, `output` includes reasoning.
 */
export const envoyAiGateway: GatewayTable = {
  name: 'envoy-ai-gateway',
  doc: 'Envoy AI Gateway /metrics (OpenTelemetry GenAI names).',
  kind: 'gateway',
  prefixes: [''],
  poolLabels: [],
  modelLabels: ['gen_ai_request_model', 'gen_ai_original_model'],
  providerLabels: ['gen_ai_provider_name', 'gen_ai_system', 'gen_ai_system_name'],
  signals: [
    sum('attempts_total', ...COUNT),
    { ...sum('attempts_failed_total', ...COUNT), where: { label: 'error_type', values: 'any' }, isElseZero: true },
    tokens('input_tokens_total', USAGE, TYPE, 'input'),
    tokens('cached_input_tokens_total', USAGE, TYPE, 'cached_input'),
    tokens('cache_write_tokens_total', USAGE, TYPE, 'cache_creation_input'),
    tokens('output_tokens_total', USAGE, TYPE, 'output'),
    tokens('reasoning_tokens_total', USAGE, TYPE, 'reasoning'),
    ...seconds('duration', DURATION),
    ...seconds('ttft', ['gen_ai_server_time_to_first_token_seconds', 'gen_ai_server_time_to_first_token']),
  ],
  known: [
    'gen_ai_*',
    'mcp_request_duration*',
    'mcp_method_count',
    'mcp_initialization_duration*',
    'mcp_capabilities_negotiated',
    'mcp_progress_notifications',
  ],
}
