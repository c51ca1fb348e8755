-- Attempts that gateways refused for who called, by why.
SELECT time, pair.1 AS series, toFloat64(sum(pair.2)) AS value
FROM (
    SELECT {bucket} AS time, sumMap(r.auth_failures_by_result) AS results
    FROM {rows:security} AS r
    WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
    GROUP BY time
)
ARRAY JOIN CAST(results, 'Array(Tuple(String, UInt64))') AS pair
GROUP BY time, series
ORDER BY time, series
LIMIT 20000
