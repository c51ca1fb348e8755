-- A sample of requests by their hash, whole, joined as settling does: the final attempt of each with when its request began. Parameters:
-- from, to (s, of rows: around the period), period_from, period_to, modulus, is_all, tenants, and the values of the filters.
WITH
{joining},
ordered AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY request_identity, request_started_at ORDER BY {final_order})
            = count() OVER (PARTITION BY request_identity, request_started_at) AS is_final
    FROM claimed
    WHERE identity_no = 1 AND NOT is_other_decoding
)
SELECT
    toUnixTimestamp(r.request_window) AS window_s,
    r.priority AS priority,
    if(r.response_model != '', r.response_model, r.request_model) AS model,
    r.upstream_kind AS upstream_kind,
    if(r.upstream_kind = 'pool', r.pool, r.provider) AS upstream,
    r.input_tokens AS input_tokens,
    r.cached_input_tokens AS cached_input_tokens,
    r.output_tokens AS output_tokens,
    toUnixTimestamp64Milli(r.started_at) - toUnixTimestamp64Milli(r.request_started_at) AS retry_ms,
    r.duration_ms AS duration_ms,
    r.ttft_ms AS ttft_ms,
    r.queue_ms AS queue_ms
FROM ordered AS r
WHERE r.is_final AND r.outcome = 'ok' AND r.response_cache != 'hit' AND r.duration_ms IS NOT NULL
    AND r.request_window >= {period_from:DateTime('UTC')} AND r.request_window < {period_to:DateTime('UTC')}
    {filters}
ORDER BY cityHash64(r.request_identity, r.request_started_at)
LIMIT 2000
