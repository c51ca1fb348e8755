import { counter } from '../engines/series-table.ts'
import { type GatewayTable, seconds, tokens } from './gateway-table.ts'

const TOKENS = ['llm_tokens_total']
const TYPE = 'token_type'
const MILLISECONDS = 1000

/**
 * Kong AI Gateway (developer.konghq.com `app/ai-gateway/monitor-ai-llm-metrics.md`), with and without the prefix of its Prometheus plugin.
 * `total_tokens` repeats the other two types; answers from its cache count as requests.
 */
export const kong: GatewayTable = {
  name: 'kong',
  doc: 'Kong AI Gateway, Prometheus plugin.',
  kind: 'gateway',
  prefixes: ['kong_ai_', 'ai_'],
  poolLabels: [],
  modelLabels: ['ai_model'],
  providerLabels: ['ai_provider'],
  signals: [
    counter('requests_total', 'llm_requests'),
    tokens('input_tokens_total', TOKENS, TYPE, 'prompt_tokens'),
    tokens('output_tokens_total', TOKENS, TYPE, 'completion_tokens'),
    ...seconds('duration', ['llm_provider_latency_ms', 'llm_provider_latency'], MILLISECONDS),
  ],
  known: ['llm_cost', 'cache_fetch_latency', 'cache_embeddings_latency', 'mcp_*'],
}
