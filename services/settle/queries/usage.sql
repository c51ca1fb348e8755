INSERT INTO {database}.usage_per_minute
SELECT
    window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, service_tier,
    sum(requests), sum(successful_requests), sum(attempts), sum(attempts_reported), sum(unseen_attempts),
    sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens), sum(output_tokens), sum(reasoning_tokens),
    sum(estimated_input_tokens), sum(estimated_output_tokens), sum(unpriced_attempts), sum(unpriced_tokens),
    sum(missing_usage_attempts), sum(contradictory_usage_attempts), sum(response_cache_hits), sum(response_cache_hit_tokens),
    sum(input_cost) AS a, sum(cached_input_cost) AS b, sum(cache_write_cost) AS c, sum(output_cost) AS d, sum(reasoning_cost) AS e, a + b + c + d + e,
    sum(estimated_cost), sum(reported_cost), currency
FROM {database}.attempt_groups_per_minute
WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64}
GROUP BY window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, service_tier, currency
