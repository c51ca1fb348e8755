-- Time to the first token of all requests together, half and 95 in 100 of them.
SELECT time, pair.1 AS series, toFloat64(pair.2) AS value
FROM (
    SELECT {bucket} AS time, quantilesBFloat16Merge(0.5, 0.95)(r.ttft_ms) AS quantiles,
        [('p50', quantiles[1]), ('p95', quantiles[2])] AS pairs
    FROM {latency:} AS r
    WHERE r.ttft_count > 0 AND {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
    GROUP BY time
)
ARRAY JOIN pairs AS pair
ORDER BY time, series
LIMIT 20000
