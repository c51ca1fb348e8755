-- How much later the last attempt began than the first, by where it went.
SELECT concat(r.from_upstream, ' → ', r.to_upstream) AS label, {ratio:resilience.added_latency_mean_ms} AS value,
    sum(r.added_latency_requests) AS requests
FROM {rows:resilience} AS r
WHERE r.added_latency_requests > 0 AND {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY label
ORDER BY value DESC, label
LIMIT 50
