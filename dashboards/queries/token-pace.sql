-- Time for a further token, 95 in 100 of requests, by model.
SELECT {bucket} AS time, r.request_model AS series, toFloat64(quantilesBFloat16Merge(0.95)(r.tpot_ms)[1]) AS value
FROM {latency:request_model} AS r
WHERE r.tpot_count > 0 AND {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
ORDER BY time, series
LIMIT 20000
