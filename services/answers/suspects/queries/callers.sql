-- By ten minutes and key: what it was refused, and which models it asked for. Parameters: from, to, is_all, tenants.
SELECT
    toUnixTimestamp64Milli(toDateTime64(toStartOfInterval(s.window_start, INTERVAL 10 MINUTE), 3, 'UTC')) AS at_ms,
    s.tenant_id AS tenant_id,
    s.api_key_id AS api_key_id,
    sum(s.attempts) AS attempts,
    sum(s.answered_attempts) AS answered,
    sum(s.auth_failures_by_result['revoked']) AS revoked,
    sum(s.auth_failures_by_result['expired']) AS expired,
    uniqExactIf(s.client_ip_prefix, s.auth_failures > 0) AS prefixes,
    uniqCombined64Merge(12)(s.models) AS models,
    uniqCombined64Merge(12)(s.refused_models) AS refused_models,
    sum(s.refused_model_attempts) AS refused_model_attempts,
    sum(s.guardrail_hits) AS guardrail_hits
FROM {rows} AS s
WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR s.tenant_id IN {tenants:Array(String)})
GROUP BY at_ms, tenant_id, api_key_id
HAVING revoked + expired + refused_model_attempts + guardrail_hits > 0
ORDER BY at_ms, tenant_id, api_key_id
LIMIT 5000
