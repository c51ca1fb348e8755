SELECT *, {ratios:resilience}
FROM (
    SELECT
        {keys}
        sum(r.requests) AS requests,
        sum(r.attempts) AS attempts,
        sum(r.attempts_reported) AS attempts_reported,
        sum(r.retried_requests) AS retried_requests,
        sum(r.fallback_requests) AS fallback_requests,
        sum(r.recovered_by_retry) AS recovered_by_retry,
        sum(r.recovered_by_fallback) AS recovered_by_fallback,
        sum(r.failed_after_all) AS failed_after_all,
        sum(r.failed_at_once) AS failed_at_once,
        sum(r.wasted_tokens) AS wasted_tokens,
        sum(r.wasted_cost) AS wasted_cost,
        sum(r.added_latency_ms) AS added_latency_ms,
        sum(r.added_latency_requests) AS added_latency_requests,
        sum(r.collateral_attempts) AS collateral_attempts,
        sum(r.collateral_tokens) AS collateral_tokens
    FROM {rows} AS r
    WHERE {of_range_and_scope}
    {groups}
)
{page}
