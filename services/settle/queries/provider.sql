-- Only attempts that went upstream: a request that the gateway refused says nothing about a provider.
INSERT INTO {database}.provider_per_minute (
    window_start, settle_version, upstream_kind, provider, endpoint, region, attempts, successful_attempts, rate_limited, timeouts,
    connect_failures, errors_by_class, ttft_ms, duration_ms, ttft_count, duration_count)
SELECT
    window_start, settle_version, upstream_kind, upstream AS provider, endpoint, region,
    sum(g.attempts) AS attempts, sumIf(g.attempts, outcome = 'ok') AS successful_attempts,
    sumIf(g.attempts, error_class = 'provider_rate_limited') AS rate_limited, sumIf(g.attempts, error_class = 'timeout') AS timeouts,
    sumIf(g.attempts, error_class IN ('connect_or_reset', 'no_capacity')) AS connect_failures,
    sumMapIf(map(toString(error_class), g.attempts), error_class != '') AS errors_by_class,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(attempt_ttft_ms) AS ttft_ms,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(attempt_duration_ms) AS duration_ms,
    sum(attempt_ttft_count) AS ttft_count, sum(attempt_duration_count) AS duration_count
FROM {database}.attempt_groups_per_minute AS g
WHERE settle_version = {version:UInt64} AND window_start IN {windows:Array(DateTime('UTC'))} AND upstream != '' AND outcome != 'rejected'
GROUP BY window_start, settle_version, upstream_kind, upstream, endpoint, region
