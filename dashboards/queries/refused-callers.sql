-- Who is refused most, by key and network.
SELECT r.tenant_id AS tenant_id, r.api_key_id AS api_key_id, r.client_ip_prefix AS client_ip_prefix, sum(r.attempts) AS attempts,
    sum(r.auth_failures) AS auth_failures, sum(r.refused_model_attempts) AS refused_model_attempts,
    sum(r.rate_limited_attempts) AS rate_limited_attempts, sum(r.blocked_by_policy) AS blocked_by_policy,
    toFloat64(uniqCombined64Merge(12)(r.refused_models)) AS refused_models
FROM {rows:security} AS r
WHERE r.rejected_attempts > 0 AND {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY tenant_id, api_key_id, client_ip_prefix
ORDER BY auth_failures + refused_model_attempts DESC, rate_limited_attempts DESC, tenant_id, api_key_id, client_ip_prefix
LIMIT 100
