-- List price in time by tenant: the eight that cost most in the range, and the others as one.
SELECT time, if(place <= 8, tenant_id, 'other') AS series, sum(cost) AS value
FROM (
    SELECT time, tenant_id, cost, dense_rank() OVER (ORDER BY cost_in_all DESC, tenant_id) AS place
    FROM (
        SELECT time, tenant_id, cost, sum(cost) OVER (PARTITION BY tenant_id) AS cost_in_all
        FROM (
            SELECT {bucket} AS time, r.tenant_id AS tenant_id, toFloat64(sum(r.list_cost)) AS cost
            FROM {rows:usage} AS r
            WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
            GROUP BY time, tenant_id
        )
    )
)
GROUP BY time, series
ORDER BY time, series
LIMIT 20000
