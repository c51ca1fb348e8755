INSERT INTO {database}.resilience_per_minute (
    window_start, settle_version, tenant_id, route, policy, cause, from_upstream, to_upstream, requests, attempts, attempts_reported,
    retried_requests, fallback_requests, recovered_by_retry, recovered_by_fallback, failed_after_all, failed_at_once, wasted_tokens,
    wasted_cost, added_latency_ms, added_latency_requests, collateral_attempts, collateral_tokens, currency,
    requests_by_10s, attempts_by_10s, answered_by_10s)
SELECT
    window_start, settle_version, tenant_id, route, policy, cause, from_upstream, to_upstream,
    sum(g.requests) AS requests, sum(g.attempts) AS attempts, sum(g.attempts_reported) AS attempts_reported,
    sum(g.retried_requests) AS retried_requests, sum(g.fallback_requests) AS fallback_requests,
    sum(g.recovered_by_retry) AS recovered_by_retry, sum(g.recovered_by_fallback) AS recovered_by_fallback,
    sum(g.failed_after_all) AS failed_after_all, sum(g.failed_at_once) AS failed_at_once,
    sum(g.wasted_tokens) AS wasted_tokens, sum(g.wasted_cost) AS wasted_cost,
    sum(g.added_latency_ms) AS added_latency_ms, sum(g.added_latency_requests) AS added_latency_requests,
    sum(g.collateral_attempts) AS collateral_attempts, sum(g.collateral_tokens) AS collateral_tokens, currency,
    sumForEach(g.requests_by_10s) AS requests_by_10s, sumForEach(g.attempts_by_10s) AS attempts_by_10s,
    sumForEach(g.answered_by_10s) AS answered_by_10s
FROM {database}.attempt_groups_per_minute AS g
WHERE settle_version = {version:UInt64} AND window_start IN {windows:Array(DateTime('UTC'))}
GROUP BY window_start, settle_version, tenant_id, route, policy, cause, from_upstream, to_upstream, currency
