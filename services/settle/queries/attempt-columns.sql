tenant_id, priority, route, policy, request_model, response_model, upstream_kind, provider, pool, endpoint, region, service_tier,
price_modifiers,
outcome, error_class, started_at, ended_at, attempt_no, attempts_reported, is_fallback, fallback_from, input_tokens, cached_input_tokens,
cache_write_tokens, cache_write_1h_tokens, cached_audio_input_tokens, output_tokens, reasoning_tokens, audio_input_tokens,
audio_output_tokens,
image_input_tokens, image_output_tokens, billed_units, usage_quality, reported_cost, reported_currency, response_cache, request_bytes,
response_bytes, is_stream, operation, ttft_ms, duration_ms, queue_ms,
api_key_id, auth_result, client_ip_prefix, prompt_hash, guardrail
