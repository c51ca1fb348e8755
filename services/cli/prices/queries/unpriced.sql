-- Models at providers, by tier of service, with usage that no price was in force for, by its volume, with the kinds of it. Without kinds
-- an answer owes a unit that no line told. 0: no bound.
SELECT used.*, kinds.kinds AS kinds
FROM (
    SELECT
        upstream AS provider, request_model, response_model, service_tier,
        sum(unpriced_attempts) AS attempts,
        sum(unpriced_tokens) AS tokens,
        uniqExact(tenant_id) AS tenants,
        min(window_start) AS first_seen, max(window_start) AS last_seen
    FROM {database}.usage_per_minute_current
    WHERE upstream_kind = 'provider' AND unpriced_attempts > 0
        AND window_start >= toDateTime({from:UInt32}, 'UTC') AND ({to:UInt32} = 0 OR window_start < toDateTime({to:UInt32}, 'UTC'))
    GROUP BY provider, request_model, response_model, service_tier
) AS used
LEFT JOIN (
    SELECT
        upstream AS provider, request_model, response_model, service_tier,
        arrayMap(kind -> concat(kind.1, ' ', toString(kind.2)), arraySort(groupArray((token_kind, quantity)))) AS kinds
    FROM (
        SELECT upstream, request_model, response_model, service_tier, toString(token_kind) AS token_kind, sum(quantity) AS quantity
        FROM {database}.charges_per_minute_current
        WHERE upstream_kind = 'provider' AND unit_price IS NULL
            AND window_start >= toDateTime({from:UInt32}, 'UTC') AND ({to:UInt32} = 0 OR window_start < toDateTime({to:UInt32}, 'UTC'))
        GROUP BY upstream, request_model, response_model, service_tier, token_kind
    )
    GROUP BY provider, request_model, response_model, service_tier
) AS kinds USING (provider, request_model, response_model, service_tier)
ORDER BY tokens DESC, attempts DESC, provider, request_model, response_model, service_tier
