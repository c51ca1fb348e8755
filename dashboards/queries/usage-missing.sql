-- Share of attempts whose usage nobody reported, or whose counts contradict each other, by route.
SELECT {bucket} AS time, r.route AS series,
    sum(r.missing_usage_attempts + r.contradictory_usage_attempts) / nullIf(sum(r.attempts), 0) AS value
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
