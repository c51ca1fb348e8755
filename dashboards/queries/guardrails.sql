-- Attempts in which a guardrail intervened, by tenant.
SELECT {bucket} AS time, r.tenant_id AS series, toFloat64(sum(r.guardrail_hits)) AS value
FROM {rows:security} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY time, series
