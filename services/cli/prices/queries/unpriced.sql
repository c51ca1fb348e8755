-- Models at providers with tokens that no price was in force for, by their volume. 0: no bound.
SELECT
    upstream AS provider, request_model, response_model,
    sum(unpriced_attempts) AS attempts,
    sum(unpriced_tokens) AS tokens,
    uniqExact(tenant_id) AS tenants,
    min(window_start) AS first_seen, max(window_start) AS last_seen
FROM {database}.usage_per_minute_current
WHERE upstream_kind = 'provider' AND unpriced_attempts > 0
    AND window_start >= toDateTime({from:UInt32}, 'UTC') AND ({to:UInt32} = 0 OR window_start < toDateTime({to:UInt32}, 'UTC'))
GROUP BY provider, request_model, response_model
ORDER BY tokens DESC, attempts DESC, provider, request_model, response_model
