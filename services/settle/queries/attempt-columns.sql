tenant_id, priority, route, policy, request_model, response_model, upstream_kind, provider, endpoint, region, service_tier, outcome, error_class,
        started_at, ended_at, input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
        usage_quality, reported_cost, response_cache, request_bytes, response_bytes, is_stream, ttft_ms, duration_ms, queue_ms
