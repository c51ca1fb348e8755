-- How well tenants are served. Of fewer than 20 requests no quantile is told.
SELECT r.tenant_id AS tenant_id, sum(r.requests) AS requests, sum(r.requests) - sum(r.successful_requests) AS failed_requests,
    if(sum(r.ttft_count) >= 20, toFloat64(quantilesBFloat16Merge(0.5, 0.95)(r.ttft_ms)[1]), NULL) AS ttft_p50,
    if(sum(r.ttft_count) >= 20, toFloat64(quantilesBFloat16Merge(0.5, 0.95)(r.ttft_ms)[2]), NULL) AS ttft_p95
FROM {rows:latency} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY tenant_id
ORDER BY failed_requests DESC, requests DESC, tenant_id
LIMIT 200
