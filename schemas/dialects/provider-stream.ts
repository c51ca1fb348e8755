/**
 * Streams of providers, folded into the body that the same call would have answered with at once: of each field the last value counts, none
 * is added.
 */
import { isObject, type Line } from './dialect.ts'

/** What a stream came to. */
export interface FoldedStream {
  body: Line
  /** It ended as its protocol says streams end. */
  isComplete: boolean
}

/** The JSON values of a text of server-sent events, or of one JSON value a line; bad ones are left out. */
export function streamEvents(text: string): { events: Line[]; isDone: boolean } {
  const events: Line[] = []
  let isDone = false
  for (const line of text.split(/\r?\n/)) {
    const data = line.startsWith('data:') ? line.slice(5).trim() : line.startsWith('{') ? line.trim() : ''
    if (data === '[DONE]') isDone = true
    if (!data.startsWith('{')) continue
    try {
      const event: unknown = JSON.parse(data)
      if (isObject(event)) events.push(event)
    } catch {
      // A chunk that was cut off says nothing; those before it still count.
    }
  }
  return { events, isDone }
}

/** Folds the events of a stream of OpenAI (chat, completions, responses), Anthropic, Gemini, Bedrock, Cohere or Ollama. */
export function foldStream(events: readonly Line[], isDone: boolean): FoldedStream {
  const body: Record<string, unknown> = {}
  let isComplete = isDone
  for (const event of events) {
    if (isObject(event['response']) && typeof event['type'] === 'string') merge(body, event['response'])
    else if (event['type'] === 'message_start' && isObject(event['message'])) merge(body, event['message'])
    else if (isObject(event['metadata']) && isObject(event['metadata']['usage'])) merge(body, event['metadata'])
    else if (event['type'] === 'message-end' && isObject(event['delta'])) merge(body, event['delta'])
    else merge(body, event)
    const { delta } = event
    if (isObject(delta) && event['type'] === 'message_delta' && delta['stop_reason'] !== undefined)
      body['stop_reason'] = delta['stop_reason']
    isComplete ||= endsStream(event)
  }
  return { body, isComplete }
}

const LAST_EVENTS: ReadonlySet<unknown> = new Set([
  'message_stop',
  'response.completed',
  'response.incomplete',
  'response.failed',
  'message-end',
  'stream-end',
])

function endsStream(event: Line): boolean {
  if (LAST_EVENTS.has(event['type']) || event['done'] === true) return true
  const metadata = event['metadata']
  if (isObject(metadata) && isObject(metadata['usage'])) return true
  const [candidate] = Array.isArray(event['candidates']) ? event['candidates'] : []
  return isObject(candidate) && typeof candidate['finishReason'] === 'string'
}

const USAGES: ReadonlySet<string> = new Set(['usage', 'usageMetadata', 'amazon-bedrock-invocationMetrics'])

function merge(body: Record<string, unknown>, event: Line): void {
  for (const [name, value] of Object.entries(event)) {
    if (value === null || name === '__proto__') continue
    const held = body[name]
    if (USAGES.has(name) && isObject(value) && isObject(held)) body[name] = { ...held, ...value }
    else if (name === 'choices' || name === 'candidates') mergeFinish(body, name, value)
    else body[name] = value
  }
}

/** Of the choices of chunks only why they ended is kept; without a reason, that there were any. */
function mergeFinish(body: Record<string, unknown>, name: string, value: unknown): void {
  const [first] = Array.isArray(value) ? value : []
  if (!isObject(first)) return
  body[name] ??= [{}]
  const reason = first['finish_reason'] ?? first['finishReason']
  if (typeof reason === 'string') body[name] = [{ finish_reason: reason, finishReason: reason }]
}
