/**
 * One name per provider: the OpenTelemetry value of `gen_ai.provider.name` where there is one, else LiteLLM's name.
 * Sources: OpenTelemetry GenAI semantic conventions (provider values); LiteLLM's price file (`litellm_provider` and key prefixes of
 * 2026-08-01); Envoy AI Gateway's backend schema names and its `azure.openai`; Kong's `provider_name`. Aliases are compared in lower case.
 */
export type ProviderNames = {
  /** The name in the price book and in results. */
  provider: string
  /** Other names of it. One that ends in `*` stands for everything that begins so. */
  aliases: readonly string[]
  /** What LiteLLM puts before the model, in the order the keys are tried; `{region}/` is left out where no region is known. */
  key_prefixes: readonly string[]
  /** What gateways put before the model and LiteLLM's key has not: removed for a second try. */
  model_wrapping?: RegExp
  /** Further providers whose price list is read when the own one has no match. */
  reads_also?: readonly string[]
}

const providers: readonly ProviderNames[] = [
  { provider: 'openai', aliases: ['text-completion-openai'], key_prefixes: ['', 'openai/'], model_wrapping: /^openai\// },
  {
    provider: 'azure.ai.openai',
    aliases: ['azure', 'azure_text', 'azure.openai', 'azureopenai', 'azure_openai', 'az.ai.openai'],
    key_prefixes: ['azure/{region}/', 'azure/', ''],
    model_wrapping: /^azure\//,
  },
  {
    provider: 'azure.ai.inference',
    aliases: ['azure_ai', 'az.ai.inference'],
    key_prefixes: ['azure_ai/'],
    model_wrapping: /^azure_ai\//,
  },
  {
    provider: 'aws.bedrock',
    aliases: ['bedrock', 'bedrock_converse', 'bedrock_mantle', 'aws_bedrock', 'awsbedrock', 'awsanthropic', 'amazon_bedrock'],
    key_prefixes: ['bedrock/{region}/', '', 'bedrock/', 'bedrock_mantle/'],
    model_wrapping: /^(bedrock\/((converse|invoke)\/)?|arn:aws[^/]*\/)/,
  },
  {
    provider: 'gcp.vertex_ai',
    aliases: ['vertex_ai', 'vertex_ai-*', 'vertex_ai_beta', 'gcpvertexai', 'gcpanthropic', 'vertexai', 'vertex'],
    key_prefixes: ['vertex_ai/', ''],
    model_wrapping: /^(vertex_ai\/|(projects\/[^/]+\/locations\/[^/]+\/)?publishers\/[^/]+\/models\/)/,
  },
  { provider: 'gcp.gemini', aliases: ['gemini'], key_prefixes: ['gemini/', ''], model_wrapping: /^(gemini\/|models\/)/ },
  { provider: 'gcp.gen_ai', aliases: [], key_prefixes: [''], reads_also: ['gcp.vertex_ai', 'gcp.gemini'] },
  { provider: 'anthropic', aliases: [], key_prefixes: ['', 'anthropic/'], model_wrapping: /^anthropic\// },
  { provider: 'cohere', aliases: ['cohere_chat'], key_prefixes: ['', 'cohere/'], model_wrapping: /^cohere(_chat)?\// },
  { provider: 'x_ai', aliases: ['xai', 'x.ai', 'grok'], key_prefixes: ['xai/'], model_wrapping: /^xai\// },
  {
    provider: 'mistral_ai',
    aliases: ['mistral', 'codestral', 'text-completion-codestral'],
    key_prefixes: ['mistral/', 'codestral/', 'text-completion-codestral/'],
    model_wrapping: /^mistral\//,
  },
  { provider: 'ibm.watsonx.ai', aliases: ['watsonx', 'watsonx_text'], key_prefixes: ['watsonx/'], model_wrapping: /^watsonx\// },
  { provider: 'moonshot_ai', aliases: ['moonshot'], key_prefixes: ['moonshot/'], model_wrapping: /^moonshot\// },
  {
    provider: 'fireworks_ai',
    aliases: ['fireworks_ai-embedding-models', 'fireworks'],
    key_prefixes: ['fireworks_ai/', 'fireworks_ai/accounts/fireworks/models/', ''],
    model_wrapping: /^fireworks_ai\//,
  },
  { provider: 'inception', aliases: ['text-completion-inception'], key_prefixes: ['inception/', 'text-completion-inception/'] },
  { provider: 'together_ai', aliases: ['together', 'togetherai'], key_prefixes: ['together_ai/', ''], model_wrapping: /^together_ai\// },
  { provider: 'amazon_nova', aliases: [], key_prefixes: ['amazon-nova/'] },
]

const byName = new Map<string, ProviderNames>(
  providers.flatMap(entry => [entry.provider, ...entry.aliases.filter(alias => !alias.endsWith('*'))].map(name => [name, entry] as const)),
)
const byBeginning = providers.flatMap(entry =>
  entry.aliases.filter(alias => alias.endsWith('*')).map(alias => ({ beginning: alias.slice(0, -1), entry })),
)

/** The names of a provider that goes by `name`. An unknown one keeps its name (in lower case), which is also its key prefix. */
export function providerNames(name: string): ProviderNames {
  const lower = name.toLowerCase()
  const known = byName.get(lower) ?? byBeginning.find(({ beginning }) => lower.startsWith(beginning))?.entry
  return known ?? { provider: lower, aliases: [], key_prefixes: [`${lower}/`, ''] }
}
