-- Time that requests waited before their upstream began, 95 in 100 of them, by upstream.
SELECT {bucket} AS time, r.upstream AS series, toFloat64(quantilesBFloat16Merge(0.95)(r.queue_ms)[1]) AS value
FROM {latency:upstream_kind, upstream} AS r
WHERE r.queue_count > 0 AND {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
ORDER BY time, series
LIMIT 20000
