-- What attempts that did not give the answer cost at list price, by route.
SELECT {bucket} AS time, r.route AS series, toFloat64(sumIf(r.wasted_cost, r.currency = 'USD')) AS value
FROM {rows:resilience} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY time, series
