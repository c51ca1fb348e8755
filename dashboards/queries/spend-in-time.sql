-- List price in time by tenant.
SELECT {bucket} AS time, r.tenant_id AS series, {usd_cost} AS value
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
