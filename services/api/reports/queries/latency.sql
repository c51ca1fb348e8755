SELECT
    {keys}
    sum(r.requests) AS requests,
    sum(r.successful_requests) AS successful_requests,
    sumMap(r.errors_by_class) AS errors_by_class,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(r.ttft_ms) AS ttft_ms,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(r.tpot_ms) AS tpot_ms,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(r.duration_ms) AS duration_ms,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(r.queue_ms) AS queue_ms,
    sum(r.ttft_count) AS ttft_count,
    sum(r.tpot_count) AS tpot_count,
    sum(r.duration_count) AS duration_count,
    sum(r.queue_count) AS queue_count
FROM {rows} AS r
WHERE {of_range_and_scope}
{groups}
{page}
