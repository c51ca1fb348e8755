-- Settled quantities of pools → one row per pool, part of the span (`starts`, s, ascending), tenant and model. Tokens written to a cache
-- were computed: they count as uncached.
SELECT
    upstream AS pool, roundDown(toUnixTimestamp(window_start), {starts:Array(UInt32)}) AS start_s, tenant_id,
    if(response_model = '', request_model, response_model) AS model,
    toUnixTimestamp(min(window_start)) AS first_minute,
    CAST(mapSort(sumMap(map(toString(token_kind), quantity))), 'Map(String, String)') AS quantities
FROM {database}.charges_per_minute_current
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} AND upstream_kind = 'pool'
    AND has({pools:Array(String)}, toString(upstream))
GROUP BY pool, start_s, tenant_id, model
