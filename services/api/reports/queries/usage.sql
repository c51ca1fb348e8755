-- Cost per successful request is cut off after 18 decimal places. It is null where nothing succeeded and where nothing had
-- a price or a reported usage: neither is free.
SELECT
    {keys}
    sum(r.requests) AS requests,
    sum(r.successful_requests) AS successful_requests,
    sum(r.attempts) AS attempts,
    sum(r.attempts_reported) AS attempts_reported,
    sum(r.unseen_attempts) AS unseen_attempts,
    sum(r.input_tokens) AS input_tokens,
    sum(r.cached_input_tokens) AS cached_input_tokens,
    sum(r.cache_write_tokens) AS cache_write_tokens,
    sum(r.output_tokens) AS output_tokens,
    sum(r.reasoning_tokens) AS reasoning_tokens,
    sum(r.estimated_input_tokens) AS estimated_input_tokens,
    sum(r.estimated_output_tokens) AS estimated_output_tokens,
    sum(r.unpriced_attempts) AS unpriced_attempts,
    sum(r.unpriced_tokens) AS unpriced_tokens,
    sum(r.missing_usage_attempts) AS missing_usage_attempts,
    sum(r.contradictory_usage_attempts) AS contradictory_usage_attempts,
    sum(r.response_cache_hits) AS response_cache_hits,
    sum(r.response_cache_hit_tokens) AS response_cache_hit_tokens,
    sum(r.input_cost) AS input_cost,
    sum(r.cached_input_cost) AS cached_input_cost,
    sum(r.cache_write_cost) AS cache_write_cost,
    sum(r.output_cost) AS output_cost,
    sum(r.reasoning_cost) AS reasoning_cost,
    sum(r.list_cost) AS list_cost,
    sum(r.estimated_cost) AS estimated_cost,
    sum(r.reported_cost) AS reported_cost,
    if(sum(r.successful_requests) = 0 OR (sum(r.list_cost) = 0 AND sum(r.unpriced_attempts) + sum(r.missing_usage_attempts) > 0), NULL,
        sum(r.list_cost) / greatest(sum(r.successful_requests), 1)) AS cost_per_successful_request
FROM {database}.usage_per_minute_current AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
    AND ({all_tenants:Bool} OR r.tenant_id IN {tenants:Array(String)}) {filters}
GROUP BY {group_by}
HAVING count() > 0 AND {after}
ORDER BY {order_by}
LIMIT {limit:UInt32}
