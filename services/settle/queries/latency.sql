INSERT INTO {database}.latency_per_minute
SELECT
    window_start, settle_version, tenant_id, priority, route, request_model, upstream_kind, upstream,
    sum(requests) AS request_count, sum(successful_requests),
    sumMapIf(map(toString(if(error_class = '', 'unknown', error_class)), requests - successful_requests), requests > successful_requests) AS errors,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(request_ttft_ms), quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(request_tpot_ms),
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(request_duration_ms), quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(request_queue_ms),
    sum(request_ttft_count), sum(request_tpot_count), sum(request_duration_count), sum(request_queue_count)
FROM {database}.attempt_groups_per_minute
WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64}
GROUP BY window_start, settle_version, tenant_id, priority, route, request_model, upstream_kind, upstream
HAVING request_count > 0
