/**
 * External providers as data: names are the values of OpenTelemetry's `gen_ai.provider.name` where it has one, else the provider's own
 * name.
 */

/** The end of a host name (a whole label boundary before it) → provider. */
export const providerHosts: readonly (readonly [suffix: string, provider: string])[] = [
  ['api.openai.com', 'openai'],
  ['openai.azure.com', 'azure.ai.openai'],
  ['cognitiveservices.azure.com', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['inference.ai.azure.com', 'azure.ai.inference'],
  ['api.anthropic.com', 'anthropic'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['api.cohere.com', 'cohere'],
  ['api.cohere.ai', 'cohere'],
  ['api.mistral.ai', 'mistral_ai'],
  ['api.deepseek.com', 'deepseek'],
  ['api.groq.com', 'groq'],
  ['api.x.ai', 'x_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.moonshot.ai', 'moonshot_ai'],
  ['api.moonshot.cn', 'moonshot_ai'],
  ['ml.cloud.ibm.com', 'ibm.watsonx.ai'],
  ['api.together.xyz', 'together_ai'],
  ['api.fireworks.ai', 'fireworks_ai'],
  ['openrouter.ai', 'openrouter'],
]

/** Bedrock's host names; other names under amazonaws.com may be the operator's own servers. */
export const bedrockHost = /(?:^|\.)bedrock(?:-runtime)?(?:-fips)?\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com$/

/** Names that gateways use → the name that Weir uses. What is not listed keeps its name. */
export const providerNames: ReadonlyMap<string, string> = new Map([
  ['azure', 'azure.ai.openai'],
  ['azure_openai', 'azure.ai.openai'],
  ['azure.openai', 'azure.ai.openai'],
  ['azure_text', 'azure.ai.openai'],
  ['azure_ai', 'azure.ai.inference'],
  ['bedrock', 'aws.bedrock'],
  ['bedrock_converse', 'aws.bedrock'],
  ['aws.anthropic', 'aws.bedrock'],
  ['vertex_ai', 'gcp.vertex_ai'],
  ['vertex_ai_beta', 'gcp.vertex_ai'],
  ['vertex', 'gcp.vertex_ai'],
  ['gcp.anthropic', 'gcp.vertex_ai'],
  ['gemini', 'gcp.gemini'],
  ['cohere_chat', 'cohere'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
  ['moonshot', 'moonshot_ai'],
  ['watsonx', 'ibm.watsonx.ai'],
  ['text-completion-openai', 'openai'],
  ['text-completion-codestral', 'mistral_ai'],
  ['codestral', 'mistral_ai'],
  // Portkey, Cloudflare, APISIX
  ['azure-openai', 'azure.ai.openai'],
  ['azure-ai', 'azure.ai.inference'],
  ['aws-bedrock', 'aws.bedrock'],
  ['vertex-ai', 'gcp.vertex_ai'],
  ['google-vertex-ai', 'gcp.vertex_ai'],
  ['google-ai-studio', 'gcp.gemini'],
  ['google', 'gcp.gemini'],
  ['mistral-ai', 'mistral_ai'],
  ['x-ai', 'x_ai'],
  ['grok', 'x_ai'],
  ['perplexity-ai', 'perplexity'],
  ['together-ai', 'together_ai'],
  ['fireworks-ai', 'fireworks_ai'],
  // Legacy gen_ai.system and Vercel's AI SDK
  ['az.ai.openai', 'azure.ai.openai'],
  ['az.ai.inference', 'azure.ai.inference'],
  ['vertexai', 'gcp.vertex_ai'],
  ['openai.chat', 'openai'],
  ['openai.responses', 'openai'],
  ['openai.embedding', 'openai'],
  ['azure.chat', 'azure.ai.openai'],
  ['azure.responses', 'azure.ai.openai'],
  ['anthropic.messages', 'anthropic'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['google.generative-ai', 'gcp.gemini'],
  ['google.vertex.chat', 'gcp.vertex_ai'],
  ['vertex.anthropic.messages', 'gcp.vertex_ai'],
])

/** Provider names under which gateways list servers that the operator runs. */
export const selfHosted: ReadonlySet<string> = new Set([
  'hosted_vllm',
  'vllm',
  'sglang',
  'ollama',
  'ollama_chat',
  'llamafile',
  'lm_studio',
  'llama2',
  'llama.cpp',
  'triton',
  'xinference',
  'infinity',
  'tgi',
  'huggingface_local',
  'docker_model_runner',
])

/** Start of a model name that only this provider serves under that name (open weights are not listed: anybody may serve them). */
export const modelFamilies: readonly (readonly [form: RegExp, provider: string])[] = [
  [/^((us|eu|apac|global|us-gov)\.)?(anthropic|amazon|meta|mistral|cohere|ai21|deepseek)\.[a-z]/, 'aws.bedrock'],
  [/^claude-/, 'anthropic'],
  [/^(gpt-(?!oss)|chatgpt-|o[134](-|$)|text-embedding-(3|ada)|dall-e-)/, 'openai'],
  [/^gemini-/, 'gcp.gemini'],
  [/^grok-/, 'x_ai'],
  [/^command(-|$)/, 'cohere'],
]

/** Where a host name holds a region. */
export const hostRegions: readonly RegExp[] = [
  /^(eu|us)\.api\.openai\.com$/,
  /(?:^|\.)bedrock(?:-runtime)?(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/,
  /^([a-z]+-[a-z]+\d+)-aiplatform\.googleapis\.com$/,
]
