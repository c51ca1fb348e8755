INSERT INTO {database}.resilience_per_minute
SELECT
    window_start, settle_version, tenant_id, route, policy, cause, from_upstream, to_upstream,
    sum(requests), sum(attempts), sum(attempts_reported), sum(retried_requests), sum(fallback_requests), sum(recovered_by_retry), sum(recovered_by_fallback),
    sum(failed_after_all), sum(failed_at_once), sum(wasted_tokens), sum(wasted_cost), sum(added_latency_ms), sum(added_latency_requests),
    sum(collateral_attempts), sum(collateral_tokens), currency
FROM {database}.attempt_groups_per_minute
WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64}
GROUP BY window_start, settle_version, tenant_id, route, policy, cause, from_upstream, to_upstream, currency
