-- Ratios of usage. Their expressions hold for a row as for sums of rows, so whoever sums reads them from here ({ratios:usage}).
-- Cost per successful request is cut off after 18 decimal places. It is null where nothing succeeded and where nothing had a price or a
-- reported usage: neither is free. Where only a part had, is_cost_partial says so.
CREATE OR REPLACE VIEW {database}.usage_ratios {on_cluster} AS
SELECT
    t.*,
    if(successful_requests = 0 OR (list_cost = 0 AND unpriced_attempts + missing_usage_attempts > 0), NULL,
        list_cost / greatest(successful_requests, 1)) AS cost_per_successful_request,
    toBool(unpriced_attempts + missing_usage_attempts > 0) AS is_cost_partial,
    successful_requests / nullIf(requests, 0) AS success_ratio,
    cached_input_tokens / nullIf(input_tokens, 0) AS cached_input_ratio,
    response_cache_hits / nullIf(requests, 0) AS response_cache_hit_ratio
FROM {database}.usage_per_minute_current AS t;
