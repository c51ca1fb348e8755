INSERT INTO {database}.cost_drift_per_minute
SELECT
    window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream,
    sum(compared_attempts), sum(compared_unpriced_attempts), currency, sum(compared_cost), reported_currency, sum(reported_cost)
FROM {database}.attempt_groups_per_minute
WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64} AND compared_attempts > 0
GROUP BY window_start, settle_version, tenant_id, route, request_model, response_model, upstream_kind, upstream, currency, reported_currency
