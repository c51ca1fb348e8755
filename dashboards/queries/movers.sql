-- Who costs more or less than in the time of the same length before.
SELECT r.tenant_id AS tenant_id, r.request_model AS model,
    toFloat64(sumIf(r.list_cost, r.currency = 'USD' AND r.window_start >= cut)) AS cost,
    toFloat64(sumIf(r.list_cost, r.currency = 'USD' AND r.window_start < cut)) AS cost_before, cost - cost_before AS difference,
    cost / nullIf(cost_before, 0) - 1 AS change,
    sumIf(r.requests, r.window_start >= cut) AS requests, sumIf(r.requests, r.window_start < cut) AS requests_before
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY tenant_id, model
ORDER BY abs(difference) DESC, tenant_id, model
LIMIT 50
