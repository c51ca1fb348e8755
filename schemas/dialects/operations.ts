/**
 * Ends of request paths → operation (OpenAI-compatible, Anthropic, Cohere, Gemini, Bedrock, Ollama, TGI), longest first where one ends in
 * another.
 */
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
  [':generateContent', 'generate_content'],
  [':streamGenerateContent', 'generate_content'],
  [':embedContent', 'embeddings'],
  [':batchEmbedContents', 'embeddings'],
  [':countTokens', 'count_tokens'],
  [':rawPredict', 'messages'],
  [':streamRawPredict', 'messages'],
  [':predict', 'predict'],
  ['/converse', 'chat'],
  ['/converse-stream', 'chat'],
  ['/invoke', 'invoke'],
  ['/invoke-with-response-stream', 'invoke'],
  ['/v1/chat', 'chat'],
  ['/v2/chat', 'chat'],
  ['/v1/embed', 'embeddings'],
  ['/v2/embed', 'embeddings'],
  ['/api/chat', 'chat'],
  ['/api/generate', 'text_completion'],
  ['/api/embed', 'embeddings'],
  ['/api/embeddings', 'embeddings'],
  ['/generate', 'text_completion'],
  ['/generate_stream', 'text_completion'],
  ['/realtime', 'realtime'],
]

/** The operation that a request path stands for; '' when it is none of a model. A query and a slash at the end are ignored. */
export function operationOfPath(path: string): string {
  const query = path.indexOf('?')
  const whole = query < 0 ? path : path.slice(0, query)
  const plain = whole.endsWith('/') ? whole.slice(0, -1) : whole
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
  ['_arealtime', 'realtime'],
  ['_aresponses_websocket', 'responses'],
  ['generate_content', 'generate_content'],
  ['generate_content_stream', 'generate_content'],
  ['create_video', 'video_generation'],
  ['ocr', 'ocr'],
  ['search', 'search'],
])

/** The operation of a LiteLLM record; a call type that is not listed stays as it is. */
export function operationOfCallType(callType: string): string {
  return callTypes.get(callType) ?? (callType.startsWith('a') ? callTypes.get(callType.slice(1)) : undefined) ?? callType
}

/** Whether a path (not empty) is none under which a model is asked: the traffic is something else's. */
export function isOtherPath(path: string): boolean {
  return path !== '' && operationOfPath(path) === ''
}
