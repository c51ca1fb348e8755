/**
 * The canonical attempt: every dialect maps to it, `attempts_raw` has one column each, with the same name.
 * Token convention: `input_tokens` includes cached and cache-write tokens, `output_tokens` includes reasoning tokens.
 */
import Type, { type Static, type TObject } from 'typebox'
import { BILLED_UNITS_PATTERN, PRICE_MODIFIERS_PATTERN } from './billed-units.ts'

const Text = (description: string) => Type.String({ description, default: '', maxLength: 4096 })
/** No attempt has more tokens: a larger count is a fault of its source, and a few of them would break every sum. */
export const MAX_TOKENS = 1_000_000_000
/** No body of a call to a model is larger (100 GB). */
export const MAX_BODY_BYTES = 100_000_000_000
const Tokens = (description: string) => Type.Integer({ description, default: 0, minimum: 0, maximum: MAX_TOKENS })
const Bytes = (description: string) => Type.Integer({ description, default: 0, minimum: 0, maximum: MAX_BODY_BYTES })
const Millis = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1e12 }), Type.Null()], {
    description: `${description}; milliseconds, null: not known`,
    default: null,
  })
const Flag = (description: string) => Type.Boolean({ description, default: false })
const oneOf = <const T extends string>(values: readonly T[], description: string, fallback: T) =>
  Type.Union(
    values.map(value => Type.Literal(value)),
    { description, default: fallback },
  ) as unknown as ReturnType<typeof Type.Unsafe<T>>

/** How an attempt ended. */
export const OUTCOMES = ['ok', 'error', 'rejected', 'cancelled'] as const
/** Why it did not end well (reference: error-class map in docs/dialects.md). */
export const ERROR_CLASSES = [
  '',
  'gateway_rejected',
  'provider_rate_limited',
  'no_capacity',
  'connect_or_reset',
  'timeout',
  'retries_exhausted',
  'client_cancelled',
  'auth',
  'client_error',
  'provider_error',
  'provider_overloaded',
  'blocked_by_policy',
  'preempted',
  'unknown',
] as const
/** What the token counts are worth. `missing`: the attempt may have used tokens that nobody reported. */
export const USAGE_QUALITIES = ['reported', 'estimated', 'missing', 'contradictory'] as const
/** `pool`: self-hosted model servers; `provider`: an external API; '': never sent upstream, or not known. */
export const UPSTREAM_KINDS = ['', 'pool', 'provider'] as const

/**
 * Names that stand for no tenant: for costs of nobody on statements and in pool costs, and for callers whom a gateway refused before it
 * knew them (schemas/dialects/refused-callers.ts). No sender may use them as its tenant.
 */
export const RESERVED_TENANTS = {
  house: '__house__',
  idle: '__idle__',
  unattributed: '__unattributed__',
  unauthenticated: 'unauthenticated',
} as const

/** What a gateway tells of an attempt (all fields of it that are compared when two lines claim the same identity). */
export const AttemptContent = Type.Object({
  tenant_id: Type.String({ description: 'who is charged', minLength: 1, maxLength: 512 }),
  api_key_id: Text('identity of the key, never the key'),
  user_id: Text('end user'),
  source: Text('the sender that wrote the line; from its token or the message header'),
  request_id: Type.String({ description: 'joins the attempts of one request', minLength: 1, maxLength: 512 }),
  attempt_no: Type.Integer({
    description: 'position among the attempts of the request, from 1; 0: not known, ordered by time',
    default: 0,
    minimum: 0,
    maximum: 65535,
  }),
  attempt_key: Text(
    'identity of the attempt within its request: the source’s own log or span id; by default started_at in ms and attempt_no',
  ),
  attempts_reported: Type.Union([Type.Integer({ minimum: 0, maximum: 65535 }), Type.Null()], {
    description: 'upstream attempts of the whole request as the gateway counted them; 0: never sent upstream; null: it does not count',
    default: null,
  }),
  is_sole_row: Flag('the dialect writes no other row for this request, ever (one line per request, one row per line)'),
  trace_id: Text('W3C trace id or the gateway’s own'),
  started_at: Type.Integer({ description: 'start of the attempt, ms since 1970 UTC' }),
  ended_at: Type.Union([Type.Integer(), Type.Null()], { description: 'end of the attempt, ms since 1970 UTC', default: null }),
  ttft_ms: Millis('start of the attempt to first token; where one line stands for the whole request, start of the request'),
  duration_ms: Millis('start to last byte'),
  upstream_ms: Millis('time at the upstream'),
  queue_ms: Millis('time waiting before the upstream started'),
  gateway: Text('which gateway product wrote the line'),
  route: Text('the gateway’s named route'),
  operation: Text('chat, embeddings, responses, …'),
  request_model: Text('model asked for'),
  response_model: Text('model that answered'),
  upstream_kind: oneOf(UPSTREAM_KINDS, 'pool or provider', ''),
  provider: Text('external API, OTel gen_ai.provider.name values'),
  pool: Text('self-hosted group of model servers'),
  endpoint: Text('host:port or URL that served'),
  region: Text('region of the upstream'),
  priority: Text('priority class of the request'),
  service_tier: Text('standard, flex, batch, priority; empty: standard'),
  price_modifiers: Type.String({
    pattern: PRICE_MODIFIERS_PATTERN,
    description: 'what multiplies token prices, names sorted, with spaces between: fast_mode, inference_geo_us; empty: nothing',
    default: '',
    maxLength: 256,
  }),
  status_code: Type.Integer({ description: 'HTTP status to the client or of the attempt; 0: none', default: 0, minimum: 0, maximum: 999 }),
  outcome: oneOf(OUTCOMES, 'how it ended', 'ok'),
  error_class: oneOf(ERROR_CLASSES, 'why it did not end well', ''),
  error_detail: Text('the source’s own words, at most 300 characters'),
  is_retry: Flag('further attempt at the same model and upstream group'),
  is_fallback: Flag('further attempt at another model, pool or provider'),
  fallback_from: Text('upstream or model group that was left, where the source names it'),
  policy: Text('retry/fallback policy in force'),
  is_stream: Flag('answer was streamed'),
  finish_reason: Text('stop, length, tool_calls, …'),
  input_tokens: Tokens('input including cached and cache-write tokens'),
  cached_input_tokens: Tokens('part of input read from a prompt cache'),
  cached_audio_input_tokens: Tokens('part of cached_input_tokens that is audio'),
  cache_write_tokens: Tokens('part of input written to a prompt cache'),
  cache_write_1h_tokens: Tokens('part of cache_write_tokens written with one-hour lifetime'),
  output_tokens: Tokens('output including reasoning tokens'),
  reasoning_tokens: Tokens('part of output spent on reasoning'),
  audio_input_tokens: Tokens('part of input that is audio, cached audio included'),
  audio_output_tokens: Tokens('part of output that is audio'),
  image_input_tokens: Tokens('part of input that is images'),
  image_output_tokens: Tokens('part of output that is images'),
  billed_units: Type.String({
    pattern: BILLED_UNITS_PATTERN,
    description: 'what is billed beside tokens, unit=quantity sorted by unit (docs/prices.md): output_image=2 web_search=3; empty: nothing',
    default: '',
    maxLength: 1024,
  }),
  usage_quality: oneOf(USAGE_QUALITIES, 'what the token counts are worth', 'missing'),
  reported_cost: Type.Union([Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,18})?$' }), Type.Null()], {
    description: 'cost as the gateway or provider gave it, exact decimal text below 10^9, so that sums stay exact; null: none given',
    default: null,
  }),
  reported_currency: Text('ISO 4217 code of reported_cost'),
  response_cache: Text('hit: answered from the gateway’s cache, no upstream call; miss; empty: no cache'),
  auth_result: Text('ok, missing, invalid, expired, revoked: who calls is not known; denied, forbidden: known, may not; empty: not told'),
  request_bytes: Bytes('bytes of the request body'),
  response_bytes: Bytes('bytes of the response body'),
  client_ip_prefix: Text('client network: /24 of IPv4, /48 of IPv6; never the whole address'),
  prompt_hash: Text('hash of the prompt where the source gives one'),
  guardrail: Text('guardrail that intervened'),
  extra: Text('what the dialect had and Weir does not name; JSON object text, at most 4096 characters'),
})
export type AttemptContent = Static<typeof AttemptContent>

/** Where the row came from. Two rows with the same row identity are redeliveries of one line. */
export const RowIdentity = Type.Object({
  log_epoch: Type.String({ description: 'identity of the event log' }),
  topic: Type.String(),
  partition: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 0 }),
  line_no: Type.Integer({ minimum: 0, description: 'line within the message, from 0' }),
  row_no: Type.Integer({ minimum: 0, description: 'attempt within the line, from 0' }),
  received_at: Type.Integer({ description: 'when the event log took the line, ms since 1970 UTC' }),
})
export type RowIdentity = Static<typeof RowIdentity>

/** A row of `attempts_raw`; `window_start` (ms) is the minute of `started_at`. */
export type AttemptRow = AttemptContent & RowIdentity & { dialect: string; window_start: number }

/** Names of the content columns, in table order. */
export const attemptContentColumns = Object.keys((AttemptContent as TObject).properties) as (keyof AttemptContent)[]
/** Names of all columns of `attempts_raw` that the worker writes, in table order. */
export const attemptColumns: readonly (keyof AttemptRow)[] = [
  'window_start',
  ...attemptContentColumns,
  'dialect',
  ...(Object.keys((RowIdentity as TObject).properties) as (keyof RowIdentity)[]),
]

/** An attempt with every optional field at its default; dialects fill in what they know. */
export function emptyAttempt(tenant_id: string, request_id: string, started_at: number): AttemptContent {
  return { ...defaults, tenant_id, request_id, started_at }
}

const defaults = Object.fromEntries(
  Object.entries((AttemptContent as TObject).properties).map(([name, schema]) => [name, (schema as { default?: unknown }).default ?? null]),
) as unknown as AttemptContent
