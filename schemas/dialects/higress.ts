import { defineDialect, isAbsent, isObject, type Line } from './dialect.ts'
import { envoy } from './envoy.ts'
import { envoyFields } from './envoy-fields.ts'

/** Names inside ai_log → the names under which Envoy's dialect reads the same fact. */
const NAMES: readonly (readonly [aiLog: string, envoyName: string])[] = [
  ['model', 'gen_ai.response.model'],
  ['request_model', 'gen_ai.request.model'],
  ['input_token', 'gen_ai.usage.input_tokens'],
  ['output_token', 'gen_ai.usage.output_tokens'],
  ['total_token', 'gen_ai.usage.total_tokens'],
  ['reasoning_tokens', 'gen_ai.usage.reasoning_tokens'],
  ['cached_tokens', 'gen_ai.usage.cached_input_tokens'],
  ['llm_service_duration', 'upstream_ms'],
  ['consumer', 'consumer'],
  ['session_id', 'session_id'],
  ['chat_id', 'chat_id'],
]

function aiLogOf(line: Line): Line | undefined {
  const text = line['ai_log']
  if (isObject(text)) return text
  if (typeof text !== 'string' || !text.startsWith('{')) return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** Puts what ai_log says beside the fields of the access log. Question and answer stay behind. */
function openAiLog(line: Line): Line {
  const aiLog = aiLogOf(line) ?? {}
  const { ai_log: _dropped, ...opened } = line
  const target = opened as Record<string, unknown>
  for (const [name, envoyName] of NAMES) if (!isAbsent(aiLog[name])) target[envoyName] = aiLog[name]
  // Only of a stream is the first token something else than the answer.
  const first = aiLog['llm_first_token_duration']
  if (!isAbsent(first) && first !== aiLog['llm_service_duration']) target['token_latency_ttft'] = first
  target['gateway'] = 'higress'
  return target
}

/** Higress: Envoy's access log with the field `ai_log`, a JSON text whose numbers are texts. */
export const higress = defineDialect({
  ...envoy,
  name: 'higress',
  doc: 'Higress access log with ai_log of the plugin ai-statistics: JSON inside a text, numbers as text. The consumer is the tenant.',
  sameCall: '`request_id` and the start in ms',
  joins: 'nothing: a line is a request',
  recognises: line => aiLogOf(line) !== undefined && 'ai_log holds a JSON object',
  skips: () => undefined,
  fields: {
    ...envoyFields,
    tenant_id: {
      from: ['consumer', 'x-mse-consumer', 'x_mse_consumer', ...envoyFields.tenant_id.from],
      as: 'text',
      note: 'the consumer that Higress authenticated',
    },
  },
  open: openAiLog,
})
