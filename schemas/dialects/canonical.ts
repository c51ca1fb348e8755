import Type, { type TObject, type TSchema } from 'typebox'
import { AttemptContent } from '../attempt.ts'
import { defineDialect, type FieldRule, type FieldTable, has, type Transform } from './dialect.ts'
import { authResultOf, classOfRefusedCaller, endingOfStatus } from './error-classes.ts'
import { usageOf } from './token-convention.ts'

const properties = (AttemptContent as TObject).properties as Record<keyof AttemptContent, TSchema>
const COMPUTED: ReadonlySet<string> = new Set(['is_sole_row', 'extra'])
const TIMES: ReadonlySet<string> = new Set(['started_at', 'ended_at'])

function transformOf(name: keyof AttemptContent, schema: TSchema): Transform {
  if (TIMES.has(name)) return 'iso_or_epoch_ms'
  if (name === 'reported_cost') return 'decimal_text'
  if (name === 'billed_units' || name === 'price_modifiers') return name
  if (Type.IsBoolean(schema)) return 'flag'
  if (Type.IsInteger(schema) || name === 'attempts_reported') return 'count'
  return name.endsWith('_ms') ? 'ms' : 'text'
}

const fields = Object.fromEntries(
  Object.entries(properties)
    .filter(([name]) => !COMPUTED.has(name))
    .map(([name, schema]): [string, FieldRule] => [name, { from: [name], as: transformOf(name as keyof AttemptContent, schema) }]),
) as FieldTable

/** A provider's answer beside the fields makes it a line of the dialect provider-response. */
function isAnswer(response: unknown): boolean {
  return (typeof response === 'object' && response !== null) || (typeof response === 'string' && response !== '')
}

/**
 * Weir's own lines: the fields of `AttemptContent` under their own names. Only tenant_id, request_id and started_at must be there (with
 * auth_result also without tenant_id, of a caller whom the gateway refused); token counts are inclusive.
 */
export const canonical = defineDialect({
  name: 'canonical',
  doc: 'Weir’s own NDJSON: one attempt a line, fields as in schemas/attempt.ts; unknown ones go to extra.',
  sameCall: '`request_id` with `attempt_key`; without one, with the start in ms and `attempt_no`',
  joins: '`request_id`: lines that share it are attempts of one request',
  recognises(line) {
    const mark = ['tenant_id', 'auth_result', 'upstream_kind'].find(name => has(line, name))
    if (mark === undefined || !has(line, 'request_id') || !has(line, 'started_at') || isAnswer(line['response'])) return false
    return `${mark}, request_id and started_at stand in the line`
  },
  fields,
  facts: {
    input: { from: ['input_tokens'], as: 'count' },
    output: { from: ['output_tokens'], as: 'count' },
    total: { from: ['total_tokens'], as: 'count' },
    status: { from: ['status_code'], as: 'count', note: 'decides the outcome where the line gives none' },
    outcome: { from: ['outcome'], as: 'text' },
    quality: { from: ['usage_quality'], as: 'text' },
  },
  dropped: ['is_sole_row'],
  attempts(_line, base, facts) {
    if (facts.outcome === '' && facts.status !== null) {
      const ending = endingOfStatus(facts.status, base.upstream_kind !== '')
      base.outcome = ending.outcome
      if (base.error_class === '') base.error_class = ending.error_class
      base.auth_result ||= authResultOf(base, facts.status)
    }
    if (base.error_class === '') base.error_class = classOfRefusedCaller(base.outcome, base.auth_result)
    const usage = usageOf(
      {
        input: facts.input,
        cached_input: base.cached_input_tokens,
        cache_write: base.cache_write_tokens,
        cache_write_1h: base.cache_write_1h_tokens,
        output: facts.output,
        reasoning: base.reasoning_tokens,
        total: facts.total,
        audio_input: base.audio_input_tokens,
        audio_output: base.audio_output_tokens,
        image_input: base.image_input_tokens,
        image_output: base.image_output_tokens,
        cached_audio_input: base.cached_audio_input_tokens,
      },
      { operation: base.operation, convention: 'inclusive' },
    )
    const isStated = facts.quality !== '' && usage.usage_quality !== 'contradictory'
    Object.assign(base, usage, isStated ? { usage_quality: facts.quality } : {})
    return [base]
  },
})
