SELECT *, {ratios:usage}
FROM (
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
        sum(r.unit_cost) AS unit_cost,
        sum(r.list_cost) AS list_cost,
        sum(r.estimated_cost) AS estimated_cost,
        sum(r.reported_cost) AS reported_cost
    FROM {rows} AS r
    WHERE {of_range_and_scope}
    {groups}
)
{page}
