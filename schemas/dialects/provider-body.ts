import { isObject, type Line } from './dialect.ts'
import { isPaidByUnit } from './finish-call.ts'
import { foldStream, streamEvents } from './provider-stream.ts'
import { billedUnitsOf, priceModifiersOf } from './provider-units.ts'
import { usageInShape, usageShapeOf, valueAt } from './provider-usage.ts'
import { UNKNOWN_USAGE, type Usage } from './token-convention.ts'

/** What a provider's answer tells of a call. */
export interface ProviderAnswer {
  /** Name of the way in which usage was reported (provider-usage.ts); '' when it was not. */
  shape: string
  usage: Usage
  /** What is billed beside tokens, and what multiplies their prices (schemas/billed-units.ts). */
  billed_units: string
  price_modifiers: string
  model: string
  finish_reason: string
  service_tier: string
  is_stream: boolean
  /** A stream that did not end as its protocol says: what it reported so far is less than what was used. */
  is_interrupted: boolean
  /** Type or code of the error that the body reports; '' when it is none. */
  error: string
}

/**
 * Reads usage and ending from a provider's answer: a JSON body, a list of chunks, the text of either, or the text of a stream of
 * server-sent events. Undefined when the value is no answer of a known provider.
 */
export function usageFromProviderBody(answer: unknown, operation = ''): ProviderAnswer | undefined {
  if (typeof answer === 'string') return fromText(answer, operation)
  if (Array.isArray(answer)) return fromEvents(answer.filter(isObject), false, operation)
  return isObject(answer) ? fromBody(unwrapped(answer), { isStream: false, isInterrupted: false, operation }) : undefined
}

/** OpenAI’s Realtime and responses streams put the answer into an event: `{type: "response.done", response: {…}}`. */
function unwrapped(body: Line): Line {
  const { type, response } = body
  return typeof type === 'string' && type.startsWith('response.') && isObject(response) ? response : body
}

function fromText(text: string, operation: string): ProviderAnswer | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'string' ? undefined : usageFromProviderBody(parsed, operation)
  } catch {
    const { events, isDone } = streamEvents(text)
    return fromEvents(events, isDone, operation)
  }
}

function fromEvents(events: readonly Line[], isDone: boolean, operation: string): ProviderAnswer | undefined {
  if (events.length === 0) return undefined
  const { body, isComplete } = foldStream(events, isDone)
  return fromBody(body, { isStream: true, isInterrupted: !isComplete, operation })
}

const MODELS = ['model', 'modelVersion', 'model_version', 'modelId']
const REASONS = ['stop_reason', 'stopReason', 'finish_reason', 'done_reason']
const BODY_MARKS = [
  'choices',
  'candidates',
  'content',
  'output',
  'completion',
  'generations',
  'text',
  'message',
  'data',
  'results',
  'embeddings',
]
/** Tiers that mean the ordinary one. */
const STANDARD: ReadonlySet<string> = new Set(['default', 'standard', 'auto', 'ON_DEMAND', 'TRAFFIC_TYPE_UNSPECIFIED'])
/** Vertex AI’s `trafficType` → tier. */
const trafficTiers: ReadonlyMap<string, string> = new Map([
  ['ON_DEMAND_PRIORITY', 'priority'],
  ['ON_DEMAND_FLEX', 'flex'],
])

function fromBody(body: Line, of: { isStream: boolean; isInterrupted: boolean; operation: string }): ProviderAnswer | undefined {
  const shape = usageShapeOf(body)
  const error = errorOf(body)
  const usage = shape === undefined ? { ...UNKNOWN_USAGE } : usageInShape(body, shape, of.operation)
  const model = firstText(body, MODELS)
  const billed_units = billedUnitsOf(body, { operation: of.operation, model, hasTokens: usage.input_tokens + usage.output_tokens > 0 })
  const isAnswer = shape !== undefined || error !== '' || billed_units !== '' || BODY_MARKS.some(mark => Object.hasOwn(body, mark))
  if (!isAnswer) return undefined
  const finish_reason = finishReasonOf(body)
  // What an interrupted stream had reported is real, and less than what the provider will bill.
  if (of.isInterrupted && usage.usage_quality === 'reported') usage.usage_quality = 'estimated'
  // Paid by the unit, and told: no token is missing.
  if (usage.usage_quality === 'missing' && isPaidByUnit(billed_units) && error === '') usage.usage_quality = 'reported'
  const isAnswered = finish_reason !== '' && error === '' && of.operation !== 'embeddings'
  if (isAnswered && usage.usage_quality === 'reported' && usage.output_tokens === 0) usage.usage_quality = 'contradictory'
  const tier = firstText(body, ['service_tier', 'usage/service_tier', 'serviceTier', 'serviceTier/type', 'usageMetadata/trafficType'])
  return {
    shape: shape?.name ?? '',
    usage,
    billed_units,
    price_modifiers: priceModifiersOf(body['usage']),
    model,
    finish_reason,
    service_tier: STANDARD.has(tier) ? '' : (trafficTiers.get(tier) ?? tier),
    is_stream: of.isStream,
    is_interrupted: of.isInterrupted,
    error,
  }
}

function errorOf(body: Line): string {
  const { error } = body
  if (typeof error === 'string') return error.slice(0, 100)
  if (!isObject(error)) return ''
  const words = [error['type'], error['code'], error['status'], error['message']].find(word => typeof word === 'string' && word !== '')
  return typeof words === 'string' ? words.slice(0, 100) : 'error'
}

function finishReasonOf(body: Line): string {
  for (const list of ['choices', 'candidates', 'generations']) {
    const [first] = Array.isArray(body[list]) ? (body[list] as unknown[]) : []
    if (!isObject(first)) continue
    const reason = first['finish_reason'] ?? first['finishReason']
    if (typeof reason === 'string') return reason
  }
  return firstText(body, REASONS)
}

function firstText(body: Line, paths: readonly string[]): string {
  for (const path of paths) {
    const value = valueAt(body, path)
    if (typeof value === 'string') return value
  }
  return ''
}
