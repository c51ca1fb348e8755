import type { FactTable, FieldTable } from './dialect.ts'

/** Canonical fields that stand in the record as they are. */
export const litellmFields = {
  tenant_id: {
    from: [
      'metadata/user_api_key_team_id',
      'metadata/team_id',
      'metadata/user_api_key_team_alias',
      'metadata/team_alias',
      'metadata/user_api_key_org_id',
      'metadata/requester_custom_headers/x-tenant-id',
      'end_user',
      'metadata/user_api_key_end_user_id',
      'metadata/user_api_key_alias',
      'metadata/user_api_key_hash',
    ],
    as: 'text',
    note: 'the team that the key belongs to; below it what the proxy was told; the key itself is the last resort',
  },
  api_key_id: { from: ['metadata/user_api_key_hash', 'metadata/user_api_key_alias'], as: 'text' },
  user_id: { from: ['end_user', 'metadata/user_api_key_end_user_id', 'metadata/user_api_key_user_id'], as: 'text' },
  request_id: {
    from: ['litellm_call_id', 'trace_id', 'id'],
    as: 'text',
    none: ['None'],
    note:
      'litellm_call_id is shared by a failure and its retry or fallback; trace_id is a session’s where a client named one, and comes ' +
      'first only in records of the SDK, which gives each try its own call id; id is the provider’s response id and repeats',
  },
  trace_id: { from: ['trace_id'], as: 'text', none: ['None'] },
  started_at: { from: ['startTime'], as: 'utc_or_epoch_s' },
  ended_at: { from: ['endTime'], as: 'utc_or_epoch_s' },
  route: { from: ['metadata/user_api_key_request_route'], as: 'text' },
  request_model: {
    from: ['metadata/original_model_group', 'original_model_group', 'model_group', 'model_map_information/model_map_key'],
    as: 'text',
    note: 'after a fallback model_group is the group that served',
  },
  endpoint: { from: ['api_base', 'hidden_params/api_base'], as: 'text' },
  region: { from: ['cost_breakdown/vertex_location'], as: 'text' },
  service_tier: { from: ['response/service_tier', 'cost_breakdown/service_tier', 'model_parameters/service_tier'], as: 'text' },
  finish_reason: { from: ['response/choices/0/finish_reason'], as: 'text' },
  guardrail: { from: ['guardrail_information/0/guardrail_name'], as: 'text' },
} satisfies FieldTable

/** What the rules of litellm.ts need. The response is read for its usage and never kept. */
export const litellmFacts = {
  id: { from: ['id'], as: 'text', none: ['None'] },
  call_id: { from: ['litellm_call_id'], as: 'text', none: ['None'] },
  of_proxy: {
    from: [
      'metadata/user_api_key_request_route',
      'metadata/user_api_key_hash',
      'metadata/user_api_key_alias',
      'metadata/user_api_key_team_id',
      'metadata/user_api_key_org_id',
      'metadata/user_api_key_user_id',
    ],
    as: 'text',
    note: 'the record is of a proxy and not of the SDK',
  },
  status: { from: ['status', 'status_fields/llm_api_status'], as: 'text' },
  call_type: { from: ['call_type'], as: 'text' },
  start: { from: ['startTime'], as: 'utc_or_epoch_fine' },
  end: { from: ['endTime'], as: 'utc_or_epoch_fine' },
  first_token: { from: ['completionStartTime'], as: 'utc_or_epoch_fine', note: 'equals the end where nothing was streamed' },
  stream: { from: ['stream', 'model_parameters/stream'], as: 'flag', note: 'null for plain calls' },
  group: { from: ['model_group'], as: 'text' },
  original_group: { from: ['metadata/original_model_group', 'original_model_group'], as: 'text' },
  model: { from: ['model', 'hidden_params/litellm_model_name'], as: 'text' },
  protocol: { from: ['custom_llm_provider'], as: 'text', note: 'openai may also be a server that speaks OpenAI’s protocol' },
  priced_input: {
    from: ['model_map_information/model_map_value/input_cost_per_token'],
    as: 'text',
    note: 'LiteLLM’s price map has the model',
  },
  cache_hit: { from: ['cache_hit'], as: 'flag' },
  cache_key: { from: ['cache_key'], as: 'text' },
  client: { from: ['requester_ip_address', 'metadata/requester_ip_address'], as: 'text' },
  cost: { from: ['response_cost'], as: 'decimal_text', note: '0: no price known, which is not free' },
  retries: { from: ['hidden_params/additional_headers/x-litellm-attempted-retries', 'metadata/attempted_retries'], as: 'count' },
  fallbacks: { from: ['hidden_params/additional_headers/x-litellm-attempted-fallbacks', 'metadata/attempted_fallbacks'], as: 'count' },
  error_code: { from: ['error_information/error_code'], as: 'text' },
  error_class: { from: ['error_information/error_class'], as: 'text' },
  error_message: { from: ['error_information/error_message'], as: 'text' },
  error_provider: { from: ['error_information/llm_provider'], as: 'text' },
  rate_limit_category: { from: ['error_information/error_rate_limit_category'], as: 'text' },
  normalized_error: { from: ['error_information/normalized_error'], as: 'text' },
  guardrail_status: { from: ['status_fields/guardrail_status'], as: 'text' },
  input: { from: ['prompt_tokens'], as: 'count', note: 'a failure says 0, which is not known to be none' },
  output: { from: ['completion_tokens'], as: 'count' },
  total: { from: ['total_tokens'], as: 'count' },
  cached_input: {
    from: [
      'metadata/usage_object/prompt_tokens_details/cached_tokens',
      'metadata/usage_object/cache_read_input_tokens',
      'hidden_params/usage_object/prompt_tokens_details/cached_tokens',
      'response/usage/prompt_tokens_details/cached_tokens',
      'response/usage/cache_read_input_tokens',
      'metadata/usage_object/input_tokens_details/cached_tokens',
      'metadata/usage_object/input_token_details/cached_tokens',
    ],
    as: 'count',
    none: [0],
    note: 'translated usage fills in 0 under one name and the count under another',
  },
  cache_write: {
    from: [
      'metadata/usage_object/cache_creation_input_tokens',
      'metadata/usage_object/prompt_tokens_details/cache_creation_tokens',
      'response/usage/cache_creation_input_tokens',
      'response/usage/prompt_tokens_details/cache_creation_tokens',
    ],
    as: 'count',
    none: [0],
  },
  cache_write_1h: {
    from: ['metadata/usage_object/prompt_tokens_details/cache_creation_token_details/ephemeral_1h_input_tokens'],
    as: 'count',
  },
  reasoning: {
    from: [
      'metadata/usage_object/completion_tokens_details/reasoning_tokens',
      'hidden_params/usage_object/completion_tokens_details/reasoning_tokens',
      'response/usage/completion_tokens_details/reasoning_tokens',
      'metadata/usage_object/output_tokens_details/reasoning_tokens',
      'metadata/usage_object/output_token_details/reasoning_tokens',
    ],
    as: 'count',
  },
  audio_input: {
    from: ['metadata/usage_object/prompt_tokens_details/audio_tokens', 'metadata/usage_object/input_token_details/audio_tokens'],
    as: 'count',
  },
  cached_audio_input: {
    from: [
      'metadata/usage_object/prompt_tokens_details/cached_tokens_details/audio_tokens',
      'metadata/usage_object/input_token_details/cached_tokens_details/audio_tokens',
    ],
    as: 'count',
  },
  audio_output: {
    from: ['metadata/usage_object/completion_tokens_details/audio_tokens', 'metadata/usage_object/output_token_details/audio_tokens'],
    as: 'count',
  },
  image_input: {
    from: ['metadata/usage_object/prompt_tokens_details/image_tokens', 'metadata/usage_object/input_tokens_details/image_tokens'],
    as: 'count',
  },
  image_output: {
    from: ['metadata/usage_object/completion_tokens_details/image_tokens', 'metadata/usage_object/output_tokens_details/image_tokens'],
    as: 'count',
  },
} satisfies FactTable
