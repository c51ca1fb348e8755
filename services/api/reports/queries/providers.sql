-- Limited to tenants: the upstreams that served them in the range.
SELECT *, {ratios:provider}
FROM (
    SELECT
        {keys}
        sum(r.attempts) AS attempts,
        sum(r.successful_attempts) AS successful_attempts,
        sum(r.rate_limited) AS rate_limited,
        sum(r.timeouts) AS timeouts,
        sum(r.connect_failures) AS connect_failures,
        sumMap(r.errors_by_class) AS errors_by_class,
        quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(r.ttft_ms) AS ttft_ms,
        quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(r.duration_ms) AS duration_ms,
        sum(r.ttft_count) AS ttft_count,
        sum(r.duration_count) AS duration_count
    FROM {rows} AS r
    WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
        AND ({all_tenants:Bool} OR (r.upstream_kind, r.provider) IN (
            SELECT u.upstream_kind, u.upstream FROM {database}.usage_per_minute_current AS u
            WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
                AND u.tenant_id IN {tenants:Array(String)})) {filters}
    {groups}
)
{page}
