-- Tenants by what they cost at list price, with what was not priced beside it.
SELECT r.tenant_id AS tenant_id, {usd_cost} AS cost, sum(r.requests) AS requests, {ratio:usage.success_ratio} AS success_ratio,
    cost * 1000 / nullIf(sum(r.successful_requests), 0) AS cost_per_1000_answers, {ratio:usage.cached_input_ratio} AS cached_ratio,
    sum(r.unpriced_attempts + r.missing_usage_attempts) AS unpriced_attempts
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY tenant_id
ORDER BY cost DESC NULLS LAST, tenant_id
LIMIT 200
