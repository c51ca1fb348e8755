INSERT INTO {database}.latency_per_minute (
    window_start, settle_version, tenant_id, priority, route, request_model, upstream_kind, upstream, requests, successful_requests,
    errors_by_class, ttft_ms, tpot_ms, duration_ms, queue_ms, ttft_count, tpot_count, duration_count, queue_count)
SELECT
    window_start, settle_version, tenant_id, priority, route, request_model, upstream_kind, upstream,
    sum(g.requests) AS requests, sum(g.successful_requests) AS successful_requests,
    sumMapIf(map(toString(if(g.error_class = '', 'unknown', g.error_class)), g.requests - g.successful_requests),
        g.requests > g.successful_requests) AS errors_by_class,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(request_ttft_ms) AS ttft_ms,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(request_tpot_ms) AS tpot_ms,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(request_duration_ms) AS duration_ms,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(request_queue_ms) AS queue_ms,
    sum(request_ttft_count) AS ttft_count, sum(request_tpot_count) AS tpot_count, sum(request_duration_count) AS duration_count,
    sum(request_queue_count) AS queue_count
FROM {database}.attempt_groups_per_minute AS g
WHERE settle_version = {version:UInt64} AND window_start IN {windows:Array(DateTime('UTC'))}
GROUP BY window_start, settle_version, tenant_id, priority, route, request_model, upstream_kind, upstream
HAVING requests > 0
