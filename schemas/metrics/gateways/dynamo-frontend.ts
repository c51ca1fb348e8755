import { counter, sum } from '../engines/series-table.ts'
import { type GatewayTable, seconds } from './gateway-table.ts'

/**
 * The frontend of NVIDIA Dynamo (ai-dynamo/dynamo `docs/…/reference/observability`). Its requests are those of the workers behind it, seen
 * from outside: a gateway's, so that a pool whose workers are read as well is not counted twice. A rejection is its answer 529.
 */
export const dynamoGateway: GatewayTable = {
  name: 'dynamo-frontend',
  doc: 'NVIDIA Dynamo frontend /metrics.',
  kind: 'gateway',
  prefixes: ['dynamo_frontend_'],
  poolLabels: [],
  modelLabels: ['model'],
  providerLabels: [],
  signals: [
    counter('requests_total', 'requests'),
    { ...counter('requests_failed_total', 'requests'), where: { label: 'status', values: ['error'] }, isElseZero: true },
    counter('requests_rejected_total', 'model_rejection'),
    sum('running', 'active_requests', 'inflight_requests'),
    sum('queued', 'router_queue_pending_requests', 'queued_requests'),
    sum('input_tokens_total', 'input_sequence_tokens_sum'),
    sum('cached_input_tokens_total', 'cached_tokens_sum'),
    counter('output_tokens_total', 'output_tokens'),
    ...seconds('duration', ['request_duration_seconds']),
    ...seconds('ttft', ['time_to_first_token_seconds']),
  ],
  known: ['*'],
}
