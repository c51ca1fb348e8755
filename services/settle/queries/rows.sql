-- base: the raw rows of {part} that bear on the window. {neighbours} adds rows of the same requests from the windows around it.
-- reached: the attempt went upstream (not refused by the gateway, not answered from its cache).
base AS (
    SELECT
        {attempt_columns}, attempt_no, is_fallback, fallback_from, attempts_reported,
        if(upstream_kind = 'pool', pool, provider) AS upstream,
        outcome != 'rejected' AND response_cache != 'hit' AND ifNull(attempts_reported, 1) > 0 AS reached,
        log_epoch, topic, partition, offset, line_no, row_no, body_hash, source, request_id, attempt_key,
        sipHash128(tenant_id, source, request_id, attempt_key) AS event_identity,
        -- A sole row is a request of its own, also where another has the same request_id (clients reuse them).
        if(is_sole_row, event_identity, sipHash128(tenant_id, source, request_id)) AS request_identity
    FROM {database}.attempts_raw
    WHERE (window_start = {window:DateTime('UTC')} {neighbours}) AND {part}
),
