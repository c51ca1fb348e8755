import Type, { type Static, type TObject } from 'typebox'
import { AttemptContent } from '../../../schemas/attempt.ts'

/** Columns of an attempt that are shown, in this order; their meaning is that of schemas/attempt.ts. */
export const shownColumns = [
  ...['attempt_no', 'started_at', 'ended_at', 'duration_ms', 'ttft_ms', 'queue_ms', 'upstream_ms'],
  ...['route', 'policy', 'request_model', 'response_model', 'upstream_kind', 'provider', 'pool', 'endpoint', 'region', 'service_tier'],
  ...['status_code', 'outcome', 'error_class', 'error_detail', 'is_retry', 'is_fallback', 'fallback_from', 'is_stream', 'finish_reason'],
  ...['input_tokens', 'cached_input_tokens', 'cache_write_tokens', 'output_tokens', 'reasoning_tokens', 'usage_quality', 'billed_units'],
  ...['reported_cost', 'reported_currency', 'response_cache', 'auth_result', 'guardrail', 'request_bytes', 'response_bytes'],
] as const

/** Columns that are read beside those: for the request, and for what an attempt costs. */
export const readColumns = [
  ...['tenant_id', 'api_key_id', 'user_id', 'trace_id', 'gateway', 'priority', 'operation', 'dialect', 'attempts_reported'],
  ...['price_modifiers', 'cache_write_1h_tokens', 'cached_audio_input_tokens', 'audio_input_tokens', 'audio_output_tokens'],
  ...['image_input_tokens', 'image_output_tokens', 'received_at', 'client_ip_prefix'],
] as const

const properties = AttemptContent.properties as unknown as Record<string, TObject>
const time = (description: string) => Type.String({ format: 'date-time', description })
const timeOrNull = (description: string) => Type.Union([time(description), Type.Null()], { description })
const text = (description: string) => Type.String({ description })
const textOrNull = (description: string) => Type.Union([text(description), Type.Null()], { description })

const shown = Object.fromEntries(
  shownColumns
    .filter(name => name !== 'started_at' && name !== 'ended_at' && name !== 'reported_cost')
    .map(name => [name, properties[name]]),
) as Record<string, TObject>

/** Where a line stands in the event log: operators only, for positions count the lines of everyone. */
const Position = Type.Object({
  topic: text('topic'),
  partition: Type.Integer({ description: 'partition' }),
  offset: Type.Integer({ description: 'offset of the message' }),
  line_no: Type.Integer({ description: 'line in it, from 0' }),
})

/** One attempt of a listed request. Costs are at list prices, exact decimal text. */
export const ListedAttempt = Type.Object({
  started_at: time('start of the attempt'),
  ended_at: timeOrNull('end of the attempt; null: not told'),
  ...shown,
  reported_cost: textOrNull('what the source said that it cost; null: nothing'),
  list_cost: textOrNull('at the list price in force, tokens and units together; null: no price, no usage, or no model worked'),
  currency: text('of list_cost; empty where it is null'),
  price_key: text('row of the price book that was applied'),
  price_version: Type.Integer({ minimum: 0, description: 'version of the price book that it comes from; 0: none' }),
  min_input_tokens: Type.Integer({ minimum: 0, description: 'context threshold of the price that was applied; 0: base price' }),
  quantities: Type.Record(Type.String(), Type.Number(), { description: 'what it used, by meter as statements name it' }),
  is_wasted: Type.Boolean({ description: 'it did not give the answer' }),
  unpriced_reason: text('why list_cost is null: not_reached, missing_usage, no_price, not_in_force, no_price_of_kind, quantity_not_told'),
  is_final: Type.Boolean({ description: 'the attempt that the request ended with: figures of requests count it here' }),
  is_match: Type.Boolean({ description: 'fits the filters: figures of attempts count it' }),
  source: text('sender of the line'),
  dialect: text('format of the line'),
  received_at: time('when the event log took the line'),
  position: Type.Union([Position, Type.Null()], { description: 'where the line stands in the event log; operators only' }),
})
export type ListedAttempt = Record<string, unknown> & {
  is_final: boolean
  is_match: boolean
  list_cost: string | null
  currency: string
  quantities: Record<string, number>
}

/** A request with its attempts in order of their starts. */
export const ListedRequest = Type.Object({
  request_id: text('as its attempts bear it'),
  tenant_id: text('who is charged'),
  started_at: time('start of its first attempt: the minute that it is counted in'),
  duration_ms: Type.Union([Type.Number(), Type.Null()], { description: 'from its start to the end of its last attempt; null: not told' }),
  outcome: text('of its final attempt'),
  route: text('of its final attempt'),
  gateway: text('product that wrote its lines'),
  api_key_id: text('identity of the key'),
  user_id: text('end user'),
  trace_id: text('trace'),
  priority: text('priority class'),
  attempts_reported: Type.Union([Type.Integer(), Type.Null()], {
    description: 'upstream attempts as the gateway counted them; null: it does not',
  }),
  list_cost: textOrNull('sum of the attempts that have one; null: none has, or they differ in currency'),
  currency: text('of list_cost'),
  attempts: Type.Array(ListedAttempt),
})
export type ListedRequest = Omit<Static<typeof ListedRequest>, 'attempts'> & { attempts: ListedAttempt[] }
