import { sum } from '../engines/series-table.ts'
import type { GatewayTable } from './gateway-table.ts'

const MILLISECONDS = 1000

/**
 * Higress (`plugins/wasm-go/extensions/ai-statistics/README_EN.md`): plain counters, durations as sums of milliseconds
 * with the counts they belong to.
 */
export const higress: GatewayTable = {
  name: 'higress',
  doc: 'Higress, plugin ai-statistics.',
  kind: 'gateway',
  prefixes: ['route_upstream_model_consumer_metric_'],
  poolLabels: [],
  modelLabels: ['ai_model'],
  providerLabels: ['ai_cluster'],
  signals: [
    sum('requests_total', 'llm_duration_count'),
    sum('input_tokens_total', 'input_token'),
    sum('output_tokens_total', 'output_token'),
    { ...sum('duration_seconds_sum', 'llm_service_duration'), perUnit: MILLISECONDS },
    sum('duration_seconds_count', 'llm_duration_count'),
    { ...sum('ttft_seconds_sum', 'llm_first_token_duration'), perUnit: MILLISECONDS },
    sum('ttft_seconds_count', 'llm_stream_duration_count'),
  ],
  known: ['*'],
}
