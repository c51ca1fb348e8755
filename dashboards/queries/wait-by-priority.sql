-- What each class of users waits. Of fewer than 20 requests no quantile is told.
SELECT if(r.priority = '', 'none', r.priority) AS priority, sum(r.requests) AS requests,
    sum(r.successful_requests) / nullIf(sum(r.requests), 0) AS success_ratio,
    if(sum(r.ttft_count) >= 20, toFloat64(quantilesBFloat16Merge(0.5, 0.95)(r.ttft_ms)[1]), NULL) AS ttft_p50,
    if(sum(r.ttft_count) >= 20, toFloat64(quantilesBFloat16Merge(0.5, 0.95)(r.ttft_ms)[2]), NULL) AS ttft_p95,
    if(sum(r.duration_count) >= 20, toFloat64(quantilesBFloat16Merge(0.95)(r.duration_ms)[1]), NULL) AS duration_p95
FROM {latency:priority} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY priority
ORDER BY requests DESC, priority
LIMIT 50
