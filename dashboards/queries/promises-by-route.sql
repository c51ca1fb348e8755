-- How well each route keeps its promise, and how many requests would have to be answered for 99 in 100.
SELECT r.route AS route, sum(r.requests) AS requests, requests - sum(r.successful_requests) AS failed_requests,
    {ratio:usage.success_ratio} AS success_ratio, failed_requests / nullIf(requests * 0.01, 0) AS budget_used
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY route
ORDER BY budget_used DESC NULLS LAST, route
LIMIT 200
