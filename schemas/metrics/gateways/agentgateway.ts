import { sum } from '../engines/series-table.ts'
import { type GatewayTable, seconds, tokens } from './gateway-table.ts'

const USAGE = ['gen_ai_client_token_usage_sum']
const TYPE = 'gen_ai_token_type'
const DURATION = 'gen_ai_server_request_duration'

/**
 * agentgateway (`crates/agentgateway/src/telemetry/metrics.rs`). Its own counter of requests names no model and covers traffic to other
 * things than models, so that requests are counted by the duration of calls of models. `input` includes the cached types.
 */
export const agentgateway: GatewayTable = {
  name: 'agentgateway',
  doc: 'agentgateway /metrics.',
  kind: 'gateway',
  prefixes: ['agentgateway_'],
  poolLabels: [],
  modelLabels: ['gen_ai_request_model'],
  providerLabels: ['gen_ai_system', 'gen_ai_provider_name'],
  signals: [
    sum('requests_total', `${DURATION}_count`, `${DURATION}_seconds_count`),
    tokens('input_tokens_total', USAGE, TYPE, 'input'),
    tokens('cached_input_tokens_total', USAGE, TYPE, 'input_cache_read'),
    tokens('cache_write_tokens_total', USAGE, TYPE, 'input_cache_write'),
    tokens('output_tokens_total', USAGE, TYPE, 'output'),
    ...seconds('duration', [DURATION, `${DURATION}_seconds`]),
    ...seconds('ttft', ['gen_ai_server_time_to_first_token', 'gen_ai_server_time_to_first_token_seconds']),
  ],
  known: ['*'],
}
