-- Time to the first token, 95 in 100 of requests, by route.
SELECT {bucket} AS time, r.route AS series, toFloat64(quantilesBFloat16Merge(0.95)(r.ttft_ms)[1]) AS value
FROM {latency:route} AS r
WHERE r.ttft_count > 0 AND {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
ORDER BY time, series
LIMIT 20000
