-- Rows of the window's shared requests, in all the windows that it reads, whose event identity has a row already. By a 64-bit hash: 0 only when no
-- event identity occurs twice.
SELECT count() - uniqExact(cityHash64(tenant_id, source, request_id, attempt_key)) AS repeated
FROM {database}.attempts_raw
WHERE NOT is_sole_row
    AND window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 30 MINUTE AND {window:DateTime('UTC')} + INTERVAL 15 MINUTE
    AND request_hash IN {shared_hashes}
