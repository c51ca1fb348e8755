-- What further attempts did for requests: how many were rescued, and what the others cost.
SELECT if(sum(r.requests) = 0, NULL, sum(r.recovered_by_retry) + sum(r.recovered_by_fallback)) AS value,
    sum(r.retried_requests) AS retried_requests,
    value / nullIf(retried_requests, 0) AS rescued_ratio, {ratio:resilience.amplification} AS amplification,
    if(sum(r.requests) = 0, NULL, toFloat64(sumIf(r.wasted_cost, r.currency = 'USD'))) AS wasted_cost
FROM {rows:resilience} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
