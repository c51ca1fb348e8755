-- Requests in time, those that were answered well and those that were not.
SELECT time, pair.1 AS series, pair.2 AS value
FROM (
    SELECT {bucket} AS time,
        [('answered', toFloat64(sum(r.successful_requests))), ('failed', toFloat64(sum(r.requests - r.successful_requests)))] AS pairs
    FROM {rows:usage} AS r
    WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
    GROUP BY time
)
ARRAY JOIN pairs AS pair
ORDER BY time, series
LIMIT 20000
