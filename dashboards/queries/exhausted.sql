-- Who got no answer, after all attempts or at once.
SELECT r.tenant_id AS tenant_id, r.route AS route, sum(r.requests) AS requests, sum(r.failed_after_all) AS failed_after_all,
    sum(r.failed_at_once) AS failed_at_once, (failed_after_all + failed_at_once) / nullIf(requests, 0) AS failed_ratio
FROM {rows:resilience} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY tenant_id, route
ORDER BY failed_after_all + failed_at_once DESC, tenant_id, route
LIMIT 100
