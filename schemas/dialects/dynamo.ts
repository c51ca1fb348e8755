import type { AttemptContent } from '../attempt.ts'
import { defineDialect, type Facts, type FactTable, type FieldTable, type Line } from './dialect.ts'
import { ENDED_WELL, type Ending } from './error-classes.ts'
import { finishEngineCall } from './finish-call.ts'
import { startKey } from './own-identity.ts'
import type { SkipReason } from './skip-reasons.ts'

const fields = {
  tenant_id: {
    from: ['tenant_id', 'request/tenant_id', 'request/agent_context/tenant_id'],
    as: 'text',
    note: 'Dynamo writes none itself: add it where the line is shipped',
  },
  request_id: {
    from: ['request/x_request_id', 'request/request_id'],
    as: 'text',
    note: 'x_request_id is the one that a gateway before it knows; clients send it with many calls, so each line is a request',
  },
  started_at: { from: ['request/request_received_ms'], as: 'epoch_ms' },
  duration_ms: { from: ['request/total_time_ms'], as: 'ms' },
  ttft_ms: { from: ['request/ttft_ms'], as: 'ms' },
  queue_ms: { from: ['request/prefill_wait_time_ms'], as: 'ms' },
  request_model: { from: ['request/model'], as: 'text' },
  response_model: { from: ['request/model'], as: 'text' },
  pool: { from: ['pool', 'request/namespace'], as: 'text' },
  finish_reason: { from: ['request/finish_reason', 'request/finish_reason_metadata/finish_reason'], as: 'text' },
} satisfies FieldTable

const facts = {
  own_id: { from: ['request/request_id'], as: 'text' },
  event_time: { from: ['event_time_unix_ms'], as: 'epoch_ms' },
  error: { from: ['request/error', 'request/error_type'], as: 'text' },
  worker: { from: ['request/worker/decode_worker_id', 'request/worker/prefill_worker_id', 'request/worker/worker_id'], as: 'text' },
  input: { from: ['request/input_tokens', 'request/replay/input_length'], as: 'count' },
  cached_input: { from: ['request/cached_tokens'], as: 'count' },
  output: { from: ['request/output_tokens'], as: 'count' },
} satisfies FactTable

const EVENTS: Readonly<Record<string, SkipReason>> = { request_payload: 'payload', tool: 'not_a_call' }

function request(base: AttemptContent, of: Facts<typeof facts>): AttemptContent {
  const isCancelled = base.finish_reason === 'cancelled' || base.finish_reason === 'abort'
  const ending: Ending = isCancelled
    ? { outcome: 'cancelled', error_class: 'client_cancelled' }
    : of.error === '' && base.finish_reason !== 'error'
      ? ENDED_WELL
      : { outcome: 'error', error_class: 'provider_error' }
  base.error_detail = of.error
  base.attempt_no = 1
  base.is_sole_row = true
  base.attempt_key = startKey(base, of.own_id)
  base.gateway = 'dynamo'
  base.operation = 'chat'
  base.endpoint = of.worker === '' ? '' : `worker-${of.worker}`
  if (base.duration_ms === null && of.event_time !== null && of.event_time >= base.started_at) base.ended_at = of.event_time
  return finishEngineCall(base, ending, of)
}

/** Request traces of NVIDIA Dynamo's frontend: the engine's own view of a request, for where no gateway's log is sent. */
export const dynamo = defineDialect({
  name: 'dynamo',
  doc:
    'Dynamo request trace (dynamo.request.trace.v1): request_end is a request; payload and tool events are skipped. Do not send it ' +
    'beside the log of a gateway in front.',
  sameCall: '`x_request_id` or else `request_id`, the start in ms and Dynamo’s own `request_id`',
  joins: 'nothing: a line is a request, whoever else was sent its `x_request_id`',
  recognises(line: Line) {
    const { schema } = line
    return typeof schema === 'string' && schema.startsWith('dynamo.request.trace.') && `schema is ${schema.slice(0, 40)}`
  },
  skips: line => EVENTS[String(line['event_type'])],
  fields,
  facts,
  dropped: ['schema', 'event_type', 'event_source', 'payload', 'request'],
  kept: ['request/kv_hit_rate', 'request/queue_depth'],
  attempts: (_line, base, of) => [request(base, of)],
})
