-- base: the raw rows that bear on the window. {neighbours} adds rows of the same requests from the windows around it.
-- reached: the attempt went upstream (not refused by the gateway, not answered from its cache).
base AS (
    SELECT
        *, body_hash, request_hash,
        if(upstream_kind = 'pool', pool, provider) AS upstream,
        outcome != 'rejected' AND response_cache != 'hit' AND ifNull(attempts_reported, 1) > 0 AS reached,
        sipHash128(tenant_id, source, request_id) AS request_identity,
        sipHash128(tenant_id, source, request_id, attempt_key) AS event_identity
    FROM {database}.attempts_raw
    WHERE window_start = {window:DateTime('UTC')} {neighbours}
),
