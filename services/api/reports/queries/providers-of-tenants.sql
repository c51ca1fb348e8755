-- What the tenants' own attempts say of their upstreams, by the same rules as provider_per_minute: attempts that the gateway refused are
-- none.
SELECT *, {ratios:provider}
FROM (
    SELECT
        {keys}
        sum(r.attempts) AS attempts,
        sumIf(r.attempts, r.outcome = 'ok') AS successful_attempts,
        sumIf(r.attempts, r.error_class = 'provider_rate_limited') AS rate_limited,
        sumIf(r.attempts, r.error_class = 'timeout') AS timeouts,
        sumIf(r.attempts, r.error_class IN ('connect_or_reset', 'no_capacity')) AS connect_failures,
        sumMapIf(map(toString(r.error_class), r.attempts), r.error_class != '') AS errors_by_class,
        quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(r.attempt_ttft_ms) AS ttft_ms,
        quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(r.attempt_duration_ms) AS duration_ms,
        sum(r.attempt_ttft_count) AS ttft_count,
        sum(r.attempt_duration_count) AS duration_count
    FROM (
        SELECT g.window_start AS window_start, g.upstream_kind AS upstream_kind, g.upstream AS provider, g.endpoint AS endpoint,
            g.region AS region, g.outcome AS outcome, g.error_class AS error_class, g.attempts AS attempts,
            g.attempt_ttft_ms AS attempt_ttft_ms, g.attempt_duration_ms AS attempt_duration_ms,
            g.attempt_ttft_count AS attempt_ttft_count, g.attempt_duration_count AS attempt_duration_count
        FROM {database}.attempt_groups_per_minute_current AS g
        WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
            AND g.tenant_id IN {tenants:Array(String)} AND g.upstream != '' AND g.outcome != 'rejected'
    ) AS r
    WHERE true {filters}
    {groups}
)
{page}
