-- List price of a thousand answered requests in time, by model.
SELECT {bucket} AS time, r.request_model AS series, {usd_cost} * 1000 / nullIf(sum(r.successful_requests), 0) AS value
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
