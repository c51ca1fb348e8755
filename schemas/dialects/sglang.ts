import type { AttemptContent } from '../attempt.ts'
import { defineDialect, type Facts, type FactTable, type FieldTable, has, isObject, type Line } from './dialect.ts'
import { CLIENT_CANCELLED, ENDED_WELL, type Ending, endingOfStatus } from './error-classes.ts'
import { finishEngineCall } from './finish-call.ts'
import type { SkipReason } from './skip-reasons.ts'

const fields = {
  tenant_id: {
    from: ['tenant_id', 'request_parameters/custom_labels/tenant_id', 'request_parameters/custom_labels/tenant'],
    as: 'text',
    note: 'SGLang’s custom labels, or a field that the shipper adds',
  },
  request_id: { from: ['id', 'request_parameters/rid'], as: 'text' },
  started_at: { from: ['request_received_ts', 'request_sent_to_scheduler_ts'], as: 'utc_or_epoch_s' },
  ended_at: { from: ['response_sent_to_client_ts', 'decode_finished_ts'], as: 'utc_or_epoch_s' },
  duration_ms: { from: ['e2e_latency'], as: 's', note: 'seconds' },
  queue_ms: { from: ['queue_time'], as: 's', note: 'seconds' },
  request_model: { from: ['request_parameters/model', 'model', 'model_name'], as: 'text' },
  response_model: { from: ['model', 'model_name', 'request_parameters/model'], as: 'text' },
  pool: { from: ['pool'], as: 'text' },
  priority: { from: ['request_parameters/priority'], as: 'text' },
  finish_reason: { from: ['finish_reason/type', 'finish_reason'], as: 'text' },
  is_stream: { from: ['request_parameters/stream'], as: 'flag' },
} satisfies FieldTable

const facts = {
  received: { from: ['request_received_ts'], as: 'utc_or_epoch_fine' },
  prefill_end: { from: ['prefill_finished_ts'], as: 'utc_or_epoch_fine' },
  abort_status: { from: ['finish_reason/status_code'], as: 'count' },
  abort_message: { from: ['finish_reason/message'], as: 'text' },
  input: { from: ['prompt_tokens'], as: 'count' },
  cached_input: { from: ['cached_tokens'], as: 'count' },
  output: { from: ['completion_tokens'], as: 'count' },
  reasoning: { from: ['reasoning_tokens'], as: 'count' },
} satisfies FactTable

function openParameters(line: Line): Line {
  const text = line['request_parameters']
  let parameters: unknown = text
  try {
    if (typeof text === 'string') parameters = JSON.parse(text) as unknown
  } catch {
    parameters = {}
  }
  return { ...line, request_parameters: isObject(parameters) ? parameters : {} }
}

function request(base: AttemptContent, of: Facts<typeof facts>): AttemptContent {
  const isAborted = base.finish_reason === 'abort'
  const ending: Ending = !isAborted ? ENDED_WELL : of.abort_status === null ? CLIENT_CANCELLED : endingOfStatus(of.abort_status, true)
  base.status_code = isAborted ? (of.abort_status ?? 0) : 200
  base.error_detail = of.abort_message
  base.attempt_no = 1
  base.is_sole_row = true
  base.gateway = 'sglang'
  base.operation = 'chat'
  if (base.is_stream && of.received !== null && of.prefill_end !== null && of.prefill_end >= of.received) {
    base.ttft_ms = Math.round((of.prefill_end - of.received) * 1000) / 1000
  }
  return finishEngineCall(base, ending, of)
}

/** SGLang's request metrics file: the engine's own view of a request, for where no gateway's log is sent. */
export const sglang = defineDialect({
  name: 'sglang',
  doc:
    'SGLang --export-metrics-to-file: request_parameters (JSON in a text) beside the fields of meta_info. Do not send it beside the ' +
    'log of a gateway in front.',
  sameCall: 'the engine’s `id` and the start in ms; a line without an id by all it says',
  joins: 'nothing: a line is a request',
  recognises: line =>
    has(line, 'request_parameters') &&
    (has(line, 'e2e_latency') || has(line, 'completion_tokens') || has(line, 'finish_reason')) &&
    'request_parameters and fields of meta_info stand in the line',
  skips(line): SkipReason | undefined {
    return String(line['request_parameters']).includes('HEALTH_CHECK') || String(line['id']).includes('HEALTH_CHECK') ? 'probe' : undefined
  },
  mayLackId: true,
  fields,
  facts,
  dropped: ['request_parameters', 'text', 'output_ids', 'prompt'],
  open: openParameters,
  attempts: (_line, base, of) => [request(base, of)],
})
