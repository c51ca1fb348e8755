/** Ends of request paths → operation (OpenAI-compatible, Anthropic and Cohere paths), longest first where one ends in another. */
const paths: readonly (readonly [end: string, operation: string])[] = [
  ['/chat/completions', 'chat'],
  ['/completions', 'text_completion'],
  ['/embeddings', 'embeddings'],
  ['/responses', 'responses'],
  ['/messages', 'messages'],
  ['/messages/count_tokens', 'count_tokens'],
  ['/rerank', 'rerank'],
  ['/moderations', 'moderation'],
  ['/images/generations', 'image_generation'],
  ['/images/edits', 'image_edit'],
  ['/audio/speech', 'speech'],
  ['/audio/transcriptions', 'transcription'],
  ['/audio/translations', 'translation'],
  ['/tokenize', 'tokenize'],
]

/** The operation that a request path stands for; '' when it is none of a model. A query is ignored. */
export function operationOfPath(path: string): string {
  const query = path.indexOf('?')
  const plain = query < 0 ? path : path.slice(0, query)
  for (const [end, operation] of paths) if (plain.endsWith(end)) return operation
  return ''
}

/** LiteLLM's `call_type` (without the leading `a` of its asynchronous forms) → operation. */
const callTypes: ReadonlyMap<string, string> = new Map([
  ['completion', 'chat'],
  ['text_completion', 'text_completion'],
  ['embedding', 'embeddings'],
  ['responses', 'responses'],
  ['anthropic_messages', 'messages'],
  ['rerank', 'rerank'],
  ['moderation', 'moderation'],
  ['image_generation', 'image_generation'],
  ['image_edit', 'image_edit'],
  ['speech', 'speech'],
  ['transcription', 'transcription'],
])

/** The operation of a LiteLLM record; a call type that is not listed stays as it is. */
export function operationOfCallType(callType: string): string {
  return callTypes.get(callType) ?? (callType.startsWith('a') ? callTypes.get(callType.slice(1)) : undefined) ?? callType
}
