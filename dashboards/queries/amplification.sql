-- Upstream attempts by request, by route; where there were no requests there is no value.
SELECT {bucket} AS time, r.route AS series, {ratio:resilience.amplification} AS value
FROM {rows:resilience} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
