-- What further attempts did, by minute. Parameters: from, to (s; `from` lies before the period, for what was usual), is_all, tenants.
SELECT
    toUnixTimestamp(r.window_start) * 1000 AS at_ms,
    r.route AS route,
    r.policy AS policy,
    r.cause AS cause,
    r.from_upstream AS from_upstream,
    r.to_upstream AS to_upstream,
    r.currency AS currency,
    sum(r.requests) AS requests,
    sum(r.attempts_reported) AS attempts_reported,
    sum(r.retried_requests) AS retried_requests,
    sum(r.recovered_by_retry) AS recovered_by_retry,
    sum(r.recovered_by_fallback) AS recovered_by_fallback,
    sum(r.failed_after_all) AS failed_after_all,
    sum(r.failed_at_once) AS failed_at_once,
    sum(r.wasted_tokens) AS wasted_tokens,
    toString(sum(r.wasted_cost)) AS wasted_cost,
    sum(r.added_latency_ms) AS added_latency_ms,
    sum(r.added_latency_requests) AS added_latency_requests,
    sum(r.collateral_attempts) AS collateral_attempts,
    sumForEach(r.requests_by_10s) AS requests_by_10s,
    sumForEach(r.attempts_by_10s) AS attempts_by_10s,
    sumForEach(r.answered_by_10s) AS answered_by_10s
FROM {database}.resilience_per_minute_current AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR r.tenant_id IN {tenants:Array(String)})
GROUP BY r.window_start, r.route, r.policy, r.cause, r.from_upstream, r.to_upstream, r.currency
ORDER BY at_ms, route, policy, cause, from_upstream, to_upstream, currency
LIMIT 300000
