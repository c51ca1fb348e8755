INSERT INTO {database}.usage_per_minute (
    window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, service_tier,
    requests, successful_requests, attempts, attempts_reported, unseen_attempts,
    input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, estimated_input_tokens, estimated_output_tokens,
    unpriced_attempts, unpriced_tokens, missing_usage_attempts, contradictory_usage_attempts, response_cache_hits,
    response_cache_hit_tokens,
    input_cost, cached_input_cost, cache_write_cost, output_cost, reasoning_cost, unit_cost, list_cost, estimated_cost, reported_cost,
    currency)
SELECT
    window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, service_tier,
    sum(g.requests) AS requests, sum(g.successful_requests) AS successful_requests, sum(g.attempts) AS attempts,
    sum(g.attempts_reported) AS attempts_reported, sum(g.unseen_attempts) AS unseen_attempts,
    sum(g.input_tokens) AS input_tokens, sum(g.cached_input_tokens) AS cached_input_tokens, sum(g.cache_write_tokens) AS cache_write_tokens,
    sum(g.output_tokens) AS output_tokens, sum(g.reasoning_tokens) AS reasoning_tokens,
    sum(g.estimated_input_tokens) AS estimated_input_tokens, sum(g.estimated_output_tokens) AS estimated_output_tokens,
    sum(g.unpriced_attempts) AS unpriced_attempts, sum(g.unpriced_tokens) AS unpriced_tokens,
    sum(g.missing_usage_attempts) AS missing_usage_attempts, sum(g.contradictory_usage_attempts) AS contradictory_usage_attempts,
    sum(g.response_cache_hits) AS response_cache_hits, sum(g.response_cache_hit_tokens) AS response_cache_hit_tokens,
    sum(g.input_cost) AS input_cost, sum(g.cached_input_cost) AS cached_input_cost, sum(g.cache_write_cost) AS cache_write_cost,
    sum(g.output_cost) AS output_cost, sum(g.reasoning_cost) AS reasoning_cost, sum(g.unit_cost) AS unit_cost,
    sum(g.input_cost + g.cached_input_cost + g.cache_write_cost + g.output_cost + g.reasoning_cost + g.unit_cost) AS list_cost,
    sum(g.estimated_cost) AS estimated_cost, sum(g.reported_cost) AS reported_cost, currency
FROM {database}.attempt_groups_per_minute AS g
WHERE settle_version = {version:UInt64} AND window_start IN {windows:Array(DateTime('UTC'))}
GROUP BY window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, service_tier, currency
