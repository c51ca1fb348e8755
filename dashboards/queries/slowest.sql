-- Where requests wait longest. Of fewer than 20 requests no quantile is told.
SELECT r.route AS route, r.request_model AS model, r.upstream AS upstream, sum(r.requests) AS requests,
    if(sum(r.ttft_count) >= 20, toFloat64(quantilesBFloat16Merge(0.95)(r.ttft_ms)[1]), NULL) AS ttft_p95,
    if(sum(r.tpot_count) >= 20, toFloat64(quantilesBFloat16Merge(0.95)(r.tpot_ms)[1]), NULL) AS tpot_p95,
    if(sum(r.queue_count) >= 20, toFloat64(quantilesBFloat16Merge(0.95)(r.queue_ms)[1]), NULL) AS queue_p95,
    if(sum(r.duration_count) >= 20, toFloat64(quantilesBFloat16Merge(0.95)(r.duration_ms)[1]), NULL) AS duration_p95
FROM {latency:priority, route, request_model, upstream_kind, upstream} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY route, model, upstream
ORDER BY ttft_p95 DESC NULLS LAST, requests DESC, route, model, upstream
LIMIT 50
