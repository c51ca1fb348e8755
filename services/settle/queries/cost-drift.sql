INSERT INTO {database}.cost_drift_per_minute (
    window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, attempts, unpriced_attempts,
    currency,
    list_cost, reported_currency, reported_cost)
SELECT
    window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream,
    sum(compared_attempts) AS attempts, sum(compared_unpriced_attempts) AS unpriced_attempts, currency, sum(compared_cost) AS list_cost,
    reported_currency, sum(g.reported_cost) AS reported_cost
FROM {database}.attempt_groups_per_minute AS g
WHERE settle_version = {version:UInt64} AND window_start IN {windows:Array(DateTime('UTC'))} AND compared_attempts > 0
GROUP BY window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, currency, reported_currency
