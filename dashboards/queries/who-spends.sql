-- Tenants by what they cost at list price, with what was not priced beside it.
SELECT r.tenant_id AS tenant_id, toFloat64(sum(r.list_cost)) AS cost, sum(r.requests) AS requests,
    sum(r.successful_requests) / nullIf(sum(r.requests), 0) AS success_ratio,
    toFloat64(sum(r.list_cost)) * 1000 / nullIf(sum(r.successful_requests), 0) AS cost_per_1000_answers,
    sum(r.cached_input_tokens) / nullIf(sum(r.input_tokens), 0) AS cached_ratio, sum(r.unpriced_attempts) AS unpriced_attempts
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY tenant_id
ORDER BY cost DESC, tenant_id
LIMIT 200
