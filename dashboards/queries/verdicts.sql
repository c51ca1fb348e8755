-- What each rule for retries and fallbacks did, from one upstream to another.
SELECT r.policy AS policy, if(r.cause = '', 'none', r.cause) AS cause, r.from_upstream AS from_upstream, r.to_upstream AS to_upstream,
    sum(r.retried_requests) AS retried_requests, sum(r.recovered_by_retry) AS recovered_by_retry,
    sum(r.recovered_by_fallback) AS recovered_by_fallback, sum(r.failed_after_all) AS failed_after_all,
    toFloat64(sumIf(r.wasted_cost, r.currency = 'USD')) AS wasted_cost, {ratio:resilience.added_latency_mean_ms} AS added_latency_ms,
    sum(r.collateral_tokens) AS collateral_tokens
FROM {rows:resilience} AS r
WHERE r.retried_requests > 0 AND {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY policy, cause, from_upstream, to_upstream
ORDER BY retried_requests DESC, policy, cause, from_upstream, to_upstream
LIMIT 100
