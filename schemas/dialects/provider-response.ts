import type { AttemptContent } from '../attempt.ts'
import { canonical } from './canonical.ts'
import { defineDialect, has, isObject, type Line } from './dialect.ts'
import { CLIENT_CANCELLED, type Ending, endingOfStatus } from './error-classes.ts'
import { endingOfErrorType } from './exception-names.ts'
import { usageFromProviderBody } from './provider-body.ts'

/** Whether the line carries an answer for this dialect: Weir's own line with a body, a list of chunks or their text under `response`. */
export function hasResponse(line: Line): boolean {
  const { response } = line
  return isObject(response) || Array.isArray(response) || (typeof response === 'string' && response.length > 0)
}

function withAnswer(line: Line, base: AttemptContent, stated: { outcome: string; status: number | null }): AttemptContent {
  const answer = usageFromProviderBody(line['response'], base.operation)
  if (answer === undefined) return base
  Object.assign(base, answer.usage)
  base.billed_units ||= answer.billed_units
  base.price_modifiers ||= answer.price_modifiers
  base.response_model ||= answer.model
  base.finish_reason ||= answer.finish_reason
  base.service_tier ||= answer.service_tier
  base.is_stream ||= answer.is_stream
  const byStatus: Ending | undefined = stated.status !== null && stated.status >= 400 ? endingOfStatus(stated.status, true) : undefined
  const ending = byStatus ?? (answer.error !== '' ? endingOfErrorType(answer.error) : answer.is_interrupted ? CLIENT_CANCELLED : undefined)
  if (stated.outcome === '' && ending !== undefined) Object.assign(base, ending)
  base.error_detail ||= answer.error
  return base
}

/**
 * A provider's answer in Weir's own envelope: `{tenant_id, request_id, started_at, response}`, with any other field of Weir's own lines
 * beside it. Usage, model and finish reason are taken from the answer; nothing else of it is kept.
 */
export const providerResponse = defineDialect({
  ...canonical,
  name: 'provider-response',
  doc:
    'Answers of OpenAI (chat, completions, responses), Azure, Anthropic, Gemini, Vertex AI, Bedrock, Cohere, Mistral, DeepSeek, ' +
    'Ollama, whole or as streams, under `response` of Weir’s own line.',
  sameCall: '`request_id` with `attempt_key`; without one, with the start in ms and `attempt_no`',
  joins: '`request_id`',
  recognises: line =>
    has(line, 'tenant_id') &&
    has(line, 'request_id') &&
    has(line, 'started_at') &&
    hasResponse(line) &&
    'tenant_id, request_id, started_at and a response stand in the line',
  dropped: [...canonical.dropped, 'response', 'request'],
  attempts(line, base, facts) {
    const attempts = canonical.attempts?.(line, base, facts) ?? [base]
    return attempts.map(attempt => withAnswer(line, attempt, facts))
  },
})
