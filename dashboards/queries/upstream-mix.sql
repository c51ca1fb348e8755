-- Requests in time by the pool or provider that answered them last.
SELECT {bucket} AS time, r.upstream AS series, toFloat64(sum(r.requests)) AS value
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
