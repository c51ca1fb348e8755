-- Only attempts that went upstream: a request that the gateway refused says nothing about a provider.
INSERT INTO {database}.provider_per_minute
SELECT
    window_start, settle_version, upstream_kind, upstream, endpoint, region,
    sum(attempts), sumIf(attempts, outcome = 'ok'),
    sumIf(attempts, error_class = 'provider_rate_limited'), sumIf(attempts, error_class = 'timeout'), sumIf(attempts, error_class IN ('connect_or_reset', 'no_capacity')),
    sumMapIf(map(toString(error_class), attempts), error_class != ''),
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(attempt_ttft_ms), quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(attempt_duration_ms),
    sum(attempt_ttft_count), sum(attempt_duration_count)
FROM {database}.attempt_groups_per_minute
WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64} AND upstream != '' AND outcome != 'rejected'
GROUP BY window_start, settle_version, upstream_kind, upstream, endpoint, region
