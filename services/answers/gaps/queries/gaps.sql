-- Attempts by tenant and model with what is missing of them. Pools are charged by what they cost, so that their attempts lack no price.
-- Parameters: from, to, is_all, tenants.
SELECT
    u.tenant_id AS tenant_id,
    u.request_model AS request_model,
    sum(u.requests) AS requests,
    uniqExact(u.window_start) AS minutes,
    sum(u.attempts) AS attempts,
    sumIf(u.unpriced_attempts, u.upstream_kind != 'pool') AS unpriced_attempts,
    sumIf(u.unpriced_tokens, u.upstream_kind != 'pool') AS unpriced_tokens,
    sum(u.missing_usage_attempts) AS missing_usage_attempts,
    sum(u.contradictory_usage_attempts) AS contradictory_usage_attempts,
    sum(u.unseen_attempts) AS unseen_attempts
FROM {database}.usage_per_minute_current AS u
WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR u.tenant_id IN {tenants:Array(String)})
GROUP BY u.tenant_id, u.request_model
ORDER BY
    unpriced_attempts + missing_usage_attempts + contradictory_usage_attempts + unseen_attempts DESC,
    tenant_id, request_model
LIMIT 10000
